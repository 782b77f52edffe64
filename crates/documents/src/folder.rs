//! A folder of text files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Options;
use crate::batch::{Batch, Part};
use crate::error::{Error, Reason};

/// Reads every `.txt` file of a folder, in the order of their names. A file's name without its ending is its id.
#[derive(Debug)]
pub struct Folder {
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
        Ok(Self { paths: text_files(folder)?.into_iter(), options: *options, batch: Batch::default() })
    }

    /// The next documents, if there are any left.
    ///
    /// # Errors
    /// What is wrong with a file.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        if self.paths.as_slice().is_empty() {
            return Ok(None);
        }
        self.batch.clear();
        self.batch.parts.resize_with(1, Part::default);
        while self.batch.bytes < TOGETHER
            && let Some(path) = self.paths.next()
        {
            self.add(path)?;
        }
        Ok(Some(&self.batch))
    }

    fn add(&mut self, path: PathBuf) -> Result<(), Error> {
        let bytes = fs::read(&path).map_err(|error| Error::io(&path, &error))?;
        self.batch.bytes += bytes.len() as u64;
        match text_of(bytes, self.options.lossy) {
            Ok(text) => {
                self.batch.parts[0].push(path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), &text);
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

fn text_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let refused = |error| Error::io(folder, &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt")) && path.is_file() {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(Error { path: folder.into(), line: None, reason: Reason::EmptyFolder });
    }
    paths.sort();
    Ok(paths)
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
