//! How many pairs have each relation.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::PairRelation;

/// The numbers of pairs by their relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RelationCounts(BTreeMap<PairRelation, u64>);

impl RelationCounts {
    pub(crate) fn add(&mut self, relation: PairRelation) {
        *self.0.entry(relation).or_default() += 1;
    }

    /// Returns the number of pairs of a relation.
    pub(crate) fn of(&self, relation: PairRelation) -> u64 {
        self.0.get(&relation).copied().unwrap_or_default()
    }

    /// Returns each relation that a pair has, with the number of its pairs.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (PairRelation, u64)> {
        self.0.iter().map(|(&relation, &count)| (relation, count))
    }

    /// Returns the counts as a list for a line of text, such as "3 copies, 1 template".
    pub(crate) fn said(&self) -> String {
        let counts: Vec<String> =
            self.iter().map(|(relation, count)| format!("{count} {}", relation.of_count(count))).collect();
        if counts.is_empty() { "none".to_string() } else { counts.join(", ") }
    }

    pub(crate) fn json(&self) -> Value {
        let counts = self.iter().map(|(relation, count)| (relation.name().to_string(), Value::from(count)));
        Value::Object(counts.collect::<Map<_, _>>())
    }
}

#[cfg(test)]
mod tests {
    use twinprint::relation::Relation;

    use super::*;

    #[test]
    fn counts_are_in_the_order_of_relations() {
        let mut counts = RelationCounts::default();
        assert_eq!(counts.said(), "none");
        [Relation::Template, Relation::Copy, Relation::Template]
            .into_iter()
            .for_each(|relation| counts.add(PairRelation::Compared(relation)));
        assert_eq!(counts.said(), "1 copy, 2 templates");
        assert_eq!(counts.json().to_string(), r#"{"copy":1,"template":2}"#);
        counts.add(PairRelation::NotCompared);
        assert_eq!(counts.said(), "1 copy, 2 templates, 1 not compared by their texts");
        assert_eq!(counts.of(PairRelation::NotCompared), 1);
    }
}
