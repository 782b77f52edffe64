//! What can go wrong, and what to do about it.

use std::fmt;
use std::io;
#[cfg(feature = "disk")]
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

/// Every error of this crate. Each names what was wrong and what would put it right.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A parameter is outside its range.
    OutOfRange {
        /// The parameter's name, as in the builder.
        field: &'static str,
        /// The value given.
        value: String,
        /// The values that would do.
        expected: &'static str,
    },
    /// Two things that were made under different schemes cannot be compared or merged.
    Mismatch(Mismatch),
    /// Bands times rows is more than the signature has.
    BandingTooLarge {
        /// Bands asked for.
        bands: u32,
        /// Rows a band.
        rows: u32,
        /// Positions the signature has.
        num_hashes: u32,
    },
    /// No banding of the signature reaches the recall wanted.
    RecallUnreachable {
        /// The similarity at which the recall was wanted.
        threshold: f64,
        /// The recall wanted.
        recall: f64,
        /// The positions there are.
        num_hashes: u32,
        /// The best recall that these positions can give at the threshold.
        best: f64,
        /// The least number of positions that would do, where there is one within the library's limit.
        needed: Option<u32>,
    },
    /// The scheme's features are the caller's own: it has no way from text to features.
    NoTextFeatures {
        /// The name of the caller's features.
        name: String,
    },
    /// The id is in the index already.
    DuplicateId {
        /// The id, as its `Debug` shows it, shortened.
        id: String,
    },
    /// The caller's callback said that it was enough.
    Cancelled,
    /// More documents than 31-bit numbers can count.
    TooManyDocuments,
    /// A SIMD level was asked for that this machine does not have.
    SimdUnavailable {
        /// The level asked for.
        level: &'static str,
    },
    /// The row does not have the length that the scheme fixes.
    WrongLength {
        /// What has the wrong length.
        field: &'static str,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
    },
    /// Something is wrong with a file.
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// A document that was stored by an earlier run is not the one that was pushed now.
    ChangedInput {
        /// The document's number, from 0.
        document: u32,
        /// The id that is stored.
        stored: String,
        /// The id that was pushed.
        pushed: String,
    },
    /// Something takes more memory than the limit leaves for it.
    MemoryLimit {
        /// What is too large, and where it is.
        what: String,
        /// The bytes that it takes, about.
        bytes: u64,
        /// The bytes that there are for it.
        limit: u64,
        /// What to do, besides raising the limit.
        remedy: &'static str,
    },
    /// A document that was read again is not the one that was joined.
    ChangedSinceJoined {
        /// The document's number, from 0.
        document: u32,
        /// The id that was joined; empty where there were fewer documents.
        joined: String,
        /// The id that was read; empty where there were more documents.
        read: String,
    },
    /// A corpus has more of something than there is memory for when boilerplate is counted.
    TooManyToCount {
        /// What it has more of.
        what: &'static str,
        /// So many there is memory for.
        most: usize,
    },
    /// A corpus that is to be gone through twice was not the same the second time.
    ChangedCorpus {
        /// Different documents the first time.
        documents: u64,
        /// Different documents the second time; if these are as many, others of them.
        again: u64,
    },
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileProblem {
    /// The operating system refused.
    Io(IoError),
    /// It was not written by this library, or is no regular file.
    Foreign,
    /// It was written in another work folder.
    OtherFolder,
    /// It was written in this folder as another file than its name says.
    Misplaced,
    /// It is of a version of the format that this version of the library does not read.
    Version(u16),
    /// It was written under another scheme, or for other parameters.
    OtherScheme,
    /// Its content is not what was written.
    Corrupt,
    /// It was there when other files were written, which are of no use without it.
    Missing,
    /// Another join works in the folder.
    InUse,
    /// It is a folder without the marker of a work folder.
    NotAWorkFolder,
}

/// An error of the operating system that can be cloned and compared: two are equal if kind and message are.
///
/// It is also the [`source`](std::error::Error::source) of the [`Error`] that holds it, so that a caller can tell a full disk from a
/// missing permission.
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
            Self::Foreign => f.write_str("not a file of this join; use another folder"),
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
            Self::InUse => f.write_str("another join is at work in this folder; wait for it, or use another folder"),
            Self::Missing => f.write_str("it is missing; put it back, or remove the folder and start again"),
            Self::NotAWorkFolder => {
                f.write_str("nothing shows that this is a work folder of twinprint; look into it, and remove it yourself")
            }
            Self::Corrupt => {
                f.write_str("its content has changed since it was written; remove the folder and start again")
            }
        }
    }
}

/// The first field in which two schemes differ, and both its values.
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { field, value, expected } => {
                write!(f, "{field} is {value}; it must be {expected}")
            }
            Self::Mismatch(mismatch) => mismatch.fmt(f),
            Self::BandingTooLarge { bands, rows, num_hashes } => write!(
                f,
                "{bands} bands of {rows} rows need {} positions and the signature has {num_hashes}; \
                 use fewer bands or rows, or a scheme with a larger num_hashes",
                u64::from(*bands) * u64::from(*rows)
            ),
            Self::RecallUnreachable { threshold, recall, num_hashes, best, needed } => {
                write!(
                    f,
                    "recall {recall} at threshold {threshold} cannot be had from num_hashes {num_hashes}: \
                     the best is {best:.4}; "
                )?;
                match needed {
                    Some(needed) => write!(f, "num_hashes {needed} would do, or a lower recall"),
                    None => write!(f, "lower the recall, or raise the threshold"),
                }
            }
            Self::NoTextFeatures { name } => write!(
                f,
                "the scheme's features are the caller's own ({name:?}), so it cannot read text; \
                 pass u64 features instead, or use a scheme with text features"
            ),
            Self::DuplicateId { id } => {
                write!(f, "the id {id} is in the index already; use another id (an index can upsert: replace it)")
            }
            Self::Cancelled => {
                f.write_str("cancelled, as the callback asked; a join in a folder can be gone on from there")
            }
            Self::TooManyDocuments => {
                write!(f, "more than {MOST_DOCUMENTS} documents; split the corpus")
            }
            Self::SimdUnavailable { level } => {
                write!(f, "this machine has no {level}; choose another level, or let the library detect it")
            }
            Self::WrongLength { field, found, expected } => {
                write!(f, "{field} has length {found} and must have {expected}")
            }
            Self::File { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::ChangedInput { document, stored, pushed } => write!(
                f,
                "document {document} was stored as {stored:?} and is now {pushed:?}, or has another text or other \
                 features; push the same documents in the same order, or use another folder"
            ),
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
                "there were {documents} different documents in the first pass and {again} in the second, or other ones; go through \
                 the same documents twice"
            ),
            Self::TooManyToCount { what, most } => write!(
                f,
                "there are more than {most} {what}, which is what there is memory for; allow more memory, or raise the least \
                 number of documents that boilerplate must have"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Mismatch(mismatch) => Some(mismatch),
            Self::File { problem: FileProblem::Io(error), .. } => Some(error.as_io()),
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
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

/// Documents that one index or join can number: a bit of 32 is left to mark what is not the number of a document.
pub(crate) const MOST_DOCUMENTS: u32 = 1 << 31;

/// A number between 0 (not included) and 1 (included), or an error that names the field.
pub(crate) fn similarity(field: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value <= 1.0 {
        Ok(value)
    } else {
        Err(Error::OutOfRange { field, value: value.to_string(), expected: "greater than 0 and at most 1" })
    }
}

/// A whole number within `range`, or an error that names the field.
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
