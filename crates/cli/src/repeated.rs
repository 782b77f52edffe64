//! Which lines or paragraphs of a corpus come most often.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Units that are named.
const NAMED: usize = 20;

/// Characters of a unit that are shown.
const SHOWN: usize = 160;

/// How often units were repeated, and the ones that come most often.
#[derive(Default)]
pub(crate) struct Repeated {
    counts: HashMap<u128, u64>,
    /// The most frequent ones so far, which are all that can still be: a unit is looked at again whenever it comes.
    most: Vec<Most>,
}

struct Most {
    hash: u128,
    count: u64,
    beginning: String,
}

impl Repeated {
    /// One more occurrence of a unit that was seen before.
    pub(crate) fn add(&mut self, hash: u128, unit: &str) {
        let count = self.counts.entry(hash).or_insert(1);
        *count += 1;
        let count = *count;
        let least = self.most.iter().map(|most| most.count).min().unwrap_or_default();
        if self.most.len() == NAMED && count <= least {
            return;
        }
        match self.most.iter_mut().find(|most| most.hash == hash) {
            Some(most) => most.count = count,
            None => {
                if self.most.len() == NAMED
                    && let Some(last) = self.most.iter().rposition(|most| most.count == least)
                {
                    self.most.remove(last);
                }
                self.most.push(Most { hash, count, beginning: beginning(unit, SHOWN) });
            }
        }
    }

    /// Bytes of memory that are taken at most while so many more units are counted.
    pub(crate) fn memory_to_add(&self, units: usize) -> usize {
        let (places, wanted) = (self.counts.capacity(), self.counts.len() + units);
        let places = if wanted <= places { places } else { 3 * wanted.max(places) };
        // An entry of 32 bytes and one more, in a table that is full at seven eighths.
        places.saturating_mul(38)
    }

    /// Different units that were repeated.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// The ones that come most often: how often, and how they begin.
    pub(crate) fn most_frequent(mut self) -> Vec<Value> {
        self.most.sort_by_key(|most| std::cmp::Reverse(most.count));
        self.most.into_iter().map(|most| json!({"count": most.count, "beginning": most.beginning})).collect()
    }
}

/// The first words of a text on one line, so many characters at most.
pub(crate) fn beginning(text: &str, characters: usize) -> String {
    // White space that is not shown must not be searched without end.
    let spaced = text.trim_start().chars().take(4 * characters).collect::<String>();
    let words = spaced.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_beginning_is_one_line() {
        assert_eq!(beginning("\n a\tb\r\n\u{7}c  d", 10), "a b c d");
        assert_eq!(beginning("ñandú y más", 5), "ñandú…");
    }

    proptest! {
        #[test]
        fn the_most_frequent_are_those_of_all_counts(units in prop::collection::vec(0_u8..60, 0..600)) {
            let (mut repeated, mut counts) = (Repeated::default(), HashMap::new());
            for unit in &units {
                let count = counts.entry(unit).or_insert(0_u64);
                *count += 1;
                if *count > 1 {
                    prop_assert!(repeated.memory_to_add(1) >= 33 * repeated.len());
                    repeated.add(u128::from(*unit), &unit.to_string());
                }
            }
            let mut expected: Vec<u64> = counts.values().copied().filter(|count| *count > 1).collect();
            expected.sort_by_key(|count| std::cmp::Reverse(*count));
            expected.truncate(NAMED);
            let found = repeated.most_frequent();
            for entry in &found {
                let unit: u8 = entry["beginning"].as_str().expect("text").parse().expect("a number");
                prop_assert_eq!(entry["count"].as_u64(), Some(counts[&unit]));
            }
            let found: Vec<u64> = found.iter().filter_map(|entry| entry["count"].as_u64()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
