//! Extended grapheme clusters (UAX #29): what a reader perceives as one character.

use std::{iter::FusedIterator, ops::Range};

use super::{GraphemeBreak as Class, IndicConjunctBreak, Props, props};

/// The grapheme clusters of a text, as byte ranges that cover it. Reads each character twice at most.
#[derive(Clone, Debug)]
pub(crate) struct Graphemes<'a> {
    rest: &'a str,
    end: usize,
}

impl<'a> Graphemes<'a> {
    /// Returns an iterator over the clusters of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text, end: text.len() }
    }
}

impl Iterator for Graphemes<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.end - self.rest.len();
        // Between two ASCII characters only CR LF is no boundary.
        if let [c, next, ..] = self.rest.as_bytes()
            && c.is_ascii()
            && next.is_ascii()
            && *c != b'\r'
        {
            self.rest = self.rest.get(1..).unwrap_or_default();
            return Some(start..start + 1);
        }
        let mut chars = self.rest.chars();
        let mut cluster = Cluster::new(props(chars.next()?));
        self.rest = chars.as_str();
        while let Some(c) = chars.next() {
            if !cluster.takes(props(c)) {
                break;
            }
            self.rest = chars.as_str();
        }
        Some(start..self.end - self.rest.len())
    }
}

impl FusedIterator for Graphemes<'_> {}

/// The part of a cluster that the rules depend on. No rule depends on anything before its beginning.
struct Cluster {
    last: Class,
    emoji: Emoji,
    conjunct: Conjunct,
    /// Whether it ends in an odd number of regional indicators.
    half_flag: bool,
}

#[derive(PartialEq)]
enum Emoji {
    No,
    /// A pictograph and what extends it.
    Pictograph,
    /// That and a joiner, so that another pictograph may follow.
    Joined,
}

#[derive(PartialEq)]
enum Conjunct {
    No,
    /// A consonant and what extends it.
    Consonant,
    /// That and a virama, so that another consonant may follow.
    Linked,
}

impl Cluster {
    #[inline]
    fn new(first: Props) -> Self {
        let mut cluster = Self { last: Class::Other, emoji: Emoji::No, conjunct: Conjunct::No, half_flag: false };
        cluster.add(first);
        cluster
    }

    /// Adds `next` to the cluster if it belongs there, and returns whether it does.
    #[inline]
    fn takes(&mut self, next: Props) -> bool {
        let joins = self.joins(next);
        if joins {
            self.add(next);
        }
        joins
    }

    #[inline]
    fn joins(&self, next: Props) -> bool {
        use Class::{Control, Cr, Extend, L, Lf, Lv, Lvt, Prepend, RegionalIndicator, SpacingMark, T, V, Zwj};
        match (self.last, next.grapheme_break()) {
            (Cr, Lf) => true,                                 // GB3
            (Control | Cr | Lf, _) => false,                  // GB4
            (_, Control | Cr | Lf) => false,                  // GB5
            (L, L | V | Lv | Lvt) => true,                    // GB6
            (Lv | V, V | T) => true,                          // GB7
            (Lvt | T, T) => true,                             // GB8
            (_, Extend | Zwj | SpacingMark) => true,          // GB9, GB9a
            (Prepend, _) => true,                             // GB9b
            (_, RegionalIndicator) if self.half_flag => true, // GB12, GB13
            _ => {
                // GB9c, GB11
                self.conjunct == Conjunct::Linked && next.indic_conjunct_break() == IndicConjunctBreak::Consonant
                    || self.emoji == Emoji::Joined && next.is_extended_pictographic()
            }
        }
    }

    #[inline]
    fn add(&mut self, next: Props) {
        self.last = next.grapheme_break();
        self.half_flag = self.last == Class::RegionalIndicator && !self.half_flag;
        self.emoji = match self.last {
            _ if next.is_extended_pictographic() => Emoji::Pictograph,
            Class::Extend if self.emoji == Emoji::Pictograph => Emoji::Pictograph,
            Class::Zwj if self.emoji == Emoji::Pictograph => Emoji::Joined,
            _ => Emoji::No,
        };
        match next.indic_conjunct_break() {
            IndicConjunctBreak::None => self.conjunct = Conjunct::No,
            IndicConjunctBreak::Consonant => self.conjunct = Conjunct::Consonant,
            IndicConjunctBreak::Linker if self.conjunct != Conjunct::No => self.conjunct = Conjunct::Linked,
            IndicConjunctBreak::Linker | IndicConjunctBreak::Extend => {}
        }
    }
}
