//! The lines or paragraphs that a corpus repeats most often.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Number of units in the list.
const LISTED: usize = 20;

/// Characters of a unit that the list shows.
const SHOWN: usize = 160;

/// Counts how often each unit was repeated, and keeps the most frequent ones.
#[derive(Default)]
pub(crate) struct TopRepeats {
    counts: HashMap<u128, u64>,
    /// The most frequent units so far. A unit can only enter the list when its count grows, so `add` is the one place to update it.
    top: Vec<Unit>,
}

struct Unit {
    hash: u128,
    count: u64,
    beginning: String,
}

impl TopRepeats {
    /// Counts one more occurrence of a unit that was seen before.
    pub(crate) fn add(&mut self, hash: u128, unit: &str) {
        let count = self.counts.entry(hash).or_insert(1);
        *count += 1;
        let count = *count;
        let least = self.top.iter().map(|top| top.count).min().unwrap_or_default();
        if self.top.len() == LISTED && count <= least {
            return;
        }
        match self.top.iter_mut().find(|top| top.hash == hash) {
            Some(top) => top.count = count,
            None => {
                if self.top.len() == LISTED
                    && let Some(last) = self.top.iter().rposition(|top| top.count == least)
                {
                    self.top.remove(last);
                }
                self.top.push(Unit { hash, count, beginning: beginning(unit, SHOWN) });
            }
        }
    }

    /// Returns an upper bound of the memory, in bytes, while `units` more units are counted.
    pub(crate) fn memory_to_add(&self, units: usize) -> usize {
        let (places, wanted) = (self.counts.capacity(), self.counts.len() + units);
        let places = if wanted <= places { places } else { 3 * wanted.max(places) };
        // An entry takes 32 bytes and a control byte, and the table is filled to at most seven eighths.
        places.saturating_mul(38)
    }

    /// Returns the number of distinct units that were repeated.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Returns the most frequent units: the count and the beginning of each.
    pub(crate) fn most_frequent(mut self) -> Vec<Value> {
        self.top.sort_by_key(|top| std::cmp::Reverse(top.count));
        self.top.into_iter().map(|top| json!({"count": top.count, "beginning": top.beginning})).collect()
    }
}

/// Returns the first words of a text on one line, cut at `characters` characters.
pub(crate) fn beginning(text: &str, characters: usize) -> String {
    // Bounds the search in a text that is mostly white space.
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
            let (mut repeated, mut counts) = (TopRepeats::default(), HashMap::new());
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
            expected.truncate(LISTED);
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
