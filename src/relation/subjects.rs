//! What headlines name: two articles about two companies differ in that, however alike they are.

use ahash::RandomState;
use hashbrown::HashSet;

use super::prepared::PreparedText;
use super::spelling::are_spelled_alike;

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

#[cfg(test)]
mod tests {
    use crate::relation::Relation;
    use crate::relation::tests::relation;

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
    fn a_word_at_the_beginning_of_a_sentence_is_no_name() {
        let article = |headline: &str, vessels: &str| {
            format!(
                "{headline}\n{vessels} did not sail on Monday because of high winds. The harbour office in Orvane said that the first crossing \
                 would be on Tuesday at noon if the wind falls. {vessels} of two other lines stayed in port as well. Passengers with \
                 tickets can travel on any day of the week, and those who do not want to wait get their money back at the counter."
            )
        };
        let (left, right) =
            (article("Ferries Stay in Port", "Ferries"), article("High Wind Keeps Vessels at the Quay", "Vessels"));
        assert_eq!(relation(&left, &right), Relation::Edit);
    }

    #[test]
    fn a_new_headline_on_the_same_subject_is_an_edit() {
        let left = posting("Skelby Petroleum cuts crude postings", "Skelby");
        let right = posting("Oil company lowers what it pays", "Skelby");
        assert_eq!(relation(&left, &right), Relation::Edit);
        let respelled = posting("Oil company Skjelby lowers what it pays", "Skjelby");
        assert_eq!(relation(&left, &respelled), Relation::Edit);
    }
}
