//! Finds the files of a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::content::Content;
use crate::decompress::head_of;
use crate::error::{Error, ErrorKind};
use crate::format::Format;
use crate::options::Options;
use crate::passed_over::{is_passed_over, table_of_log};
use crate::source::Source;

/// A file that describes a folder, unless the folder has other files of its kind.
const README: &str = "README.md";

/// Files that describe the others of a folder of tables, as a data set saved by Hugging Face's library has them.
const OF_TABLES: [&str; 4] = ["dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"];

/// Files that describe the others of a folder of texts.
const OF_TEXTS: [&str; 5] = ["labels.csv", "labels.tsv", "metadata.csv", "metadata.tsv", "metadata.jsonl"];

/// The files of a folder that are read, and what is told of the others.
pub(crate) struct Selected {
    pub(crate) format: Format,
    pub(crate) sources: Vec<Source>,
    /// Files of records that were passed over, because they describe the texts beside them.
    pub(crate) descriptions: Vec<PathBuf>,
    /// Links that are not followed.
    pub(crate) links: Vec<PathBuf>,
}

/// What a file of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Readable(Format),
    Unreadable,
}

/// Finds the files of a folder, which must be of one format, sorted by path. Hidden files and marks such as `_SUCCESS`
/// do not count.
///
/// With a format, all files are of that format; unless it is text, files count whose extension suggests it, if there
/// are any. The links that are not followed are sorted, too.
pub(crate) fn files_of(folder: &Path, options: &Options) -> Result<Selected, Error> {
    let mut found = Found::default();
    found.collect(folder, options.recursive)?;
    let Found { mut paths, runs, links } = found;
    paths.sort();
    let mut links: Vec<_> = links.into_iter().filter(|link| !leads_into(link, folder)).collect();
    links.sort();
    if paths.is_empty() {
        return Err(Error::new(folder, why_empty(runs, links)));
    }
    let sources = paths.iter().map(|path| Source::open(path, folder)).collect::<Result<_, _>>()?;
    Ok(Selected { links, ..of_one_format(folder, sources, options)? })
}

/// Says why a folder has no file to read, by what was passed over in it.
fn why_empty(runs: Vec<PathBuf>, links: Vec<PathBuf>) -> ErrorKind {
    match (runs.into_iter().min(), links.into_iter().next()) {
        (Some(run), _) => ErrorKind::OnlyRuns(run),
        (None, Some(link)) => ErrorKind::OnlyLinks(link),
        (None, None) => ErrorKind::EmptyFolder,
    }
}

/// Returns whether a link leads to a folder below this one, whose files are found without it.
fn leads_into(link: &Path, folder: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(link).zip(real(folder)).is_some_and(|(to, folder)| to.starts_with(folder))
}

/// Selects the files of a folder that are read, which must be of one format.
pub(crate) fn of_one_format(folder: &Path, mut sources: Vec<Source>, options: &Options) -> Result<Selected, Error> {
    if let Some(format) = options.format {
        let is_named = |source: &Source| Format::from_path(&source.path) == Some(format);
        if format != Format::Text && sources.iter().any(is_named) {
            sources.retain(is_named);
        }
        let kind = Kind::Readable(format);
        return all_of_one(folder, sources.into_iter().map(|source| (source, kind)).collect(), Vec::new());
    }
    let mut kinds = Vec::with_capacity(sources.len());
    for source in sources {
        let kind = kind_of(&source, options)?;
        kinds.push((source, kind));
    }
    let descriptions = pass_over_descriptions(&mut kinds);
    all_of_one(folder, kinds, descriptions)
}

/// Returns the files and their format, unless there are none or several formats.
fn all_of_one(folder: &Path, kinds: Vec<(Source, Kind)>, descriptions: Vec<PathBuf>) -> Result<Selected, Error> {
    match kinds.first() {
        None => Err(Error::new(folder, ErrorKind::EmptyFolder)),
        Some((_, first @ Kind::Readable(format))) if kinds.iter().all(|(_, kind)| kind == first) => {
            let format = *format;
            let sources = kinds.into_iter().map(|(source, _)| source).collect();
            Ok(Selected { format, sources, descriptions, links: Vec::new() })
        }
        Some(_) => Err(mixed(folder, &kinds)),
    }
}

/// Drops the files that only describe the others. Returns those of records, which may have been meant instead of the texts.
fn pass_over_descriptions(kinds: &mut Vec<(Source, Kind)>) -> Vec<PathBuf> {
    let others = |names: &[&str]| -> Vec<_> {
        kinds.iter().filter(|(source, _)| !is_named(source, names) && !is_named(source, &[README])).collect()
    };
    let is_text = |kind: &Kind| *kind == Kind::Readable(Format::Text);
    let are = |others: &[&(Source, Kind)], texts: bool| {
        !others.is_empty() && others.iter().all(|(_, kind)| *kind != Kind::Unreadable && is_text(kind) == texts)
    };
    let mut names = Vec::new();
    if are(&others(&OF_TABLES), false) {
        names.extend(OF_TABLES);
    }
    if are(&others(&OF_TEXTS), true) {
        names.extend(OF_TEXTS);
    }
    let rest = others(&names);
    let has_texts = rest.iter().any(|(_, kind)| is_text(kind));
    // Several of them among texts, as in a source tree, are texts like any other. Beside tables they are none.
    if !rest.is_empty() && (!has_texts || kinds.iter().filter(|(source, _)| is_markdown(source)).count() == 1) {
        names.push(README);
    }
    let passed_over = kinds.extract_if(.., |(source, _)| is_named(source, &names)).map(|(source, _)| source);
    let has_records = |source: &Source| is_named(source, &OF_TEXTS) && source.size() != Some(0);
    passed_over.filter(has_records).map(|source| source.path).collect()
}

/// Returns whether a file has one of these names.
fn is_named(source: &Source, names: &[&str]) -> bool {
    names.iter().any(|name| source.path.file_name().is_some_and(|file| file == *name))
}

fn is_markdown(source: &Source) -> bool {
    source.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

/// The files by which a folder of results or of work shows what it is, and what each of them holds.
const MARKERS: [(&str, &str); 2] = [(".twinprint.json", "output folder"), ("twinprint-work", "twinprint")];

/// Returns whether a run of twinprint writes its results or its work to this folder. It may be in the folder of its own inputs, and is no
/// part of them.
fn is_of_run(folder: &Path) -> bool {
    MARKERS.iter().any(|(name, content)| {
        let mut head = String::new();
        let read = fs::File::open(folder.join(name)).and_then(|file| file.take(MARKER_HEAD).read_to_string(&mut head));
        read.is_ok() && head.contains(content)
    })
}

/// The bytes of a marker that tell what it is.
const MARKER_HEAD: u64 = 64;

/// What a folder holds.
#[derive(Debug, Default)]
struct Found {
    paths: Vec<PathBuf>,
    /// Folders of results or of work of runs.
    runs: Vec<PathBuf>,
    /// Links to folders or to nothing.
    links: Vec<PathBuf>,
}

impl Found {
    /// Collects the files of a folder, and of those below it if asked to. Passes over the results and the work of runs below it, and
    /// over links to folders, and collects both.
    fn collect(&mut self, folder: &Path, recursive: bool) -> Result<(), Error> {
        let refused = |error| Error::io(folder, &error);
        for entry in fs::read_dir(folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let path = entry.path();
            if let Some(table) = table_of_log(&entry.file_name())
                && path.is_dir()
            {
                return Err(Error::new(folder, ErrorKind::VersionedTable(table)));
            }
            if is_passed_over(&path) {
                continue;
            }
            // `file_type` does not follow links: a link to a folder may lead back here.
            let file_type = entry.file_type().map_err(refused)?;
            if file_type.is_dir() {
                if is_of_run(&path) {
                    self.runs.push(path);
                } else if recursive {
                    self.collect(&path, recursive)?;
                }
            } else if path.is_file() {
                self.paths.push(path);
            } else if file_type.is_symlink() && (recursive || !path.is_dir()) {
                self.links.push(path);
            }
        }
        Ok(())
    }
}

/// Recognizes a file by its extension, or else by its content.
fn kind_of(source: &Source, options: &Options) -> Result<Kind, Error> {
    if let Some(format) = Format::from_path(&source.path) {
        return Ok(Kind::Readable(format));
    }
    let head = head_of(source, options.max_window)?;
    Ok(match Content::from_first_bytes(&head) {
        Content::Parquet => Kind::Readable(Format::Parquet),
        Content::Arrow => Kind::Readable(Format::Arrow),
        Content::Tar => Kind::Readable(Format::Tar),
        Content::Warc => Kind::Readable(Format::Warc),
        Content::Json => Kind::Readable(Format::JsonLines),
        Content::Text | Content::Empty => Kind::Readable(Format::Text),
        Content::Foreign(..) | Content::Binary => Kind::Unreadable,
    })
}

/// Says what a folder has, and gives a pattern for the most frequent extension that can be read.
fn mixed(folder: &Path, kinds: &[(Source, Kind)]) -> Error {
    let mut counts = BTreeMap::<String, (usize, bool)>::new();
    for (source, kind) in kinds {
        let extension = source.path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        let count = counts.entry(extension.unwrap_or_default()).or_default();
        count.0 += 1;
        count.1 |= matches!(kind, Kind::Readable(_));
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let described = counts.iter().map(|(extension, (count, _))| {
        let (file, kind) = (if *count == 1 { "file" } else { "files" }, format!(".{extension}"));
        if extension.is_empty() {
            format!("{count} {file} without an extension")
        } else {
            format!("{count} {kind} {file}")
        }
    });
    let is_table = |extension: &str| {
        let format = Format::from_path(Path::new(&format!("x.{extension}")));
        format.is_some_and(|format| format != Format::Text)
    };
    let readable = || counts.iter().filter(|(extension, (_, readable))| *readable && !extension.is_empty());
    let best = readable().find(|(extension, _)| is_table(extension)).or_else(|| readable().next());
    let extension = best.map_or("*", |(extension, _)| extension.as_str());
    let is_deep = kinds.iter().any(|(source, _)| source.path.parent() != Some(folder));
    let pattern = folder.join(if is_deep { "**" } else { "" }).join(format!("*.{extension}"));
    let described: Vec<_> = described.take(6).collect();
    let kind = ErrorKind::MixedFolder(described.join(", "), pattern.display().to_string());
    Error::new(folder, kind)
}
