//! Reads documents from files, batch by batch, for the front ends of twinprint.
//!
//! [`Inputs`] are the files of a corpus. A [`Reader`] reads them as one. [`Fields`] configure which fields of a record are its id, its
//! text and its metadata. A `Splitter` writes the kept and the removed records in the format of the input; a `Rewriter` writes all
//! records with changed texts.
//!
//! # Features
//!
//! Without features the crate reads JSON lines and folders of text files, which is all the examples need and builds quickly.
//!
//! * `formats`: CSV and TSV tables, gzip and Zstandard, patterns of file names, dates, and writing.
//! * `parquet`: `formats` and Parquet, which takes a minute to build.
//! * `full`: all of it.
//!
//! # Memory
//!
//! The hashes of ids come on top: 128 bits each, unless [ids may repeat](Options::repeated_ids).
//!
//! * JSON lines take about 35 MB if lines are short. A line of 200 MB took 395 MB without escapes, 547 MB with escapes, and up to 590 MB
//!   if metadata or nested fields are wanted.
//! * Tables are read 8 MB at a time, or one row at a time if rows are longer.
//! * Parquet is read at most 4096 rows and about 8 MB at a time, judged by the sizes that the file states, plus the open pages of a
//!   row group.
//!
//! ```no_run
//! use std::path::Path;
//! use twinprint_documents::{Options, open};
//!
//! let mut articles = open(Path::new("articles.jsonl"), &Options::default())?;
//! while let Some(batch) = articles.next_batch()? {
//!     for (id, text) in batch.documents() {
//!         println!("{id}: {} bytes", text.len());
//!     }
//! }
//! # Ok::<(), twinprint_documents::Error>(())
//! ```

mod batch;
mod block_field;
mod byte_counter;
mod byte_size;
mod columns;
mod compression;
mod content;
mod corpus;
#[cfg(feature = "formats")]
mod date;
mod decode;
mod decompress;
mod error;
mod field_path;
mod fields;
mod folder;
mod format;
mod formats;
mod inputs;
mod json;
mod metadata;
mod options;
#[cfg(feature = "formats")]
mod output;
#[cfg(feature = "formats")]
mod pattern;
mod place;
mod reader;
mod records;
#[cfg(feature = "formats")]
mod rewriter;
#[cfg(feature = "parquet")]
mod schemas;
mod seen_ids;
mod source;
#[cfg(feature = "formats")]
mod splitter;
mod stream;
mod window;

pub use batch::{Batch, RejectedRecord};
pub use block_field::BlockField;
pub use corpus::{LoadedCorpus, LoadedDocument, open, read};
pub use error::{Error, ErrorKind, FieldRole, Missing, RecordUnit};
pub use field_path::FieldPath;
pub use fields::Fields;
pub use format::Format;
pub use inputs::Inputs;
pub use metadata::Metadata;
pub use options::{Options, Quote};
pub use place::RecordPlace;
pub use reader::{Position, Reader};
#[cfg(feature = "formats")]
pub use rewriter::{DocumentTexts, Rewriter};
#[cfg(feature = "formats")]
pub use splitter::{Decision, DuplicateOf, SplitCounts, Splitter};
pub use window::Window;
