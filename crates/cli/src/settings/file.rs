//! The settings file: what `--config` reads, and what a run writes beside its results.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Settings;
use super::config_error::in_words;
use crate::arguments::refusal_of_address;

/// The settings that say what the inputs are compared with, and the commands that have them. Without them, a command does another job.
const OTHER_SIDE: [(&str, &[&str]); 2] = [("against", &["dedup", "pairs", "shard plan"]), ("index", &["dedup"])];

/// The beginning of the settings files of earlier versions, in which options are named that were no settings then. The next line has them.
const EARLIER_NOTE: &str = "# Options of this run that are not settings; give them again beside --config:\n#";

impl Settings {
    /// Reads the settings file that is named, if there is one. Says what the command cannot do of what it asks for.
    pub(crate) fn read_file(&mut self, command: &str) -> Result<()> {
        let Some(path) = self.config.as_deref() else { return Ok(()) };
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file = Self::parse(&text, path)?;
        if let Some(message) = file.index.as_deref().and_then(|index| refusal_of_address("index", "index", index)) {
            bail!("{}: {message}", path.display());
        }
        for name in file.without_effect(command) {
            tracing::warn!("{}: {name} has no effect on twinprint {command}", path.display());
        }
        if let Some(options) = text.strip_prefix(EARLIER_NOTE).and_then(|rest| rest.lines().next()) {
            tracing::warn!(
                "{}: an earlier version wrote this file, and only names these options of its run; where they are missing, give them beside \
                 --config:{options}",
                path.display()
            );
        }
        self.file = Some(Box::new(file));
        Ok(())
    }

    /// Reads a settings file that a run wrote.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self> {
        toml::from_str(text).map_err(|error| in_words(&error)).with_context(|| path.display().to_string())
    }

    /// Returns the names of the settings without which a command that lacks them does another job.
    fn without_effect(&self, command: &str) -> impl Iterator<Item = &'static str> {
        let is_set = [self.against.is_some(), self.index.is_some()];
        let unused =
            OTHER_SIDE.into_iter().zip(is_set).filter(move |((_, of), is_set)| *is_set && !of.contains(&command));
        unused.map(|((name, _), _)| name)
    }

    /// Returns the settings by their names.
    pub(crate) fn to_values(&self) -> Result<toml::Table> {
        Ok(toml::Table::try_from(self)?)
    }

    /// Returns the settings as TOML, without memory and threads, which change nothing of the result.
    pub(crate) fn to_toml(&self) -> Result<String> {
        Ok(toml::to_string(&Self { memory: None, threads: None, ..self.clone() })?)
    }
}
