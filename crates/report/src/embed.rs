//! Embeds the data in the page, as JSON that no text can break out of.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use crate::excerpt::{Excerpt, excerpts};
use crate::model::{Cluster, Comparison, Repetition, Report, SharedWord, Slot, Span};

/// The most spans of shared words in the page. The comparisons after these have their words only in the JSON report.
const MAX_WORD_SPANS: usize = 300_000;

/// The slots of a pair that the page lists. The JSON report has all.
const MAX_SLOTS: usize = 20;

/// The longest side of a slot on the page, in characters.
const MAX_SLOT_CHARACTERS: usize = 120;

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
    /// The first slots in words: where they are in texts that the page shortens does not help.
    replaced: Vec<Replaced<'a>>,
    replaced_left_out: usize,
}

/// What a slot holds on both sides.
#[derive(Serialize)]
struct Replaced<'a> {
    left: &'a str,
    right: &'a str,
    kind: &'a str,
}

impl<'a> Shown<'a> {
    fn new(whole: &'a Comparison, light: Option<&'a Comparison>, texts: &'a BTreeMap<String, String>) -> Self {
        let replaced: Vec<_> =
            whole.slots.iter().take(MAX_SLOTS).filter_map(|slot| replaced(whole, slot, texts)).collect();
        let replaced_left_out = if replaced.is_empty() { 0 } else { whole.slots.len() - replaced.len() };
        Self { compared: light.unwrap_or(whole), words_left_out: light.is_some(), replaced, replaced_left_out }
    }
}

/// Returns the words of a slot, if both texts are there.
fn replaced<'a>(compared: &'a Comparison, slot: &'a Slot, texts: &'a BTreeMap<String, String>) -> Option<Replaced<'a>> {
    let words = |id: &str, span: Span| texts.get(id)?.get(span.start..span.end).map(beginning);
    Some(Replaced {
        left: words(&compared.left, slot.left)?,
        right: words(&compared.right, slot.right)?,
        kind: &slot.kind,
    })
}

/// Returns the beginning of a long text.
fn beginning(text: &str) -> &str {
    text.char_indices().nth(MAX_SLOT_CHARACTERS).map_or(text, |(end, _)| &text[..end])
}

/// Returns the data of the page as JSON that is safe inside a `script` element.
pub(crate) fn data(report: &Report) -> io::Result<String> {
    let mut room = MAX_WORD_SPANS;
    let lightened: Vec<Option<Comparison>> =
        report.pairs.iter().chain(&report.containments).map(|compared| without_words(compared, &mut room)).collect();
    let (pairs, containments) = lightened.split_at(report.pairs.len());
    let data = Data {
        clusters: &report.clusters,
        pairs: shown(&report.pairs, pairs, &report.texts),
        containments: shown(&report.containments, containments, &report.texts),
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
fn shown<'a>(
    whole: &'a [Comparison],
    lightened: &'a [Option<Comparison>],
    texts: &'a BTreeMap<String, String>,
) -> Vec<Shown<'a>> {
    whole.iter().zip(lightened).map(|(whole, light)| Shown::new(whole, light.as_ref(), texts)).collect()
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
    fn slots_are_shown_in_their_words() {
        let mut report = Report::new("t");
        report.texts =
            [("a", "Rain in Skelby</script>"), ("b", "Rain in Tarn")].map(|(id, text)| (id.into(), text.into())).into();
        let slot =
            |left, right| Slot { left: Span::from((8, left)), right: Span::from((8, right)), kind: "names".into() };
        let compared =
            |slots: Vec<Slot>| Comparison { left: "a".into(), right: "b".into(), slots, ..Comparison::default() };
        report.pairs = vec![compared(vec![slot(23, 12); 25]), compared(vec![slot(99, 12)]), compared(Vec::new())];
        let read: Value = serde_json::from_str(&data(&report).expect("written")).expect("JSON");
        let replaced = |pair: usize| read["pairs"][pair]["replaced"].as_array().map(Vec::len);
        assert_eq!([replaced(0), replaced(1), replaced(2)], [Some(20), Some(0), Some(0)]);
        assert_eq!(read["pairs"][0]["replaced_left_out"], 5);
        let expected = serde_json::json!({"left": "Skelby</script>", "right": "Tarn", "kind": "names"});
        assert_eq!(read["pairs"][0]["replaced"][0], expected);
        assert_eq!(beginning(&"é".repeat(200)), "é".repeat(MAX_SLOT_CHARACTERS));
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
