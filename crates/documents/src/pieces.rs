//! Pieces of a file that several threads decompress ahead, and that are handed out in order.

use std::collections::VecDeque;

use crate::ahead::Ahead;

/// Work on the pieces that come next, at most one for each thread of the current pool.
///
/// The work must wait for no other work of the pool. A thread that waits for a piece does other work meanwhile, and that must never
/// depend on the piece below it.
#[derive(Debug)]
pub(crate) struct Pieces<T: Send + 'static> {
    begun: VecDeque<(usize, Ahead<T>)>,
    /// The memory of the pieces that were begun, in bytes.
    held: usize,
    /// The most memory for more than one piece.
    limit: usize,
}

/// The threads from which on pieces are worth their overhead, such as pages that two of them need. Decompressing is a sixth of a run on
/// news (BENCHMARKS.md), so with fewer threads the one that reads ahead is fast enough.
const MIN_THREADS: usize = 4;

/// Returns whether the current pool has enough threads to share what one thread could read.
pub(crate) fn are_worth_it() -> bool {
    rayon::current_num_threads() >= MIN_THREADS
}

impl<T: Send + 'static> Pieces<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { begun: VecDeque::new(), held: 0, limit }
    }

    /// Returns whether no piece was begun that was not handed out.
    pub(crate) fn is_empty(&self) -> bool {
        self.begun.is_empty()
    }

    /// Returns whether a thread and memory are left for a piece that takes this number of bytes. For a first piece they always are.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let has_thread = self.begun.len() < rayon::current_num_threads();
        self.begun.is_empty() || has_thread && self.held.saturating_add(bytes) <= self.limit
    }

    /// Puts a piece behind all others.
    pub(crate) fn push(&mut self, bytes: usize, work: impl FnOnce() -> T + Send + 'static) {
        self.held = self.held.saturating_add(bytes);
        self.begun.push_back((bytes, Ahead::spawn(work)));
    }

    /// Returns the first piece. Waits for it, or does what nobody has begun.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let (bytes, piece) = self.begun.pop_front()?;
        self.held -= bytes;
        Some(piece.finish())
    }
}

#[cfg(test)]
mod tests {
    use rayon::ThreadPoolBuilder;

    use super::*;

    fn with_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
        ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(run)
    }

    #[test]
    fn pieces_come_in_order() {
        for threads in [1, 2, 4] {
            let found = with_threads(threads, || {
                let (mut pieces, mut found) = (Pieces::new(100), Vec::new());
                for number in 0..50 {
                    while !pieces.has_room(10) {
                        found.extend(pieces.pop());
                    }
                    pieces.push(10, move || number);
                }
                found.extend(std::iter::from_fn(|| pieces.pop()));
                found
            });
            assert!(found.into_iter().eq(0..50), "{threads} threads");
        }
    }

    #[test]
    fn there_is_room_for_a_piece_a_thread_and_for_the_limit() {
        with_threads(3, || {
            let mut pieces = Pieces::new(100);
            assert!(pieces.has_room(1_000));
            pieces.push(60, || ());
            assert!(pieces.has_room(40) && !pieces.has_room(41));
            pieces.push(10, || ());
            pieces.push(10, || ());
            assert!(!pieces.has_room(1), "three threads are busy");
            assert_eq!(pieces.pop(), Some(()));
            assert!(pieces.has_room(80) && !pieces.has_room(81));
        });
    }
}
