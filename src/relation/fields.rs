//! Labels with a value, as forms have them: "Severity: high".

use crate::mix::mix64;
use crate::text::Token;

/// The longest label, in words. What is longer introduces a quote or a list.
const MAX_LABEL: usize = 4;
/// The longest value, in words.
const MAX_VALUE: usize = 16;

/// A label and the place of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// A hash of the words of the label.
    pub(super) label: u64,
    /// The first word of the value, and the one after its last.
    pub(super) value: [u32; 2],
    /// The words of the value, in lower case.
    pub(super) words: Box<[Box<str>]>,
}

/// Returns the fields of a text, in order.
pub(super) fn fields(text: &str, words: &[Token]) -> Box<[Field]> {
    let gap = |word: usize| {
        let end = words.get(word + 1).map_or(text.len(), |next| next.range.start);
        text.get(words[word].range.end..end).unwrap_or_default()
    };
    let ends = |word: usize| word + 1 == words.len() || ends_value(gap(word));
    let starts = |word: usize| word.checked_sub(1).is_none_or(&ends);
    let field = |last: usize| {
        let first = (0..MAX_LABEL).map_while(|before| last.checked_sub(before)).find(|first| starts(*first))?;
        let label = words[first..=last].iter().fold(0, |hash, word| mix64(hash ^ word.hash));
        let end = (last + 1..words.len().min(last + 1 + MAX_VALUE)).find(|word| ends(*word))? + 1;
        let lower = |word: &Token| text.get(word.range.clone()).unwrap_or_default().to_lowercase().into();
        let value = words[last + 1..end].iter().map(lower).collect();
        Some(Field { label, value: [last as u32 + 1, end as u32], words: value })
    };
    (0..words.len()).filter(|word| ends_label(gap(*word))).filter_map(field).collect()
}

/// Returns whether what follows a word makes it the end of a label. A value in the next line is a paragraph under a heading.
fn ends_label(gap: &str) -> bool {
    gap.strip_prefix(':').is_some_and(|rest| rest.starts_with(char::is_whitespace) && !rest.contains('\n'))
        || gap.starts_with('：') && !gap.contains('\n')
}

/// Returns whether what follows a word ends a value, or what stands before a label.
fn ends_value(gap: &str) -> bool {
    gap.contains(['\n', ';', '；', '。', '|'])
        || gap.char_indices().any(|(at, c)| {
            let after = &gap[at + c.len_utf8()..];
            matches!(c, '.' | '!' | '?') && (after.is_empty() || after.starts_with(char::is_whitespace))
        })
}
