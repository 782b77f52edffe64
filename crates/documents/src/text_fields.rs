//! Which of several text fields the documents have.

/// Records which text fields were found in documents, and which were lacking in some. The fields are numbered in the order of
/// [`Fields::text`](crate::Fields::text); those after the first 64 are not recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextFields {
    found: u64,
    lacking: u64,
}

impl TextFields {
    /// Records whether a document has the field of this number.
    pub(crate) fn record(&mut self, number: usize, has_field: bool) {
        let bit = u32::try_from(number).ok().and_then(|number| 1_u64.checked_shl(number)).unwrap_or_default();
        if has_field { self.found |= bit } else { self.lacking |= bit }
    }

    /// Adds what was recorded of other documents.
    pub(crate) fn add(&mut self, other: Self) {
        self.found |= other.found;
        self.lacking |= other.lacking;
    }

    /// Returns whether the field of this number is lacking in some documents and found in none.
    pub(crate) fn is_nowhere(&self, number: usize) -> bool {
        let nowhere = self.lacking & !self.found;
        u32::try_from(number).ok().and_then(|number| nowhere.checked_shr(number)).is_some_and(|bits| bits & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_in_one_document_is_somewhere() {
        let mut fields = TextFields::default();
        fields.record(0, true);
        fields.record(1, false);
        assert!(!fields.is_nowhere(0) && fields.is_nowhere(1) && !fields.is_nowhere(2));
        let mut other = TextFields::default();
        other.record(1, true);
        other.record(70, false);
        fields.add(other);
        assert!(!fields.is_nowhere(1) && !fields.is_nowhere(70));
    }
}
