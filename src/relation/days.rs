//! The weekdays and months that a text names, so that the report of the next day is not taken for an edit.

/// A weekday, or a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// The place of the weekday in the week.
    Weekday(u8),
    /// The place of the month in the year.
    Month(u8),
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Letters of the abbreviation of a month: "Sep" and, as an exception, "Sept".
const SHORT_MONTH: usize = 3;

impl Day {
    /// Reads an English word. In lower case, "may" and "march" are other words, so names begin with a capital.
    pub(super) fn parse(word: &str) -> Option<Self> {
        if !word.starts_with(|first: char| first.is_ascii_uppercase()) {
            return None;
        }
        let word = word.to_ascii_lowercase();
        let place = |names: &[&str], is: &dyn Fn(&str) -> bool| names.iter().position(|name| is(name));
        if let Some(weekday) = place(&WEEKDAYS, &|name| name == word) {
            return Some(Self::Weekday(weekday as u8));
        }
        let is_month =
            |name: &str| name == word || name[..SHORT_MONTH] == word || name == "september" && word == "sept";
        place(&MONTHS, &is_month).map(|month| Self::Month(month as u8))
    }
}

/// Returns whether two short passages both name days, and none in common.
pub(super) fn differ(left: &[Day], right: &[Day]) -> bool {
    !left.is_empty() && !right.is_empty() && !left.iter().any(|day| right.contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Vec<Day> {
        text.split_whitespace().filter_map(Day::parse).collect()
    }

    #[test]
    fn days_are_read_in_full_and_abbreviated() {
        assert_eq!(days("MONDAY Tuesday sunday"), [Day::Weekday(0), Day::Weekday(1)]);
        assert_eq!(days("Sept September Sep Mar may May march Marching"), [8, 8, 8, 2, 4].map(Day::Month));
    }

    #[test]
    fn days_differ_if_both_sides_have_some_and_none_in_common() {
        assert!(differ(&days("Thursday March"), &days("Monday")));
        assert!(!differ(&days("Thursday March"), &days("March")));
        assert!(!differ(&days("Thursday"), &days("tomorrow")));
    }
}
