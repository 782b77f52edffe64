//! A result with pairs that were found later; see [`rejoin`](crate::join::rejoin).

use super::{Found, Relation};
use crate::external::{Merged, Records};
use crate::join::edge::EdgeRecord;

/// Pairs that were found later, which can be read several times.
pub(super) trait LaterEdges {
    type Error;
    type Records: Records<3, Error = Self::Error>;

    fn records(&self) -> Result<Self::Records, Self::Error>;
}

/// A result, and further similar pairs of first documents.
pub(super) struct Extended<'a, F, L> {
    pub(super) found: &'a F,
    pub(super) later: &'a L,
}

/// Where an edge is read from.
pub(super) enum Source<A, B> {
    Found(A),
    Later(B),
}

impl<const N: usize, A: Records<N>, B: Records<N, Error = A::Error>> Records<N> for Source<A, B> {
    type Error = A::Error;

    fn next(&mut self) -> Result<Option<[u64; N]>, A::Error> {
        match self {
            Self::Found(records) => records.next(),
            Self::Later(records) => records.next(),
        }
    }
}

/// Edges that are held in memory.
impl LaterEdges for Vec<EdgeRecord> {
    type Error = std::convert::Infallible;
    type Records = std::vec::IntoIter<EdgeRecord>;

    fn records(&self) -> Result<Self::Records, Self::Error> {
        Ok(self.clone().into_iter())
    }
}

impl<F: Found, L: LaterEdges<Error = F::Error>> Found for Extended<'_, F, L> {
    type Error = F::Error;
    type Sorters = F::Sorters;
    type Edges<'a>
        = Merged<3, Source<F::Edges<'a>, L::Records>>
    where
        Self: 'a;
    type Copies<'a>
        = F::Copies<'a>
    where
        Self: 'a;

    fn documents(&self) -> u32 {
        self.found.documents()
    }

    fn edges(&self, relation: Relation) -> Result<Self::Edges<'_>, F::Error> {
        let mut sources = vec![Source::Found(self.found.edges(relation)?)];
        if relation == Relation::Similar {
            sources.push(Source::Later(self.later.records()?));
        }
        Merged::new(sources)
    }

    fn copies(&self) -> Result<F::Copies<'_>, F::Error> {
        self.found.copies()
    }

    fn lengths(&self) -> Result<Vec<u64>, F::Error> {
        self.found.lengths()
    }
}
