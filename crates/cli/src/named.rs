//! Fields that the settings name, for a misspelled one would change the result without a word.

use anyhow::{Result, bail};
use twinprint::dedup::Preference;
use twinprint_documents::Metadata;

use crate::settings::Settings;

/// Whether a document has a field.
type IsIn = Box<dyn Fn(&Metadata) -> bool>;

/// Fields that are named, and whether any document has them.
pub(crate) struct Named(Vec<Field>);

struct Field {
    option: &'static str,
    name: String,
    is_in: IsIn,
    was_seen: bool,
}

impl Named {
    pub(crate) fn of(settings: &Settings) -> Result<Self> {
        let mut named = Self(Vec::new());
        for (at, name) in settings.block.iter().flatten().enumerate() {
            named.add("--block", name, move |facts| facts.block.get(at).is_some_and(Option::is_some));
        }
        if let Some(name) = &settings.source {
            named.add("--source", name, |facts| facts.source.is_some());
        }
        let keep = settings.preference()?;
        if let Some(name) = keep.field() {
            match keep {
                Preference::HighestScore { .. } => named.add("--keep", name, |facts| facts.score.is_some()),
                _ => named.add("--keep", name, |facts| facts.date.is_some()),
            }
        }
        Ok(named)
    }

    fn add(&mut self, option: &'static str, name: &str, is_in: impl Fn(&Metadata) -> bool + 'static) {
        self.0.push(Field { option, name: name.to_string(), is_in: Box::new(is_in), was_seen: false });
    }

    /// Notes what a document has.
    pub(crate) fn note(&mut self, facts: &Metadata) {
        for field in &mut self.0 {
            field.was_seen = field.was_seen || (field.is_in)(facts);
        }
    }

    /// Refuses a corpus where a field is nowhere.
    pub(crate) fn check(&self) -> Result<()> {
        match self.0.iter().find(|field| !field.was_seen) {
            Some(Field { option: "--block", name, .. }) if name.contains(':') => bail!(
                "no document has the field {name:?} that --block names; of a date, :day, :week, :month or :year can be taken"
            ),
            Some(Field { option, name, .. }) => bail!("no document has the field {name:?} that {option} names"),
            None => Ok(()),
        }
    }
}
