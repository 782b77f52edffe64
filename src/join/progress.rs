//! Progress of a join, and cancelling it.

use std::ops::ControlFlow;

use crate::error::Error;

/// Says how far a join that finishes has come.
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

/// Names what a join does while it finishes, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Equal sets are found.
    Grouping,
    /// Band keys are put where their buckets are.
    Partitioning,
    /// Buckets give candidate pairs. In memory, these are verified at once.
    Candidates,
    /// Candidates are brought together.
    Gathering,
    /// Candidates are verified.
    Verification,
    /// Where it was asked for, texts are sampled to find those that are inside longer ones.
    Sampling,
    /// Samples give candidates; in memory, these are verified at once. In a folder, candidates are then
    /// brought together and verified once more.
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
