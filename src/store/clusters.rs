//! Which cluster a document belongs to, while documents come and go.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::view::View;
use crate::error::Error;
use crate::parallel;

/// The clusters of a store, current after each commit; made by [`Store::live_clusters`](super::Store::live_clusters). Threads keep a clone
/// each, and ask while the writer goes on.
///
/// Two documents are linked if a [query](View::query) for one finds the other, and a cluster is what is connected by links. Its leader is the
/// document with the earliest time, and of equal times the one with the smallest id.
///
/// Clusters and leaders depend only on the stored documents, with their ids and times. They are the same for every
/// order in which these were inserted, replaced and removed, however they were batched, and after every opening. Only
/// [`changes`](Self::changes), which tells what happened, depends on what happened.
///
/// They are held in memory and are not stored: they are made again when a store is opened, with one query for each document, on all cores.
/// They take 100 to 200 bytes a document, its id twice, and about 60 bytes for each link. A commit costs a query for each document that it
/// adds, and for each that it removes a walk through that document's cluster, which ends as soon as all members are found.
///
/// Documents that are all similar to one another have a link for each pair, and each query finds them all: a thousand copies of one text
/// take 30 MB, and ten thousand 3 GB. Keep copies out of a store with live clusters.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("twinprint-live-clusters-{}", std::process::id()));
/// use twinprint::Scheme;
/// use twinprint::store::{ClusterChange, Store};
///
/// let scheme = Scheme::builder().custom_features("numbers").build()?;
/// let mut store = Store::builder().scheme(scheme).threshold(0.5).create(&folder)?;
/// let clusters = store.live_clusters(0.5)?;
/// for (time, (id, start)) in [("first", 0), ("third", 40), ("second", 20)].into_iter().enumerate() {
///     store.set_time(Some(time as u64));
///     store.upsert_set(id, (start..start + 100).collect())?;
///     store.commit()?;
/// }
/// let cluster = clusters.cluster_of("third").expect("it is there");
/// assert_eq!((cluster.leader(), cluster.members.len()), ("first", 3));
/// // The second linked the other two: 60 of 140 is below the threshold.
/// assert!(matches!(&clusters.changes()[0], ClusterChange::Merged { leader, by, .. } if leader == "first" && by == "second"));
/// store.remove("second")?;
/// store.commit()?;
/// assert_eq!(clusters.cluster_of("third").expect("it is there").leader(), "third");
/// # drop(store);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LiveClusters {
    graph: Arc<RwLock<Graph>>,
}

/// Holds a cluster of a store at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LiveCluster {
    /// The ids of the documents, by time and then by id. The first is the leader.
    pub members: Vec<String>,
}

impl LiveCluster {
    /// Returns the id of the leader.
    #[must_use]
    pub fn leader(&self) -> &str {
        self.members.first().map_or("", String::as_str)
    }
}

/// Tells how clusters changed; see [`LiveClusters::changes`]. Clusters are named by their leaders.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum ClusterChange {
    /// A new document linked two clusters.
    Merged {
        /// The leader of both from now on.
        leader: String,
        /// The leader that the other cluster had.
        absorbed: String,
        /// The new document.
        by: String,
    },
    /// A cluster fell apart because a document that linked its parts was removed.
    Split {
        /// The leader of the part that comes first.
        leader: String,
        /// The leader of another part.
        parted: String,
        /// The removed document.
        by: String,
    },
    /// A cluster got another leader, because the one before was removed, or because a new document has an earlier time.
    Elected {
        /// The new leader.
        leader: String,
        /// The leader before.
        before: String,
    },
}

/// The number of changes that are remembered.
const MAX_CHANGES: usize = 1 << 16;

/// The place of a document in the order by which leaders are chosen.
type Place = (u64, Arc<str>);

#[derive(Debug)]
struct Node {
    time: u64,
    cluster: u64,
    /// The ids of the documents that it is linked with.
    links: HashSet<Arc<str>>,
}

#[derive(Debug)]
struct Graph {
    threshold: f64,
    nodes: HashMap<Arc<str>, Node>,
    clusters: HashMap<u64, BTreeSet<Place>>,
    /// A number that no cluster had yet.
    next: u64,
    changes: VecDeque<ClusterChange>,
}

/// A document and the ids of those that are linked with it.
struct Linked {
    id: Arc<str>,
    time: u64,
    links: Vec<String>,
}

impl LiveClusters {
    /// Makes the clusters of all documents of a view.
    pub(super) fn new(view: &View, threshold: f64) -> Result<Self, Error> {
        let (nodes, clusters, changes) = (HashMap::new(), HashMap::new(), VecDeque::new());
        let mut graph = Graph { threshold, nodes, clusters, next: 0, changes };
        graph.add_rows(view, 0..view.segments())?;
        graph.changes.clear();
        Ok(Self { graph: Arc::new(RwLock::new(graph)) })
    }

    /// Whether anybody but the store has it.
    pub(super) fn is_watched(&self) -> bool {
        Arc::strong_count(&self.graph) > 1
    }

    /// Follows a commit: these ids are gone, and the last segments of the view were added.
    pub(super) fn follow(&self, view: &View, gone: &[String], added: usize) -> Result<(), Error> {
        let mut graph = self.graph.write().unwrap_or_else(PoisonError::into_inner);
        gone.iter().for_each(|id| graph.remove(id));
        graph.add_rows(view, view.segments().saturating_sub(added)..view.segments())
    }

    fn read(&self) -> RwLockReadGuard<'_, Graph> {
        self.graph.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the similarity from which documents are linked.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.read().threshold
    }

    /// Returns the cluster of a document, or `None` if there is no such document. A document that is linked with no other is a cluster by
    /// itself.
    #[must_use]
    pub fn cluster_of(&self, id: &str) -> Option<LiveCluster> {
        let graph = self.read();
        graph.clusters.get(&graph.nodes.get(id)?.cluster).map(cluster)
    }

    /// Returns the clusters of at least two documents, in the order of their leaders.
    #[must_use]
    pub fn clusters(&self) -> Vec<LiveCluster> {
        let graph = self.read();
        let mut clusters: Vec<_> = graph.clusters.values().filter(|members| members.len() > 1).collect();
        clusters.sort_by(|a, b| a.first().cmp(&b.first()));
        clusters.into_iter().map(cluster).collect()
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.read().nodes.len()
    }

    /// Returns what was merged, split and elected since the clusters were made, the first change first. The last 65,536 are remembered.
    #[must_use]
    pub fn changes(&self) -> Vec<ClusterChange> {
        self.read().changes.iter().cloned().collect()
    }
}

fn cluster(members: &BTreeSet<Place>) -> LiveCluster {
    LiveCluster { members: members.iter().map(|(_, id)| id.to_string()).collect() }
}

impl Graph {
    /// Adds the documents of some segments of a view, in the order of leaders, so that the changes do not depend on batches.
    fn add_rows(&mut self, view: &View, segments: std::ops::Range<usize>) -> Result<(), Error> {
        let state = &view.state;
        let rows: Vec<(usize, usize)> =
            segments.flat_map(|segment| state.segments[segment].live_rows().map(move |row| (segment, row))).collect();
        let linked = |&(segment, row): &(usize, usize), (): &mut ()| {
            let document = view.document(segment, row)?;
            let hits = view.query(&document.prepared, self.threshold)?;
            let links = hits.into_iter().map(|hit| hit.id).filter(|id| *id != document.id).collect();
            Ok::<_, Error>(Linked { id: document.id.into(), time: document.time, links })
        };
        let linked = parallel::map(&rows, || (), linked).into_iter().collect::<Result<Vec<_>, Error>>();
        let mut linked = linked?;
        linked.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        linked.into_iter().for_each(|document| self.add(document));
        Ok(())
    }

    /// Adds a document. Links to documents that are not there yet are made when these are added.
    fn add(&mut self, Linked { id, time, links }: Linked) {
        let known =
            links.iter().filter_map(|link| self.nodes.get_key_value(link.as_str()).map(|(id, _)| Arc::clone(id)));
        let links: HashSet<Arc<str>> = known.collect();
        let mut touched: Vec<u64> = Vec::new();
        for link in &links {
            if let Some(node) = self.nodes.get_mut(link) {
                node.links.insert(Arc::clone(&id));
                touched.push(node.cluster);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        let leaders: Vec<Place> = touched.iter().filter_map(|number| self.clusters[number].first().cloned()).collect();
        // The smaller clusters move into the largest.
        let largest = touched.iter().copied().max_by_key(|number| self.clusters[number].len());
        let number = largest.unwrap_or_else(|| self.new_number());
        let mut members = self.clusters.remove(&number).unwrap_or_default();
        for other in touched.into_iter().filter(|other| *other != number) {
            for (time, member) in self.clusters.remove(&other).unwrap_or_default() {
                if let Some(node) = self.nodes.get_mut(&member) {
                    node.cluster = number;
                }
                members.insert((time, member));
            }
        }
        members.insert((time, Arc::clone(&id)));
        let leader = members.first().map_or_else(String::new, |(_, leader)| leader.to_string());
        self.clusters.insert(number, members);
        self.nodes.insert(Arc::clone(&id), Node { time, cluster: number, links });
        let is_one = leaders.len() == 1;
        for (_, before) in leaders.iter().filter(|(_, before)| **before != *leader) {
            let (leader, before) = (leader.clone(), before.to_string());
            self.record(match is_one {
                true => ClusterChange::Elected { leader, before },
                false => ClusterChange::Merged { leader, absorbed: before, by: id.to_string() },
            });
        }
    }

    /// Removes a document, and finds out into which parts its cluster falls.
    fn remove(&mut self, id: &str) {
        let Some((id, node)) = self.nodes.remove_entry(id) else { return };
        for link in &node.links {
            if let Some(other) = self.nodes.get_mut(link) {
                other.links.remove(&id);
            }
        }
        let mut members = self.clusters.remove(&node.cluster).unwrap_or_default();
        let was_leader = members.first().is_some_and(|(_, leader)| *leader == id);
        members.remove(&(node.time, Arc::clone(&id)));
        let mut leaders: Vec<String> = Vec::new();
        let mut number = node.cluster;
        // The first member that is in no part yet leads the next one.
        while let Some((_, leader)) = members.first().cloned() {
            let mut part = BTreeSet::new();
            for member in self.connected(&leader, members.len()) {
                if let Some(node) = self.nodes.get_mut(&member) {
                    node.cluster = number;
                    part.insert((node.time, member));
                }
            }
            for place in &part {
                members.remove(place);
            }
            self.clusters.insert(number, part);
            number = self.new_number();
            leaders.push(leader.to_string());
        }
        let Some((first, others)) = leaders.split_first() else { return };
        if was_leader {
            self.record(ClusterChange::Elected { leader: first.clone(), before: id.to_string() });
        }
        for other in others {
            let by = id.to_string();
            self.record(ClusterChange::Split { leader: first.clone(), parted: other.clone(), by });
        }
    }

    /// Returns the documents that are connected with one, at most this number of them.
    fn connected(&self, start: &Arc<str>, most: usize) -> HashSet<Arc<str>> {
        let (mut found, mut open) = (HashSet::from([Arc::clone(start)]), vec![Arc::clone(start)]);
        // Where all are linked with all, the links of the first are enough.
        while found.len() < most
            && let Some(id) = open.pop()
        {
            for link in self.nodes.get(&id).into_iter().flat_map(|node| &node.links) {
                if found.insert(Arc::clone(link)) {
                    open.push(Arc::clone(link));
                }
            }
        }
        found
    }

    fn new_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn record(&mut self, change: ClusterChange) {
        if self.changes.len() == MAX_CHANGES {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
    }
}
