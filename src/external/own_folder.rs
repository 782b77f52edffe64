//! A folder with a random number, by which its files are known again.

use std::fmt;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::files;
use super::frames::{FrameReader, FrameWriter, Label, Role};
use crate::error::{Error, FileProblem};

/// The random number of a folder. The header of every file that is made there holds it, and the name of everything temporary: whatever
/// does not is somebody else's, and is neither replaced nor removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FolderId(u128);

/// A folder, or one within it, with the number that proves what is its own.
#[derive(Clone, Debug)]
pub(crate) struct OwnFolder {
    folder: PathBuf,
    id: FolderId,
}

impl FolderId {
    /// Draws a number.
    pub(crate) fn random() -> Self {
        // The standard library seeds each `RandomState` from the operating system's random numbers.
        let half = || u128::from(RandomState::new().build_hasher().finish());
        Self(half() << 64 | half())
    }

    /// Reads the number that [`to_bytes`](Self::to_bytes) wrote; the caller passes sixteen bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut all = [0; 16];
        all.copy_from_slice(&bytes[..16]);
        Self(u128::from_le_bytes(all))
    }

    pub(crate) fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// Reads 32 hexadecimal digits.
    pub(crate) fn parse(digits: &str) -> Option<Self> {
        let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u128::from_str_radix(digits, 16).ok().filter(|_| is_hex).map(Self)
    }

    /// Returns what the names of temporary files hold.
    pub(super) fn tag(self) -> String {
        format!("{self}-")
    }

    /// Whether the name of something temporary proves that it belongs to this folder.
    fn is_in_name(self, name: &str) -> bool {
        name.contains(&self.tag())
    }

    /// Refuses to replace what is there under a name, unless it is a file of this folder.
    pub(super) fn check_replaceable(self, path: &Path) -> Result<(), Error> {
        let foreign = |problem| Err(Error::File { path: path.into(), problem });
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io(path, error)),
            Ok(data) if !data.is_file() => foreign(FileProblem::Foreign),
            Ok(_) if Label::of_file(path)?.folder != self => foreign(FileProblem::OtherFolder),
            Ok(_) => Ok(()),
        }
    }
}

impl fmt::Display for FolderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for FolderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl OwnFolder {
    pub(crate) fn new(folder: PathBuf, id: FolderId) -> Self {
        Self { folder, id }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of a file of this name.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Returns the path of something temporary, whose name proves that it belongs to the folder.
    pub(crate) fn temporary(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{}{name}", self.id.tag()))
    }

    /// Creates a temporary directory, whose contents prove in the same way whose they are. Returns nothing if there is anything of that
    /// name.
    pub(crate) fn create_temporary(&self, name: &str) -> Result<Option<Self>, Error> {
        let folder = self.temporary(name);
        match files::create_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(Error::io(&folder, error)),
            Ok(()) => Ok(Some(Self { folder, id: self.id })),
        }
    }

    /// Begins a file, in place of any of the same folder that is there.
    pub(crate) fn create(&self, path: &Path, role: Role) -> Result<FrameWriter, Error> {
        FrameWriter::create(path, Label::new(self.id, role))
    }

    /// Opens a file, which must have been written in this folder in this role.
    pub(crate) fn open(&self, path: &Path, role: Role) -> Result<FrameReader, Error> {
        FrameReader::open(path, Label::new(self.id, role))
    }

    /// Removes a file of this folder, if it is there, and refuses to remove one that is not its own.
    pub(crate) fn remove(&self, path: &Path) -> Result<(), Error> {
        self.id.check_replaceable(path)?;
        match files::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path, error)),
            _ => Ok(()),
        }
    }

    /// Removes the files for which the condition holds and that are the folder's own. Others are left.
    pub(crate) fn remove_where(&self, condition: impl Fn(&str) -> bool) -> Result<(), Error> {
        for (name, path) in self.entries()? {
            let is_file = fs::symlink_metadata(&path).is_ok_and(|data| data.is_file());
            if is_file && condition(&name) && Label::of_file(&path).is_ok_and(|label| label.folder == self.id) {
                files::remove_file(&path).map_err(|error| Error::io(&path, error))?;
            }
        }
        Ok(())
    }

    /// Removes everything temporary: files that were not finished, and directories with what is proved in them. What somebody else put
    /// there is left.
    pub(crate) fn remove_temporary(&self) -> Result<(), Error> {
        for (name, path) in self.entries()? {
            if !self.id.is_in_name(&name) {
                continue;
            }
            let refused = |error| Error::io(&path, error);
            // A link is neither a file nor a directory here.
            let data = fs::symlink_metadata(&path).map_err(refused)?;
            if data.is_dir() {
                Self { folder: path.clone(), id: self.id }.remove_all()?;
            } else if data.is_file() {
                files::remove_file(&path).map_err(refused)?;
            }
        }
        Ok(())
    }

    /// Removes everything temporary in this directory, and the directory, unless there is something of somebody else's in it.
    pub(crate) fn remove_all(&self) -> Result<(), Error> {
        self.remove_temporary()?;
        match files::remove_dir(&self.folder) {
            Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => Err(Error::io(&self.folder, error)),
            _ => Ok(()),
        }
    }

    /// Lists the names here that are texts, as all of ours are.
    pub(crate) fn entries(&self) -> Result<Vec<(String, PathBuf)>, Error> {
        let refused = |error| Error::io(&self.folder, error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            if let Ok(name) = entry.file_name().into_string() {
                entries.push((name, entry.path()));
            }
        }
        Ok(entries)
    }
}
