//! Labels with other values: what tells two forms apart that are filled in with words of lower case.

use ahash::RandomState;
use hashbrown::HashMap;

use super::fields::Field;
use super::prepared::PreparedText;
use super::spelling::are_spelled_alike;

/// Returns how many labels of both texts have values without a word in common. Names and figures are no such words: they are slots. Other
/// forms and spellings of a word are the same.
pub(super) fn other_values(left: &PreparedText, right: &PreparedText) -> usize {
    let (of_left, of_right) = (values(left), values(right));
    let differ = |[one, other]: [&Field; 2]| {
        let (one, other) = (words(left, one), words(right, other));
        let is_in = |word: &&str, others: &[&str]| others.iter().any(|other| are_spelled_alike(word, other));
        !one.is_empty() && !other.is_empty() && !one.iter().any(|word| is_in(word, &other))
    };
    let both = of_left.iter().filter_map(|(label, value)| Some([(*value)?, (*of_right.get(label)?)?]));
    both.filter(|values| differ(*values)).count()
}

/// Returns the field of each label, or none if the text has the label more than once.
fn values(text: &PreparedText) -> HashMap<u64, Option<&Field>, RandomState> {
    let mut values = HashMap::with_hasher(RandomState::new());
    for field in &text.fields {
        values.entry(field.label).and_modify(|value| *value = None).or_insert(Some(field));
    }
    values
}

/// Returns the terms of a value, or all its words if it has none, such as "none". Names and figures alone are nothing.
fn words<'a>(text: &PreparedText, field: &'a Field) -> Vec<&'a str> {
    let [start, end] = field.value.map(|word| word as usize);
    let words = || (start..end).zip(field.words.iter().map(|word| &**word));
    if words().all(|(word, _)| text.is_name(word) || text.is_number(word)) {
        return Vec::new();
    }
    let terms: Vec<&str> = words().filter(|(word, _)| text.is_term(*word)).map(|(_, term)| term).collect();
    if terms.is_empty() { words().map(|(_, word)| word).collect() } else { terms }
}

#[cfg(test)]
mod tests {
    use crate::relation::{Relation, tests};

    fn judged(left: &str, right: &str) -> (usize, Relation) {
        let judged = tests::judged(left, right);
        (judged.replacements.fields, judged.relation)
    }

    const BULLETIN: &str = "Coastal bulletin\nSea state: slight. Visibility: good in the west. Swell: none\n\
        The bulletin is written in the tower each morning and holds until the next one. It is meant for small boats, and what you meet \
        behind a headland may differ from what is said here. Look at the sky, ask in the harbour, and turn back in time. Tell the \
        watch what you have seen, so that others can plan their day.";

    #[test]
    fn a_form_with_other_values_is_a_template() {
        let other =
            BULLETIN.replace("slight", "rough").replace("good in the west", "poor at night").replace("none", "heavy");
        assert_eq!(judged(BULLETIN, &other), (3, Relation::Template));
    }

    #[test]
    fn one_other_value_is_a_correction() {
        assert_eq!(judged(BULLETIN, &BULLETIN.replace("slight", "rough")), (1, Relation::Edit));
        assert_eq!(judged(BULLETIN, &BULLETIN.replace("good in", "good, less in")), (0, Relation::Edit));
        let respelled =
            BULLETIN.replace("slight", "slightly").replace("good in the west", "better").replace("none", "nones");
        assert_eq!(judged(BULLETIN, &respelled).0, 1);
    }

    #[test]
    fn names_and_figures_are_no_values() {
        let credit = |photo: &str, text: &str| format!("{BULLETIN}\nPhoto: {photo}\nText: {text}\nPage: 7");
        let other = credit("Mira Brenn", "Halvard Stein").replace("Page: 7", "Page: 12");
        assert_eq!(judged(&credit("Tessa Quill", "Odd Larsen"), &other).0, 0);
    }

    #[test]
    fn a_label_is_short_and_has_its_value_behind_it_and_stands_once() {
        let said = |what: &str| {
            format!(
                "{BULLETIN} The old keeper of the tower said to us: {what}. Note:\n{what}.\nAnd: {what}; and: {what}"
            )
        };
        assert_eq!(judged(&said("wait"), &said("sail")).0, 0);
        let time = |hour: &str| format!("{BULLETIN} Printed at {hour}:15, held at {hour}:30.");
        assert_eq!(judged(&time("seven"), &time("nine")).0, 0);
    }
}
