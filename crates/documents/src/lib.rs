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
//! * `formats`: tables, tar archives, WARC records, compressed files, patterns of file names, dates, and writing.
//! * `parquet`: `formats`, Parquet and Arrow IPC, which take a minute to build.
//! * `full`: all formats of files.
//! * `remote`: objects at `s3://`, `gs://`, `https://` and `hf://`, read over the network.
//!   Requests that fail are repeated for a minute, or for the seconds that the variable `TWINPRINT_RETRY_SECONDS` names.
//!
//! # Memory
//!
//! The hashes of ids come on top: 128 bits each, unless [ids may repeat](Options::repeated_ids). With more than one thread, the
//! next batch is read while the caller works on the one before, unless that has more than 16 MB or raw records.
//!
//! * A record is at most [`Options::max_record`] long, by default 64 MiB. Longer ones are refused before they are held.
//! * JSON lines take about 25 MB if lines are short, and two to three times the longest line if that is more.
//! * Tables are read 4 MB at a time, or one row at a time if rows are longer.
//! * Parquet is read at most 4096 rows and about 4 MB at a time, judged by the sizes that the file states, plus the open pages of a
//!   row group. Of Arrow IPC, a batch of the file is held.
//! * Of an object of a store, what a connection delivers at once is held, and of Parquet and Arrow 16 MiB.
//! * Decompression holds a window of at most [`Options::max_window`], by default 128 MiB.
//! * What four and more threads decompress ahead, frames of Zstandard and rows of Parquet, takes at most [`Options::read_ahead`], by default
//!   64 MiB. Of Parquet that too is judged by the sizes that the file states.
//! * Of rows that are written to Parquet, [`Options::row_group`] is held for each file, by default 64 MiB.
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
//!
//! # Choosing a call
//!
//! | I want | Use |
//! |---|---|
//! | one file with `id` and `text`, all in memory | [`read`] |
//! | the same, batch by batch | [`open`] |
//! | several files, folders or patterns, and other fields | [`Inputs::find`], then [`Inputs::read`] |
//! | metadata: block, source, score, date | [`Fields`], then [`Batch::records`] |
//! | to go on after bad records, and to know of them | [`Options::skip_bad`], then [`Batch::rejected`] |
//! | where in which file a document is | [`Inputs::places`] |
//! | to write what is kept and what is removed | `Splitter` |
//! | to write all records with other texts | `Rewriter` |

mod ahead;
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
#[cfg(feature = "formats")]
mod deflated;
mod error;
mod field_path;
mod fields;
mod file_sequence;
mod folder;
mod format;
mod formats;
mod inputs;
mod json;
mod line_reader;
mod metadata;
mod name_text;
mod options;
#[cfg(feature = "formats")]
mod output;
mod passed_over;
#[cfg(feature = "formats")]
mod pattern;
#[cfg(feature = "formats")]
mod pieces;
mod place;
#[cfg(feature = "formats")]
mod positioned;
mod reader;
mod records;
#[cfg(feature = "remote")]
mod remote;
#[cfg(feature = "formats")]
mod rewriter;
#[cfg(feature = "parquet")]
mod schemas;
mod seen_ids;
mod source;
#[cfg(feature = "formats")]
mod splitter;
mod stream;
mod text_fields;
mod window;

pub use batch::{Batch, RejectedRecord};
pub use block_field::BlockField;
pub use corpus::{LoadedCorpus, LoadedDocument, open, read};
#[cfg(feature = "formats")]
pub use date::seconds as date_seconds;
pub use error::{Error, ErrorKind, FieldRole, Missing, RecordUnit};
pub use field_path::FieldPath;
pub use fields::Fields;
pub use format::Format;
pub use inputs::Inputs;
pub use line_reader::LineReader;
pub use metadata::Metadata;
pub use options::{Options, Quote};
pub use place::RecordPlace;
pub use reader::{Position, Reader};
#[cfg(feature = "formats")]
pub use rewriter::{DocumentTexts, Rewriter};
#[cfg(feature = "formats")]
pub use splitter::{Decision, DocumentRead, DuplicateOf, SharedPassage, SplitCounts, Splitter};
pub use window::Window;
