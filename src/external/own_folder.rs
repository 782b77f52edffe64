//! A folder with a random number, by which its files are known again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::files;
use super::folder_id::FolderId;
use super::frames::{FrameReader, FrameWriter, Label, Role};
use crate::error::Error;

/// A folder, or one within it, with the number that proves what is its own.
#[derive(Clone, Debug)]
pub(crate) struct OwnFolder {
    folder: PathBuf,
    id: FolderId,
    /// Whether files wait for the disk before they get their names.
    durable: bool,
}

impl OwnFolder {
    pub(crate) fn new(folder: PathBuf, id: FolderId) -> Self {
        Self { folder, id, durable: true }
    }

    /// Sets whether its files survive a power cut. They do by default.
    pub(crate) fn durable(self, durable: bool) -> Self {
        Self { durable, ..self }
    }

    /// Returns whether its files survive a power cut.
    pub(crate) fn is_durable(&self) -> bool {
        self.durable
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
            Ok(()) => Ok(Some(Self { folder, ..self.clone() })),
        }
    }

    /// Begins a file, in place of any of the same folder that is there.
    pub(crate) fn create(&self, path: &Path, role: Role) -> Result<FrameWriter, Error> {
        Ok(FrameWriter::create(path, Label::new(self.id, role))?.durable(self.durable))
    }

    /// Opens a file, which must have been written in this folder in this role.
    pub(crate) fn open(&self, path: &Path, role: Role) -> Result<FrameReader, Error> {
        FrameReader::open(path, Label::new(self.id, role))
    }

    /// Removes a file of this folder, if it is there, and refuses to remove one that is not its own.
    pub(crate) fn remove(&self, path: &Path) -> Result<(), Error> {
        Label::check_replaceable(path, self.id)?;
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
                Self { folder: path.clone(), ..self.clone() }.remove_all()?;
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

    /// Lists the names here that are UTF-8, as all of ours are.
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
