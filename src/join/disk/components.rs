//! Connected components of a corpus that need not fit in memory.
//!
//! A forest of groups, by their first documents: whatever an edge connects gets one root, which is the most preferred
//! group of its component. A second look at the edges says who has one to the root.

use super::clusters::{Preference, dropped};
use super::expand::record;
use super::groups::Bits;
use super::numbered::{NumberedPair, numbered};
use super::pairs::DiskPairs;
use super::sorter::{Records, Sorted};
use super::work::Work;
use crate::cluster::Keep;
use crate::error::Error;
use crate::set::Overlap;

/// A document of a connected component, by its number, and the one that stands for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComponentMember {
    /// A document, numbered from 0.
    pub document: u32,
    /// The document that is preferred to all others of the component.
    pub representative: u32,
    /// What the two have in common, where they are a verified pair; left is the document. Else only a chain of pairs
    /// connects them, and their similarity is not known.
    pub overlap: Option<Overlap>,
}

impl ComponentMember {
    /// The exact Jaccard similarity to the representative, 0 to 1; none where only a chain leads there.
    #[must_use]
    pub fn jaccard(&self) -> Option<f64> {
        self.overlap.map(|overlap| overlap.jaccard())
    }
}

/// Members of components, one component after the other; see [`DiskPairs::components`].
#[derive(Debug)]
pub struct ComponentMembers {
    sorted: Sorted<3>,
    /// Where they are read from.
    _work: Work,
}

impl Iterator for ComponentMembers {
    type Item = Result<ComponentMember, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let member = |record| {
            let NumberedPair { left, right, overlap } = numbered(record);
            let overlap = (overlap != CHAINED).then(|| overlap.swapped());
            ComponentMember { document: right, representative: left, overlap }
        };
        self.sorted.next().map(|record| record.map(member)).transpose()
    }
}

/// Stands for no overlap: a document in a component has shingles.
const CHAINED: Overlap = Overlap::from_equal_sets(0);

impl DiskPairs {
    /// The connected components of the verified pairs: documents that chains of pairs connect
    /// ([`Components`](crate::Clustering::Components)), but for each representative itself; ordered by representative,
    /// then by document. Who has a verified pair with the representative is said; the ends of a chain need not be alike,
    /// so this is for looking at what belongs together, and [`dropped`](Self::dropped) for dropping.
    ///
    /// Takes four bytes and a bit a document, besides what sorters take within the limit of memory; with
    /// [`Keep::Longest`] eight bytes more, and while these are made sixteen.
    ///
    /// ```
    /// use twinprint::{Keep, Scheme, SimilarityJoin};
    ///
    /// let folder = std::env::temp_dir().join("twinprint-example-components");
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// let scheme = Scheme::builder().words(1).build()?;
    /// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build_in(&folder)?;
    /// for (id, text) in [("a", "one two three four"), ("b", "two three four five"), ("c", "three four five six")] {
    ///     join.push(id, text)?;
    /// }
    /// let members = join.finish()?.components(Keep::First)?.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(members.iter().map(|member| (member.representative, member.document)).collect::<Vec<_>>(), [(0, 1), (0, 2)]);
    /// assert_eq!((members[0].jaccard(), members[1].jaccard()), (Some(0.6), None));
    /// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, where a file cannot be written or read.
    pub fn components(&self, keep: Keep) -> Result<ComponentMembers, Error> {
        self.components_by(self.preference(keep)?)
    }

    /// As [`components`](Self::components), where the document of the least key stands for each component; of equal keys
    /// the first. The key of each document is asked for by its number. Takes eight bytes a document more, besides the keys.
    ///
    /// # Errors
    /// As [`components`](Self::components).
    pub fn components_by_key<K: Ord>(&self, key: impl Fn(u32) -> K) -> Result<ComponentMembers, Error> {
        self.components_by(self.preference_by_key(key))
    }

    fn components_by(&self, preference: Preference) -> Result<ComponentMembers, Error> {
        let (work, preference, families) = self.families_by(preference)?;
        let links = self.links_to_roots(&preference, &work)?;
        let mut sorter = work.sorter("components");
        dropped(links, &families, self.documents(), |pair| sorter.push(record(pair.swapped())))?;
        Ok(ComponentMembers { sorted: sorter.finish()?, _work: work })
    }

    /// Of each group that is no root, and of its root, the documents that stand for them.
    fn links_to_roots(&self, preference: &Preference, work: &Work) -> Result<Sorted<3>, Error> {
        let mut forest = Forest::new(self.stats().documents as u32);
        for edge in self.edges()? {
            forest.unite(edge?, preference);
        }
        let mut links = work.sorter("links");
        let mut link = |group: u32, root: u32, overlap: Overlap| {
            let (left, right) = (preference.preferred(group), preference.preferred(root));
            links.push(record(NumberedPair { left, right, overlap }))
        };
        let mut linked = Bits::default();
        for edge in self.edges()? {
            let edge = edge?;
            let root = forest.root(edge.left);
            let to_root = [edge, edge.swapped()].into_iter().find(|edge| edge.right == root);
            if let Some(NumberedPair { left, right, overlap }) = to_root {
                linked.set(left);
                link(left, right, overlap)?;
            }
        }
        for group in 0..forest.parents.len() as u32 {
            let root = forest.root(group);
            if root != group && !linked.get(group) {
                link(group, root, CHAINED)?;
            }
        }
        links.finish()
    }
}

/// For each group one that is preferred to it and connected with it, or itself where it is the root of its tree.
struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    fn new(documents: u32) -> Self {
        Self { parents: (0..documents).collect() }
    }

    /// The root of a tree. Ways are halved as they are gone, so that on average they have no more than a logarithm of steps.
    fn root(&mut self, mut group: u32) -> u32 {
        loop {
            let parent = self.parents[group as usize];
            if parent == group {
                return group;
            }
            let next = self.parents[parent as usize];
            self.parents[group as usize] = next;
            group = next;
        }
    }

    fn unite(&mut self, edge: NumberedPair, preference: &Preference) {
        let (left, right) = (self.root(edge.left), self.root(edge.right));
        let (root, other) = if preference.rank(left) <= preference.rank(right) { (left, right) } else { (right, left) };
        self.parents[other as usize] = root;
    }
}
