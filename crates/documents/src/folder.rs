//! A folder of text files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Options;
use crate::batch::{Batch, Part};
use crate::error::{Error, Reason};

/// Reads every `.txt` file of a folder and of the folders in it, in the order of their paths. A file's path within the folder,
/// without its ending, is its id.
#[derive(Debug)]
pub struct Folder {
    folder: PathBuf,
    paths: std::vec::IntoIter<PathBuf>,
    options: Options,
    batch: Batch,
}

/// Bytes of files that are read together.
const TOGETHER: u64 = 8 << 20;

impl Folder {
    /// Lists the files.
    ///
    /// # Errors
    /// Where the folder cannot be read, or has no such file.
    pub fn open(folder: &Path, options: &Options) -> Result<Self, Error> {
        Ok(Self {
            folder: folder.into(),
            paths: text_files(folder)?.into_iter(),
            options: *options,
            batch: Batch::default(),
        })
    }

    /// The next documents, if there are any left.
    ///
    /// # Errors
    /// What is wrong with a file.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        Ok(if self.advance()? { Some(&self.batch) } else { None })
    }

    /// Reads the next documents; false where there are none left.
    pub(crate) fn advance(&mut self) -> Result<bool, Error> {
        if self.paths.as_slice().is_empty() {
            return Ok(false);
        }
        self.batch.clear();
        self.batch.parts.resize_with(1, Part::default);
        while self.batch.bytes < TOGETHER
            && let Some(path) = self.paths.next()
        {
            self.add(path)?;
        }
        Ok(true)
    }

    /// The documents that were read last.
    #[cfg(feature = "full")]
    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    fn add(&mut self, path: PathBuf) -> Result<(), Error> {
        let bytes = fs::read(&path).map_err(|error| Error::io(&path, &error))?;
        self.batch.bytes += bytes.len() as u64;
        match text_of(bytes, self.options.lossy) {
            Ok(text) => {
                self.batch.parts[0].push(name_of(&self.folder, &path), &text);
            }
            Err(reason) => {
                let error = Error { path, line: None, reason };
                if !self.options.skip_bad {
                    return Err(error);
                }
                self.batch.skipped.push(error);
            }
        }
        Ok(())
    }
}

/// The text files of a folder and of the folders in it, sorted.
pub(crate) fn text_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(within) = folders.pop() {
        let refused = |error| Error::io(&within, &error);
        for entry in fs::read_dir(&within).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let path = entry.path();
            // A link to a folder is not followed: it may lead back.
            if entry.file_type().map_err(refused)?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt")) && path.is_file() {
                paths.push(path);
            }
        }
    }
    if paths.is_empty() {
        return Err(Error { path: folder.into(), line: None, reason: Reason::EmptyFolder });
    }
    paths.sort();
    Ok(paths)
}

/// A file's path within the folder, without its ending.
pub(crate) fn name_of(folder: &Path, path: &Path) -> String {
    let within = path.strip_prefix(folder).unwrap_or(path).with_extension("");
    let names: Vec<_> = within.iter().map(|name| name.to_string_lossy()).collect();
    names.join("/")
}

/// Bytes as text; without the byte order mark that some editors put first.
pub(crate) fn text_of(bytes: Vec<u8>, lossy: bool) -> Result<String, Reason> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if lossy => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        Err(error) => return Err(Reason::NotUtf8(error.utf8_error().valid_up_to())),
    };
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    })
}
