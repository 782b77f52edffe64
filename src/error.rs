//! The errors of the crate. Each message says what is wrong and how to put it right.
//!
//! [`Error`] is the error of nearly every fallible call. Comparing two signatures can only fail with a [`Mismatch`],
//! which converts to an [`Error`]. Problems with files are an [`Error::File`] with a [`FileProblem`].
//!
//! ```
//! use twinprint::{Error, Scheme};
//!
//! let refused = Scheme::builder().words(0).build();
//! match refused {
//!     Err(Error::OutOfRange { field, .. }) => println!("please correct {field}"),
//!     Err(other) => println!("{other}"),
//!     Ok(_) => unreachable!("shingles of no words"),
//! }
//! ```

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Says why a call was refused or failed. Its message says what is wrong and how to put it right.
///
/// Match on the variant to react to a kind of error, and show the message to people. It is `Clone`, `Send` and
/// `Sync`. [`source`](std::error::Error::source) leads to the error of the operating system, if there is one, or to
/// the [`Mismatch`]. A call that was refused has changed nothing, unless it says otherwise.
///
/// ```
/// use twinprint::{Banding, Error};
///
/// let error = Banding::for_threshold(0.05).num_hashes(64).plan().unwrap_err();
/// let Error::RecallUnreachable { needed: Some(needed), .. } = error.clone() else { panic!("{error}") };
/// assert!(error.to_string().ends_with(&format!("use num_hashes {needed}, or a lower recall")));
/// assert!(Banding::for_threshold(0.05).num_hashes(needed).plan().is_ok());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A parameter is outside its range. The values that are allowed are in the message.
    OutOfRange {
        /// The name of the parameter, as in the builder.
        field: &'static str,
        /// The value that was passed.
        value: String,
        /// The values that are allowed.
        expected: &'static str,
    },
    /// Two values were made under different schemes, so they cannot be compared or merged.
    ///
    /// Use one scheme for both. To compare an old store with new texts, load the scheme that is stored with the
    /// signatures.
    Mismatch(Mismatch),
    /// A stage of a join by shards was begun before the one that it needs was done.
    ShardsNotDone {
        /// The stage that is not done.
        stage: &'static str,
        /// The shards whose part is missing, counted from 0; empty where one process does the stage.
        missing: Vec<u32>,
        /// The number of shards.
        shards: u32,
    },
    /// The bands need more positions than a signature has.
    BandingTooLarge {
        /// The number of bands.
        bands: u32,
        /// The number of rows per band.
        rows: u32,
        /// The number of positions of a signature.
        num_hashes: u32,
    },
    /// No banding of the signatures reaches the recall.
    RecallUnreachable {
        /// The similarity at which the recall must hold.
        threshold: f64,
        /// The recall.
        recall: f64,
        /// The number of positions of a signature.
        num_hashes: u32,
        /// The best recall that so few positions reach at the threshold.
        best: f64,
        /// The smallest number of positions that reaches the recall, if it is within the limit of the library.
        needed: Option<u32>,
    },
    /// The features of the scheme are the caller's own, so it cannot make them from text.
    NoTextFeatures {
        /// The name of the features.
        name: String,
    },
    /// The index already holds the id.
    DuplicateId {
        /// The id in its `Debug` form, shortened.
        id: String,
    },
    /// The progress callback of the caller asked to stop. A join on disk can be resumed in its folder.
    Cancelled,
    /// There are more documents than 31-bit numbers can count: 2,147,483,648.
    TooManyDocuments,
    /// The machine does not have the requested SIMD level. Request none, and the best level is used.
    SimdUnavailable {
        /// The requested level.
        level: &'static str,
    },
    /// A row does not have the length that the scheme defines, or a list not as many items as what it goes with.
    WrongLength {
        /// What has the wrong length.
        field: &'static str,
        /// The length that was found.
        found: usize,
        /// The length that it must have.
        expected: usize,
    },
    /// A file cannot be read, written or used.
    File {
        /// The file.
        path: PathBuf,
        /// The problem with it.
        problem: FileProblem,
    },
    /// The bytes of an index are not what was written, or are no index.
    Index {
        /// The problem with them.
        problem: FileProblem,
    },
    /// A document differs from the one that an earlier run stored under its number. A join on disk can only be resumed
    /// with the same documents in the same order.
    ChangedInput {
        /// The number of the document, from 0.
        document: u32,
        /// The stored id; `None` if nothing was stored under the number, and nothing can be added.
        stored: Option<String>,
        /// The id of the document that was pushed now, which may be the stored one; `None` if no more documents were pushed.
        pushed: Option<String>,
    },
    /// The memory limit leaves too little room for something.
    ///
    /// It is reported before the memory is taken.
    MemoryLimit {
        /// What is too large, and where it is.
        what: String,
        /// How many bytes it takes, approximately.
        bytes: u64,
        /// How many bytes the limit leaves for it.
        limit: u64,
        /// What to do, besides raising the limit.
        remedy: &'static str,
    },
    /// A document that was read again differs from the one that was joined.
    ChangedSinceJoined {
        /// The number of the document, from 0.
        document: u32,
        /// The id that was joined. Empty if fewer documents were joined.
        joined: String,
        /// The id that was read. Empty if fewer documents were read.
        read: String,
    },
    /// There is not enough memory to count the boilerplate of a corpus.
    TooManyToCount {
        /// What there is too much of.
        what: &'static str,
        /// How much of it the memory holds.
        most: usize,
    },
    /// The two passes over a corpus did not read the same documents.
    ChangedCorpus {
        /// The number of distinct documents in the first pass.
        documents: u64,
        /// The number of distinct documents in the second pass. If it is the same, some documents are others.
        again: u64,
    },
}

/// Names the problem with a file of a work folder.
///
/// Files have a checksum for each of their parts, and name the folder and the scheme that they belong to, so that a
/// wrong file is refused and never read as if it were right.
///
/// ```
/// use std::error::Error as _;
///
/// use twinprint::Error;
/// use twinprint::error::FileProblem;
/// use twinprint::join::FileInfo;
///
/// let path = std::env::temp_dir().join("twinprint-example-foreign");
/// std::fs::write(&path, "a shopping list")?;
/// let refused = FileInfo::read(&path).unwrap_err();
/// assert!(matches!(&refused, Error::File { problem: FileProblem::Foreign, .. }));
/// assert!(refused.source().is_none());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileProblem {
    /// The operating system reported an error.
    ///
    /// Such as a full disk, a missing permission, or a path that does not exist.
    Io(IoError),
    /// The file was not written by this library, or is no regular file.
    Foreign,
    /// The file was written in another work folder.
    OtherFolder,
    /// The file was written in this folder as another file than its name says.
    Misplaced,
    /// The file has a version of the format that this version of the library does not read.
    Version(u16),
    /// The file was written under another scheme, or for other parameters.
    OtherScheme,
    /// The content of the file is not what was written: its checksum is wrong, or a part is missing.
    Corrupt,
    /// The file is missing, and files that were written with it are of no use without it.
    Missing,
    /// Another join uses the folder, in this process or in another one.
    InUse,
    /// It is a folder without the marker of a work folder. It is never removed, because it may be anybody's.
    NotAWorkFolder,
    /// It was not written as an index, or no index is there.
    NotAnIndex,
    /// A file of an index is not what was written; the text says how that shows.
    Damaged(&'static str),
    /// Another process, which is named, is writing to the index.
    HeldBy(String),
    /// An earlier write failed, so that it is not known what is on the disk until the index is opened again.
    Interrupted,
}

/// Holds an error of the operating system that can be cloned and compared: two are equal if kind and message are.
///
/// It is also the [`source`](std::error::Error::source) of the [`Error`] that holds it, so that a caller can tell a
/// full disk from a missing permission.
///
/// ```
/// use std::error::Error as _;
/// use std::io;
/// use twinprint::join::FileInfo;
///
/// let error = FileInfo::read("no-such-file").unwrap_err();
/// let source = error.source().and_then(|source| source.downcast_ref::<io::Error>()).expect("an error of the system");
/// assert_eq!(source.kind(), io::ErrorKind::NotFound);
/// ```
#[derive(Clone, Debug)]
pub struct IoError(Arc<io::Error>);

impl IoError {
    /// Returns the error of the operating system.
    #[must_use]
    pub fn as_io(&self) -> &io::Error {
        &self.0
    }
}

impl From<io::Error> for IoError {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl PartialEq for IoError {
    fn eq(&self, other: &Self) -> bool {
        self.0.kind() == other.0.kind() && self.0.to_string() == other.0.to_string()
    }
}

impl Eq for IoError {}

impl fmt::Display for IoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Foreign => f.write_str("not a file that twinprint wrote here; move it, or use another folder"),
            Self::OtherFolder => {
                f.write_str("it was written in another work folder; put back the file that was here, or use another folder")
            }
            Self::Misplaced => f.write_str(
                "it is another file of this folder, under a wrong name; put back the file that was here, or remove the folder \
                 and start again",
            ),
            Self::Version(version) => write!(
                f,
                "its format has version {version}, which this version of twinprint does not read; use another folder, or remove \
                 this one and start again"
            ),
            Self::OtherScheme => f.write_str("it was written under another scheme; use that one, or another folder"),
            Self::InUse => f.write_str("another join uses this folder; wait for it, or use another folder"),
            Self::Missing => f.write_str("it is missing; put it back, or remove the folder and start again"),
            Self::NotAWorkFolder => {
                f.write_str("nothing shows that this is a work folder of twinprint; look into it, and remove it yourself")
            }
            Self::NotAnIndex => f.write_str("no index of twinprint is there; create one first, or name another folder"),
            Self::Damaged(how) => write!(f, "{how}; put back an undamaged copy of the file"),
            Self::HeldBy(holder) => write!(f, "{holder} is writing to this index; wait for it to end"),
            Self::Interrupted => f.write_str("an earlier write failed; open the index again, which shows what was committed"),
            Self::Corrupt => {
                f.write_str("its content has changed since it was written; remove the folder and start again")
            }
        }
    }
}

/// Names the first field in which two schemes differ, and both its values.
///
/// ```
/// use twinprint::Scheme;
///
/// let one = Scheme::builder().words(3).build()?.minhasher().signature(&[1]);
/// let two = Scheme::builder().words(5).build()?.minhasher().signature(&[1]);
/// let mismatch = one.jaccard(&two).unwrap_err();
/// assert!(mismatch.to_string().starts_with("the schemes differ in "));
/// assert_ne!(mismatch.left, mismatch.right);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The field's name, such as `sketch.seed`.
    pub field: &'static str,
    /// Its value on the left: of the signature, matrix or index that was called.
    pub left: String,
    /// Its value on the right: of what was passed.
    pub right: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the schemes differ in {}: {} on the left, {} on the right; make both with one scheme",
            self.field, self.left, self.right
        )
    }
}

impl std::error::Error for Mismatch {}

/// Shards that a message lists.
const SHOWN_SHARDS: usize = 20;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { field, value, expected } => {
                write!(f, "{field} is {value}; it must be {expected}")
            }
            Self::Mismatch(mismatch) => mismatch.fmt(f),
            Self::ShardsNotDone { stage, missing, .. } if missing.is_empty() => {
                write!(f, "the stage {stage} is not done; run it first")
            }
            Self::ShardsNotDone { stage, missing, shards } => {
                let (shown, rest) = missing.split_at(missing.len().min(SHOWN_SHARDS));
                // People count them from 1, as in the names of their folders.
                let shown = shown.iter().map(|shard| (shard + 1).to_string()).collect::<Vec<_>>().join(", ");
                write!(f, "the stage {stage} is not done by {} of {shards} shards: {shown}", missing.len())?;
                if !rest.is_empty() {
                    write!(f, " and {} more", rest.len())?;
                }
                f.write_str("; run these first")
            }
            Self::BandingTooLarge { bands, rows, num_hashes } => write!(
                f,
                "{bands} bands of {rows} rows need {} positions and the signature has {num_hashes}; \
                 use fewer bands or rows, or a scheme with a larger num_hashes",
                u64::from(*bands) * u64::from(*rows)
            ),
            Self::RecallUnreachable { threshold, recall, num_hashes, best, needed } => {
                write!(
                    f,
                    "num_hashes {num_hashes} cannot reach recall {recall} at threshold {threshold}: \
                     the best is {best:.4}; "
                )?;
                match needed {
                    Some(needed) => write!(f, "use num_hashes {needed}, or a lower recall"),
                    None => write!(f, "lower the recall, or raise the threshold"),
                }
            }
            Self::NoTextFeatures { name } => write!(
                f,
                "the scheme's features are the caller's own ({name:?}), so it cannot read text; \
                 pass u64 features instead, or use a scheme with text features"
            ),
            Self::DuplicateId { id } => {
                write!(f, "the index already holds the id {id}; use another id, or upsert to replace it")
            }
            Self::Cancelled => f.write_str("cancelled by the progress callback; a join on disk can be resumed"),
            Self::TooManyDocuments => {
                write!(f, "more than {MOST_DOCUMENTS} documents; split the corpus")
            }
            Self::SimdUnavailable { level } => {
                write!(f, "this machine has no {level}; choose another level, or let the library detect it")
            }
            Self::WrongLength { field, found, expected } => {
                write!(f, "{field} has length {found} and must have {expected}; pass that many")
            }
            Self::Index { problem } => write!(f, "the index: {problem}"),
            Self::File { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::ChangedInput { document, stored, pushed } => {
                match (stored, pushed) {
                    (Some(stored), None) => {
                        write!(f, "the documents end before document {document}, stored as {stored:?}")?;
                    }
                    (None, Some(pushed)) => {
                        write!(f, "document {document}, {pushed:?}, comes after the last stored one")?;
                    }
                    (Some(stored), Some(pushed)) if stored != pushed => {
                        write!(f, "document {document} was stored as {stored:?} and is now {pushed:?}")?;
                    }
                    _ => write!(f, "document {document} was stored with another text, origin or features")?,
                }
                f.write_str("; push the same documents in the same order, or use another folder")
            }
            Self::MemoryLimit { what, bytes, limit, remedy } => write!(
                f,
                "{what} takes about {bytes} bytes of memory, and the memory limit leaves {limit} for it; raise the memory limit, or \
                 {remedy}"
            ),
            Self::ChangedSinceJoined { document, joined, read } => write!(
                f,
                "document {document} was {joined:?} when it was joined and is now {read:?}, or has another text; run again on inputs \
                 that do not change meanwhile"
            ),
            Self::ChangedCorpus { documents, again } => write!(
                f,
                "there were {documents} different documents in the first pass and {again} in the second, or other ones; read \
                 the same documents twice"
            ),
            Self::TooManyToCount { what, most } => write!(
                f,
                "there are more than {most} {what}, and memory for no more; allow more memory, or raise the minimum \
                 number of documents of boilerplate"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Mismatch(mismatch) => Some(mismatch),
            Self::File { problem: FileProblem::Io(error), .. } | Self::Index { problem: FileProblem::Io(error) } => {
                Some(error.as_io())
            }
            _ => None,
        }
    }
}

impl Error {
    /// Wraps an error of the operating system with the file that it is about.
    #[cfg(feature = "disk")]
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.into(), problem: FileProblem::Io(error.into()) }
    }

    /// Names the file in an error that is about the bytes of an index.
    pub(crate) fn at(self, path: &Path) -> Self {
        match self {
            Self::Index { problem } => Self::File { path: path.into(), problem },
            other => other,
        }
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

/// The number of documents that one index or join can hold. One bit of 32 is free to mark what is no document.
pub(crate) const MOST_DOCUMENTS: u32 = 1 << 31;

/// Returns a number that is greater than 0 and at most 1, or an error that names the field.
pub(crate) fn similarity(field: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value <= 1.0 {
        Ok(value)
    } else {
        Err(Error::OutOfRange { field, value: value.to_string(), expected: "greater than 0 and at most 1" })
    }
}

/// Checks that a share is greater than 0 and less than 1, or names the field.
pub(crate) fn open_share(field: &'static str, value: f64) -> Result<(), Error> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    Err(Error::OutOfRange { field, value: value.to_string(), expected: "greater than 0 and less than 1" })
}

/// Returns a number that is within the range, or an error that names the field.
pub(crate) fn within(
    field: &'static str,
    value: u32,
    range: std::ops::RangeInclusive<u32>,
    expected: &'static str,
) -> Result<u32, Error> {
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(Error::OutOfRange { field, value: value.to_string(), expected })
    }
}
