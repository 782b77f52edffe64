//! What can be wrong with a file, a folder or a record.

use std::fmt;
use std::path::PathBuf;

use crate::byte_size::ByteSize;

/// Says what is wrong with a file, a folder or a record. Match on it to react to a kind of error;
/// [`Error`](super::Error) has an example. New kinds may be added in any version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system, or a library that reads or writes a format, reported this.
    Io(String),
    /// The folder has no file that can be read.
    /// Hidden files and marks such as `_SUCCESS` do not count. Folders below it count only if
    /// [`Options::recursive`](crate::Options::recursive) is set.
    EmptyFolder,
    /// The folder has no file that can be read but those of runs of twinprint, which are passed over; the folder of one of these.
    OnlyRuns(PathBuf),
    /// The folder has no file that can be read but links to folders or to nothing, which are not followed; the first of these.
    OnlyLinks(PathBuf),
    /// The folder has files of several kinds: what it has, and a pattern that selects the files of one kind.
    MixedFolder(String, String),
    /// The folder is a table of several versions, such as one of Delta Lake, whose files also hold deleted rows: the kind of table.
    VersionedTable(&'static str),
    /// The file holds no record. Only [`read`](crate::read) takes that for an error.
    NoRecords,
    /// A byte sequence is not UTF-8; its offset in the file or line.
    /// [`Options::lossy`](crate::Options::lossy) reads on.
    NotUtf8(usize),
    /// A value of this column is not UTF-8.
    NotUtf8Column(String),
    /// The line is not a JSON object; what is wrong, and where.
    /// Elements of a JSON array must be objects too.
    BadJson(String),
    /// The record lacks a field. Set [`Fields::id_if_present`](crate::Fields::id_if_present) to make ids where there
    /// are none.
    MissingField(Missing),
    /// The record is no document, but holds the documents in a list: the field of the list.
    NestedRecords(String),
    /// The field has a value of the wrong type; the field, and what it must be.
    /// A number is no text, and a list is no text unless it is named as in `messages[].content`.
    WrongType(String, &'static str),
    /// An earlier record has the same id; the id, and where that record is. See
    /// [`Options::repeated_ids`](crate::Options::repeated_ids).
    RepeatedId(String, String),
    /// An earlier file of the archive has the same name, from which the id is made; the id, and where that file is. Numbering does not help.
    RepeatedMember(String, String),
    /// The table lacks a column.
    /// Of a table this is known before the first row is read; see
    /// [`Inputs::check_columns`](crate::Inputs::check_columns).
    MissingColumn(Missing),
    /// The file does not follow its format; what the reader reports.
    BadFile(String),
    /// The file has a format that is not read: which one, and what can be done.
    /// Such as a ZIP archive, an ORC file or UTF-16 text.
    ForeignFormat(String, String),
    /// A file in an archive: its name, and what is wrong with it.
    Member(String, Box<ErrorKind>),
    /// The input is an address of this scheme, such as `s3`, which this build does not read.
    /// With the feature `remote`, addresses with `s3`, `gs`, `http`, `https` and `hf` are read.
    Remote(String),
    /// No file matches the pattern.
    NoMatch,
    /// The inputs have different formats: the format of the earlier ones, and the format of this one.
    MixedFormats(&'static str, &'static str),
    /// The record is longer than [`Options::max_record`](crate::Options::max_record): its size in bytes as far as it is known, and the
    /// limit.
    /// It was refused before it was held in memory.
    TooLong(Option<u64>, u64),
    /// The row has a different number of values than the table has columns: values, and columns.
    /// Most often a quote was not closed in an earlier row.
    WrongLength(usize, usize),
    /// A quote in the row is never closed, so the rest of the file became one value. The line of the file where the row begins.
    OpenQuote(u64),
    /// A value of the row goes on after the quote that closes it: the first and the last line of the row in the file, and what follows the
    /// quote. A quote too many at the beginning of a value ends so, and the rows up to the next quote are in the value.
    StrayQuote(u64, u64, String),
    /// The row is longer than [`Options::max_record`](crate::Options::max_record), and may be so because a quote is not closed: the line
    /// of the file where the row begins, and the limit.
    LongQuote(u64, u64),
    /// The value, which is to be written, has a separator or a line end inside, and the table has no quotes.
    NeedsQuotes(String),
    /// The table has several columns of this name.
    RepeatedColumn(String),
    /// The columns differ from those of this earlier file, so the two cannot be written as one table; how they differ.
    /// Columns of types that one wider type holds without loss are not refused.
    MixedColumns(PathBuf, String),
    /// Records of this format cannot be written with new texts in this field.
    /// Texts in lists are joined when they are read, so there is no single place for a new text.
    NotRewritable(String),
    /// The second reading found another number of documents than the first.
    ChangedInput {
        /// Documents of the first reading.
        expected: u64,
        /// Documents of the second reading, up to where it stopped.
        found: u64,
    },
    /// An input that can be read only once would have to be read twice.
    /// `Inputs::copy_streams` copies such inputs first.
    NotTwice,
    /// This build lacks the part that reads or writes this; see the features of the crate.
    NotBuilt(&'static str),
}

/// Names a field or column that is missing, and those that are there.
///
/// ```
/// use twinprint_documents::{ErrorKind, FieldRole, Options, read};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": 1, \"body\": \"x\"}\n")?;
/// let error = read(&path, &Options::default()).unwrap_err();
/// let ErrorKind::MissingField(missing) = error.kind else { panic!("{error}") };
/// assert_eq!((missing.name.as_str(), missing.role), ("text", FieldRole::Text));
/// assert_eq!(missing.present, ["id", "body"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The field or column.
    pub name: String,
    /// What it is needed for.
    pub role: FieldRole,
    /// The names of those that are there, or the first of them.
    pub present: Vec<String>,
}

/// Says what a field is read as; [`Missing`] has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldRole {
    /// The id.
    Id,
    /// The text, or a part of it.
    Text,
    /// Metadata: block, source, score or date.
    Metadata,
}

/// The most names that a message lists.
const MAX_LISTED: usize = 12;

impl Missing {
    /// Creates the description of what is missing, with the names that a message will list.
    pub(crate) fn new(name: &str, role: FieldRole, present: impl IntoIterator<Item = String>) -> Self {
        Self { name: name.to_string(), role, present: present.into_iter().take(MAX_LISTED + 1).collect() }
    }

    /// Writes the names that are there, and the option that names one of them.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, present, .. } = self;
        let option = match role {
            FieldRole::Id => "with --id, or number the documents with --number",
            FieldRole::Text => "with --text",
            FieldRole::Metadata => "with --block, --source or --keep",
        };
        let shown = present.iter().take(MAX_LISTED).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        let more = if present.len() > MAX_LISTED { " and more" } else { "" };
        match present.as_slice() {
            [] => write!(f, "; name one {option}"),
            [first, ..] if first.starts_with("sep=") => {
                f.write_str(
                    "; the first line only says how values are separated, as spreadsheets write it: remove it",
                )?;
                // Without the byte, the line was cut at it: it is the one that separates values already.
                first.chars().nth(4).map_or(Ok(()), |byte| write!(f, ", and give --delimiter {byte:?}"))
            }
            [one] if one.contains([';', '|', '\t', ',']) => {
                let byte = one.chars().find(|character| ";|\t,".contains(*character)).unwrap_or(';');
                write!(
                    f,
                    "; the only one is {shown}: name the byte between values with --delimiter {byte:?}, or one {option}"
                )
            }
            _ => write!(f, "; there are {shown}{more}: name one of them {option}"),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(message) => f.write_str(message),
            Self::EmptyFolder => {
                f.write_str("the folder has no file to read; hidden files, and marks such as _SUCCESS, do not count")
            }
            Self::OnlyRuns(run) => write!(
                f,
                "the folder has no file to read but the results or the work of runs of twinprint, as in {}, which are passed over; name \
                 a file of them to read it",
                run.display()
            ),
            Self::OnlyLinks(link) => write!(
                f,
                "the folder has no file to read but links to folders or to nothing, such as {}, which are not followed; name each link to \
                 read the folder behind it",
                link.display()
            ),
            Self::MixedFolder(contents, pattern) => write!(
                f,
                "the folder has {contents}; name those that are meant, such as '{pattern}', or read every file as one text with \
                 --format text"
            ),
            Self::VersionedTable(table) => write!(
                f,
                "the folder is a table of {table}, whose files also hold the rows that were deleted or written over; export the rows of \
                 its present version as Parquet, or name the files that are meant"
            ),
            Self::NoRecords => f.write_str("the file has no records; it should hold one JSON object per line"),
            Self::NotUtf8(offset) => {
                write!(f, "byte {offset} is not UTF-8; convert the file, or read it with --lossy")
            }
            Self::NotUtf8Column(name) => {
                write!(f, "the value of {name:?} is not UTF-8; read the file with --lossy")
            }
            Self::BadJson(message) => write!(f, "not a JSON object: {message}"),
            Self::MissingField(missing) if missing.present.contains(&missing.name) => {
                write!(f, "the field {:?} is null or empty; give it a value", missing.name)?;
                f.write_str(if missing.role == FieldRole::Id { ", or number the documents with --number" } else { "" })
            }
            Self::MissingField(missing) => {
                write!(f, "the field {:?} is missing", missing.name)?;
                missing.describe(f)
            }
            Self::NestedRecords(field) => {
                write!(f, "the documents are in the list {field:?} of one object; take them out of it first: jq -c ")?;
                match field.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') {
                    true => write!(f, "'.{field}[]' FILE > OTHER-FILE.jsonl"),
                    false => write!(f, "'.[{field:?}][]' FILE > OTHER-FILE.jsonl"),
                }
            }
            Self::WrongType(field, expected) => write!(f, "the field {field:?} must be {expected}"),
            Self::RepeatedId(id, place) => {
                write!(
                    f,
                    "the id {id:?} is already used in {place}; make ids unique, or number the documents with --number"
                )
            }
            Self::RepeatedMember(id, place) => write!(
                f,
                "the id {id:?} is already used in {place}, because two files of the archive have one name, as where a newer one was added; \
                 unpack the archive, tar -xf FILE, which leaves the last of them, and give the folder"
            ),
            Self::MissingColumn(missing) => {
                write!(f, "the table has no column {:?}", missing.name)?;
                missing.describe(f)
            }
            Self::BadFile(message) => {
                write!(f, "{message}; the file is truncated, or not in the format its name suggests")
            }
            Self::ForeignFormat(name, remedy) => write!(f, "this is {name}, which is not read; {remedy}"),
            Self::Member(name, kind) => write!(f, "{name}: {kind}"),
            Self::Remote(scheme) => write!(
                f,
                "addresses with {scheme}:// are not read{}; download the files first, or pipe them in: {}",
                match scheme.as_str() {
                    "s3" | "s3a" | "gs" | "http" | "https" | "hf" =>
                        " by this build, but by one with the feature remote (cargo install --path crates/cli --features remote)",
                    _ => "",
                },
                match scheme.as_str() {
                    "s3" => "aws s3 cp ADDRESS - | twinprint COMMAND -",
                    "gs" => "gcloud storage cat ADDRESS | twinprint COMMAND -",
                    "hf" => "hf download REPOSITORY --repo-type dataset --local-dir FOLDER",
                    _ => "curl -L ADDRESS | twinprint COMMAND -",
                }
            ),
            Self::NoMatch => f.write_str("no file matches this pattern"),
            Self::MixedFormats(first, other) => {
                write!(f, "this input is {other}, but the inputs before it are {first}; give inputs of one format")
            }
            Self::TooLong(size, limit) => {
                let limit = ByteSize(*limit);
                match size {
                    Some(size) => write!(f, "the record has {size} bytes, more than the limit of {limit}")?,
                    None => write!(f, "the record is longer than the limit of {limit}")?,
                }
                f.write_str("; raise the limit with --max-record")
            }
            Self::WrongLength(found, expected) => {
                write!(
                    f,
                    "the row has {found} value{}, but the table has {expected} columns; check for a quote that is not closed",
                    if *found == 1 { "" } else { "s" }
                )
            }
            Self::OpenQuote(line) => write!(
                f,
                "a quote is not closed in the row that begins in line {line} of the file, so the rest of the file is one value"
            ),
            Self::StrayQuote(first, last, rest) => {
                match first == last {
                    true => write!(f, "in line {first} of the file")?,
                    false => write!(f, "in the row of the lines {first} to {last} of the file")?,
                }
                write!(
                    f,
                    ", {rest:?} follows the quote that closes a value; remove a quote that is one too many, write quotes within a value \
                     twice, or read the file with --quote none"
                )
            }
            Self::LongQuote(line, limit) => write!(
                f,
                "the record is longer than the limit of {}, and a quote may not be closed in the row that begins in line {line} of the \
                 file; correct it, or raise the limit with --max-record",
                ByteSize(*limit)
            ),
            Self::NeedsQuotes(value) => write!(
                f,
                "{value:?} has a separator or a line end inside and cannot be written without quotes; leave out --quote none, or, \
                 where it is an id, name the documents otherwise with --id or --number"
            ),
            Self::RepeatedColumn(name) => write!(f, "several columns are called {name:?}; rename all but one"),
            Self::MixedColumns(first, difference) => write!(
                f,
                "its columns are not those of {}, and the inputs are written as one table: {difference}; convert the column in one of \
                 the files",
                first.display()
            ),
            Self::NotRewritable(field) => {
                write!(
                    f,
                    "texts in lists, such as {field:?}, cannot be rewritten; name fields that hold one text with --text"
                )
            }
            Self::ChangedInput { expected, found } => write!(
                f,
                "the second reading found {found} documents, but the first found {expected}: the input or the options have \
                 changed; start again"
            ),
            Self::NotTwice => f.write_str(
                "this input can be read only once, and would have to be read twice; save it to a file first",
            ),
            Self::NotBuilt(part) => write!(f, "this build does not read {part}"),
        }
    }
}
