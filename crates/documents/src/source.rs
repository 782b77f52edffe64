//! Files of a corpus.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::name_text::{escaped, path_id, path_text, with_slashes};
#[cfg(feature = "formats")]
use crate::positioned::PositionedFile;
#[cfg(feature = "remote")]
use crate::remote::RemoteObject;
#[cfg(all(feature = "remote", feature = "parquet"))]
pub(crate) use crate::remote::{RandomAccess, RemoteFile};
use crate::stream::{ByteReader, HEAD_BYTES, STANDARD_INPUT, Stream};

/// What is read from any offset.
#[cfg(all(feature = "parquet", not(feature = "remote")))]
pub(crate) type RandomAccess = PositionedFile;

/// A file, and the names from which ids are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// The id of the document, if the whole file is one.
    pub(crate) name: String,
    /// The name that begins the ids of records without ids of their own.
    pub(crate) label: String,
    /// Whether another path reads like the escapes of this one, or this one like those of another.
    reads_like_another: bool,
    origin: Origin,
}

/// Where the bytes of a source come from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// A regular file.
    File,
    /// What can be read only once.
    Stream(Stream),
    #[cfg(feature = "remote")]
    Object(RemoteObject),
}

impl Source {
    /// Takes a file, whose text gets the path from `folder` to the file as its id.
    pub(crate) fn open(path: &Path, folder: &Path) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::io(path, &error);
        let is_stream = path.as_os_str() == STANDARD_INPUT || !fs::metadata(path).map_err(failed)?.is_file();
        let origin = if is_stream { Origin::Stream(Stream::new(path)) } else { Origin::File };
        Ok(Self::new(path, folder, origin))
    }

    /// Takes an object of a store. Its id is made as that of a file is.
    #[cfg(feature = "remote")]
    pub(crate) fn of_object(object: RemoteObject, folder: &Path) -> Self {
        let path = object.path().to_path_buf();
        Self::new(&path, folder, Origin::Object(object))
    }

    fn new(path: &Path, folder: &Path, origin: Origin) -> Self {
        let label = path_id(Path::new(path.file_name().unwrap_or_default()));
        Self { path: path.into(), name: name_of(path, folder), label, reads_like_another: false, origin }
    }

    /// Returns the first bytes of the file as they are on disk.
    pub(crate) fn head(&self) -> Result<Vec<u8>, Error> {
        let head = match &self.origin {
            Origin::File => {
                let mut head = Vec::new();
                let read = File::open(&self.path).and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut head));
                read.map(|_| head)
            }
            Origin::Stream(stream) => stream.head(),
            #[cfg(feature = "remote")]
            Origin::Object(object) => object.head(),
        };
        head.map_err(|error| Error::io(&self.path, &error))
    }

    /// Opens the file from its beginning.
    pub(crate) fn reader(&self) -> Result<ByteReader, Error> {
        let reader = match &self.origin {
            Origin::File => File::open(&self.path).map(|file| Some(Box::new(file) as ByteReader)),
            Origin::Stream(stream) => stream.reader(),
            #[cfg(feature = "remote")]
            Origin::Object(object) => object.reader().map(Some),
        };
        self.unless_read(reader)
    }

    /// Says what failed, or that the input has been read already.
    fn unless_read<T>(&self, opened: io::Result<Option<T>>) -> Result<T, Error> {
        match opened {
            Ok(Some(opened)) => Ok(opened),
            Ok(None) => Err(Error::new(&self.path, ErrorKind::NotTwice)),
            Err(error) => Err(Error::io(&self.path, &error)),
        }
    }

    /// Opens a file that several threads may read at once. What can be read only once and objects are no such files, and one that cannot be
    /// opened says so to its [`reader`](Self::reader).
    #[cfg(feature = "formats")]
    pub(crate) fn positioned(&self) -> Option<PositionedFile> {
        if self.is_file() { File::open(&self.path).ok().map(PositionedFile::new) } else { None }
    }

    /// Opens the file for random access. What can be read only once is copied to a file first.
    #[cfg(feature = "parquet")]
    pub(crate) fn seekable(&self) -> Result<RandomAccess, Error> {
        let file = match &self.origin {
            Origin::File => File::open(&self.path).map(Some),
            Origin::Stream(stream) => stream.copied(tempfile::tempfile),
            #[cfg(feature = "remote")]
            Origin::Object(object) => return Ok(RandomAccess::Remote(RemoteFile::new(object.clone()))),
        };
        let file = file.map(|file| file.map(PositionedFile::new));
        #[cfg(feature = "remote")]
        let file = file.map(|file| file.map(RandomAccess::Local));
        self.unless_read(file)
    }

    /// Copies what can be read only once to a file without a name in this folder.
    #[cfg(feature = "formats")]
    pub(crate) fn copy_to(&self, folder: &Path) -> Result<(), Error> {
        match &self.origin {
            Origin::Stream(stream) => self.unless_read(stream.copied(|| tempfile::tempfile_in(folder))).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Returns the size on disk in bytes, or `None` if it is not known before the end.
    pub(crate) fn size(&self) -> Option<u64> {
        match &self.origin {
            Origin::File => fs::metadata(&self.path).ok().map(|data| data.len()),
            Origin::Stream(_) => None,
            #[cfg(feature = "remote")]
            Origin::Object(object) => Some(object.size()),
        }
    }

    /// Returns what tells an object of a store from earlier and later ones at its address.
    pub(crate) fn version(&self) -> Option<&str> {
        match &self.origin {
            #[cfg(feature = "remote")]
            Origin::Object(object) => object.version(),
            _ => None,
        }
    }

    /// Replaces what a reader of a format made of a lost connection by what happened on the network.
    pub(crate) fn explained(&self, error: Error) -> Error {
        #[cfg(feature = "remote")]
        if let (Origin::Object(object), ErrorKind::Io(_) | ErrorKind::BadFile(_) | ErrorKind::ForeignFormat(..)) =
            (&self.origin, &error.kind)
            && let Some(fault) = object.fault()
        {
            return Error { kind: ErrorKind::Io(fault.to_string()), ..error };
        }
        error
    }

    /// Returns whether the file can be read again and again.
    pub(crate) fn can_be_read_again(&self) -> bool {
        match &self.origin {
            Origin::Stream(stream) => stream.is_copied(),
            _ => true,
        }
    }

    /// Returns whether the file can be read only once, unless it is copied.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.origin, Origin::Stream(_))
    }

    /// Returns whether it is cheap to read the first bytes again.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.origin, Origin::File)
    }

    /// Returns the path as an id.
    pub(crate) fn path_id(&self) -> String {
        with_slashes(self.path_text())
    }

    /// Returns the path as a text.
    fn path_text(&self) -> String {
        if self.reads_like_another { escaped(&self.path) } else { path_text(&self.path) }
    }
}

/// Makes the names unique from which ids are made: names that several files share become the paths as they were given.
pub(crate) fn make_unique(sources: &mut [Source]) {
    tell_escapes_apart(sources);
    let (mut names, mut labels) = (HashMap::<String, usize>::new(), HashMap::<String, usize>::new());
    for source in &*sources {
        *names.entry(source.name.clone()).or_default() += 1;
        *labels.entry(source.label.clone()).or_default() += 1;
    }
    for source in sources {
        if names[&source.name] > 1 {
            source.name = source.path_id();
        }
        if labels[&source.label] > 1 {
            source.label = source.path_id();
        }
    }
}

/// Finds the paths that become one id only because a name has escapes which another name has as they are.
fn tell_escapes_apart(sources: &mut [Source]) {
    let mut ids = HashMap::<String, usize>::new();
    let can_be_escaped = |id: &String| id.contains('%');
    for id in sources.iter().map(Source::path_id).filter(can_be_escaped) {
        *ids.entry(id).or_default() += 1;
    }
    ids.retain(|_, count| *count > 1);
    for source in sources.iter_mut().filter(|_| !ids.is_empty()) {
        source.reads_like_another = ids.contains_key(&source.path_id());
    }
}

/// Returns the path of a document's file: that of its part, or else of the file with this number, counted from 1.
#[cfg(feature = "formats")]
pub(crate) fn path_of(part: &crate::batch::Part, sources: &[Source], number: u64) -> String {
    if !part.path.is_empty() {
        return part.path.clone();
    }
    let source = usize::try_from(number).ok().and_then(|number| sources.get(number.checked_sub(1)?));
    source.map(Source::path_text).unwrap_or_default()
}

/// Returns the path from a folder to a file without extensions.
pub(crate) fn name_of(path: &Path, folder: &Path) -> String {
    let mut name = path.strip_prefix(folder).unwrap_or(path).to_path_buf();
    if name.extension().is_some_and(|part| COMPRESSED.iter().any(|ending| part.eq_ignore_ascii_case(ending))) {
        name.set_extension("");
    }
    name.set_extension("");
    path_id(&name)
}

/// The extensions of compressed files.
pub(crate) const COMPRESSED: [&str; 6] = ["gz", "zst", "zstd", "xz", "bz2", "lz4"];
