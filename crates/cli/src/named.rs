//! Fields that the settings name, for a misspelled one would change the result without a word.

use anyhow::{Result, bail};
use twinprint::Preference;
use twinprint_documents::Facts;

use crate::settings::Settings;

/// Whether a document has a field.
type IsIn = fn(&Facts) -> bool;

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
        let keep = settings.preference()?;
        let is_kept_by: IsIn = match keep {
            Preference::HighestScore { .. } => |facts| facts.score.is_some(),
            _ => |facts| facts.date.is_some(),
        };
        let fields: [(_, Option<&str>, IsIn); 3] = [
            ("--block", settings.block.as_deref(), |facts| facts.block.is_some()),
            ("--source", settings.source.as_deref(), |facts| facts.source.is_some()),
            ("--keep", keep.field(), is_kept_by),
        ];
        let named = fields.into_iter().filter_map(|(option, name, is_in)| {
            Some(Field { option, name: name?.to_string(), is_in, was_seen: false })
        });
        Ok(Self(named.collect()))
    }

    /// Notes what a document has.
    pub(crate) fn note(&mut self, facts: &Facts) {
        for field in &mut self.0 {
            field.was_seen = field.was_seen || (field.is_in)(facts);
        }
    }

    /// Refuses a corpus where a field is nowhere.
    pub(crate) fn check(&self) -> Result<()> {
        match self.0.iter().find(|field| !field.was_seen) {
            Some(Field { option, name, .. }) => bail!("no document has the field {name:?} that {option} names"),
            None => Ok(()),
        }
    }
}
