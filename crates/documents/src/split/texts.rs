//! Folders of texts: what is kept is copied, and what is removed is listed.

use std::fs;

use super::output::{Output, Unfinished};
use super::{FIELDS, Judge, Removal, Split, SplitError, Verdict};
use crate::corpus::{Compression, Inputs};
use crate::error::Error;
use crate::folder::{name_of, text_files};

pub(super) fn split<E, F: FnMut(u32) -> Result<Option<Removal>, E>>(
    to: &Split,
    inputs: &Inputs,
    judge: &mut Judge<'_, F>,
) -> Result<Vec<Unfinished>, SplitError<E>> {
    let kept = Unfinished::at(to.folder.join("kept"));
    let mut removed = Output::create(to.path("removed", "jsonl"), Compression::None)?;
    let mut bad = None;
    if kept.unfinished.exists() {
        fs::remove_dir_all(&kept.unfinished).map_err(|error| Error::io(&kept.unfinished, &error))?;
    }
    fs::create_dir_all(&kept.unfinished).map_err(|error| Error::io(&kept.unfinished, &error))?;
    for input in inputs.iter() {
        for path in text_files(&input.path)? {
            let id = name_of(&input.path, &path);
            match judge.verdict(&path, 0)? {
                Verdict::Keep => {
                    let copy = kept.unfinished.join(path.strip_prefix(&input.path).unwrap_or(&path));
                    let folder = copy.parent().unwrap_or(&kept.unfinished);
                    fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
                    fs::copy(&path, &copy).map_err(|error| Error::io(&copy, &error))?;
                }
                Verdict::Remove(removal) => {
                    let line = serde_json::json!({
                        "id": id, "path": path.to_string_lossy(), FIELDS[0]: removal.duplicate_of,
                        FIELDS[1]: removal.jaccard, FIELDS[2]: removal.containment,
                    });
                    removed.put(format!("{line}\n").as_bytes())?;
                }
                Verdict::SetAside => {
                    let file = match &mut bad {
                        Some(file) => file,
                        None => bad.insert(Output::create(to.path("bad", "txt"), Compression::None)?),
                    };
                    file.put(format!("{}\n", path.display()).as_bytes())?;
                }
            }
        }
    }
    let mut files = vec![kept, removed.end()?];
    files.extend(bad.map(Output::end).transpose()?);
    Ok(files)
}
