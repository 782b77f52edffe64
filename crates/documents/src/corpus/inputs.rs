//! What a user names to the files it means.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Reason};

/// How documents are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// A table with a header, its fields separated by commas.
    Csv,
    /// The same, separated by tabs.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// A folder of text files.
    Texts,
}

impl Format {
    /// The ending of a file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
            Self::Texts => "txt",
        }
    }

    fn by_ending(path: &Path) -> Option<Self> {
        Some(match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" | "json" => Self::JsonLines,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "parquet" | "pq" => Self::Parquet,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "JSON lines",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Texts => "a folder of texts",
        }
    }
}

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Compression {
    fn by_magic(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    /// What is added to the ending of a file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

/// A file, a folder or the standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where it is; `-` is the standard input.
    pub path: PathBuf,
    /// How documents are stored in it.
    pub format: Format,
    /// Bytes of the file, where that is known.
    pub bytes: Option<u64>,
}

/// Bytes of a file, unpacked.
pub(crate) struct Bytes(Box<dyn Read + Send>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bytes")
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// Counts what passes.
struct Counted<R> {
    from: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Input {
    /// Looks at what is there, unless the format is given.
    fn find(path: PathBuf, format: Option<Format>) -> Result<Self, Error> {
        if path.as_os_str() == "-" {
            return Ok(Self { path, format: format.unwrap_or(Format::JsonLines), bytes: None });
        }
        let there = fs::metadata(&path).map_err(|error| Error::io(&path, &error))?;
        if there.is_dir() {
            return Ok(Self { path, format: Format::Texts, bytes: None });
        }
        let bytes = Some(there.len());
        let format = match format.or_else(|| Format::by_ending(&unpacked_name(&path))) {
            Some(format) => format,
            None if starts_with(&path, b"PAR1")? => Format::Parquet,
            None => Format::JsonLines,
        };
        Ok(Self { path, format, bytes })
    }

    /// How it is packed, by its first bytes.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn compression(&self) -> Result<Compression, Error> {
        if self.path.as_os_str() == "-" || matches!(self.format, Format::Texts | Format::Parquet) {
            return Ok(Compression::None);
        }
        let mut file = File::open(&self.path).map_err(|error| Error::io(&self.path, &error))?;
        Ok(Compression::by_magic(&first_bytes(&mut file).map_err(|error| Error::io(&self.path, &error))?))
    }

    /// Its bytes, unpacked; those that are read of the file are counted.
    pub(crate) fn open(&self, count: &Arc<AtomicU64>) -> Result<Bytes, Error> {
        let refused = |error: io::Error| Error::io(&self.path, &error);
        let count = Arc::clone(count);
        if self.path.as_os_str() == "-" {
            return unpack(Counted { from: io::stdin(), count }).map_err(refused);
        }
        let file = File::open(&self.path).map_err(refused)?;
        unpack(Counted { from: file, count }).map_err(refused)
    }
}

fn unpack(mut from: impl Read + Send + 'static) -> io::Result<Bytes> {
    let start = first_bytes(&mut from)?;
    let compression = Compression::by_magic(&start);
    let from = io::Cursor::new(start).chain(from);
    Ok(Bytes(match compression {
        Compression::None => Box::new(from),
        // Files are often packed in pieces that were put together.
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, from))),
        Compression::Zstd => Box::new(zstd::Decoder::new(from)?),
    }))
}

fn first_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    from.take(4).read_to_end(&mut start)?;
    Ok(start)
}

fn starts_with(path: &Path, magic: &[u8]) -> Result<bool, Error> {
    let refused = |error: io::Error| Error::io(path, &error);
    let mut file = File::open(path).map_err(refused)?;
    Ok(first_bytes(&mut file).map_err(refused)? == magic)
}

/// The name without the ending that says how the file is packed.
fn unpacked_name(path: &Path) -> PathBuf {
    let packed = path.extension().and_then(|ending| ending.to_str());
    if packed.is_some_and(|ending| ["gz", "gzip", "zst", "zstd"].contains(&ending)) {
        path.with_extension("")
    } else {
        path.to_path_buf()
    }
}

/// All inputs, in order, of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    inputs: Vec<Input>,
}

impl Inputs {
    /// The files that are meant: paths, patterns with `*`, `?` and `[..]`, folders of texts, or `-` for the standard input. A pattern's
    /// files come in the order of their names.
    ///
    /// # Errors
    /// Where there is no such file, or formats are mixed.
    pub fn find(arguments: &[String], format: Option<Format>) -> Result<Self, Error> {
        let mut inputs: Vec<Input> = Vec::new();
        for argument in arguments {
            for path in expand(argument)? {
                let input = Input::find(path, format)?;
                if let Some(first) = inputs.first()
                    && first.format != input.format
                {
                    let reason = Reason::MixedFormats(first.format.name(), input.format.name());
                    return Err(Error { path: input.path, line: None, reason });
                }
                inputs.push(input);
            }
        }
        Ok(Self { inputs })
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Input> {
        self.inputs.iter()
    }

    /// The format of them all.
    #[must_use]
    pub fn format(&self) -> Format {
        self.inputs.first().map_or(Format::JsonLines, |input| input.format)
    }

    /// Bytes of all files, where they are known.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.inputs.iter().map(|input| input.bytes).sum()
    }

    /// With another one in place of the standard input.
    #[must_use]
    pub fn with_standard_input_at(mut self, path: &Path) -> Self {
        for input in self.inputs.iter_mut().filter(|input| input.path.as_os_str() == "-") {
            input.path = path.into();
        }
        self
    }
}

impl IntoIterator for Inputs {
    type Item = Input;
    type IntoIter = std::vec::IntoIter<Input>;

    fn into_iter(self) -> Self::IntoIter {
        self.inputs.into_iter()
    }
}

/// A pattern's files, sorted; a file of exactly that name comes before any pattern.
fn expand(argument: &str) -> Result<Vec<PathBuf>, Error> {
    let path = PathBuf::from(argument);
    if !argument.contains(['*', '?', '[']) || path.exists() {
        return Ok(vec![path]);
    }
    let bad = |message: String| Error { path: path.clone(), line: None, reason: Reason::Io(message) };
    let matches = glob::glob(argument).map_err(|error| bad(error.to_string()))?;
    let paths = matches.collect::<Result<Vec<_>, _>>().map_err(|error| bad(error.to_string()))?;
    if paths.is_empty() {
        return Err(Error { path, line: None, reason: Reason::NoMatch });
    }
    Ok(paths)
}
