//! How each tool cuts a text into elements, with its default settings.

use std::sync::LazyLock;

use regex::Regex;

use crate::error::Error;
use crate::preset::Preset;

/// The words of a shingle in text-dedup's, BigCode's, data-juicer's and datatrove's defaults.
const WORDS: usize = 5;
/// The characters of a window of NeMo.
const CHARACTERS: usize = 24;

/// Returns the elements of a text, cut as the tool of the preset cuts it by default. `None` where the tool leaves the text out.
///
/// - text-dedup: lower case, tokens between characters that are neither letter, digit, mark nor `_`, in fives. Texts of fewer than
///   five tokens are left out.
/// - BigCode: tokens between characters other than ASCII letters, digits and `_`, in fives, empty tokens and capitals kept. Texts
///   of fewer than five tokens are left out.
/// - data-juicer: lower case, tokens between spaces, in fives. Line breaks and tabs do not separate. The tool fails on fewer than
///   five tokens.
/// - NeMo: windows of 24 characters; a shorter text is one window.
/// - Daft: tokens between spaces, in threes, as slices of the text; a shorter text is one element, an empty one has none.
///
/// # Errors
/// [`Error::NoTextRule`] for datasketch and datatrove.
pub fn of_text(preset: Preset, text: &str) -> Result<Option<Vec<String>>, Error> {
    match preset {
        Preset::BigCode => Ok(bigcode(text)),
        Preset::DataJuicer => Ok(data_juicer(text)),
        Preset::TextDedup64Xxh3 | Preset::TextDedup64Sha1 | Preset::TextDedup32Xxh3 | Preset::TextDedup32Sha1 => {
            Ok(text_dedup(text))
        }
        Preset::Nemo32 => Ok(Some(windows(text, CHARACTERS))),
        Preset::DaftMurmur3 | Preset::DaftXxh64 | Preset::DaftXxh3 | Preset::DaftSha1 => Ok(Some(slices(text, 3))),
        Preset::DatasketchLegacy
        | Preset::DatasketchAffine32
        | Preset::DatasketchAffine64
        | Preset::Datatrove64Xxhash
        | Preset::Datatrove64Sha1
        | Preset::Datatrove32Xxhash
        | Preset::Datatrove32Sha1 => Err(Error::NoTextRule { preset: preset.name() }),
    }
}

/// Joins tokens in windows with spaces: the shingles of datatrove, text-dedup, BigCode and data-juicer. Fewer tokens than a window
/// give none.
///
/// ```
/// use twinprint_compat::elements;
///
/// assert_eq!(elements::joined(&["a", "b", "c"], 2), ["a b", "b c"]);
/// assert!(elements::joined(&["a", "b", "c"], 4).is_empty());
/// ```
#[must_use]
pub fn joined<T: AsRef<str>>(tokens: &[T], width: usize) -> Vec<String> {
    let windows = tokens.windows(width.max(1));
    windows.map(|window| window.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")).collect()
}

/// Returns the windows of `width` characters, without a copy of what lies between. A shorter text is one window.
#[must_use]
pub fn windows(text: &str, width: usize) -> Vec<String> {
    let starts: Vec<usize> = text.char_indices().map(|(start, _)| start).chain([text.len()]).collect();
    if starts.len() <= width {
        return vec![text.to_string()];
    }
    starts.windows(width + 1).map(|window| text[window[0]..window[width]].to_string()).collect()
}

/// Returns the slices of `width` tokens between single spaces, with the spaces between them. A shorter text is one slice; an empty
/// text has none.
#[must_use]
pub fn slices(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    if text.is_empty() {
        return Vec::new();
    }
    // The token that starts at `starts[i]` ends one byte before `starts[i + 1]`, which is behind its space.
    let spaces = text.bytes().enumerate().filter(|&(_, byte)| byte == b' ').map(|(place, _)| place + 1);
    let starts: Vec<usize> = [0].into_iter().chain(spaces).chain([text.len() + 1]).collect();
    if starts.len() <= width {
        return vec![text.to_string()];
    }
    starts.windows(width + 1).map(|window| text[window[0]..window[width] - 1].to_string()).collect()
}

fn bigcode(text: &str) -> Option<Vec<String>> {
    let tokens: Vec<&str> = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect();
    (tokens.len() >= WORDS).then(|| joined(&tokens, WORDS))
}

fn data_juicer(text: &str) -> Option<Vec<String>> {
    let lower = text.to_lowercase();
    let tokens: Vec<&str> = lower.split(' ').filter(|token| !token.is_empty()).collect();
    (tokens.len() >= WORDS).then(|| joined(&tokens, WORDS))
}

fn text_dedup(text: &str) -> Option<Vec<String>> {
    static BETWEEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\W").ok());
    let lower = text.to_lowercase();
    let tokens: Vec<&str> = BETWEEN.as_ref()?.split(&lower).filter(|token| !token.is_empty()).collect();
    (tokens.len() >= WORDS).then(|| joined(&tokens, WORDS))
}
