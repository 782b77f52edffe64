//! Whether two words are one, in another spelling or form.

/// The share of the letters of the longer word that two spellings have in common, at the beginning and at the end.
const MIN_SPELLED_ALIKE: f64 = 0.6;
/// The share of the letters of the shorter word with which two forms of a word begin.
const MIN_STEM: f64 = 0.6;

/// Returns whether two words differ in some letters only, as in a correction of the spelling, or are forms of one word.
pub(super) fn are_spelled_alike(one: &str, other: &str) -> bool {
    let same = |one: &mut dyn Iterator<Item = char>, other: &mut dyn Iterator<Item = char>| {
        one.zip(other).take_while(|(one, other)| one == other).count()
    };
    let lengths = [one.chars().count(), other.chars().count()];
    let (shorter, longer) = (lengths[0].min(lengths[1]), lengths[0].max(lengths[1]));
    let first = same(&mut one.chars(), &mut other.chars());
    let last = same(&mut one.chars().rev(), &mut other.chars().rev()).min(shorter - first);
    let is_form = first > 0 && first as f64 >= MIN_STEM * shorter as f64;
    is_form || (first + last) as f64 >= MIN_SPELLED_ALIKE * longer as f64
}

#[cfg(test)]
mod tests {
    use super::are_spelled_alike;

    #[test]
    fn a_corrected_spelling_or_another_form_is_the_same_word() {
        for (one, other) in [
            ("skelby", "skjelby"),
            ("орване", "орвана"),
            ("tarrow", "tarrow's"),
            ("moderate", "modrate"),
            ("good", "god"),
            ("rises", "rising"),
            ("falls", "falling"),
            ("high", "higher"),
            ("", ""),
        ] {
            assert!(are_spelled_alike(one, other) && are_spelled_alike(other, one), "{one} {other}");
        }
        for (one, other) in
            [("skelby", "orvane"), ("a", "b"), ("", "b"), ("high", "low"), ("high", "critical"), ("slight", "rough")]
        {
            assert!(!are_spelled_alike(one, other) && !are_spelled_alike(other, one), "{one} {other}");
        }
    }
}
