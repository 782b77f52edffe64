//! How many pairs have each relation.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use twinprint::relation::Relation;

/// The numbers of pairs by their relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RelationCounts {
    of: BTreeMap<Relation, u64>,
    /// The number of pairs that were not compared by their texts.
    not_compared: u64,
}

impl RelationCounts {
    pub(crate) fn add(&mut self, relation: Relation, is_compared: bool) {
        *self.of.entry(relation).or_default() += 1;
        self.not_compared += u64::from(!is_compared);
    }

    /// Returns the number of pairs that were not compared by their texts, because both documents are similar to very many.
    pub(crate) fn not_compared(&self) -> u64 {
        self.not_compared
    }

    /// Returns the counts as a list for a line of text, such as "3 copies, 1 template".
    pub(crate) fn said(&self) -> String {
        let counts: Vec<String> =
            self.of.iter().map(|(relation, count)| format!("{count} {}", said(*relation, *count))).collect();
        let counts = if counts.is_empty() { "none".to_string() } else { counts.join(", ") };
        match self.not_compared {
            0 => counts,
            pairs => format!("{counts}, {pairs} of these not compared by their texts"),
        }
    }

    pub(crate) fn json(&self) -> Value {
        let counts = self.of.iter().map(|(relation, count)| (relation.name().to_string(), Value::from(*count)));
        Value::Object(counts.collect::<Map<_, _>>())
    }
}

/// Returns what this number of pairs is called.
fn said(relation: Relation, count: u64) -> &'static str {
    match relation {
        Relation::Copy if count != 1 => "copies",
        Relation::Edit if count != 1 => "edits",
        Relation::Template if count != 1 => "templates",
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_in_the_order_of_relations() {
        let mut counts = RelationCounts::default();
        assert_eq!(counts.said(), "none");
        [Relation::Template, Relation::Copy, Relation::Template]
            .into_iter()
            .for_each(|relation| counts.add(relation, true));
        assert_eq!(counts.said(), "1 copy, 2 templates");
        assert_eq!(counts.json().to_string(), r#"{"copy":1,"template":2}"#);
        counts.add(Relation::Template, false);
        assert_eq!(counts.said(), "1 copy, 3 templates, 1 of these not compared by their texts");
    }
}
