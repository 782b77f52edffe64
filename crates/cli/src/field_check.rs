//! A check that every field named by an option exists, because a misspelled one would silently change the result.

use anyhow::{Result, bail};
use twinprint_documents::Metadata;

use crate::settings::Settings;

/// Returns whether a document has a field.
type IsIn = Box<dyn Fn(&Metadata) -> bool>;

/// Remembers which of the named fields were seen in any document.
pub(crate) struct FieldCheck(Vec<Field>);

struct Field {
    option: &'static str,
    name: String,
    is_in: IsIn,
    was_seen: bool,
}

impl FieldCheck {
    /// Collects the fields that the settings name.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let mut check = Self(Vec::new());
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
        if let Some(name) = &settings.group {
            check.name("--group", name, |facts| facts.group.is_some());
        }
        Ok(check)
    }

    fn name(&mut self, option: &'static str, name: &str, is_in: impl Fn(&Metadata) -> bool + 'static) {
        self.0.push(Field { option, name: name.to_string(), is_in: Box::new(is_in), was_seen: false });
    }

    /// Notes the fields that a document has.
    pub(crate) fn add(&mut self, facts: &Metadata) {
        for field in &mut self.0 {
            field.was_seen = field.was_seen || (field.is_in)(facts);
        }
    }

    /// Refuses a corpus in which no document has one of the fields.
    pub(crate) fn check(&self) -> Result<()> {
        match self.0.iter().find(|field| !field.was_seen) {
            Some(Field { option: "--block", name, .. }) if name.contains(':') => bail!(
                "no document has the field {name:?} that --block names; to take a part of a date, write :day, :week, :month or :year after its field"
            ),
            Some(Field { option, name, .. }) => bail!("no document has the field {name:?} that {option} names"),
            None => Ok(()),
        }
    }
}
