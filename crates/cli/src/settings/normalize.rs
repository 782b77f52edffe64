//! The differences of writing that `--normalize` names.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use twinprint::text::{ArabicLetters, Digits, Normalization, UnicodeForm};

/// Names differences of writing that do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rule {
    /// Accents, Hebrew points and Arabic vowel signs.
    Marks,
    /// Strokes of Latin letters, such as those of đ, ł and ø.
    Strokes,
    /// Forms of one character (NFKC): full width, half width, ligatures, presentation forms, superscripts.
    Nfkc,
    /// Digits of other scripts than Latin: ٣ is 3.
    Digits,
    /// The value of each digit: 1995 is 0000.
    MaskDigits,
    /// What Arabic writers use for one another, as in Lucene: forms of alef and yeh, teh marbuta, tatweel, vowel signs; and digits.
    Arabic,
    /// The rules for Arabic, and the Persian forms of kaf, yeh and heh.
    Persian,
    /// Hebrew points: marks.
    Hebrew,
    /// Vietnamese typed without diacritics: marks and strokes.
    Vietnamese,
}

impl Rule {
    /// Adds the rule to others.
    pub(super) fn add_to(self, rules: Normalization) -> Normalization {
        match self {
            Self::Marks | Self::Hebrew => rules.strip_marks(true),
            Self::Strokes => rules.strip_strokes(true),
            Self::Vietnamese => rules.strip_marks(true).strip_strokes(true),
            Self::Nfkc => rules.form(UnicodeForm::Nfkc),
            Self::Digits => rules.digits(Digits::Ascii),
            Self::MaskDigits => rules.digits(Digits::Zero),
            Self::Arabic => rules.arabic_letters(ArabicLetters::Arabic).digits(Digits::Ascii),
            Self::Persian => rules.arabic_letters(ArabicLetters::Persian).digits(Digits::Ascii),
        }
    }

    /// Adds rules to others, the stricter of two last, so that their order means nothing.
    pub(super) fn add_all(named: &[Self], mut rules: Normalization) -> Normalization {
        let is_strict = |rule: &&Self| matches!(rule, Self::Persian | Self::MaskDigits);
        let (strict, others): (Vec<&Self>, Vec<&Self>) = named.iter().partition(is_strict);
        for rule in others.into_iter().chain(strict.iter().copied().filter(|rule| **rule == Self::Persian)) {
            rules = rule.add_to(rules);
        }
        if strict.contains(&&Self::MaskDigits) { Self::MaskDigits.add_to(rules) } else { rules }
    }
}

impl Rule {
    /// Returns the fewest rules that turn one normalization into another; nothing if no rules do.
    pub(super) fn between(from: Normalization, to: Normalization) -> Option<Vec<Self>> {
        let all = Self::value_variants();
        let mut choices: Vec<u32> = (0..1 << all.len()).collect();
        choices.sort_by_key(|choice| choice.count_ones());
        let chosen = |choice: u32| -> Vec<Self> {
            all.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1).map(|(_, rule)| *rule).collect()
        };
        choices.into_iter().map(chosen).find(|rules| Self::add_all(rules, from) == to)
    }
}

/// Adds rules by their names to others.
pub(crate) fn named_normalization<S: AsRef<str>>(names: &[S], rules: Normalization) -> Result<Normalization, String> {
    let named: Result<Vec<Rule>, String> = names.iter().map(|name| named(name.as_ref())).collect();
    Ok(Rule::add_all(&named?, rules))
}

fn named(name: &str) -> Result<Rule, String> {
    Rule::from_str(name, false).map_err(|_| {
        let known: Vec<String> = Rule::value_variants()
            .iter()
            .filter_map(|rule| Some(rule.to_possible_value()?.get_name().to_string()))
            .collect();
        format!("there is no rule {name:?} of normalization; the rules are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_rules_means_nothing() {
        let all = Rule::value_variants();
        for one in all {
            for other in all {
                let [forward, backward] =
                    [[*one, *other], [*other, *one]].map(|rules| Rule::add_all(&rules, Normalization::default()));
                assert_eq!(forward, backward, "{one:?} {other:?}");
            }
        }
    }
}
