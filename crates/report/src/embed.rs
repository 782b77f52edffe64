//! Embeds the data in the page, as JSON that no text can break out of.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use crate::excerpt::{Excerpt, excerpts};
use crate::model::{Cluster, Comparison, Repetition, Report, SharedWord};

/// The most spans of shared words in the page. The comparisons after these have their words only in the JSON report.
const MAX_WORD_SPANS: usize = 300_000;

/// The data that the script of the page reads.
#[derive(Serialize)]
struct Data<'a> {
    clusters: &'a [Cluster],
    pairs: Vec<Shown<'a>>,
    containments: Vec<Shown<'a>>,
    repetitions: &'a [Repetition],
    texts: BTreeMap<&'a str, Excerpt<'a>>,
}

/// A comparison, with its words if there is room for them.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    compared: &'a Comparison,
    words_left_out: bool,
}

/// Returns the data of the page as JSON that is safe inside a `script` element.
pub(crate) fn data(report: &Report) -> io::Result<String> {
    let mut room = MAX_WORD_SPANS;
    let lightened: Vec<Option<Comparison>> =
        report.pairs.iter().chain(&report.containments).map(|compared| without_words(compared, &mut room)).collect();
    let (pairs, containments) = lightened.split_at(report.pairs.len());
    let data = Data {
        clusters: &report.clusters,
        pairs: shown(&report.pairs, pairs),
        containments: shown(&report.containments, containments),
        repetitions: &report.repetitions,
        texts: excerpts(report),
    };
    Ok(inert(&serde_json::to_string(&data)?))
}

/// Returns the comparison without its words if there is no room for them, or else `None`.
fn without_words(compared: &Comparison, room: &mut usize) -> Option<Comparison> {
    let spans = compared.words.iter().map(|SharedWord { left, right }| left.len() + right.len()).sum();
    match room.checked_sub(spans) {
        Some(rest) => {
            *room = rest;
            None
        }
        None => Some(Comparison { words: Vec::new(), ..compared.clone() }),
    }
}

/// Pairs each comparison with its lighter form, where there is one.
fn shown<'a>(whole: &'a [Comparison], lightened: &'a [Option<Comparison>]) -> Vec<Shown<'a>> {
    let pairs = whole.iter().zip(lightened);
    pairs
        .map(|(whole, light)| Shown { compared: light.as_ref().unwrap_or(whole), words_left_out: light.is_some() })
        .collect()
}

/// Escapes the characters that could end the `script` element, begin a comment in it, or end a line of a script. In
/// JSON they occur only in strings, where an escape means the same.
fn inert(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + json.len() / 64);
    for character in json.chars() {
        match character {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::model::Span;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "([<>&\"'\\\\/\u{0}-\u{1f}\u{7f}\u{2028}\u{2029}é日\u{10ffff}]|</script>|<!--|&lt;|&#x3c;|.){0,40}") {
            let mut report = Report::new("t");
            report.texts.insert(text.clone(), text.clone());
            let json = data(&report).expect("strings are written");
            let harmful = json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
            prop_assert!(!harmful, "{}", json);
            let read: Value = serde_json::from_str(&json).expect("JSON");
            prop_assert_eq!(read["texts"][&text]["pieces"][0]["text"].as_str(), Some(&*text));
        }
    }

    #[test]
    fn words_beyond_the_room_are_left_out_aloud() {
        let span = Span { start: 0, end: 1 };
        let words = |places| vec![SharedWord { left: vec![span; places], right: vec![span] }];
        let compared = |places| Comparison { words: words(places), ..Comparison::default() };
        let mut report = Report::new("t");
        report.pairs = vec![compared(MAX_WORD_SPANS - 3), compared(2), compared(1)];
        let read: Value = serde_json::from_str(&data(&report).expect("written")).expect("JSON");
        let left_out: Vec<_> = (0..3).map(|pair| read["pairs"][pair]["words_left_out"].as_bool()).collect();
        assert_eq!(left_out, [Some(false), Some(true), Some(false)]);
        assert_eq!(read["pairs"][1]["words"].as_array().map(Vec::len), Some(0));
    }
}
