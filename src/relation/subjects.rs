//! What headlines name: two articles about two companies differ in that, however alike they are.

use ahash::RandomState;
use hashbrown::HashSet;

use super::prepared::PreparedText;

/// The share of the letters of a name that stay the same at its beginning and its end where only its spelling is another one.
const MIN_SPELLED_ALIKE: f64 = 0.6;

/// Returns whether each of two headlines names what the other text never does.
pub(super) fn are_others(left: &PreparedText, right: &PreparedText) -> bool {
    let (of_left, of_right) = (own(left, right), own(right, left));
    let has_another = |names: &[&str], others: &[&str]| {
        names.iter().any(|name| !others.iter().any(|other| are_spelled_alike(name, other)))
    };
    has_another(&of_left, &of_right) && has_another(&of_right, &of_left)
}

/// Returns the names in the headline of a text that the other one does not have.
fn own<'a>(text: &'a PreparedText, other: &PreparedText) -> Vec<&'a str> {
    if text.subjects.is_empty() {
        return Vec::new();
    }
    let words: HashSet<u64, RandomState> = other.words.iter().copied().collect();
    text.subjects.iter().filter(|subject| !words.contains(&subject.word)).map(|subject| &*subject.name).collect()
}

/// Returns whether two names differ in some letters only, as in a correction of the spelling or in another form of the word.
fn are_spelled_alike(one: &str, other: &str) -> bool {
    let same = |one: &mut dyn Iterator<Item = char>, other: &mut dyn Iterator<Item = char>| {
        one.zip(other).take_while(|(one, other)| one == other).count()
    };
    let (letters, longest) =
        (one.chars().count().min(other.chars().count()), one.chars().count().max(other.chars().count()));
    let first = same(&mut one.chars(), &mut other.chars());
    let last = same(&mut one.chars().rev(), &mut other.chars().rev()).min(letters - first);
    (first + last) as f64 >= MIN_SPELLED_ALIKE * longest as f64
}

#[cfg(test)]
mod tests {
    use super::are_spelled_alike;
    use crate::relation::{Relation, RelationRules, TextComparer};
    use crate::scheme::Scheme;

    fn relation(left: &str, right: &str) -> Relation {
        let comparer = TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid");
        let (left, right) = (comparer.prepare(left), comparer.prepare(right));
        let relation = comparer.compare(&left, &right).relation;
        assert_eq!(comparer.compare(&right, &left).relation, relation);
        relation
    }

    fn posting(headline: &str, company: &str) -> String {
        format!(
            "{headline}\nThe oil company {company} said that it lowered the price that it pays for all grades of crude by half a crown a \
             barrel from today. The cut brings its posted price for light crude of the northern fields to a level that was last seen in \
             spring, when several refineries were closed for repairs. Dealers said that others would follow."
        )
    }

    #[test]
    fn headlines_that_name_others_are_about_others() {
        let left = posting("Skelby Petroleum cuts crude postings", "Skelby");
        let right = posting("Tarrow lowers what it pays for oil", "Tarrow");
        assert_eq!(relation(&left, &right), Relation::Template);
    }

    #[test]
    fn a_new_headline_on_the_same_subject_is_an_edit() {
        let left = posting("Skelby Petroleum cuts crude postings", "Skelby");
        let right = posting("Oil company lowers what it pays", "Skelby");
        assert_eq!(relation(&left, &right), Relation::Edit);
        let respelled = posting("Oil company Skjelby lowers what it pays", "Skjelby");
        assert_eq!(relation(&left, &respelled), Relation::Edit);
    }

    #[test]
    fn a_corrected_spelling_is_the_same_name() {
        assert!(are_spelled_alike("skelby", "skjelby"));
        assert!(are_spelled_alike("орване", "орвана"));
        assert!(are_spelled_alike("tarrow", "tarrow's"));
        assert!(!are_spelled_alike("skelby", "orvane"));
        assert!(!are_spelled_alike("a", "b"));
        assert!(!are_spelled_alike("", "b"));
    }
}
