//! The arguments of `twinprint stories`.

use std::path::PathBuf;

use clap::Args;

use super::Corpus;
use crate::settings::whole;

/// Help text of `--threshold`, which has another meaning here than for other commands.
pub(super) const STORIES_THRESHOLD: &str = "Minimum similarity of two documents of a story, greater than 0 and at most 1; not read from --config [default: 0.1, and 0.02 more for each tenfold number of documents from 1000 on]";

/// Print stories: the articles that tell the same event, whatever the outlet and the wording.
///
/// Articles of one story share names, places and topics, but few phrases. So the command weights words by their rarity, names above other
/// words and the opening above the rest. The first line of a text is taken for its title. Copies and edits are in the story too; pairs that
/// are one template filled in twice, share only background, or are an article and a page of many articles, are set aside and counted.
///
/// Each story is printed with its articles: similarity to the others, date, source, id and headline. Stories with most articles come first.
///
/// Give --date where there is one: templates come back every week with the same words, and stories do not. Without dates, the
/// order of the inputs is assumed to be that of time if rare words occur in bursts along it.
///
/// Memory: 24 bytes for each distinct content word of each document, and 500 bytes, the id and the headline for each document: up to 4 GB
/// for a million news articles (2 GB were measured for a million of 95 words); and the texts of documents in stories. A run stops before
/// it takes more than --memory.
#[derive(Args, Debug)]
pub(crate) struct Stories {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Field of the date: RFC 3339, RFC 2822, 20261125, or seconds or milliseconds since 1970.
    #[arg(long, value_name = "FIELD", help_heading = "Input")]
    pub(crate) date: Option<String>,
    /// Field of the title, if it is not the first line of the text.
    #[arg(long, value_name = "FIELD", help_heading = "Input")]
    pub(crate) title: Option<String>,
    /// How far apart two articles may have appeared to be a pair, such as 36h, 3d or 2w; off compares all. A story may last longer. Without
    /// dates it has no effect, but off also ignores the order of the inputs.
    #[arg(long, value_name = "TIME", default_value = "3d", value_parser = window)]
    pub(crate) window: Window,
    /// Maximum document frequency of a rare word: at least a few times the number of documents that tell one story.
    #[arg(long, value_name = "N", visible_alias = "max-df", value_parser = whole::<u32>, default_value_t = 60)]
    pub(crate) frequency_limit: u32,
    /// Print the pairs instead, in the order of the inputs: id1, id2, similarity, number of rare words in both.
    #[arg(long)]
    pub(crate) pairs: bool,
    /// Print a row for each article instead: number of the story, id, similarity, date, source, headline. What is left out is said on
    /// standard error.
    #[arg(long, conflicts_with = "json")]
    pub(crate) tsv: bool,
    /// Print one JSON object per story (or pair) instead.
    #[arg(long)]
    pub(crate) json: bool,
    /// Maximum number of stories, and of articles of each, in the list for reading. --tsv and --json print all.
    #[arg(long, value_name = "N", value_parser = whole::<u32>, default_value_t = 50)]
    pub(crate) limit: u32,
    /// Write to this file instead of standard output (-). Pipes and devices are written to, not replaced.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// A window of time in seconds, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window(pub(crate) Option<u64>);

/// Parses a window of time.
fn window(text: &str) -> Result<Window, String> {
    let units = [("h", 60 * 60), ("d", 24 * 60 * 60), ("w", 7 * 24 * 60 * 60)];
    let seconds = units.iter().find_map(|(unit, seconds)| {
        let count = text.strip_suffix(unit)?.parse::<u64>().ok().filter(|&count| count > 0)?;
        count.checked_mul(*seconds)
    });
    match (text, seconds) {
        ("off", _) => Ok(Window(None)),
        (_, Some(seconds)) => Ok(Window(Some(seconds))),
        _ => Err("it must be hours, days or weeks, such as 36h, 3d or 2w, or off".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_hours_days_or_weeks() {
        assert_eq!(window("36h"), Ok(Window(Some(129_600))));
        assert_eq!((window("3d"), window("off")), (Ok(Window(Some(259_200))), Ok(Window(None))));
        for wrong in ["", "3", "d", "0d", "-1d", "1.5d", "3 d", "99999999999999999999w", "9999999999999999w"] {
            assert!(window(wrong).is_err(), "{wrong}");
        }
    }
}
