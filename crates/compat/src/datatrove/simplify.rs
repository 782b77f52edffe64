//! The simplification of a text before it is cut into tokens.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// Numbers of any script, with one decimal separator.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{Nd}+([.,،٫⎖⎗⎘]\p{Nd}+)?").ok());
/// Nonspacing marks, which accents become when they are decomposed.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{Mn}").ok());

/// The characters that datatrove 0.10.1 replaces with spaces, in the order of their code points; control characters come in addition.
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～";

/// Simplifies a text as datatrove does by default: lower case, each number a `0`, punctuation and white space one space, accents
/// gone.
///
/// The Unicode tables of Python and of this crate differ in letters that were added in recent years.
///
/// ```
/// use twinprint_compat::datatrove::simplify_text;
///
/// assert_eq!(simplify_text(" It's 3.14 o'clock,\n café! "), "it s 0 o clock cafe");
/// ```
#[must_use]
pub fn simplify_text(text: &str) -> String {
    let lower = text.to_lowercase();
    let numbered = NUMBER.as_ref().map_or_else(|| lower.as_str().into(), |number| number.replace_all(&lower, "0"));
    let spaced: String = numbered.chars().map(|letter| if is_punctuation(letter) { ' ' } else { letter }).collect();
    let joined = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let decomposed: String = joined.nfd().collect();
    let bare = MARK.as_ref().map_or_else(|| decomposed.as_str().into(), |mark| mark.replace_all(&decomposed, ""));
    bare.trim().to_string()
}

fn is_punctuation(letter: char) -> bool {
    matches!(letter, '\0'..='\u{8}' | '\u{b}'..='\u{c}' | '\u{d}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
        || PUNCTUATION.contains(letter)
}
