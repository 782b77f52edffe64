//! The text form of preferences.

use std::fmt;
use std::str::FromStr;

use super::Preference;
use crate::error::Error;

/// What a rule may be, for messages.
const EXPECTED: &str = "first, longest, shortest, score:FIELD, score:FIELD:asc, latest:FIELD, earliest:FIELD or source:A,B,C, \
                        or several of them between commas, or none alone";

/// What rules in a list may be, for messages.
const EXPECTED_IN_LIST: &str =
    "rules that can each decide something: none after first, and one each for the length, a field and the source";

/// The order of a score, after its field.
const ASCENDING: &str = ":asc";
const DESCENDING: &str = ":desc";

impl FromStr for Preference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = || Error::OutOfRange { field: "keep", value: format!("{text:?}"), expected: EXPECTED };
        let mut rules = Vec::<Self>::new();
        for part in text.split(',').map(str::trim) {
            match (rule(part), rules.last_mut()) {
                (Some(rule), _) => rules.push(rule),
                // A name after `source:`.
                (None, Some(Self::Sources(names))) if !part.is_empty() => names.push(part.to_owned()),
                _ => return Err(refused()),
            }
        }
        match rules.len() {
            1 => rules.pop().ok_or_else(refused),
            _ if rules.contains(&Self::None) => Err(refused()),
            _ if has_idle_rule(&rules) => {
                Err(Error::OutOfRange { field: "keep", value: format!("{text:?}"), expected: EXPECTED_IN_LIST })
            }
            _ => Ok(Self::InOrder(rules)),
        }
    }
}

/// Returns whether a rule can decide nothing, because an earlier one leaves no choice that it could make.
fn has_idle_rule(rules: &[Preference]) -> bool {
    let is_idle = |(at, rule): (usize, &Preference)| {
        let mut earlier = rules[..at].iter();
        earlier.any(|earlier| *earlier == Preference::First || subject(earlier) == subject(rule))
    };
    rules.iter().enumerate().any(is_idle)
}

/// Returns what a rule orders documents by.
fn subject(rule: &Preference) -> (&'static str, &str) {
    match rule {
        Preference::Longest | Preference::Shortest => ("length", ""),
        Preference::HighestScore { field } | Preference::LowestScore { field } => ("score", field),
        Preference::Earliest { field } | Preference::Latest { field } => ("date", field),
        Preference::Sources(_) => ("source", ""),
        Preference::First | Preference::None | Preference::InOrder(_) => ("position", ""),
    }
}

/// Parses a single rule; of `source:`, with the first name.
fn rule(text: &str) -> Option<Preference> {
    let Some((kind, field)) = text.split_once(':') else {
        return Some(match text {
            "first" => Preference::First,
            "longest" => Preference::Longest,
            "shortest" => Preference::Shortest,
            "none" => Preference::None,
            _ => return None,
        });
    };
    let lowest = kind == "score" && field.ends_with(ASCENDING);
    let field = match kind {
        "score" => field.strip_suffix(ASCENDING).or_else(|| field.strip_suffix(DESCENDING)).unwrap_or(field),
        _ => field.trim(),
    };
    if field.is_empty() {
        return None;
    }
    let field = field.to_owned();
    Some(match kind {
        "score" if lowest => Preference::LowestScore { field },
        "score" => Preference::HighestScore { field },
        "earliest" => Preference::Earliest { field },
        "latest" => Preference::Latest { field },
        "source" => Preference::Sources(vec![field]),
        _ => return None,
    })
}

impl fmt::Display for Preference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Longest => f.write_str("longest"),
            Self::Shortest => f.write_str("shortest"),
            // A field whose name ends like an order is followed by its own.
            Self::HighestScore { field } if field.ends_with(ASCENDING) || field.ends_with(DESCENDING) => {
                write!(f, "score:{field}{DESCENDING}")
            }
            Self::HighestScore { field } => write!(f, "score:{field}"),
            Self::LowestScore { field } => write!(f, "score:{field}{ASCENDING}"),
            Self::Earliest { field } => write!(f, "earliest:{field}"),
            Self::Latest { field } => write!(f, "latest:{field}"),
            Self::Sources(order) => write!(f, "source:{}", order.join(",")),
            Self::None => f.write_str("none"),
            Self::InOrder(rules) => {
                let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
                f.write_str(&rules.join(","))
            }
        }
    }
}
