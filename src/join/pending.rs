//! Documents that wait to be hashed, until there are enough of them for all threads.

use std::ops::Range;

use super::sets::Block;
use crate::minhash::MinHasher;
use crate::parallel;
use crate::text::{Shingler, TextScratch};

/// Documents one after the other in buffers that are used again.
#[derive(Debug)]
pub(super) struct Pending {
    /// Bytes of documents that are enough.
    enough: usize,
    texts: String,
    features: Vec<u64>,
    documents: Vec<Waiting>,
    /// Blocks that can be filled again.
    spare: Vec<Block>,
}

/// A document, by its place in the texts or in the features.
#[derive(Clone, Debug)]
enum Waiting {
    Text(Range<usize>),
    Features(Range<usize>),
}

/// Bytes that are gathered before they are hashed.
pub(super) const ENOUGH: usize = 4 << 20;

/// Bytes of documents that a thread makes ready together.
const TOGETHER: usize = 1 << 18;

impl Default for Pending {
    fn default() -> Self {
        Self::of(ENOUGH)
    }
}

impl Pending {
    /// Gathers so many bytes, but not more than usual.
    pub(super) fn of(enough: usize) -> Self {
        let (texts, features) = (String::new(), Vec::new());
        Self { enough: enough.min(ENOUGH), texts, features, documents: Vec::new(), spare: Vec::new() }
    }

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
        bytes >= self.enough
    }

    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.features.clear();
        self.documents.clear();
    }

    /// Takes blocks back that are of no use any more: memory for new ones would have to be cleared first.
    pub(super) fn reuse(&mut self, blocks: Vec<Block>) {
        self.spare.extend(blocks);
    }

    /// All documents made ready, in parallel, in their order. Texts need a shingler.
    pub(super) fn hash(&mut self, hasher: &MinHasher, shingler: Option<&Shingler>) -> Vec<Block> {
        let bytes = |document: &Waiting| match document {
            Waiting::Text(text) => text.len(),
            Waiting::Features(features) => features.len() * size_of::<u64>(),
        };
        let Self { texts, features, documents, spare, .. } = self;
        let (texts, all_features) = (&*texts, &*features);
        prepare(documents, spare, bytes, |document, scratch, block| match (document, shingler) {
            (Waiting::Text(text), Some(shingler)) => {
                let text = &texts[text.clone()];
                block.push_with(hasher, |elements| shingler.append_hashes(text, scratch, elements));
            }
            (Waiting::Text(_), None) => block.push(hasher, &[]),
            (Waiting::Features(features), _) => block.push(hasher, &all_features[features.clone()]),
        })
    }
}

/// Texts made ready where they are, in parallel, in their order.
pub(super) fn hash_texts<T: AsRef<str> + Sync>(hasher: &MinHasher, shingler: &Shingler, texts: &[T]) -> Vec<Block> {
    let bytes = |text: &T| text.as_ref().len();
    prepare(texts, &mut Vec::new(), bytes, |text, scratch, block| {
        block.push_with(hasher, |elements| shingler.append_hashes(text.as_ref(), scratch, elements));
    })
}

/// Each chunk fills a block where it stays. Blocks are so large that memory for them comes in pages of their own, which
/// grow without being copied, and of which the unused rest costs nothing.
fn prepare<T: Sync>(
    documents: &[T],
    spare: &mut Vec<Block>,
    bytes: impl Fn(&T) -> usize,
    push: impl Fn(&T, &mut TextScratch, &mut Block) + Sync + Send,
) -> Vec<Block> {
    let mut chunks = Vec::new();
    let mut rest = documents;
    while !rest.is_empty() {
        let mut sum = 0;
        let full = rest.iter().position(|document| {
            sum += bytes(document) + size_of::<T>();
            sum >= TOGETHER
        });
        let (chunk, behind) = rest.split_at(full.map_or(rest.len(), |last| last + 1));
        chunks.push((chunk, spare.pop().unwrap_or_default()));
        rest = behind;
    }
    parallel::map_owned(chunks, TextScratch::default, |(documents, mut block), scratch| {
        block.clear();
        documents.iter().for_each(|document| push(document, scratch, &mut block));
        block
    })
}
