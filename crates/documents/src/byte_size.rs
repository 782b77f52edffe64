//! Sizes in messages.

use std::fmt;

/// A number of bytes, shown as the command's options take it: `64M`, or `3000000` where no unit fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteSize(pub(crate) u64);

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = [(1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K")].into_iter().find(|(unit, _)| self.0 >= *unit);
        match unit {
            Some((unit, name)) if self.0.is_multiple_of(unit) => write!(f, "{}{name}", self.0 / unit),
            _ => write!(f, "{}", self.0),
        }
    }
}
