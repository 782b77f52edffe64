//! What can be wrong with columns.

use std::fmt;

use arrow_schema::DataType;

/// Tells why columns cannot be worked on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A column has another type than the function takes.
    Type {
        /// The types that it takes.
        expected: &'static str,
        /// The type of the column.
        found: DataType,
    },
    /// Two columns that are compared row by row have different numbers of rows.
    Rows {
        /// The rows of the left column.
        left: usize,
        /// The rows of the right column.
        right: usize,
    },
    /// A signature column has another width than the scheme.
    Width {
        /// The `num_hashes` of the scheme.
        expected: usize,
        /// The width of the column.
        found: usize,
    },
    /// A value within a row is null, or the child of a list column is not what it must be.
    NullWithin {
        /// The number of the row, counted from 0.
        row: usize,
    },
    /// A text is not UTF-8, as the type of its column promises: convert it.
    NotUtf8 {
        /// The number of the row, counted from 0.
        row: usize,
    },
    /// A row names bytes that its column does not have.
    OutsideBytes {
        /// The number of the row, counted from 0.
        row: usize,
    },
    /// The numbers of the answer do not fit 32-bit offsets: pass the column in pieces.
    TooMany {
        /// How many numbers there would be.
        numbers: usize,
    },
    /// The library refused the scheme, the banding or a value.
    Library(twinprint::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } => write!(f, "the column is {found}; it must be {expected}"),
            Self::Rows { left, right } => {
                write!(f, "the left column has {left} rows and the right one {right}; both must have as many")
            }
            Self::Width { expected, found } => {
                write!(f, "the signatures have {found} positions; those of the scheme have {expected}")
            }
            Self::NullWithin { row } => {
                write!(f, "row {row} holds a null among its numbers; only whole rows may be null")
            }
            Self::NotUtf8 { row } => {
                write!(
                    f,
                    "the text of row {row} is not UTF-8, though its column is of strings; read the column as binary, and decode it from its encoding"
                )
            }
            Self::OutsideBytes { row } => {
                write!(f, "the column is damaged: row {row} names bytes that it does not have; make it again")
            }
            Self::TooMany { numbers } => {
                write!(
                    f,
                    "the answer has {numbers} numbers, more than 32-bit offsets can count; pass the column in pieces"
                )
            }
            Self::Library(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Library(error) => Some(error),
            _ => None,
        }
    }
}

impl From<twinprint::Error> for Error {
    fn from(error: twinprint::Error) -> Self {
        Self::Library(error)
    }
}
