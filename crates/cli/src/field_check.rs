//! A check that every field named by an option exists, because a misspelled one would silently change the result.

use anyhow::{Error, Result, anyhow, bail};
use twinprint::dedup::Preference;
use twinprint_documents::{FieldPath, Metadata, Reader};

use crate::messages::counted;
use crate::settings::Settings;

/// Returns whether a document has a field.
type IsIn = Box<dyn Fn(&Metadata) -> bool>;

/// Remembers which of the named fields were seen in any document.
pub(crate) struct FieldCheck {
    fields: Vec<Field>,
    /// The sources that `--keep` names and that no document had yet.
    unseen_sources: Vec<String>,
    texts: TextCheck,
}

/// Remembers which text fields were seen in no document. The documents may come from several readers.
#[derive(Default)]
pub(crate) struct TextCheck {
    /// Those that no document had; `None` before the first document.
    nowhere: Option<Vec<FieldPath>>,
    /// The field of `--title`.
    title: Option<FieldPath>,
}

impl TextCheck {
    /// Creates a check of text fields of which one is named by `--title`.
    pub(crate) fn with_title(title: Option<FieldPath>) -> Self {
        Self { nowhere: None, title }
    }

    /// Notes the fields that the documents of a reader have, once it has come to its end. Warns of records that hold no text.
    pub(crate) fn add(&mut self, reader: &Reader) {
        warn_of_passed_over(reader);
        if reader.position().documents == 0 {
            return;
        }
        let nowhere: Vec<_> = reader.texts_nowhere().cloned().collect();
        match &mut self.nowhere {
            Some(earlier) => earlier.retain(|path| nowhere.contains(path)),
            None => self.nowhere = Some(nowhere),
        }
    }

    /// Refuses a corpus in which no document has one of the fields.
    pub(crate) fn check(&self) -> Result<()> {
        let Some(path) = self.nowhere() else { return Ok(()) };
        let option = if self.title.as_ref() == Some(path) { "--title" } else { "--text" };
        Err(nowhere(option, path.as_str()))
    }

    /// Returns the first field that no document had.
    pub(crate) fn nowhere(&self) -> Option<&FieldPath> {
        self.nowhere.iter().flatten().next()
    }
}

/// Warns of records that are no documents, because they hold no text and nobody would miss them.
fn warn_of_passed_over(reader: &Reader) {
    let passed_over = reader.position().passed_over;
    if passed_over > 0 {
        tracing::warn!(
            "passed over {} of web pages, other data or further parts of records in WARC, not of text; extract their texts first, or read the WET files of the crawl",
            counted(passed_over, "record", "records")
        );
    }
}

/// Returns the sources that a rule names.
fn sources_of(keep: &Preference) -> Vec<String> {
    let of_rule = |rule: &Preference| match rule {
        Preference::Sources(order) => order.clone(),
        _ => Vec::new(),
    };
    keep.rules().into_iter().flat_map(of_rule).collect()
}

/// Says that a field is in no document.
fn nowhere(option: &str, name: &str) -> Error {
    anyhow!("no document has the field {name:?} that {option} names")
}

struct Field {
    option: &'static str,
    name: String,
    is_in: IsIn,
    was_seen: bool,
}

impl FieldCheck {
    /// Collects the fields that the settings name.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let mut check = Self::of_texts(TextCheck::default());
        for (at, name) in settings.block.iter().flatten().enumerate() {
            check.name("--block", name, move |facts| facts.block.get(at).is_some_and(Option::is_some));
        }
        if let Some(name) = &settings.source {
            check.name("--source", name, |facts| facts.source.is_some());
        }
        let keep = settings.preference()?;
        for (at, name) in keep.score_fields().into_iter().enumerate() {
            check.name("--keep", name, move |facts| facts.scores.get(at).is_some_and(Option::is_some));
        }
        for (at, name) in keep.date_fields().into_iter().enumerate() {
            check.name("--keep", name, move |facts| facts.dates.get(at).is_some_and(Option::is_some));
        }
        check.unseen_sources = sources_of(&keep);
        if let Some(name) = &settings.group {
            check.name("--group", name, |facts| facts.group.is_some());
        }
        Ok(check)
    }

    /// Creates a check of text fields alone.
    pub(crate) fn of_texts(texts: TextCheck) -> Self {
        Self { fields: Vec::new(), unseen_sources: Vec::new(), texts }
    }

    /// Adds a field that an option names.
    pub(crate) fn name(&mut self, option: &'static str, name: &str, is_in: impl Fn(&Metadata) -> bool + 'static) {
        self.fields.push(Field { option, name: name.to_string(), is_in: Box::new(is_in), was_seen: false });
    }

    /// Notes the fields that a document has.
    pub(crate) fn add(&mut self, facts: &Metadata) {
        for field in &mut self.fields {
            field.was_seen = field.was_seen || (field.is_in)(facts);
        }
        if let Some(source) = &facts.source {
            self.unseen_sources.retain(|unseen| unseen != source);
        }
    }

    /// Notes the text fields that the documents of a reader have, once it has come to its end.
    pub(crate) fn add_texts(&mut self, reader: &Reader) {
        self.texts.add(reader);
    }

    /// Refuses a corpus in which no document has one of the fields, and warns of sources that none has: one list of them may serve many
    /// corpora.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_fields()?;
        for source in &self.unseen_sources {
            tracing::warn!(
                "no document has the source {source:?} that --keep names; compare its spelling with the field of --source"
            );
        }
        Ok(())
    }

    fn check_fields(&self) -> Result<()> {
        match self.fields.iter().find(|field| !field.was_seen) {
            Some(Field { option: "--block", name, .. }) if name.contains(':') => bail!(
                "no document has the field {name:?} that --block names; to take a part of a date, write :day, :week, :month or :year after its field"
            ),
            Some(Field { option, name, .. }) => Err(nowhere(option, name)),
            None => self.texts.check(),
        }
    }
}
