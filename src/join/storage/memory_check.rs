//! What is too large for the memory limit, found before it is taken.

use crate::error::Error;
use crate::join::document::View;
use crate::scheme::{FeatureScheme, Scheme, Tokenization};

/// Bytes for each shingle or feature of a document: its hash as it comes, sorted, and on its way to the disk; later on the build side,
/// in a probe, and in the frame that either is read from.
const SHINGLE_BYTES: u64 = 48;

/// The share of the memory limit that one document may take, and that its id may: ids are held 32 at a time.
const DOCUMENT_SHARE: u64 = 2;
const ID_SHARE: u64 = 512;

/// The share of the memory limit for where the documents are from.
const ORIGIN_SHARE: u64 = 4;

/// Checks documents against the memory limit of a join on disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryCheck {
    limit: u64,
    tokenization: Option<Tokenization>,
}

impl MemoryCheck {
    pub(crate) fn new(limit: u64, scheme: &Scheme) -> Self {
        let tokenization = match scheme.features() {
            FeatureScheme::Text(text) => Some(text.tokenization()),
            FeatureScheme::Custom(_) => None,
        };
        Self { limit, tokenization }
    }

    /// Checks a document, by its number, which messages count from 1. `origin_bytes` is what the origins of all documents take with it.
    pub(crate) fn check(self, document: u32, id: &str, content: View<'_>, origin_bytes: usize) -> Result<(), Error> {
        let (for_id, number) = (self.limit / ID_SHARE, u64::from(document) + 1);
        if id.len() as u64 > for_id {
            let what = format!("the id of document {number}, which begins with {:?},", beginning(id));
            return refused(what, id.len() as u64, for_id, "give the document a shorter id");
        }
        let (bytes, for_document) = (self.bytes(content), self.limit / DOCUMENT_SHARE);
        if bytes > for_document {
            let what = format!("document {number}, {:?}, with {} bytes of content", beginning(id), content.bytes());
            return refused(what, bytes, for_document, "split the document, or leave it out");
        }
        let for_origins = self.limit / ORIGIN_SHARE;
        if origin_bytes as u64 > for_origins {
            let what = format!("to know the blocks and sources of {number} documents");
            return refused(what, origin_bytes as u64, for_origins, "split the corpus");
        }
        Ok(())
    }

    /// Estimates the bytes that a document takes. Its tokens are only counted if it could be too large.
    fn bytes(self, content: View<'_>) -> u64 {
        let bytes = content.bytes() as u64;
        let text = match content {
            View::Features(_) => return bytes / 8 * (SHINGLE_BYTES + 8),
            View::Text(text) => text,
        };
        let at_most = bytes.saturating_mul(SHINGLE_BYTES + 1);
        if at_most <= self.limit / DOCUMENT_SHARE { at_most } else { bytes + SHINGLE_BYTES * self.tokens(text) }
    }

    /// Counts the tokens of a text, or a few more.
    fn tokens(self, text: &str) -> u64 {
        let count = match self.tokenization {
            Some(Tokenization::Bytes) | None => text.len(),
            Some(Tokenization::WhiteSpace) => text.split_whitespace().count(),
            Some(Tokenization::Words) => words(text, |_| false),
            Some(Tokenization::WordsAndSigns) => {
                match words(text, |byte| byte.is_ascii_punctuation() && !is_stop(byte)) {
                    // A text without a word has a token for each character that is not blank.
                    0 => text.chars().count(),
                    words => words,
                }
            }
            Some(Tokenization::Code) => words(text, |byte| byte.is_ascii_punctuation()),
            Some(_) => text.chars().count(),
        };
        count as u64
    }
}

/// Returns whether a sign of prose is never a token beside words.
fn is_stop(byte: u8) -> bool {
    matches!(byte, b'.' | b',' | b';' | b':' | b'!' | b'?' | b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}')
}

/// Counts the words of a text and its signs, and each letter beyond ASCII as a word: in scripts written without spaces it is.
fn words(text: &str, is_sign: impl Fn(u8) -> bool) -> usize {
    let mut words = 0;
    let mut in_word = false;
    for byte in text.bytes() {
        let is_letter = byte.is_ascii_alphanumeric();
        // Of a character beyond ASCII, the first byte alone is counted.
        words += usize::from(is_letter && !in_word || byte >= 0xc0 || is_sign(byte));
        in_word = is_letter;
    }
    words
}

fn beginning(id: &str) -> String {
    id.chars().take(40).collect()
}

pub(crate) fn refused<T>(what: String, bytes: u64, limit: u64, remedy: &'static str) -> Result<T, Error> {
    Err(Error::MemoryLimit { what, bytes, limit, remedy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_from_above() {
        let characters = Scheme::builder().characters(3).build().expect("valid");
        for scheme in [Scheme::news(), Scheme::web(), Scheme::code(), characters] {
            let check = MemoryCheck::new(1 << 20, &scheme);
            let shingler = scheme.shingler().expect("text");
            for text in [
                "",
                "one",
                "To be, or not to be: that's 3.14 of it",
                "中国文字 and more",
                "Straße—naïve café",
                "a b c d e f",
                "a+b=c&&d-5>$6",
                "…!?",
            ] {
                let tokens = check.tokens(text);
                assert!(tokens >= shingler.hashes(text).len() as u64, "{text}: {tokens}");
                assert!(tokens <= text.len() as u64, "{text}: {tokens}");
            }
        }
    }

    #[test]
    fn what_is_too_large_is_named_with_place_size_and_remedy() {
        let check = MemoryCheck::new(64 << 20, &Scheme::news());
        let long = "to be or not to be ".repeat(100_000);
        let told = |id: &str, text: &str, origins| {
            check.check(7, id, View::Text(text), origins).map_err(|error| error.to_string())
        };
        assert_eq!(told("a", "to be or not to be", 0), Ok(()));
        let error = told("the-long-one", &long.repeat(2), 0).expect_err("3.8 MB of short words");
        assert!(error.contains("document 8") && error.contains("the-long-one") && error.contains("3800000"), "{error}");
        assert!(error.contains("split the document"), "{error}");
        // The same bytes in words of usual length are fewer shingles.
        assert_eq!(told("a", &"internationalization ".repeat(180_000), 0), Ok(()));
        let error = told(&"x".repeat(200_000), "", 0).expect_err("a long id");
        assert!(error.contains("id of document 8") && error.len() < 400, "{error}");
        assert!(told("a", "", 17 << 20).expect_err("many").contains("sources of 8 documents"));
        let features = vec![0; 1 << 20];
        assert!(check.check(0, "a", View::Features(&features), 0).is_err());
        assert!(check.check(0, "a", View::Features(&features[..1 << 16]), 0).is_ok());
    }
}
