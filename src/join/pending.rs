//! Documents that wait to be hashed, until there are enough of them for all threads.

use std::ops::Range;

use super::sets::Block;
use crate::minhash::MinHasher;
use crate::parallel;
use crate::text::{Shingler, TextScratch};

/// Documents one after the other in buffers that are used again.
#[derive(Debug, Default)]
pub(super) struct Pending {
    texts: String,
    features: Vec<u64>,
    documents: Vec<Waiting>,
}

/// A document, by its place in the texts or in the features.
#[derive(Clone, Debug)]
enum Waiting {
    Text(Range<usize>),
    Features(Range<usize>),
}

/// Bytes that are gathered before they are hashed.
const ENOUGH: usize = 4 << 20;

/// Documents that a thread makes ready together.
const TOGETHER: usize = 32;

impl Pending {
    pub(super) fn push_text(&mut self, text: &str) {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.documents.push(Waiting::Text(start..self.texts.len()));
    }

    pub(super) fn push_features(&mut self, features: &[u64]) {
        let start = self.features.len();
        self.features.extend_from_slice(features);
        self.documents.push(Waiting::Features(start..self.features.len()));
    }

    pub(super) fn is_full(&self) -> bool {
        // Even an empty document costs something while it waits.
        let bytes = self.texts.len() + size_of_val(&self.features[..]) + size_of_val(&self.documents[..]);
        bytes >= ENOUGH
    }

    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.features.clear();
        self.documents.clear();
    }

    /// All documents made ready, in parallel, in their order. Texts need a shingler.
    pub(super) fn hash(&self, hasher: &MinHasher, shingler: Option<&Shingler>) -> Vec<Block> {
        let chunks: Vec<&[Waiting]> = self.documents.chunks(TOGETHER).collect();
        parallel::map(&chunks, TextScratch::default, |documents, scratch| {
            let mut block = Block::default();
            for document in *documents {
                match (document, shingler) {
                    (Waiting::Text(text), Some(shingler)) => {
                        block.push(hasher, shingler.hashes_into(&self.texts[text.clone()], scratch));
                    }
                    (Waiting::Text(_), None) => block.push(hasher, &[]),
                    (Waiting::Features(features), _) => block.push(hasher, &self.features[features.clone()]),
                }
            }
            block
        })
    }
}
