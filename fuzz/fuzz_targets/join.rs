//! The join: pairs, groups and clusters of small corpora, of features and of texts, against sets compared one by one.
//!
//! With bands of one row all pairs that agree in any position are candidates.
//!
//! * Every pair is exactly right, reaches the threshold, and is there once, in order.
//! * Documents are in one group if their sets are equal and not empty. A pair that reaches the threshold, in as many
//!   positions of the signatures as in the sets, is found, however small the bucket limit is, if it shares a bucket that
//!   is within it.
//! * Leaders: who is dropped has a pair with who is kept, and no two that are kept have one. Components are connected.
//! * Texts inserted one by one get the pairs and clusters of a batch, and are told of them at once.

#![no_main]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use twinprint::lsh::Banding;
use twinprint::result::VerifiedPairs;
use twinprint::scheme::Algorithm;
use twinprint::{
    Clustering, Deduplicator, Document, InsertOutcome, Keep, MinHasher, Overlap, Scheme, SchemeBuilder, Signature,
    SimilarityJoin, SimilarityJoinBuilder,
};

#[derive(Arbitrary, Debug)]
struct Input {
    fast: bool,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.int_in_range(1..=32))]
    num_hashes: u32,
    /// A fraction, so that pairs are exactly at it.
    #[arbitrary(with = |u: &mut Unstructured<'_>| { let whole = u.int_in_range(1..=16)?; Ok((u.int_in_range(1..=whole)?, whole)) })]
    threshold: (u8, u8),
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.int_in_range(2..=6))]
    bucket_limit: usize,
    corpus: Corpus,
}

#[derive(Arbitrary, Debug)]
enum Corpus {
    /// Bits are features, so that small changes make similar sets.
    Features(Vec<u16>),
    /// Half a byte a word, or the end of a text.
    Texts { words: bool, texts: Vec<u8> },
}

const MOST_DOCUMENTS: usize = 24;
const WORDS: [&str; 15] = ["a", "b", "c", "d", "e", "f", "g", "h", "A", "B", "c,", "--", "中", "国", "é"];

impl Input {
    fn scheme(&self, features: SchemeBuilder) -> Scheme {
        let algorithm = if self.fast { Algorithm::FastSimilarity } else { Algorithm::Permutations };
        features.num_hashes(self.num_hashes).algorithm(algorithm).build().expect("valid")
    }

    fn threshold(&self) -> f64 {
        f64::from(self.threshold.0) / f64::from(self.threshold.1)
    }

    fn banding(&self) -> Banding {
        Banding::new(self.num_hashes, 1).expect("valid")
    }

    fn join(&self, scheme: &Scheme) -> SimilarityJoinBuilder {
        SimilarityJoin::builder(scheme).threshold(self.threshold()).banding(self.banding())
    }

    fn check_features(&self, documents: &[u16]) {
        let scheme = self.scheme(Scheme::builder().custom_features("bits"));
        let features = |&bits: &u16| -> Vec<u64> { (0..16).rev().filter(|bit| bits >> bit & 1 == 1).collect() };
        let features: Vec<Vec<u64>> = documents.iter().take(MOST_DOCUMENTS).map(features).collect();
        let run = |builder: SimilarityJoinBuilder| {
            let mut join = builder.build().expect("valid");
            for (id, features) in features.iter().enumerate() {
                // Neither order nor repetition matters.
                join.push(Document::features(id, [&features[..], &features[..id % 2 * features.len()]].concat()))
                    .expect("few");
            }
            assert_eq!(join.len(), features.len());
            join.finish().expect("few")
        };
        let lengths = features.iter().enumerate().map(|(id, features)| (1 + id % 2) * features.len()).collect();
        let sets = features.iter().map(|features| features.iter().copied().collect()).collect();
        let expected = Expected::new(self, &scheme.minhasher(), sets, lengths);
        let found = run(self.join(&scheme));
        expected.check(&found);
        expected.check_limited(&found, &run(self.join(&scheme).bucket_limit(self.bucket_limit)), self.bucket_limit);
    }

    fn check_texts(&self, words: bool, texts: &[u8]) {
        let scheme = self.scheme(if words { Scheme::builder().words(1) } else { Scheme::builder().characters(3) });
        let codes: Vec<u8> = texts.iter().flat_map(|codes| [codes & 15, codes >> 4]).collect();
        let text = |codes: &[u8]| codes.iter().map(|code| WORDS[usize::from(*code)]).collect::<Vec<_>>().join(" ");
        let texts = codes.split(|code| usize::from(*code) == WORDS.len()).take(MOST_DOCUMENTS).map(text);
        let texts: Vec<(usize, String)> = texts.enumerate().collect();
        let builder =
            Deduplicator::builder().scheme(scheme.clone()).threshold(self.threshold()).banding(self.banding());
        let batch = builder.clone().run(texts.clone()).expect("valid");

        let shingler = scheme.shingler().expect("of text");
        let sets = texts.iter().map(|(_, text)| shingler.hashes(text).into_iter().collect()).collect();
        let lengths = texts.iter().map(|(_, text)| text.len()).collect();
        let expected = Expected::new(self, &scheme.minhasher(), sets, lengths);
        expected.check(batch.verified());
        assert_eq!(batch.clusters(), batch.verified().clusters(Clustering::Leader, Keep::First));
        let dropped: BTreeSet<usize> =
            batch.clusters().iter().flat_map(|cluster| cluster.members()).map(|member| member.document).collect();
        assert!(batch.kept().copied().eq((0..texts.len()).filter(|id| !dropped.contains(id))));

        let mut stream = builder.build().expect("valid");
        for (id, text) in &texts {
            let told = stream.insert(*id, text).expect("a new id");
            assert_eq!(told, expected.arrival(*id, batch.verified()));
        }
        assert_eq!(stream.len(), texts.len());
        let streamed = stream.finish();
        assert_eq!(streamed.pairs(), batch.pairs());
        assert_eq!(streamed.clusters(), batch.clusters());
        assert_eq!(streamed.verified().copies(), batch.verified().copies());
    }
}

/// What is known of the documents without the join.
struct Expected {
    threshold: f64,
    sets: Vec<BTreeSet<u64>>,
    lengths: Vec<usize>,
    signatures: Vec<Signature>,
    /// Documents by their set, unless it is empty; ordered by the first document.
    groups: Vec<Vec<usize>>,
}

impl Expected {
    fn new(input: &Input, hasher: &MinHasher, sets: Vec<BTreeSet<u64>>, lengths: Vec<usize>) -> Self {
        let sign = |set: &BTreeSet<u64>| hasher.signature(&Vec::from_iter(set.iter().copied()));
        let mut by_set: BTreeMap<&BTreeSet<u64>, Vec<usize>> = BTreeMap::new();
        for (id, set) in sets.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
            by_set.entry(set).or_default().push(id);
        }
        let mut groups: Vec<_> = by_set.into_values().collect();
        groups.sort();
        let signatures = sets.iter().map(sign).collect();
        Self { threshold: input.threshold(), sets, lengths, signatures, groups }
    }

    fn overlap(&self, left: usize, right: usize) -> Overlap {
        let (left, right) = (&self.sets[left], &self.sets[right]);
        Overlap::from_counts(left.len(), right.len(), left.intersection(right).count()).expect("an intersection")
    }

    fn jaccard(&self, left: usize, right: usize) -> f64 {
        let union = self.sets[left].union(&self.sets[right]).count();
        if union == 0 { 0.0 } else { self.overlap(left, right).shared() as f64 / union as f64 }
    }

    fn is_copy(&self, left: usize, right: usize) -> bool {
        !self.sets[left].is_empty() && self.sets[left] == self.sets[right]
    }

    /// Whether a pair of first documents is similar, and its signatures do not say otherwise: a pair at the threshold has
    /// this many equal positions or more about every second time, and none so likely is ever filtered.
    fn must_be_found(&self, left: usize, right: usize) -> bool {
        let (a, b) = (self.signatures[left].values(), self.signatures[right].values());
        let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
        self.jaccard(left, right) >= self.threshold
            && equal >= 1
            && equal as f64 >= (self.threshold * a.len() as f64).ceil()
    }

    fn check(&self, found: &VerifiedPairs<usize>) {
        assert!(found.ids().iter().copied().eq(0..self.sets.len()));
        let copies = self.groups.iter().filter(|group| group.len() > 1);
        assert_eq!(found.equal_sets(), copies.map(|group| group.iter().collect::<Vec<_>>()).collect::<Vec<_>>());

        let pairs = self.check_pairs(found);
        for (at, left) in self.groups.iter().enumerate() {
            for right in &self.groups[at + 1..] {
                let pair = (left[0], right[0]);
                assert!(pairs.contains(&pair) || !self.must_be_found(pair.0, pair.1), "{pair:?} is missed");
            }
        }

        let linked = self.check_expanded(found, &pairs);
        for keep in [Keep::First, Keep::Longest] {
            self.check_leaders(found, keep, &linked);
            self.check_components(found, keep, &linked);
        }
    }

    /// Whether the pairs and what is counted of them are right.
    fn check_pairs(&self, found: &VerifiedPairs<usize>) -> BTreeSet<(usize, usize)> {
        let pairs = found.pairs();
        assert!(pairs.is_sorted_by(|a, b| (a.left, a.right) < (b.left, b.right)), "in order, each once");
        for pair in &pairs {
            let (left, right) = (*pair.left, *pair.right);
            assert!(left < right);
            assert_eq!((pair.overlap, pair.jaccard()), (self.overlap(left, right), self.jaccard(left, right)));
            assert!(pair.jaccard() >= self.threshold);
            let group_of = |id| self.groups.iter().find(|group| group.contains(&id)).expect("not empty");
            assert!(group_of(left)[0] == left && (self.is_copy(left, right) || group_of(right)[0] == right));
        }

        let stats = found.stats();
        let in_groups = self.groups.iter().map(Vec::len).sum::<usize>();
        let copies = in_groups - self.groups.len();
        assert_eq!(stats.documents, self.sets.len() as u64);
        assert_eq!(stats.empty, (self.sets.len() - in_groups) as u64);
        assert_eq!(stats.equal_sets, copies as u64);
        assert!(stats.copies <= stats.equal_sets);
        assert!(stats.shingles >= self.sets.iter().map(|set| set.len() as u64).sum::<u64>(), "repeated ones count too");
        assert_eq!(stats.verified, (pairs.len() - copies) as u64);
        assert_eq!(stats.candidates, stats.filtered + stats.compared);
        assert!(stats.verified <= stats.compared);
        pairs.iter().map(|pair| (*pair.left, *pair.right)).collect()
    }

    /// All pairs of documents: those of equal sets, and those of similar groups.
    fn check_expanded(
        &self,
        found: &VerifiedPairs<usize>,
        pairs: &BTreeSet<(usize, usize)>,
    ) -> BTreeSet<(usize, usize)> {
        let first = |id| self.groups.iter().find(|group| group.contains(&id)).map(|group| group[0]);
        let linked = |left, right| match (first(left), first(right)) {
            (Some(a), Some(b)) => a == b || pairs.contains(&(a.min(b), a.max(b))),
            _ => false,
        };
        let documents = 0..self.sets.len();
        let all = documents.clone().flat_map(|left| (left + 1..documents.end).map(move |right| (left, right)));
        let all: BTreeSet<_> = all.filter(|&(left, right)| linked(left, right)).collect();
        let expanded = found.all_pairs(usize::MAX);
        assert!(expanded.iter().map(|pair| (*pair.left, *pair.right)).eq(all.iter().copied()));
        assert!(expanded.iter().all(|pair| pair.overlap == self.overlap(*pair.left, *pair.right)));
        all
    }

    fn preference(&self, keep: Keep, id: usize) -> (Reverse<usize>, usize) {
        (Reverse(if keep == Keep::Longest { self.lengths[id] } else { 0 }), id)
    }

    fn check_leaders(&self, found: &VerifiedPairs<usize>, keep: Keep, linked: &BTreeSet<(usize, usize)>) {
        let clusters = found.clusters(Clustering::Leader, keep);
        let mut kept: BTreeSet<usize> = (0..self.sets.len()).collect();
        for member in clusters.iter().flat_map(|cluster| cluster.members()) {
            assert!(kept.remove(&member.document), "{} is dropped once", member.document);
        }
        let are_linked = |a: usize, b: usize| linked.contains(&(a.min(b), a.max(b)));
        assert!(!linked.iter().any(|(left, right)| kept.contains(left) && kept.contains(right)));

        for cluster in clusters {
            let leader = *cluster.representative();
            assert!(kept.contains(&leader));
            assert!(cluster.members().is_sorted_by(|a, b| a.document < b.document));
            for member in cluster.members() {
                let id = member.document;
                assert_eq!(member.overlap, Some(self.overlap(id, leader)));
                assert_eq!(member.has_equal_set(), self.is_copy(id, leader));
                // Of those that were kept before it or a copy of it, the most similar, of these the most preferred.
                let copies = (0..self.sets.len()).filter(|&copy| self.is_copy(copy, id));
                let turn = copies.map(|copy| self.preference(keep, copy)).min().expect("it is one itself");
                let before =
                    kept.iter().filter(|&&other| self.preference(keep, other) <= turn && are_linked(id, other));
                let nearest = before.min_by(|&&a, &&b| {
                    let similar = self.jaccard(b, id).total_cmp(&self.jaccard(a, id));
                    similar.then(self.preference(keep, a).cmp(&self.preference(keep, b)))
                });
                assert_eq!(nearest, Some(&leader));
            }
        }
    }

    fn check_components(&self, found: &VerifiedPairs<usize>, keep: Keep, linked: &BTreeSet<(usize, usize)>) {
        // Every document starts on its own, and each pair makes two components one, named by its least member.
        let mut component: Vec<usize> = (0..self.sets.len()).collect();
        for &(left, right) in linked {
            let (a, b) = (component[left], component[right]);
            component.iter_mut().filter(|name| **name == a.max(b)).for_each(|name| *name = a.min(b));
        }
        let members = |name| (0..self.sets.len()).filter(|&id| component[id] == name).collect::<Vec<_>>();
        let expected: Vec<_> = (0..self.sets.len()).map(members).filter(|members| members.len() > 1).collect();

        let clusters = found.clusters(Clustering::Components, keep);
        assert_eq!(clusters.len(), expected.len());
        for (cluster, members) in clusters.iter().zip(expected) {
            let kept = *cluster.representative();
            assert_eq!(Some(kept), members.iter().copied().min_by_key(|&id| self.preference(keep, id)));
            let dropped = cluster.members().iter().map(|member| member.document);
            assert!(dropped.eq(members.iter().copied().filter(|&id| id != kept)));
            for member in cluster.members() {
                let id = member.document;
                let is_linked = linked.contains(&(id.min(kept), id.max(kept)));
                assert_eq!(member.overlap, is_linked.then(|| self.overlap(id, kept)));
            }
        }
    }

    /// With a limit, a join finds nothing else, and misses only pairs all of whose buckets are over it.
    fn check_limited(&self, full: &VerifiedPairs<usize>, limited: &VerifiedPairs<usize>, limit: usize) {
        let (full, limited) = (self.check_pairs(full), self.check_pairs(limited));
        assert!(limited.is_subset(&full));
        let value = |id: usize, position: usize| self.signatures[id].values()[position];
        for &(left, right) in full.difference(&limited) {
            for position in 0..self.signatures[left].values().len() {
                if value(left, position) == value(right, position) {
                    let like = |group: &&Vec<usize>| value(group[0], position) == value(left, position);
                    assert!(self.groups.iter().filter(like).count() > limit, "{:?} is missed", (left, right));
                }
            }
        }
    }

    /// What a stream says of the document when it arrives: the most similar pair with an earlier one, the first of these.
    fn arrival(&self, id: usize, found: &VerifiedPairs<usize>) -> InsertOutcome<usize> {
        if self.sets[id].is_empty() {
            return InsertOutcome::Empty;
        }
        if let Some(first) = (0..id).find(|&earlier| self.is_copy(earlier, id)) {
            // Of the copies, if there are any, the first is named.
            let copy = found.copies().into_iter().find(|group| group[1..].contains(&&id)).map(|group| *group[0]);
            return copy.map_or(InsertOutcome::SameShingles { to: first }, |of| InsertOutcome::Copy { of });
        }
        let pairs = found.pairs();
        let earlier = pairs.iter().filter(|pair| *pair.right == id);
        match earlier.min_by(|a, b| b.jaccard().total_cmp(&a.jaccard()).then(a.left.cmp(b.left))) {
            Some(pair) => InsertOutcome::Similar { to: *pair.left, overlap: pair.overlap },
            None => InsertOutcome::New,
        }
    }
}

fuzz_target!(|input: Input| match &input.corpus {
    Corpus::Features(documents) => input.check_features(documents),
    Corpus::Texts { words, texts } => input.check_texts(*words, texts),
});
