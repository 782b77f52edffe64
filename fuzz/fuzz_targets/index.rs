//! The online index: after any sequence of operations, [`LshIndex`] answers as a list of documents would that is searched
//! from end to end, order included.
//!
//! * `insert` refuses an id that is taken, and every call refuses signatures of another scheme; nothing is changed then.
//! * A document is found if its signature and the one asked for agree in all rows of some band, and neither is empty.
//! * Hits come by the share of equal positions and then by order of insertion, pairs by order of insertion.

#![no_main]

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use twinprint::lsh::{Banding, Hit, LshIndex};
use twinprint::scheme::Algorithm;
use twinprint::{Error, MinHasher, Scheme, Signature};

#[derive(Arbitrary, Debug)]
struct Input {
    fast: bool,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.int_in_range(1..=20))]
    num_hashes: u32,
    bands: u8,
    rows: u8,
    operations: Vec<Operation>,
}

/// Bits are features, so that small changes make similar sets. Ids are few, so that they repeat.
#[derive(Arbitrary, Debug)]
enum Operation {
    Insert(Id, u16),
    Upsert(Id, u16),
    UpsertForeign(Id, u16),
    Remove(Id),
    Contains(Id),
    Query(u16, u8),
    Nearest(u16, u8),
    Pairs,
    Stats,
}

#[derive(Debug)]
struct Id(u8);

impl<'a> Arbitrary<'a> for Id {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(Self(u.int_in_range(0..=23)?))
    }
}

impl Input {
    fn scheme(&self, seed: u64) -> Scheme {
        let algorithm = if self.fast { Algorithm::FastSimilarity } else { Algorithm::Permutations };
        let scheme = Scheme::builder().custom_features("bits").algorithm(algorithm);
        scheme.num_hashes(self.num_hashes).seed(seed).build().expect("valid")
    }

    /// Any banding that fits.
    fn banding(&self) -> Banding {
        let bands = 1 + u32::from(self.bands) % self.num_hashes;
        let rows = 1 + u32::from(self.rows) % (self.num_hashes / bands);
        Banding::new(bands, rows).expect("valid")
    }
}

fn sign(hasher: &MinHasher, set: u16) -> Signature {
    let features: Vec<u64> = (0..16).filter(|bit| set >> bit & 1 == 1).collect();
    let signature = hasher.signature(&features);
    assert_eq!(signature.is_empty(), set == 0);
    signature
}

/// The documents in the order of their insertion.
struct Model {
    banding: Banding,
    documents: Vec<Document>,
}

struct Document {
    id: u8,
    set: u16,
    signature: Signature,
}

impl Model {
    fn position(&self, id: u8) -> Option<usize> {
        self.documents.iter().position(|document| document.id == id)
    }

    fn remove(&mut self, id: u8) -> bool {
        let position = self.position(id);
        position.map(|position| self.documents.remove(position)).is_some()
    }

    fn bands<'a>(&self, signature: &'a Signature) -> impl Iterator<Item = &'a [u32]> {
        signature.values().chunks_exact(self.banding.rows() as usize).take(self.banding.bands() as usize)
    }

    fn alike(&self, left: &Signature, right: &Signature) -> bool {
        let both = !left.is_empty() && !right.is_empty();
        both && self.bands(left).zip(self.bands(right)).any(|(left, right)| left == right)
    }

    /// Ids with their similarities, in the order of a query's hits.
    fn hits(&self, signature: &Signature) -> Vec<(u8, f64)> {
        let alike = self.documents.iter().filter(|document| self.alike(&document.signature, signature));
        let mut hits: Vec<_> = alike.map(|document| (document.id, share(&document.signature, signature))).collect();
        hits.sort_by(|(_, left), (_, right)| right.total_cmp(left));
        hits
    }

    fn pairs(&self) -> Vec<(u8, u8, f64)> {
        let mut pairs = Vec::new();
        for (at, left) in self.documents.iter().enumerate() {
            for right in &self.documents[at + 1..] {
                if self.alike(&left.signature, &right.signature) {
                    pairs.push((left.id, right.id, share(&left.signature, &right.signature)));
                }
            }
        }
        pairs
    }

    /// How many documents are in each bucket.
    fn buckets(&self) -> BTreeMap<(usize, &[u32]), usize> {
        let mut buckets = BTreeMap::new();
        for document in self.documents.iter().filter(|document| document.set != 0) {
            self.bands(&document.signature).enumerate().for_each(|key| *buckets.entry(key).or_default() += 1);
        }
        buckets
    }
}

/// The share of positions that agree.
fn share(left: &Signature, right: &Signature) -> f64 {
    let equal = left.values().iter().zip(right.values()).filter(|(left, right)| left == right).count();
    equal as f64 / left.values().len() as f64
}

fn found(hits: Vec<Hit<'_, u8>>) -> Vec<(u8, f64)> {
    assert!(hits.iter().all(|hit| hit.jaccard == hit.estimate.jaccard));
    hits.into_iter().map(|hit| (*hit.id, hit.jaccard)).collect()
}

fuzz_target!(|input: Input| {
    let (scheme, banding) = (input.scheme(1), input.banding());
    let (hasher, foreign) = (scheme.minhasher(), input.scheme(2).minhasher());
    let mut index = LshIndex::new(&scheme, banding).expect("the banding fits");
    let mut model = Model { banding, documents: Vec::new() };

    for operation in &input.operations {
        match *operation {
            Operation::Insert(Id(id), set) => {
                let signature = sign(&hasher, set);
                let inserted = index.insert(id, &signature);
                if model.position(id).is_some() {
                    assert_eq!(inserted, Err(Error::DuplicateId { id: id.to_string() }));
                } else {
                    assert_eq!(inserted, Ok(()));
                    model.documents.push(Document { id, set, signature });
                }
            }
            Operation::Upsert(Id(id), set) => {
                let signature = sign(&hasher, set);
                assert_eq!(index.upsert(id, &signature), Ok(model.remove(id)));
                model.documents.push(Document { id, set, signature });
            }
            Operation::UpsertForeign(Id(id), set) => {
                let signature = sign(&foreign, set);
                assert!(matches!(index.upsert(id, &signature), Err(Error::Mismatch(_))));
                assert!(matches!(index.query(&signature, 0.5), Err(Error::Mismatch(_))));
                assert!(matches!(index.nearest(&signature, 1), Err(Error::Mismatch(_))));
            }
            Operation::Remove(Id(id)) => assert_eq!(index.remove(&id), model.remove(id)),
            Operation::Contains(Id(id)) => {
                let document = model.position(id).map(|position| &model.documents[position]);
                assert_eq!(index.contains(&id), document.is_some());
                assert_eq!(index.signature(&id), document.map(|document| sign(&hasher, document.set)));
            }
            Operation::Query(set, threshold) => {
                let (signature, threshold) = (sign(&hasher, set), f64::from(threshold % 32) / 20.0);
                let answer = index.query(&signature, threshold);
                if threshold == 0.0 || threshold > 1.0 {
                    assert!(matches!(answer, Err(Error::OutOfRange { field: "threshold", .. })));
                } else {
                    let mut expected = model.hits(&signature);
                    expected.retain(|(_, jaccard)| *jaccard >= threshold);
                    assert_eq!(found(answer.expect("valid")), expected);
                }
            }
            Operation::Nearest(set, count) => {
                let (signature, count) = (sign(&hasher, set), usize::from(count % 32));
                let mut expected = model.hits(&signature);
                expected.truncate(count);
                assert_eq!(found(index.nearest(&signature, count).expect("one scheme")), expected);
            }
            Operation::Pairs => {
                let pairs = index.candidate_pairs().map(|pair| (*pair.left, *pair.right, pair.estimate.jaccard));
                assert_eq!(pairs.collect::<Vec<_>>(), model.pairs());
            }
            Operation::Stats => {
                let (stats, buckets) = (index.stats(), model.buckets());
                assert_eq!(stats.documents, model.documents.len());
                assert_eq!(stats.empty, model.documents.iter().filter(|document| document.set == 0).count());
                assert_eq!(stats.buckets, buckets.len());
                assert_eq!(stats.largest_bucket, buckets.into_values().max().unwrap_or(0));
            }
        }
        assert_eq!((index.len(), index.is_empty()), (model.documents.len(), model.documents.is_empty()));
    }
});
