//! The tokens into which a text is cut.

use super::names::names;

/// The rule by which a text is cut into tokens.
///
/// Letters of scripts that are written without spaces are tokens of their own under all rules for words, so no language needs to be named. These scripts are Han, kana, Thai, Lao, Khmer,
/// Burmese and a few more: the letters that UAX #29 leaves as words of their own, and katakana.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::text::Tokenization;
///
/// let tokens = |tokenization, text: &str| -> Vec<String> {
///     let scheme = Scheme::builder().tokenization(tokenization).build().unwrap();
///     let shingler = scheme.shingler().unwrap();
///     let normal = shingler.normalize(text);
///     shingler.tokens(text).iter().map(|token| normal[token.normalized.clone()].to_string()).collect()
/// };
/// assert_eq!(tokens(Tokenization::WordsAndSigns, "Don't pay 1,000 €!"), ["don't", "pay", "1,000", "€"]);
/// assert_eq!(tokens(Tokenization::Words, "Don't pay 1,000 €!"), ["don't", "pay", "1,000"]);
/// assert_eq!(tokens(Tokenization::Code, "x.y+=1.5;"), ["x", ".", "y", "+", "=", "1.5", ";"]);
/// assert_eq!(tokens(Tokenization::WhiteSpace, "Don't pay 1,000 €!"), ["don't", "pay", "1,000", "€!"]);
/// assert_eq!(tokens(Tokenization::Words, "用Rust写"), ["用", "rust", "写"]);
/// assert_eq!(tokens(Tokenization::Characters, "añb"), ["a", "ñ", "b"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Tokenization {
    /// Words by the default rules of UAX #29, and the signs that are content in prose: currencies, operators, the minus of a number,
    /// emoji and other symbols. A run of one sign is one token. Commas, quotes, dashes, brackets, bullets and the marks of Markdown
    /// are no tokens; `DESIGN.md` has the whole rule. A text without a word has a token for each run of a character that is not
    /// blank.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let shingler = Scheme::builder().build()?.shingler()?;
    /// assert_ne!(shingler.set("C++"), shingler.set("C#"));
    /// assert_ne!(shingler.set("it fell to -5 °C"), shingler.set("it fell to 5 °C"));
    /// assert_eq!(shingler.set("**Late** - as ever, again"), shingler.set("Late: as ever; (again)"));
    /// assert_ne!(shingler.set("* * *"), shingler.set("+ + +"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[default]
    WordsAndSigns,
    /// Words by the default rules of UAX #29: only segments with a letter or a number. It was the default before
    /// [`WordsAndSigns`](Self::WordsAndSigns), and reads what was stored then.
    Words,
    /// Identifiers, numbers, and each other character that is not blank, for source code and mathematics: spaces between tokens do not
    /// count, and every sign does.
    Code,
    /// Runs of characters between white space, punctuation included.
    WhiteSpace,
    /// Characters (Unicode scalar values), white space and punctuation included.
    Characters,
    /// Extended grapheme clusters by UAX #29: what a reader takes for one character, such as a letter with its accents.
    Graphemes,
    /// Bytes of the normalized text in UTF-8.
    Bytes,
}

names!(Tokenization, "tokenization", "words-and-signs, words, code, white-space, characters, graphemes or bytes",
    WordsAndSigns => "words-and-signs", Words => "words", Code => "code", WhiteSpace => "white-space", Characters => "characters", Graphemes => "graphemes", Bytes => "bytes");

/// The filter that chooses which tokens count. Shingles are made of the tokens that pass.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::scheme::WordFilter;
///
/// let tokens = |filter, text: &str| -> Result<usize, twinprint::Error> {
///     Ok(Scheme::builder().filter(filter).build()?.shingler()?.tokens(text).len())
/// };
/// assert_eq!(tokens(WordFilter::All, "The ferry to Skelby left at 17:30")?, 8);
/// assert_eq!(tokens(WordFilter::Figures, "The ferry to Skelby left at 17:30")?, 2);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum WordFilter {
    /// Every token.
    #[default]
    All,
    /// Tokens that are not in the built-in table of common words (version 1: function words of 25 languages, and
    /// the everyday words of English and of English news). Names and topics are left: rewrites of one story share these
    /// even where they share no phrase.
    Content,
    /// Tokens with a decimal digit. Templated texts differ in exactly these.
    Figures,
}

names!(WordFilter, "filter", "all, content or figures", All => "all", Content => "content", Figures => "figures");
