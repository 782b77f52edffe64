//! What is kept and printed of a document.

use twinprint::stories::StoryText;
use twinprint_documents::Metadata;

/// The most characters of a headline.
const HEADLINE: usize = 80;

/// A document without its text.
pub(super) struct Article {
    pub(super) id: String,
    /// The beginning of the first line.
    pub(super) headline: String,
    pub(super) time: Option<i64>,
    pub(super) source: Option<String>,
}

impl Article {
    pub(super) fn new(id: &str, text: &str, metadata: Option<&Metadata>) -> Self {
        Self {
            id: id.to_string(),
            headline: headline(text),
            time: metadata.and_then(|metadata| metadata.dates.first().copied().flatten()),
            source: metadata.and_then(|metadata| metadata.source.clone()),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.id.len() + self.headline.len() + self.source.as_ref().map_or(0, String::len)) as u64
    }

    pub(super) fn story_text<'a>(&'a self, text: &'a str) -> StoryText<'a> {
        let plain = StoryText::new(text);
        let dated = self.time.map_or(plain, |time| plain.time(time));
        self.source.as_deref().map_or(dated, |source| dated.source(source))
    }

    /// Returns the headline, or the id of a document that has none.
    pub(super) fn name(&self) -> &str {
        if self.headline.is_empty() { &self.id } else { &self.headline }
    }
}

fn headline(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(HEADLINE) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Writes a time as in RFC 3339, in UTC; without its clock if it is midnight, as that of a day without a time is.
pub(super) fn date(seconds: i64) -> String {
    let (day, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Howard Hinnant, "chrono-compatible low-level date algorithms": eras of 400 years that begin on March 1.
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * from_march + 2) / 5 + 1, (from_march + 2) % 12 + 1);
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    match clock {
        0 => format!("{year:04}-{month:02}-{day:02}"),
        clock => {
            format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", clock / 3_600, clock / 60 % 60, clock % 60)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!((date(0), date(951_782_400)), ("1970-01-01".to_string(), "2000-02-29".to_string()));
        assert_eq!(date(1_795_795_199), "2026-11-27T15:59:59Z");
        assert_eq!(date(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_headline_is_the_beginning_of_the_first_line() {
        assert_eq!(headline("\n  Ferry\taground \n\nThe ferry"), "Ferry aground");
        assert_eq!(headline(""), "");
        let long = headline(&"word ".repeat(40));
        assert!(long.ends_with("word…") && long.chars().count() <= HEADLINE + 1, "{long}");
    }
}
