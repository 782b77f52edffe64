//! Text to shingles: whatever the text and the settings, what [`Shingler`] says of a text agrees with itself and with a
//! naive shingler.
//!
//! * Normalizing twice is normalizing once.
//! * Tokens are in order, apart, and within the normalized text; the text that they represent is in order and within the text.
//!   All these places are between characters, except under `Bytes`. Where every character counts, tokens cover it all.
//! * A shingle is the shortest run of tokens, from each token on, that is a full window. Its hash is that of its tokens.
//! * `hashes`, `shingles`, `set` and `hashes_into` with buffers that held another text give the same hashes.

#![no_main]

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use twinprint::Scheme;
use twinprint::scheme::ShortText;
use twinprint::text::{
    ArabicLetters, Digits, Normalization, Shingler, TextScratch, Token, Tokenization, UnicodeForm, WordFilter,
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    settings: Settings,
    /// How much of the text the buffers were used for before.
    before: u8,
    ascii: bool,
    text: &'a [u8],
}

#[derive(Arbitrary, Debug)]
struct Settings {
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.choose(&[UnicodeForm::AsIs, UnicodeForm::Nfc, UnicodeForm::Nfkc]).copied())]
    form: UnicodeForm,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.choose(&[Digits::Keep, Digits::Ascii, Digits::Zero]).copied())]
    digits: Digits,
    fold_case: bool,
    strip_marks: bool,
    drop_ignorable: bool,
    fold_quotes: bool,
    drop_punctuation: bool,
    collapse_white_space: bool,
    keep_emoji: bool,
    strip_strokes: bool,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.choose(&[ArabicLetters::Keep, ArabicLetters::Arabic, ArabicLetters::Persian]).copied())]
    arabic_letters: ArabicLetters,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.choose(&TOKENIZATIONS).copied())]
    tokenization: Tokenization,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.choose(&[WordFilter::All, WordFilter::Content, WordFilter::Figures]).copied())]
    filter: WordFilter,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.int_in_range(1..=8))]
    tokens: u32,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.int_in_range(1..=8))]
    spaceless_tokens: u32,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.choose(&[ShortText::Whole, ShortText::Skip]).copied())]
    short_text: ShortText,
}

const TOKENIZATIONS: [Tokenization; 7] = [
    Tokenization::WordsAndSigns,
    Tokenization::Words,
    Tokenization::Code,
    Tokenization::WhiteSpace,
    Tokenization::Characters,
    Tokenization::Graphemes,
    Tokenization::Bytes,
];

impl Settings {
    fn normalization(&self) -> Normalization {
        Normalization::NONE
            .form(self.form)
            .digits(self.digits)
            .fold_case(self.fold_case)
            .strip_marks(self.strip_marks)
            .drop_ignorable(self.drop_ignorable)
            .fold_quotes(self.fold_quotes)
            .drop_punctuation(self.drop_punctuation)
            .collapse_white_space(self.collapse_white_space)
            .keep_emoji(self.keep_emoji)
            .strip_strokes(self.strip_strokes)
            .arabic_letters(self.arabic_letters)
    }

    fn shingler(&self) -> Shingler {
        let scheme = Scheme::builder()
            .normalization(self.normalization())
            .tokenization(self.tokenization)
            .filter(self.filter)
            .tokens(self.tokens)
            .spaceless_tokens(self.spaceless_tokens)
            .short_text(self.short_text)
            .build();
        scheme.and_then(|scheme| scheme.shingler()).expect("all settings are valid")
    }

    /// The windows of a text of these tokens, each found from its first token on.
    fn windows(&self, tokens: &[Token]) -> Vec<Range<usize>> {
        // A word is one of `tokens` parts of a shingle, and a letter one of `spaceless_tokens`.
        let full = self.tokens * self.spaceless_tokens;
        let part = |token: &Token| if token.spaceless { self.tokens } else { self.spaceless_tokens };
        let is_full = |range: Range<usize>| tokens[range].iter().map(part).sum::<u32>() >= full;
        let window = |start| (start + 1..=tokens.len()).find(|&end| is_full(start..end)).map(|end| start..end);
        let mut windows: Vec<_> = (0..tokens.len()).filter_map(window).collect();
        if windows.is_empty() && !tokens.is_empty() && self.short_text == ShortText::Whole {
            windows.push(0..tokens.len());
        }
        windows
    }
}

/// A text of tricky pieces, one a byte, and, here and there, of any character at all; or one of ASCII, mostly words, with
/// some of these in it.
fn text_of(bytes: &[u8], ascii: bool) -> String {
    let mut text = String::new();
    let mut bytes = bytes.iter().copied();
    while let Some(mut byte) = bytes.next() {
        if ascii {
            if byte < 0xf8 {
                text.push(char::from(if byte < 0x80 { byte } else { b'a' + byte % 26 }));
                continue;
            }
            byte = bytes.next().unwrap_or_default();
        }
        match PIECES.get(usize::from(byte)) {
            Some(piece) => text.push_str(piece),
            None => {
                let [low, middle, high] = std::array::from_fn(|_| bytes.next().unwrap_or_default());
                text.extend(char::from_u32(u32::from_le_bytes([low, middle, high % 17, 0])));
            }
        }
    }
    text
}

#[rustfmt::skip]
const PIECES: &[&str] = &[
    // Words, figures, white space and what may stand inside a word.
    "a", "b", "I", "s", "x", "0", "1", "9", " ", " ", "  ", "\t", "\r", "\n", "\r\n", "\u{85}", "\u{a0}", "\u{2028}", "\u{3000}",
    "the", "The", "said", "1,000", "3.14", "don't", "'", ".", ",", ":", ";", "_", "-", "\"", "!", "$", "+", "`", "´", "\u{0}",
    // Quotes, apostrophes, dashes, primes.
    "‘", "’", "“", "”", "«", "»", "ʼ", "′", "″", "‵", "‐", "–", "—", "−", "＇", "＂", "－", "…", "·", "\u{387}", "\u{37e}",
    // Marks: accents, ypogegrammeni, niqqud, harakat, nukta, virama, kana voicing, Thai tone, enclosing keycap.
    "\u{301}", "\u{307}", "\u{308}", "\u{323}", "\u{327}", "\u{338}", "\u{345}", "\u{34f}", "\u{5b7}", "\u{5bc}", "\u{64b}",
    "\u{64e}", "\u{651}", "\u{653}", "\u{670}", "\u{93c}", "\u{94d}", "\u{3099}", "\u{309a}", "\u{e48}", "\u{20e3}", "\u{1d165}",
    // Not seen: soft hyphen, ZWSP, ZWNJ, ZWJ, marks of direction, word joiner, BOM, variation selectors, tag, fillers.
    "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{200e}", "\u{2060}", "\u{feff}", "\u{fe0f}", "\u{e0100}", "\u{e0041}", "\u{61c}",
    "\u{115f}", "\u{3164}", "\u{ffa0}", "\u{180e}",
    // Letters that fold or decompose to several, or in a way of their own.
    "ß", "ẞ", "İ", "ı", "ŉ", "ǰ", "ΐ", "ΐ", "ς", "Σ", "ᾳ", "ᾼ", "ᾷ", "é", "É", "Å", "Å", "K", "Ω", "ſ", "ẛ", "ﬁ", "ﬃ", "ﬅ", "և", "ﬓ", "ĳ", "ǅ", "ỵ",
    // Width variants, superscripts, fractions, numbers, a whole phrase.
    "Ａ", "１", "²", "½", "①", "Ⅷ", "𝟘", "𝐀", "٣", "۳", "५", "๓", "ﷺ", "ﷲ", "ﹷ", "㎏", "㍿", "゛", "¨", "΅", "＾",
    // Scripts.
    "ب", "ا", "ل", "آ", "א", "שׁ", "״", "ж", "Й", "क", "क़", "ष", "ि", "ক", "ো", "த", "မ", "ြ",
    // Without spaces.
    "中", "国", "々", "〇", "豈", "𠀀", "か", "が", "カ", "ガ", "ｶ", "ﾞ", "ー", "ｰ", "ก", "็", "ำ", "ด", "ລ", "ຳ", "ក", "្", "។", "、", "。",
    // Hangul: jamo and syllables without and with a final.
    "ᄀ", "ᅡ", "ᆨ", "가", "각", "ㄱ", "ﾡ",
    // Emoji, flags, modifiers; private, unassigned and last characters.
    "😀", "👩", "👍", "🏽", "❤", "🇩", "🇪", "©", "\u{e000}", "\u{378}", "\u{e0fff}", "\u{10ffff}",
];

/// Gives up to 255 tokens, whatever they are, as one shingle.
static WHOLE: LazyLock<Shingler> = LazyLock::new(|| {
    let scheme = Scheme::builder().tokens(255).short_text(ShortText::Whole).build();
    scheme.and_then(|scheme| scheme.shingler()).expect("valid")
});

fn check_place(place: &Range<usize>, text: &str, settings: &Settings) {
    assert!(place.start < place.end && place.end <= text.len(), "{place:?} in {text:?}");
    if settings.tokenization != Tokenization::Bytes {
        assert!(text.get(place.clone()).is_some(), "{place:?} cuts a character of {text:?}");
    }
}

fuzz_target!(|input: Input<'_>| {
    let Input { settings, before, ascii, text } = &input;
    let before = text_of(&text[..text.len().min(usize::from(*before))], *ascii);
    let text = &text_of(text, *ascii);
    let shingler = settings.shingler();

    let normal = shingler.normalize(text);
    assert_eq!(shingler.normalize(&normal), normal, "normalized twice; the text is {text:?}");

    let tokens = shingler.tokens(text);
    for token in &tokens {
        check_place(&token.range, text, settings);
        check_place(&token.normalized, &normal, settings);
    }
    for pair in tokens.windows(2) {
        assert!(pair[0].normalized.end <= pair[1].normalized.start);
        assert!(pair[0].range.start <= pair[1].range.start && pair[0].range.end <= pair[1].range.end);
    }
    if settings.filter == WordFilter::All
        && matches!(settings.tokenization, Tokenization::Characters | Tokenization::Graphemes | Tokenization::Bytes)
    {
        assert_eq!(tokens.iter().map(|token| token.normalized.len()).sum::<usize>(), normal.len());
    }

    let shingles = shingler.shingles(text);
    let windows = settings.windows(&tokens);
    assert_eq!(shingles.len(), windows.len());
    for (shingle, window) in shingles.iter().zip(windows) {
        let inside = &tokens[window];
        assert_eq!(shingle.range, inside[0].range.start..inside[inside.len() - 1].range.end);
        check_place(&shingle.range, text, settings);
        let bytes = inside.iter().map(|token| &normal.as_bytes()[token.normalized.clone()]);
        assert_eq!(vec![shingle.hash], WHOLE.hashes_of_tokens(bytes));
    }

    let hashes = shingler.hashes(text);
    assert_eq!(hashes, shingles.iter().map(|shingle| shingle.hash).collect::<Vec<_>>());
    let mut scratch = TextScratch::default();
    shingler.hashes_into(&before, &mut scratch);
    assert_eq!(shingler.hashes_into(text, &mut scratch), hashes);
    assert!(shingler.set(text).as_slice().iter().eq(&BTreeSet::from_iter(hashes)));
});
