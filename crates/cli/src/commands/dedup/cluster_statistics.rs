//! Statistics of the clusters, for the summary of a run.

use serde_json::json;

use crate::tables::Cluster;

/// Number of clusters that the summary lists.
const LARGEST: usize = 10;

/// Statistics of the clusters for the summary.
#[derive(Default)]
pub(super) struct ClusterStatistics {
    pub(super) count: u64,
    /// Documents besides the representatives.
    pub(super) dropped: u64,
    /// Documents whose texts are that of the representative.
    pub(super) copies: u64,
    /// Documents whose sets equal the representative's; copies are among them.
    pub(super) equal_sets: u64,
    pub(super) least_jaccard: Option<f64>,
    pub(super) largest: Vec<serde_json::Value>,
    sizes: Vec<u64>,
}

impl ClusterStatistics {
    /// Counts a cluster.
    pub(super) fn add(&mut self, cluster: &Cluster) {
        self.count += 1;
        self.dropped += cluster.dropped;
        self.copies += cluster.copies;
        self.equal_sets += cluster.equal_sets;
        self.least_jaccard = self.least_jaccard.into_iter().chain(cluster.least_jaccard).reduce(f64::min);
        let size = cluster.dropped + 1;
        let at = self.sizes.partition_point(|&other| other >= size);
        if at < LARGEST {
            let entry = json!({"representative": cluster.representative_id, "documents": size, "least_jaccard": cluster.least_jaccard});
            self.sizes.insert(at, size);
            self.largest.insert(at, entry);
            self.sizes.truncate(LARGEST);
            self.largest.truncate(LARGEST);
        }
    }
}
