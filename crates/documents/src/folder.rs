//! A folder of text files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Reason};
use crate::{Corpus, Document, Options};

/// Reads every `.txt` file of a folder, in the order of their names. A file's name without its ending is its id.
///
/// # Errors
/// Names the file and what is wrong with it. A folder without such files is an error.
pub fn read_folder(folder: &Path, options: &Options) -> Result<Corpus, Error> {
    let mut corpus = Corpus::default();
    for path in text_files(folder)? {
        let bytes = fs::read(&path).map_err(|error| Error::io(&path, &error))?;
        corpus.bytes += bytes.len() as u64;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = text_of(bytes, options).map_err(|reason| Error { path, line: None, reason });
        corpus.take(text.map(|text| Document { id, text }), options)?;
    }
    Ok(corpus)
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
pub(crate) fn text_of(bytes: Vec<u8>, options: &Options) -> Result<String, Reason> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if options.lossy => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        Err(error) => return Err(Reason::NotUtf8(error.utf8_error().valid_up_to())),
    };
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    })
}
