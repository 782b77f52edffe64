//! `twinprint inspect`.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint::error::{Error, FileProblem};
use twinprint::join::FileInfo;

use super::shard::PLAN_NAME;
use crate::arguments::Inspect;
use crate::messages::counted;
use crate::output::{LineSink, OUTPUT_MARKER, OutputLock, WORK_MARKER};

/// Files of a work folder that hold no data: they show whose it is, and that a run works in it.
const WITHOUT_DATA: [&str; 2] = ["lock", WORK_MARKER];

/// What the command reads, for the error of what it does not.
const READS: &str = "inspect reads work folders, which --work names, and the files in them";

pub(crate) fn run(command: &Inspect) -> Result<()> {
    let mut out = LineSink::standard()?;
    let mut corrupt = Vec::new();
    for named in &command.files {
        if named.is_dir() {
            inspect_folder(named, &mut out, &mut corrupt)?;
        } else {
            inspect_file(named, &mut out, &mut corrupt)?;
        }
    }
    out.finish()?;
    if !corrupt.is_empty() {
        bail!("{}", corrupt.join("\n"));
    }
    Ok(())
}

/// Describes all files of a folder; of a run by shards, also those in the folders of its steps. What a run has not finished is only
/// named, and so is what is not from a run.
fn inspect_folder(folder: &Path, out: &mut LineSink, corrupt: &mut Vec<String>) -> Result<()> {
    if folder.join(OUTPUT_MARKER).is_file() {
        corrupt.push(format!("{}: this is a folder of results; {READS}", folder.display()));
        return Ok(());
    }
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>();
    let mut paths = paths.with_context(|| folder.display().to_string())?;
    paths.sort();
    let is_of_shards = folder.join(PLAN_NAME).is_file();
    let mut inspected = 0;
    for path in paths {
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_of_shards && path.is_dir() && !path.is_symlink() {
            inspect_folder(&path, out, corrupt)?;
            inspected += 1;
        } else if path.is_dir() {
            out.line(format_args!("{}: a folder; name it to inspect it", path.display()))?;
        } else if path.file_name() == Some(PLAN_NAME.as_ref()) {
            out.line(format_args!("{}: the plan of a run by shards; twinprint shard status reads it", path.display()))?;
            inspected += 1;
        } else if is_hidden {
            out.line(format_args!("{}: not a complete file of a run", path.display()))?;
        } else {
            inspect_file(&path, out, corrupt)?;
            inspected += 1;
        }
    }
    if inspected == 0 {
        out.line(format_args!("{}: the folder holds no files of a run", folder.display()))?;
    }
    Ok(())
}

fn inspect_file(path: &Path, out: &mut LineSink, corrupt: &mut Vec<String>) -> Result<()> {
    if is_without_data(path) {
        return out.line(format_args!("{}: marks the folder as one of twinprint; holds no data", path.display()));
    }
    if path.extension().is_some_and(|extension| extension == "lock") && OutputLock::is_lock(path) {
        return out
            .line(format_args!("{}: the lock of a step that is at work or was killed; holds no data", path.display()));
    }
    match FileInfo::read(path) {
        Ok(file) => out.line(format_args!(
            "{}: {}, {} in {}, all sound; belongs to {:016x}",
            path.display(),
            file.kind,
            counted(file.bytes, "byte", "bytes"),
            counted(file.frames, "piece", "pieces"),
            file.input_hash
        )),
        Err(Error::File { problem: FileProblem::Foreign, .. }) => {
            corrupt.push(format!("{}: not a file of a run; {READS}", path.display()));
            Ok(())
        }
        Err(error) => {
            corrupt.push(error.to_string());
            Ok(())
        }
    }
}

/// Returns whether this is the lock or the marker of a work folder. Other files of these names belong to somebody else.
fn is_without_data(path: &Path) -> bool {
    let is_named = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| WITHOUT_DATA.contains(&name));
    let mut beginning = String::new();
    let mut read = || fs::File::open(path)?.take(64).read_to_string(&mut beginning);
    is_named && read().is_ok() && (beginning.is_empty() || beginning.contains("work folder of twinprint"))
}
