//! Progress of a join, and cancelling it.
//!
//! [`SimilarityJoin::finish_with`](crate::SimilarityJoin::finish_with) and
//! [`DiskJoin::finish_with`](crate::join::DiskJoin::finish_with) call back with a [`Progress`].

use std::ops::ControlFlow;

use crate::error::Error;

/// Says how far a join that finishes has come.
///
/// Stages follow one another in the order of [`Stage`], and a join passes over those that it does not need. `done`
/// rises from 0 within a stage; stages do not take equal time.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use twinprint::join::Stage;
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
/// join.push_all((0..100).map(|id| Document::text(id, format!("text number {id} of one hundred short texts"))))?;
/// let mut last = None;
/// let found = join.finish_with(|progress| {
///     assert!(progress.done <= progress.total);
///     assert!(last <= Some(progress.stage));
///     last = Some(progress.stage);
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(last, Some(Stage::Candidates));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Steps of this stage that are done. They are of about equal work.
    pub done: u64,
    /// All steps of this stage.
    pub total: u64,
}

/// Names what a join does while it finishes, in order. Stages compare by that order; [`Progress`] has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Equal sets are found.
    Grouping,
    /// Band keys are put where their buckets are.
    Partitioning,
    /// Buckets give candidate pairs. In memory, these are verified at once, and this is the only stage of most joins.
    Candidates,
    /// Candidates are brought together.
    Gathering,
    /// Candidates are verified.
    Verification,
    /// If it was asked for, texts are sampled to find those that are inside longer ones.
    Sampling,
    /// Samples give candidates. In memory, these are verified at once. On disk, candidates are then brought together
    /// and verified once more.
    Containment,
}

/// Calls back with progress, and stops the join if the answer is to break.
pub(crate) struct Watch<'a> {
    callback: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(callback: &'a mut dyn FnMut(Progress) -> ControlFlow<()>) -> Self {
        Self { callback }
    }

    /// Reports a step. Fails if the callback asks to stop.
    pub(crate) fn step(&mut self, stage: Stage, done: u64, total: u64) -> Result<(), Error> {
        match (self.callback)(Progress { stage, done, total }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }

    #[cfg(feature = "disk")]
    /// Reports every few thousandth document of a stage that reads all documents.
    pub(crate) fn document(&mut self, stage: Stage, document: u32, total: u32) -> Result<(), Error> {
        const EVERY: u32 = 1 << 14;
        if document.is_multiple_of(EVERY) { self.step(stage, u64::from(document), u64::from(total)) } else { Ok(()) }
    }
}
