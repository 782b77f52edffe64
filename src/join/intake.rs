//! Takes documents in: checks them, gathers enough for all threads, and hashes them.

use std::ops::Range;

use super::document::{Content, View};
use super::origin::{Origin, PairFilter};
use super::storage::set_block::{BATCH_BYTES, MAX_SPARE_BYTES, SetBlock};
use crate::error::{Error, MOST_DOCUMENTS};
use crate::minhash::MinHasher;
use crate::parallel;
use crate::text::{Shingler, TextScratch};

/// Checks documents, counts them, and turns them into sets with signatures.
#[derive(Debug)]
pub(crate) struct Intake {
    hasher: MinHasher,
    shingler: Option<Shingler>,
    filter: PairFilter,
    buffer: InputBuffer,
    documents: u32,
}

/// Documents one after the other in buffers that are reused.
#[derive(Debug, Default)]
struct InputBuffer {
    /// Bytes of documents after which the buffer is full.
    limit: usize,
    texts: String,
    features: Vec<u64>,
    documents: Vec<Waiting>,
    /// Bytes that the caller holds until the documents are hashed.
    held: usize,
    /// Blocks that can be filled again: memory for new ones would have to be cleared first.
    spare: Vec<SetBlock>,
}

/// A document, by its place in the texts or in the features.
#[derive(Clone, Debug)]
enum Waiting {
    Text(Range<usize>),
    Features(Range<usize>),
}

/// Bytes of documents that a thread hashes as one task.
const TASK_BYTES: usize = 1 << 18;

impl Intake {
    /// Gathers at most this many bytes, and at most the usual number.
    pub(crate) fn new(hasher: MinHasher, filter: PairFilter, batch_bytes: usize) -> Self {
        let buffer = InputBuffer { limit: batch_bytes.min(BATCH_BYTES), ..InputBuffer::default() };
        let shingler = hasher.scheme().shingler().ok();
        Self { hasher, shingler, filter, buffer, documents: 0 }
    }

    pub(crate) fn filter(&self) -> &PairFilter {
        &self.filter
    }

    #[cfg(feature = "disk")]
    /// Returns the number of documents accepted so far.
    pub(crate) fn documents(&self) -> u32 {
        self.documents
    }

    /// Returns what is known of where all documents are from.
    #[cfg(feature = "disk")]
    pub(crate) fn into_filter(self) -> PairFilter {
        self.filter
    }

    /// Checks a document, before anything of it is kept.
    pub(crate) fn check(&self, content: View<'_>) -> Result<(), Error> {
        if self.documents >= MOST_DOCUMENTS {
            return Err(Error::TooManyDocuments);
        }
        if matches!(content, View::Text(_)) && self.shingler.is_none() {
            // Names the features in its error.
            self.hasher.scheme().shingler()?;
        }
        Ok(())
    }

    /// Counts a document that was checked.
    pub(crate) fn accept(&mut self, origin: Origin) {
        self.filter.push(origin);
        self.documents += 1;
    }

    /// Gathers the content of an accepted document.
    pub(crate) fn gather(&mut self, content: View<'_>) {
        self.buffer.push(content);
    }

    /// Counts bytes that the caller holds until what was gathered is hashed.
    pub(crate) fn hold(&mut self, bytes: usize) {
        self.buffer.held += bytes;
    }

    /// Returns whether enough was gathered to be hashed.
    pub(crate) fn is_full(&self) -> bool {
        self.buffer.bytes() >= self.buffer.limit
    }

    /// Returns whether documents of this number of bytes had better be hashed where they are than gathered: they are enough for all
    /// threads, or do not fit beside what was gathered.
    #[cfg(feature = "disk")]
    pub(crate) fn is_enough(&self, bytes: usize) -> bool {
        bytes >= self.buffer.limit / 2 || self.buffer.bytes() + bytes >= self.buffer.limit
    }

    /// Returns the bytes of documents that are hashed together.
    #[cfg(feature = "disk")]
    pub(crate) fn limit(&self) -> usize {
        self.buffer.limit
    }

    /// Hashes what was gathered, in parallel and in order, and forgets it.
    pub(crate) fn hash(&mut self) -> Vec<SetBlock> {
        let Self { hasher, shingler, buffer, .. } = self;
        let InputBuffer { texts, features, documents, spare, held, .. } = &mut *buffer;
        let (all_texts, all_features) = (&*texts, &*features);
        let view = |document: &Waiting| match document {
            Waiting::Text(place) => View::Text(&all_texts[place.clone()]),
            Waiting::Features(place) => View::Features(&all_features[place.clone()]),
        };
        let blocks = hash_tasks(documents, spare, view, hasher, shingler.as_ref());
        texts.clear();
        features.clear();
        documents.clear();
        *held = 0;
        // A long document would stay in memory otherwise.
        texts.shrink_to(MAX_SPARE_BYTES);
        features.shrink_to(MAX_SPARE_BYTES / size_of::<u64>());
        blocks
    }

    /// Hashes documents where they are, in parallel and in order: faster than to [gather](Self::gather) copies of them.
    pub(crate) fn hash_in_place<C: Content + Sync>(&mut self, contents: &[C]) -> Vec<SetBlock> {
        hash_tasks(contents, &mut self.buffer.spare, C::view, &self.hasher, self.shingler.as_ref())
    }

    /// Takes blocks back for reuse.
    pub(crate) fn reuse(&mut self, blocks: Vec<SetBlock>) {
        self.buffer.spare.extend(blocks.into_iter().filter(|block| block.bytes() <= MAX_SPARE_BYTES));
    }
}

impl InputBuffer {
    fn push(&mut self, content: View<'_>) {
        match content {
            View::Text(text) => {
                let start = self.texts.len();
                self.texts.push_str(text);
                self.documents.push(Waiting::Text(start..self.texts.len()));
            }
            View::Features(features) => {
                let start = self.features.len();
                self.features.extend_from_slice(features);
                self.documents.push(Waiting::Features(start..self.features.len()));
            }
        }
    }

    /// Returns the bytes of what waits. Even an empty document costs something meanwhile.
    fn bytes(&self) -> usize {
        self.texts.len() + size_of_val(&self.features[..]) + size_of_val(&self.documents[..]) + self.held
    }
}

/// Is a join that has an intake.
pub(crate) trait HasIntake {
    fn intake(&mut self) -> &mut Intake;
}

/// The contents of documents that a join has counted, and not hashed yet. They are gathered when this is dropped: also where the caller's
/// iterator of documents panics, so that each id keeps its own content.
pub(crate) struct Accepted<'a, J: HasIntake, C: Content> {
    pub(crate) join: &'a mut J,
    pub(crate) contents: Vec<C>,
    /// Bytes that the join holds beside them.
    pub(crate) held: usize,
}

impl<'a, J: HasIntake, C: Content> Accepted<'a, J, C> {
    pub(crate) fn new(join: &'a mut J) -> Self {
        Self { join, contents: Vec::new(), held: 0 }
    }
}

impl<J: HasIntake, C: Content> Drop for Accepted<'_, J, C> {
    fn drop(&mut self) {
        let intake = self.join.intake();
        self.contents.iter().for_each(|content| intake.gather(content.view()));
        intake.hold(self.held);
    }
}

/// Hashes documents task by task. Each task fills a block that stays where it is. Blocks are so large that memory for them comes in
/// pages of their own, which grow without being copied, and whose unused rest costs nothing.
fn hash_tasks<'v, D: Sync>(
    documents: &'v [D],
    spare: &mut Vec<SetBlock>,
    view: impl Fn(&'v D) -> View<'v> + Sync + Send,
    hasher: &MinHasher,
    shingler: Option<&Shingler>,
) -> Vec<SetBlock> {
    let mut tasks = Vec::new();
    let mut rest = documents;
    while !rest.is_empty() {
        let mut sum = 0;
        let full = rest.iter().position(|document| {
            sum += view(document).bytes() + size_of::<D>();
            sum >= TASK_BYTES
        });
        let (task, behind) = rest.split_at(full.map_or(rest.len(), |last| last + 1));
        tasks.push((task, spare.pop().unwrap_or_default()));
        rest = behind;
    }
    parallel::map_owned(tasks, TextScratch::default, |(documents, mut block), scratch| {
        block.clear();
        for document in documents {
            match (view(document), shingler) {
                (View::Text(text), Some(shingler)) => {
                    block.push_with(hasher, |elements| shingler.append_hashes(text, scratch, elements));
                }
                // Refused by `Intake::check`.
                (View::Text(_), None) => block.push(hasher, &[]),
                (View::Features(features), _) => block.push(hasher, features),
            }
        }
        block
    })
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[cfg(feature = "disk")]
    use crate::external::faults::{Fault, FaultyDisk};
    use crate::{Document, Scheme, SimilarityJoin};

    const TEXTS: [(&str, &str); 4] = [
        ("alpha", "the ferry to skelby was late on monday"),
        ("beta", "councillors voted to close the harbour road"),
        ("gamma", "councillors voted to close the harbour road"),
        ("delta", "the ferry to skelby was late on monday"),
    ];

    /// Yields documents, and panics before this one.
    fn broken(at: usize) -> impl Iterator<Item = Document<&'static str, crate::join::Text<&'static str>>> {
        TEXTS.into_iter().enumerate().map(move |(number, (id, text))| {
            assert_ne!(number, at, "the caller's panic");
            Document::text(id, text)
        })
    }

    #[test]
    fn an_iterator_that_panics_does_not_part_ids_from_their_contents() {
        let scheme = Scheme::builder().words(1).build().expect("valid");
        for at in 0..TEXTS.len() {
            let mut join = SimilarityJoin::builder(&scheme).threshold(0.9).build().expect("valid");
            catch_unwind(AssertUnwindSafe(|| join.push_all(broken(at)))).expect_err("it panics");
            assert_eq!(join.len(), at);
            join.push_all(TEXTS[at..].iter().map(|&(id, text)| Document::text(id, text))).expect("few");
            let found = join.finish().expect("joined");
            let pairs: Vec<_> = found.pairs().iter().map(|pair| (*pair.left, *pair.right)).collect();
            assert_eq!(pairs, [("alpha", "delta"), ("beta", "gamma")], "{at}");
        }
    }

    #[cfg(feature = "disk")]
    #[test]
    fn nor_does_it_on_disk() {
        let scheme = Scheme::builder().words(1).build().expect("valid");
        for at in 0..TEXTS.len() {
            let folder = tempfile::tempdir().expect("a folder");
            let builder = SimilarityJoin::builder(&scheme).threshold(0.9);
            let mut join = builder.build_on_disk(folder.path().join("work")).expect("a new folder");
            catch_unwind(AssertUnwindSafe(|| join.push_all(broken(at)))).expect_err("it panics");
            join.push_all(TEXTS[at..].iter().map(|&(id, text)| Document::text(id, text))).expect("few");
            let found = join.finish().expect("joined");
            let pairs: Vec<_> = found.pairs().expect("stored").map(|pair| pair.expect("sound")).collect();
            assert_eq!(pairs.iter().map(|pair| (pair.left, pair.right)).collect::<Vec<_>>(), [(0, 3), (1, 2)], "{at}");
        }
    }

    #[cfg(feature = "disk")]
    #[test]
    fn what_is_flushed_survives_and_what_follows_is_behind_it() {
        let scheme = Scheme::builder().words(1).build().expect("valid");
        let folder = tempfile::tempdir().expect("a folder");
        let open = || {
            let builder = SimilarityJoin::builder(&scheme).threshold(0.9);
            builder.build_on_disk(folder.path().join("work")).expect("a folder of ours")
        };
        let documents = || TEXTS.iter().map(|&(id, text)| Document::text(id, text));
        for flushed in 0..TEXTS.len() {
            let mut join = open();
            join.push_all(documents().take(flushed)).expect("few");
            join.flush().expect("stored");
            join.flush().expect("nothing more");
            join.push_all(documents().skip(flushed).take(1)).expect("few");
            drop(join);
            assert_eq!(open().stored_len(), flushed);
        }
        let mut join = open();
        join.push_all(documents()).expect("the same ones");
        let found = join.finish().expect("joined");
        let pairs: Vec<_> = found.pairs().expect("stored").map(|pair| pair.expect("sound")).collect();
        assert_eq!(pairs.iter().map(|pair| (pair.left, pair.right)).collect::<Vec<_>>(), [(0, 3), (1, 2)]);
    }

    #[cfg(feature = "disk")]
    #[test]
    fn a_flush_that_failed_is_not_forgotten() {
        let scheme = Scheme::builder().words(1).build().expect("valid");
        let folder = tempfile::tempdir().expect("a folder");
        let builder = SimilarityJoin::builder(&scheme).threshold(0.9);
        let mut join = builder.build_on_disk(folder.path().join("work")).expect("a new folder");
        join.push_all(TEXTS.iter().map(|&(id, text)| Document::text(id, text))).expect("few");
        let disk = FaultyDisk::new(folder.path(), None);
        disk.fail_at(1, Fault::Full);
        join.flush().expect_err("the disk is full");
        join.flush().expect_err("what was pushed is lost");
        drop(disk);
        let more = join.push(Document::text("more", "rain is expected")).and_then(|()| join.flush());
        more.expect_err("it would be stored in the place of what is lost");
    }
}
