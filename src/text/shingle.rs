//! Shingles: windows of consecutive tokens, as 64-bit hashes.

use std::ops::Range;

use super::common_words;
use super::kernel::{self, AsciiWords, CharacterRun, Characters, Multibyte, Piece, PlainText, SimpleCharacters, Words};
use super::spans::{Spans, Track, Untracked};
use super::tokenize::{self, RawToken};
use super::window::Window;
use crate::error::Error;
use crate::mix::token_hash;
use crate::scheme::{FeatureScheme, Normalization, Scheme, ShortText, TextFeatures, Tokenization, WordFilter};
use crate::set::ShingleSet;

/// A shingle: its hash, and its place in the original text. [`Shingler::shingles`] makes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Shingle {
    /// The shingle hash.
    pub hash: u64,
    /// The bytes of the original text, from the start of the first token to the end of the last. The range is between
    /// characters, except under [`Tokenization::Bytes`].
    pub range: Range<usize>,
}

/// A token: its hash, and its place in the text. [`Shingler::tokens`] makes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Token {
    /// The hash of the token's normalized bytes (XXH3, seed 0).
    pub hash: u64,
    /// The bytes of the original text from which the token was made.
    pub range: Range<usize>,
    /// The token's bytes in the [normalized](Shingler::normalize) text.
    pub normalized: Range<usize>,
    /// Whether the token is a letter of a script that is written without spaces.
    pub spaceless: bool,
}

/// Turns texts into shingle hashes, by the rules of one scheme. [`Scheme::shingler`] makes one.
///
/// A shingler never changes, so all threads can share it. Shingle hashes of one scheme are the same on every machine.
///
/// A token is hashed once, by XXH3. The hash of a window of `l` tokens with hashes `h1, h2, .. hl` is
/// `mix(l * G + h1 * B^(l-1) + h2 * B^(l-2) + .. + hl)` modulo 2^64, where `B` is a fixed odd number without structure, `G`
/// a constant, and `mix` the finalizer of SplitMix64. So the order of tokens counts, repeated tokens do not cancel, and a
/// window is computed from the window before it in one step, however long it is.
///
/// ```
/// use twinprint::Scheme;
///
/// let shingler = Scheme::builder().words(2).build()?.shingler()?;
/// let text = "The  CAT sat, the cat";
/// let shingles = shingler.shingles(text);
/// let passages: Vec<&str> = shingles.iter().map(|shingle| &text[shingle.range.clone()]).collect();
/// assert_eq!(passages, ["The  CAT", "CAT sat", "sat, the", "the cat"]);
/// assert_eq!(shingles[0].hash, shingles[3].hash);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[doc(alias = "ngram")]
#[doc(alias = "ngrams")]
#[doc(alias = "tokenizer")]
#[doc(alias = "shingle")]
#[derive(Clone, Debug)]
pub struct Shingler {
    normalization: Normalization,
    tokenization: Tokenization,
    filter: WordFilter,
    short_text: ShortText,
    fast: FastPath,
    /// Whether normalized ASCII is the same text except for case and white space.
    keeps_ascii_text: bool,
    window: Window,
}

/// What is shown the parts of a normalized text, in order.
trait TextSink {
    fn words(&mut self, words: Words<'_>);

    fn characters(&mut self, run: CharacterRun<'_>);

    /// Shows a part that was normalized, and as it was before.
    fn normal(&mut self, normal: &str, part: &str);
}

/// Nothing.
struct NoText;

impl TextSink for NoText {
    fn words(&mut self, _: Words<'_>) {}

    fn characters(&mut self, _: CharacterRun<'_>) {}

    fn normal(&mut self, _: &str, _: &str) {}
}

impl TextSink for PlainText {
    fn words(&mut self, words: Words<'_>) {
        words.append_text(self);
    }

    fn characters(&mut self, run: CharacterRun<'_>) {
        run.append_text(self);
    }

    fn normal(&mut self, normal: &str, part: &str) {
        // Where white space is collapsed, none is left at the end of a part.
        self.push(normal, part.ends_with(Self::is_space));
    }
}

/// The fast way to the token hashes of a text, for the rules that have one. It gives what [`Shingler::push_tokens`] gives.
#[derive(Clone, Debug)]
enum FastPath {
    None,
    Words(AsciiWords, Multibyte),
    Characters(SimpleCharacters),
    /// The hash of each byte as a token.
    Bytes(Box<[u64; 256]>),
}

impl FastPath {
    fn new(features: &TextFeatures) -> Self {
        match (features.tokenization, features.filter) {
            (Tokenization::Words | Tokenization::WordsAndSigns, _) => {
                let signs = features.tokenization == Tokenization::WordsAndSigns;
                let multibyte = Multibyte::of_words(features.normalization);
                features.normalization.ascii_words(signs).map_or(Self::None, |words| Self::Words(words, multibyte))
            }
            (Tokenization::Characters, WordFilter::All) => {
                Self::Characters(SimpleCharacters::new(features.normalization))
            }
            (Tokenization::Bytes, WordFilter::All) => {
                Self::Bytes(Box::new(std::array::from_fn(|byte| token_hash(&[byte as u8]))))
            }
            _ => Self::None,
        }
    }
}

/// Buffers of [`Shingler::hashes_into`], kept from one text to the next. One per thread is enough.
///
/// They grow to the size of the longest text, and stay that large.
#[derive(Clone, Debug, Default)]
pub struct TextScratch {
    normalized: String,
    kernel: kernel::Scratch,
    tokens: TokenHashes,
    shingles: Vec<u64>,
    plain: PlainText,
}

/// The token hashes of a text.
#[derive(Clone, Debug, Default)]
struct TokenHashes {
    hashes: Vec<u64>,
    /// Whether each is the hash of a spaceless letter. It stays empty as long as none is, so that texts without such letters do not
    /// pay for it.
    spaceless: Vec<bool>,
    /// Whether windows tell such letters from words. If not, `spaceless` stays empty.
    tells_apart: bool,
}

impl TokenHashes {
    fn clear(&mut self, tells_apart: bool) {
        self.hashes.clear();
        self.spaceless.clear();
        self.tells_apart = tells_apart;
    }

    /// Appends hashes of tokens that are not spaceless letters.
    fn append(&mut self, append: impl FnOnce(&mut Vec<u64>)) {
        append(&mut self.hashes);
        if !self.spaceless.is_empty() {
            self.spaceless.resize(self.hashes.len(), false);
        }
    }

    /// Appends hashes of words, of which some may be spaceless letters.
    fn append_words(&mut self, words: Words<'_>) {
        if self.tells_apart && words.may_be_spaceless() {
            self.spaceless.resize(self.hashes.len(), false);
            self.spaceless.extend(words.spaceless());
            words.append_hashes(&mut self.hashes);
        } else {
            self.append(|hashes| words.append_hashes(hashes));
        }
    }

    /// Appends hashes of characters, of which some may be spaceless letters.
    fn append_characters(&mut self, characters: &SimpleCharacters, run: CharacterRun<'_>, pending: &mut bool) {
        let told_apart = self.tells_apart && run.may_be_spaceless() || !self.spaceless.is_empty();
        if told_apart {
            self.spaceless.resize(self.hashes.len(), false);
        }
        let spaceless = told_apart.then_some(&mut self.spaceless);
        characters.append(run, pending, &mut self.hashes, spaceless);
    }

    #[inline]
    fn push(&mut self, hash: u64, spaceless: bool) {
        let spaceless = spaceless && self.tells_apart;
        if spaceless && self.spaceless.is_empty() {
            self.spaceless.resize(self.hashes.len(), false);
        }
        if spaceless || !self.spaceless.is_empty() {
            self.spaceless.push(spaceless);
        }
        self.hashes.push(hash);
    }
}

impl Scheme {
    /// Returns the shingler of this scheme, which turns texts into shingle hashes.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] if the scheme's features are the caller's own.
    pub fn shingler(&self) -> Result<Shingler, Error> {
        match self.features() {
            FeatureScheme::Text(features) => Ok(Shingler::new(features)),
            FeatureScheme::Custom(name) => Err(Error::NoTextFeatures { name: name.clone() }),
        }
    }
}

impl Shingler {
    fn new(features: &TextFeatures) -> Self {
        Self {
            normalization: features.normalization,
            tokenization: features.tokenization,
            filter: features.filter,
            short_text: features.short_text,
            fast: FastPath::new(features),
            keeps_ascii_text: features.normalization.keeps_ascii_text(),
            window: Window::new(features.tokens, features.spaceless_tokens),
        }
    }

    /// Returns the shingle hashes of a text, in the order of the text and with repetitions.
    ///
    /// A text without tokens has none. A text with fewer tokens than a window has one hash, of all its tokens, or none: the
    /// scheme's [`ShortText`] decides.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let shingler = Scheme::builder().words(2).build()?.shingler()?;
    /// assert_eq!(shingler.hashes("to be or not to be").len(), 5);
    /// assert_eq!(shingler.set("to be or not to be").len(), 4);
    /// assert_eq!(shingler.hashes("one").len(), 1);
    /// assert!(shingler.hashes(" \n").is_empty());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn hashes(&self, text: &str) -> Vec<u64> {
        let mut scratch = TextScratch::default();
        self.hashes_into(text, &mut scratch);
        scratch.shingles
    }

    /// Returns the same hashes as [`hashes`](Self::hashes), in buffers that are reused: nothing is allocated once they have grown.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::text::TextScratch;
    ///
    /// let shingler = Scheme::web().shingler()?;
    /// let mut scratch = TextScratch::default();
    /// for text in ["the first text of six words", "the second text of six words"] {
    ///     assert_eq!(shingler.hashes_into(text, &mut scratch).len(), 2);
    /// }
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn hashes_into<'a>(&self, text: &str, scratch: &'a mut TextScratch) -> &'a [u64] {
        let mut shingles = std::mem::take(&mut scratch.shingles);
        shingles.clear();
        self.append_with(text, scratch, &mut shingles, &mut NoText);
        scratch.shingles = shingles;
        &scratch.shingles
    }

    /// Appends the hashes that [`hashes`](Self::hashes) returns. Returns the hash of the normalized text, in which runs of white space
    /// are one space, and none is at its ends. It is never 0.
    pub(crate) fn append_hashes(&self, text: &str, scratch: &mut TextScratch, shingles: &mut Vec<u64>) -> u64 {
        let mut plain = std::mem::take(&mut scratch.plain);
        plain.begin(text.len());
        if self.keeps_ascii_text {
            self.append_with(text, scratch, shingles, &mut plain);
        } else {
            self.append_with(text, scratch, shingles, &mut NoText);
            plain.push(self.normalize_into(text, &mut scratch.normalized, &mut Untracked), false);
        }
        let hash = plain.finish();
        scratch.plain = plain;
        hash
    }

    /// Appends the hashes, and shows the normalized text on the way.
    fn append_with(&self, text: &str, scratch: &mut TextScratch, shingles: &mut Vec<u64>, plain: &mut impl TextSink) {
        let TextScratch { normalized, kernel, tokens, .. } = scratch;
        tokens.clear(self.window.tells_apart());
        match &self.fast {
            _ if self.may_be_wordless(text) => self.push_tokens(text, normalized, tokens, plain),
            FastPath::Words(words, multibyte) => words.for_each(text, multibyte, kernel, |piece| match piece {
                Piece::Words(words) => {
                    plain.words(words);
                    if self.filter == WordFilter::All {
                        tokens.append_words(words);
                    } else {
                        for (word, spaceless) in words.iter().zip(words.spaceless()) {
                            self.accept(word, 0..word.len()).into_iter().for_each(|hash| tokens.push(hash, spaceless));
                        }
                    }
                }
                Piece::Rest(run) => self.push_words(run, normalized, tokens, plain),
            }),
            FastPath::Characters(characters) => {
                self.push_characters(characters, text, (kernel, normalized), tokens, plain);
            }
            FastPath::Bytes(hashes) => {
                let normal = self.normalize_into(text, normalized, &mut Untracked);
                plain.normal(normal, text);
                tokens.hashes.extend(normal.bytes().map(|byte| hashes[usize::from(byte)]));
            }
            FastPath::None => self.push_tokens(text, normalized, tokens, plain),
        }
        let TokenHashes { hashes, spaceless, .. } = tokens;
        self.append_windows(hashes, spaceless, shingles);
    }

    fn push_characters(
        &self,
        characters: &SimpleCharacters,
        text: &str,
        (kernel, normalized): (&mut kernel::Scratch, &mut String),
        tokens: &mut TokenHashes,
        plain: &mut impl TextSink,
    ) {
        let mut pending = false;
        characters.for_each(text, kernel, |piece| match piece {
            Characters::Simple(run) => {
                plain.characters(run);
                tokens.append_characters(characters, run, &mut pending);
            }
            Characters::Rest(run) => {
                let normal = self.normalize_into(run, normalized, &mut Untracked);
                plain.normal(normal, run);
                if normal.is_empty() {
                    return;
                }
                // The run is normalized without white space at its end, which is due before the next visible character.
                let ends_in_space = run.ends_with(|c: char| c.is_ascii_whitespace());
                if std::mem::replace(&mut pending, self.normalization.collapse_white_space && ends_in_space) {
                    tokens.push(token_hash(b" "), false);
                }
                self.for_each_token(normal, |token, hash| tokens.push(hash, token.spaceless));
            }
        });
    }

    /// Adds the tokens of a text by the plain composition of normalization and tokenization, which is the definition.
    fn push_tokens(&self, text: &str, normalized: &mut String, tokens: &mut TokenHashes, plain: &mut impl TextSink) {
        let normal = self.normalize_into(text, normalized, &mut Untracked);
        plain.normal(normal, text);
        self.for_each_token(normal, |token, hash| tokens.push(hash, token.spaceless));
    }

    /// Adds the tokens of a part of a text that has a word, which this part may not have.
    fn push_words(&self, part: &str, normalized: &mut String, tokens: &mut TokenHashes, plain: &mut impl TextSink) {
        let normal = self.normalize_into(part, normalized, &mut Untracked);
        plain.normal(normal, part);
        self.for_each_token_of(normal, false, |token, hash| tokens.push(hash, token.spaceless));
    }

    /// Returns whether a text may have no word, so that its tokens are characters. Nearly always the first letter says no.
    fn may_be_wordless(&self, text: &str) -> bool {
        self.tokenization == Tokenization::WordsAndSigns && !tokenize::surely_has_word(text)
    }

    /// Returns the set of a text's shingle hashes, for exact comparison.
    #[must_use]
    pub fn set(&self, text: &str) -> ShingleSet {
        ShingleSet::from(self.hashes(text))
    }

    /// Returns the shingles of a text with their places in it. The hashes are those of [`hashes`](Self::hashes), in the same
    /// order. Takes several times as long as these.
    #[must_use]
    pub fn shingles(&self, text: &str) -> Vec<Shingle> {
        let tokens = self.tokens(text);
        let hashes: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
        let spaceless: Vec<bool> = tokens.iter().map(|token| token.spaceless).collect();
        let mut shingles = Vec::new();
        self.windows(tokens.len(), &spaceless, |window| {
            let range = tokens[window.start].range.start..tokens[window.end - 1].range.end;
            shingles.push(Shingle { hash: self.window.hash(&hashes[window]), range });
        });
        shingles
    }

    /// Returns the tokens of a text with their places in it, after the scheme's filter.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let shingler = Scheme::builder().build()?.shingler()?;
    /// let text = "Straße 17";
    /// let tokens = shingler.tokens(text);
    /// assert_eq!(&text[tokens[0].range.clone()], "Straße");
    /// assert_eq!(&shingler.normalize(text)[tokens[0].normalized.clone()], "strasse");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let (mut normalized, mut spans) = (String::new(), Spans::default());
        let normal = self.normalize_into(text, &mut normalized, &mut spans);
        let mut tokens = Vec::new();
        self.for_each_token(normal, |token, hash| {
            let range = spans.source(token.range.clone());
            tokens.push(Token { hash, range, normalized: token.range, spaceless: token.spaceless });
        });
        tokens
    }

    /// Returns the normalized text, from which the tokens are cut.
    #[must_use]
    pub fn normalize(&self, text: &str) -> String {
        self.normalization.apply(text)
    }

    /// Returns the shingle hashes of tokens that the caller has cut and normalized by rules of its own. Each counts as a word. The
    /// scheme's filter and its policy for short texts apply; its normalization and tokenization do not.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let shingler = Scheme::builder().words(2).build()?.shingler()?;
    /// assert_eq!(shingler.hashes_of_tokens(["ab", "c"]).len(), 1);
    /// assert_ne!(shingler.hashes_of_tokens(["ab", "c"]), shingler.hashes_of_tokens(["a", "bc"]));
    /// assert_eq!(shingler.hashes_of_tokens(["ab", "c"]), shingler.hashes("ab c"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn hashes_of_tokens<T: AsRef<[u8]>>(&self, tokens: impl IntoIterator<Item = T>) -> Vec<u64> {
        let hashes: Vec<u64> =
            tokens.into_iter().filter_map(|token| self.accept(token.as_ref(), 0..token.as_ref().len())).collect();
        let mut shingles = Vec::new();
        self.append_windows(&hashes, &[], &mut shingles);
        shingles
    }

    fn normalize_into<'a, T: Track>(&self, text: &'a str, out: &'a mut String, track: &mut T) -> &'a str {
        if self.normalization.is_identity() {
            track.clear();
            track.record_run(0..text.len());
            return text;
        }
        self.normalization.apply_into(text, out, track);
        out
    }

    fn for_each_token(&self, normal: &str, token: impl FnMut(RawToken, u64)) {
        let wordless = self.tokenization == Tokenization::WordsAndSigns && !tokenize::has_word(normal);
        self.for_each_token_of(normal, wordless, token);
    }

    fn for_each_token_of(&self, normal: &str, wordless: bool, mut token: impl FnMut(RawToken, u64)) {
        let bytes = normal.as_bytes();
        let accept = |raw: RawToken| {
            if let Some(hash) = self.accept(bytes, raw.range.clone()) {
                token(raw, hash);
            }
        };
        if wordless {
            tokenize::characters_of_wordless(normal, accept);
        } else {
            self.tokenization.for_each(normal, !self.normalization.collapse_white_space, accept);
        }
    }

    /// Returns the hash of the token at a place in a buffer, or `None` if the filter drops it.
    #[inline]
    fn accept(&self, buffer: &[u8], token: Range<usize>) -> Option<u64> {
        let hash = kernel::hash_in(buffer, token.start, token.end);
        let passes = match self.filter {
            WordFilter::All => true,
            WordFilter::Content => !common_words::contains(hash),
            WordFilter::Figures => common_words::has_digit(&buffer[token]),
        };
        passes.then_some(hash)
    }

    /// Appends the hashes of all windows, or of the whole text if it is too short for one and the policy says so.
    fn append_windows(&self, tokens: &[u64], spaceless: &[bool], shingles: &mut Vec<u64>) {
        let before = shingles.len();
        self.window.hash_all(tokens, spaceless, shingles);
        if shingles.len() == before && !tokens.is_empty() && self.short_text == ShortText::Whole {
            shingles.push(self.window.hash(tokens));
        }
    }

    /// Calls `shingle` with the tokens of each window, or with all tokens if they are too few for one and the policy says so.
    fn windows(&self, tokens: usize, spaceless: &[bool], mut shingle: impl FnMut(Range<usize>)) {
        let mut any = false;
        self.window.for_each(tokens, spaceless, |range| {
            any = true;
            shingle(range);
        });
        if !any && tokens > 0 && self.short_text == ShortText::Whole {
            shingle(0..tokens);
        }
    }
}
