//! The input files, and checks that no output destroys them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use twinprint_documents::{Format, Inputs, Options};

use crate::messages::counted;
use crate::output::Target;
use crate::settings::{Settings, is_incomplete};

/// The name of standard input on the command line, and that of standard output where an output is named.
const DASH: &str = "-";

/// Finds the files of a corpus. Refuses a file that is named twice, also by another path or by a folder or pattern that holds it: its
/// documents would be duplicates of themselves. Links lead to one file; hard links are files of their own.
///
/// What can be read only once is refused before anything is read, because reading could wait forever.
pub(crate) fn find<P: AsRef<Path>>(inputs: &[P], options: &Options) -> Result<Inputs> {
    refuse_streams_twice(inputs.iter().map(AsRef::as_ref))?;
    let found = Inputs::find(inputs, options)?;
    warn_of_links(found.links_passed_over());
    warn_of_descriptions(found.descriptions_passed_over());
    // The files of one folder or pattern have names of their own.
    if inputs.len() > 1 {
        refuse_files_twice(found.paths())?;
    }
    refuse_printing_to(found.paths())?;
    Ok(found)
}

/// Refuses a file to which standard output is redirected: what is printed would be added to the documents.
fn refuse_printing_to<'a>(mut files: impl Iterator<Item = &'a Path>) -> Result<()> {
    let Some(output) = written(Path::new(DASH))?.and_then(real) else { return Ok(()) };
    match files.find(|file| real(file).as_ref() == Some(&output)) {
        Some(file) => {
            bail!("{}: standard output goes to this file, which is also read; send it to another file", file.display())
        }
        None => Ok(()),
    }
}

/// Warns of links that were not followed: what is behind them would be missed.
fn warn_of_links(links: &[PathBuf]) {
    let Some(first) = links.first() else { return };
    let are = if links.len() == 1 { "is not followed" } else { "are not followed" };
    tracing::warn!(
        "{}: {} to a folder or to nothing {are}{}; name the link as an input too, to read the folder behind it",
        first.display(),
        counted(links.len(), "link", "links"),
        if links.len() == 1 { "" } else { ", this is the first" },
    );
}

/// Warns of records that were taken for a description of the texts beside them: these may be a licence, and the records the corpus.
fn warn_of_descriptions(files: &[PathBuf]) {
    let Some(first) = files.first() else { return };
    tracing::warn!(
        "{}: passed over{}, as it seems to describe the texts beside it; if its records are the documents, name the file itself",
        first.display(),
        match files.len() {
            1 => String::new(),
            number => format!(" as the first of {number} such files"),
        },
    );
}

/// Warns of folders such as `lang=en`, in whose names alone the values of a column are: one output for all inputs has no such column.
pub(crate) fn warn_of_partitions(inputs: &Inputs) {
    if !matches!(inputs.format(), Format::JsonLines | Format::Csv | Format::Tsv | Format::Parquet | Format::Arrow) {
        return;
    }
    let columns = partition_columns(inputs.paths());
    if !columns.is_empty() {
        tracing::warn!(
            "the values of {} are only in the names of the folders of the inputs, and so are missing in what is written; --output-per-file \
             keeps the folders",
            columns.join(", ")
        );
    }
}

/// Returns the names of columns whose values are names of folders, such as `lang` of `lang=en` and `lang=de`. A name that all files share
/// is that of a folder of one value, of which nothing is lost.
fn partition_columns<'a>(paths: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let mut values = BTreeMap::<&str, BTreeSet<&str>>::new();
    for folder in paths.filter_map(Path::parent) {
        let names = folder.components().filter_map(|part| part.as_os_str().to_str());
        for (column, value) in names.filter_map(|name| name.split_once('=')).filter(|(column, _)| !column.is_empty()) {
            values.entry(column).or_default().insert(value);
        }
    }
    values.into_iter().filter(|(_, values)| values.len() > 1).map(|(column, _)| column.to_string()).collect()
}

/// Finds the corpus of `--against`, if one is named.
pub(crate) fn find_against(against: &[String], own: &Inputs, settings: &Settings) -> Result<Option<Inputs>> {
    if against.is_empty() {
        return Ok(None);
    }
    if let Some(input) = against.iter().find(|input| is_incomplete(input)) {
        bail!(
            "--against is {input} in the settings file, which holds no passwords and no queries; give --against with the whole address beside --config"
        );
    }
    if settings.across_sources == Some(true) {
        bail!(
            "--across-sources has no meaning with --against, which compares all inputs with the other corpus; add \
             --across-sources=false"
        );
    }
    refuse_streams_twice(own.paths().chain(against.iter().map(Path::new)))?;
    let other = find(against, &settings.options())?;
    for path in other.paths() {
        if is_one_of(path, own.paths()) {
            bail!(
                "{}: the file is both an input and in --against, and would be compared with itself; name it once",
                path.display()
            );
        }
    }
    Ok(Some(other))
}

/// Refuses standard input or a pipe that is named twice, by whatever paths.
fn refuse_streams_twice<'a>(paths: impl Iterator<Item = &'a Path>) -> Result<()> {
    let mut seen = HashMap::new();
    for path in paths {
        let Some(stream) = stream_of(path) else { continue };
        let Some(first) = seen.insert(stream, path) else { continue };
        let name =
            if is_dash(path) && is_dash(first) { "standard input (-)".to_string() } else { path.display().to_string() };
        let other =
            if first == path { String::new() } else { format!(", as {} and {}", first.display(), path.display()) };
        bail!("{name} is named twice{other}, but can be read only once; save one of the inputs to a file");
    }
    Ok(())
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == DASH
}

/// Returns what tells a pipe or device from others; nothing for what can be read again.
#[cfg(unix)]
fn stream_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;

    let found = fs::metadata(if is_dash(path) { Path::new("/dev/stdin") } else { path });
    match found {
        Ok(found) if found.is_dir() || found.is_file() && !is_dash(path) => None,
        Ok(found) => Some((found.dev(), found.ino())),
        Err(_) => is_dash(path).then_some((0, 0)),
    }
}

#[cfg(not(unix))]
fn stream_of(path: &Path) -> Option<(u64, u64)> {
    is_dash(path).then_some((0, 0))
}

/// Refuses a file that is named twice.
fn refuse_files_twice<'a>(paths: impl Iterator<Item = &'a Path>) -> Result<()> {
    let mut seen = HashMap::new();
    for path in paths {
        let Some(file) = real(path) else { continue };
        let Some(first) = seen.insert(file, path) else { continue };
        let other =
            if first == path { String::new() } else { format!(", as {} and {}", first.display(), path.display()) };
        bail!(
            "{}: the file is named twice{other}, and its documents would be duplicates of themselves; name it once",
            path.display()
        );
    }
    Ok(())
}

/// Refuses an output that would replace a file that is read.
pub(crate) fn refuse_replacing<'a>(
    option: &str,
    output: Option<&Path>,
    read: impl IntoIterator<Item = &'a Path>,
) -> Result<()> {
    if let Some(output) = output
        && is_written(output, read)?
    {
        bail!("{}: {option} would replace a file that is read; choose another {option}", output.display());
    }
    Ok(())
}

/// Refuses an output among the work files, one of which it could replace.
pub(crate) fn refuse_inside_work(option: &str, output: Option<&Path>, work: &Path) -> Result<()> {
    let is_inside =
        |output: &Path| location(output).zip(real(work)).is_some_and(|((to, _), work)| to.starts_with(work));
    match output.filter(|output| !is_dash(output) && is_inside(output)) {
        Some(output) => {
            bail!("{}: {option} is in the folder of work files; choose another {option}", output.display())
        }
        None => Ok(()),
    }
}

/// An output file, and the option that names it.
pub(crate) struct NamedOutput<'a> {
    pub(crate) option: &'a str,
    pub(crate) path: Option<&'a Path>,
}

/// Refuses two outputs that would be one file.
pub(crate) fn refuse_one_file(first: &NamedOutput<'_>, second: &NamedOutput<'_>) -> Result<()> {
    if let (Some(path), Some(other)) = (first.path, second.path)
        && are_one(path, other)?
    {
        let (first, second) = (first.option, second.option);
        bail!("{}: {first} and {second} would be one file; choose another {second}", path.display());
    }
    Ok(())
}

fn are_one(output: &Path, other: &Path) -> Result<bool> {
    let are_standard = Target::new(output)? == Target::Standard && Target::new(other)? == Target::Standard;
    let (Some(output), Some(other)) = (written(output)?, written(other)?) else { return Ok(are_standard) };
    Ok(are_standard || location(output) == location(other) || is_one_of(output, [other]))
}

/// Returns the real folder and the name of a file that may not exist yet.
fn location(path: &Path) -> Option<(PathBuf, OsString)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some((fs::canonicalize(folder).ok()?, path.file_name()?.to_os_string()))
}

/// Returns whether what is written to an output goes to one of these files. Standard output may be a file too.
fn is_written<'a>(output: &Path, files: impl IntoIterator<Item = &'a Path>) -> Result<bool> {
    Ok(written(output)?.is_some_and(|output| is_one_of(output, files)))
}

/// Returns the path of what is written to an output, or nothing if that is a terminal or a pipe by the name of standard output.
fn written(output: &Path) -> Result<Option<&Path>> {
    if Target::new(output)? != Target::Standard {
        return Ok(Some(output));
    }
    Ok(Some(Path::new("/dev/stdout")).filter(|standard| standard.is_file()))
}

/// Returns whether a path leads to one of these files, also through links.
fn is_one_of<'a>(path: &Path, files: impl IntoIterator<Item = &'a Path>) -> bool {
    real(path).is_some_and(|path| files.into_iter().any(|file| real(file).as_ref() == Some(&path)))
}

/// Returns whether a path is the address of an object.
pub(crate) fn is_address(path: &Path) -> bool {
    scheme_of(path).is_some()
}

/// Returns the scheme of an address such as `s3://bucket/key`. A local path may look like one: one that exists is none.
pub(crate) fn scheme_of(path: &Path) -> Option<&str> {
    let (scheme, _) = path.to_str()?.split_once("://")?;
    // A single letter is a drive of Windows.
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (is_scheme && !path.exists()).then_some(scheme)
}

/// Returns an address with the one name that its store has among several: `s3a` and capitals in schemes, `@main` for no revision.
fn without_other_names(address: &Path, scheme: &str) -> PathBuf {
    let rest = address.to_str().and_then(|address| address.get(scheme.len()..)).unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "s3a" => format!("s3{rest}"),
        "hf" => format!("hf{}", without_main_branch(rest)),
        scheme => format!("{scheme}{rest}"),
    }
    .into()
}

/// Returns what follows `hf` in an address without the name of the main branch, which ends the name of the repository.
fn without_main_branch(rest: &str) -> String {
    let mut parts: Vec<&str> = rest.split('/').collect();
    // "://datasets/owner/name@main/file" begins with ":" and "".
    if let Some(repository) = parts.get_mut(4) {
        *repository = repository.strip_suffix("@main").unwrap_or(repository);
    }
    parts.join("/")
}

/// Resolves links in a path; returns nothing if there is no file. Standard input may be a file too.
fn real(path: &Path) -> Option<PathBuf> {
    if let Some(scheme) = scheme_of(path) {
        return Some(without_other_names(path, scheme));
    }
    let path = if path.as_os_str() == DASH { Path::new("/dev/stdin") } else { path };
    fs::canonicalize(path).ok()
}
