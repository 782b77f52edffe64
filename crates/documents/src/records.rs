//! What every reader of a format provides, and what it is configured by.

use std::fmt;

use crate::batch::Batch;
use crate::byte_counter::ByteCounter;
use crate::columns::Columns;
use crate::error::{Error, RecordUnit};
use crate::fields::Fields;
use crate::options::Options;

/// Reads a file, or a set of files that are one document each, batch by batch.
pub(crate) trait Records: fmt::Debug + Send {
    /// Reads the next documents into an emptied batch. Returns false when none are left.
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error>;

    /// Returns what the records are called in messages.
    fn unit(&self) -> RecordUnit {
        RecordUnit::Line
    }

    /// Returns the columns, if the format has columns.
    fn columns(&self) -> Columns {
        Columns::None
    }
}

/// Configures the reader of each file of a corpus.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadConfig {
    pub(crate) options: Options,
    pub(crate) fields: Fields,
    pub(crate) counter: ByteCounter,
    /// Whether records are kept as they are in the input, too.
    pub(crate) keep_raw: bool,
}
