//! The commands that look after an index.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, bail};
use twinprint::error::Mismatch;
use twinprint::store::View;

use super::{documents, named, open, time};
use crate::arguments::{IndexExpire, IndexFolder, IndexInfo, IndexMerge, IndexRemove};
use crate::escape;
use crate::messages::{self, counted, size};
use crate::option_error::scheme_field;
use crate::output::LineSink;

pub(super) fn remove(command: &IndexRemove) -> Result<()> {
    let index = &command.folder.index;
    let mut store = open(index)?;
    if command.ids.is_empty() && command.from.is_none() {
        bail!("nothing says which documents to remove; give their ids, or a file of ids with --from FILE");
    }
    let mut ids = command.ids.clone();
    if let Some(path) = &command.from {
        let lines = read_lines(path)?;
        let view = store.view();
        for line in lines {
            ids.push(named(listed_id(&view, line), index)?);
        }
    }
    let (mut removed, mut missing) = (0, 0);
    for id in &ids {
        match named(store.remove(id), index)? {
            true => removed += 1,
            false => missing += 1,
        }
    }
    named(store.commit(), index)?;
    let missing =
        if missing == 0 { String::new() } else { format!(", {} not there", counted(missing, "id was", "ids were")) };
    messages::result(format_args!(
        "{} removed{missing}; the index has {}",
        documents(removed),
        documents(store.view().len())
    ));
    Ok(())
}

/// Reads the lines of a list of ids that are not empty.
fn read_lines(path: &Path) -> Result<Vec<String>> {
    let name = || path.display().to_string();
    let reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path).with_context(name)?))
    };
    let mut lines = Vec::new();
    for (number, line) in reader.lines().enumerate() {
        let line = line.with_context(name)?;
        // Some editors mark the beginning of a file.
        let line = if number == 0 { line.strip_prefix('\u{feff}').unwrap_or(&line) } else { &line };
        // The last line may end without a line feed.
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.is_empty() {
            lines.push(line.to_string());
        }
    }
    Ok(lines)
}

/// Returns the id that a line means: the line itself if the index has a document of that id, else the line as a table of twinprint has it.
fn listed_id(view: &View, line: String) -> Result<String, twinprint::Error> {
    Ok(if view.contains(&line)? { line } else { escape::value(&line).into_owned() })
}

pub(super) fn expire(command: &IndexExpire) -> Result<()> {
    let before = match (&command.before, &command.older_than) {
        (Some(before), _) => time::parse("--before", before)?,
        (None, Some(age)) => time::before_age(age)?,
        (None, None) => bail!("nothing says which documents expire; give --older-than AGE or --before TIME"),
    };
    let index = &command.folder.index;
    let mut store = open(index)?;
    named(store.expire(before), index)?;
    let expired = named(store.commit(), index)?.expired;
    messages::result(format_args!("{} expired; the index has {}", documents(expired), documents(store.view().len())));
    Ok(())
}

pub(super) fn info(command: &IndexInfo) -> Result<()> {
    let view = View::open(&command.folder.index)?;
    let (banding, sketch) = (view.banding(), view.scheme().sketch());
    let bytes = bytes_on_disk(&command.folder.index)
        .with_context(|| format!("{}: its size", command.folder.index.display()))?;
    let mut lines = LineSink::standard()?;
    if command.json {
        let info = serde_json::json!({
            "documents": view.len(),
            "bytes": bytes,
            "segments": view.segments(),
            "exact": view.has_sets(),
            "threshold": view.threshold(),
            "bands": banding.bands(),
            "rows": banding.rows(),
            "num_hashes": sketch.num_hashes(),
            "scheme_id": view.scheme().id().to_string(),
            "scheme": view.scheme(),
        });
        lines.line(format_args!("{info:#}"))?;
        return lines.finish();
    }
    let kind = if view.has_sets() { "sets, so answers are exact" } else { "signatures only, so answers are estimates" };
    lines.line(format_args!("documents   {}", view.len()))?;
    lines.line(format_args!(
        "size        {}, with {}",
        size(bytes),
        counted(view.segments(), "segment", "segments")
    ))?;
    lines.line(format_args!("stored      {kind}"))?;
    lines.line(format_args!("threshold   {}", view.threshold()))?;
    let (bands, rows) = (banding.bands(), banding.rows());
    lines.line(format_args!(
        "banding     {} of {}, of {}",
        counted(bands, "band", "bands"),
        counted(rows, "row", "rows"),
        counted(sketch.num_hashes(), "hash", "hashes")
    ))?;
    lines.line(format_args!("scheme      {}", view.scheme().id()))?;
    lines.finish()
}

/// Returns the bytes of the files of an index. Its log counts, which also holds what was removed since.
fn bytes_on_disk(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let is_part = path.extension().is_some_and(|ending| ending == "log" || ending == "segment");
        if is_part || path.ends_with("MANIFEST") {
            // A writer may have removed it meanwhile.
            bytes += entry.metadata().map_or(0, |data| data.len());
        }
    }
    Ok(bytes)
}

pub(super) fn verify(command: &IndexFolder) -> Result<()> {
    let view = View::open(&command.index)?;
    named(view.verify(), &command.index)?;
    messages::result(format_args!("{}: all of its {} are sound", command.index.display(), documents(view.len())));
    Ok(())
}

pub(super) fn merge(command: &IndexMerge) -> Result<()> {
    let index = &command.folder.index;
    let mut store = open(index)?;
    for other in &command.others {
        let view = View::open(other)?;
        check_same_kind(&store.view(), index, &view, other)?;
        // The error is about the other index, or about adding to this one.
        store.merge(&view).with_context(|| format!("{}: to be added to {}", other.display(), index.display()))?;
    }
    let committed = named(store.commit(), index)?;
    let replaced = match committed.replaced {
        0 => String::new(),
        replaced => format!(", {replaced} in place of earlier ones with their ids"),
    };
    messages::result(format_args!(
        "{} added{replaced}; the index has {}",
        documents(committed.added),
        documents(store.view().len())
    ));
    Ok(())
}

/// Refuses to add the documents of an index that has another scheme, or only their signatures, in words of the options.
fn check_same_kind(own: &View, index: &Path, view: &View, other: &Path) -> Result<()> {
    let (index, other) = (index.display(), other.display());
    if let Err(Mismatch { field, left, right }) = view.scheme().check_same(own.scheme()) {
        bail!(
            "{other}: it differs from {index} in {}: {left} in {other}, {right} in {index}; create both with the same options",
            scheme_field(field)
        );
    }
    if own.has_sets() && !view.has_sets() {
        bail!(
            "{other}: the index has signatures only, and {index} needs the shingles; create both with --signatures-only, or neither"
        );
    }
    Ok(())
}

pub(super) fn compact(command: &IndexFolder) -> Result<()> {
    let mut store = open(&command.index)?;
    named(store.compact(), &command.index)?;
    messages::result(format_args!("the index has {} in {}", documents(store.view().len()), size(store.view().bytes())));
    Ok(())
}
