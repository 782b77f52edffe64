//! A result of which only the pairs that a judge accepts make clusters.

use super::accepted::{Accepted, file, for_each_accepted};
use super::{DiskPairs, Found, Relation};
use crate::error::Error;
use crate::external::{RecordReader, Sort, Sorted, Sorters, put};
use crate::join::edge::Members;
use crate::join::storage::scratch::ScratchDir;

impl DiskPairs {
    /// Lets only those pairs make clusters that `judge` accepts. Lists of pairs stay as they are.
    ///
    /// The judge is shown pairs of documents by their numbers, several at a time, and answers for each of them in order. Groups with equal
    /// sets are shown by their first documents, and stay together. Pairs of [oversized
    /// buckets](crate::join::JoinStats::oversized_buckets) that are found when clusters are made are shown then, so the same pair may be
    /// shown more than once.
    ///
    /// ```
    /// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
    ///
    /// let folder = std::env::temp_dir().join(format!("twinprint-doc-accept-{}", std::process::id()));
    /// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build_on_disk(&folder)?;
    /// for (id, text) in [("a", "one two three"), ("b", "one two three four"), ("c", "one two three five")] {
    ///     join.push(Document::text(id, text))?;
    /// }
    /// let mut found = join.finish()?;
    /// found.accept(|pairs| Ok(pairs.iter().map(|pair| *pair == (0, 1)).collect()))?;
    /// assert_eq!(found.pairs()?.count(), 3);
    /// assert_eq!(found.clusters(Clustering::Components, Keep::First)?.members()?.count(), 1);
    /// # drop(found);
    /// # std::fs::remove_dir_all(&folder).ok();
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the judge, [`Error::WrongLength`] if it does not answer for each pair, [`Error::File`] on failures of the folder.
    pub fn accept(
        &mut self,
        judge: impl Fn(&[(u32, u32)]) -> Result<Vec<bool>, Error> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.accepted = None;
        let scratch = self.scratch()?;
        for relation in [Relation::Similar, Relation::Contained] {
            if relation == Relation::Contained && !self.knows_contained() {
                continue;
            }
            let (name, role) = file(relation);
            let (mut edges, mut accepted) = (self.edges(relation)?, scratch.create(name, role)?);
            for_each_accepted(&mut edges, &judge, |edge| accepted.record(|bytes| put(bytes, &edge)))?;
            accepted.finish_unsynced()?;
        }
        self.accepted = Some(Accepted { scratch, judge: Box::new(judge) });
        Ok(())
    }
}

/// A result with only its accepted pairs; with all of them if there is no judge.
pub(super) struct AcceptedPairs<'a>(pub(super) &'a DiskPairs);

impl AcceptedPairs<'_> {
    /// Returns the accepted ones of pairs that were found later.
    pub(super) fn of_later(&self, mut later: Sorted<3>, scratch: &ScratchDir) -> Result<Sorted<3>, Error> {
        let Some(accepted) = &self.0.accepted else { return Ok(later) };
        let mut sorter = scratch.sorter::<3>("accepted-later");
        for_each_accepted(&mut later, &*accepted.judge, |edge| sorter.push(edge))?;
        sorter.finish()
    }
}

impl Found for AcceptedPairs<'_> {
    type Error = Error;
    type Sorters = ScratchDir;
    type Edges<'a>
        = RecordReader<3>
    where
        Self: 'a;
    type Copies<'a>
        = Members<RecordReader<2>>
    where
        Self: 'a;

    fn documents(&self) -> u32 {
        self.0.documents()
    }

    fn edges(&self, relation: Relation) -> Result<RecordReader<3>, Error> {
        match &self.0.accepted {
            Some(accepted) if relation == Relation::Similar || self.0.knows_contained() => {
                let (name, role) = file(relation);
                Ok(RecordReader::new(accepted.scratch.open(name, role)?))
            }
            _ => self.0.edges(relation),
        }
    }

    fn copies(&self) -> Result<Members<RecordReader<2>>, Error> {
        Found::copies(self.0)
    }

    fn lengths(&self) -> Result<Vec<u64>, Error> {
        self.0.lengths()
    }
}

#[cfg(test)]
mod tests {
    use crate::result::DiskClusters;
    use crate::{Clustering, Document, Keep, Scheme, SimilarityJoin};

    #[test]
    fn every_way_to_remove_works_without_containment() {
        let folder = std::env::temp_dir().join(format!("twinprint-accepted-pairs-{}", std::process::id()));
        let scheme = Scheme::builder().words(1).build().expect("valid");
        let builder = SimilarityJoin::builder(&scheme).threshold(0.5);
        let mut join = builder.build_on_disk(&folder).expect("an empty folder");
        for (id, text) in [("a", "one two three"), ("b", "one two three four"), ("c", "one two three five")] {
            join.push(Document::text(id, text)).expect("small");
        }
        let mut found = join.finish().expect("a whole folder");
        found.accept(|pairs| Ok(pairs.iter().map(|pair| *pair == (0, 1)).collect())).expect("an answer for each pair");
        let removed = |clusters: DiskClusters| clusters.members().expect("stored").count();
        for clustering in [Clustering::Leader, Clustering::Components, Clustering::Containers] {
            assert_eq!(removed(found.clusters(clustering, Keep::First).expect("found")), 1, "{clustering:?}");
        }
        assert_eq!(removed(found.partners().expect("found")), 2);
        assert_eq!(removed(found.clusters_of_groups(|document| document, &[]).expect("found")), 1);
        drop(found);
        std::fs::remove_dir_all(&folder).expect("the test's own folder");
    }
}
