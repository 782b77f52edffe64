//! The random number by which the files of a folder are known again.

use std::fmt;

use crate::random::random128;

/// The random number of a folder. The header of every file that is made there holds it, and the name of everything temporary: whatever
/// does not is somebody else's, and is neither replaced nor removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FolderId(u128);

impl FolderId {
    /// Draws a number.
    pub(crate) fn random() -> Self {
        Self(random128())
    }

    /// Reads the number that [`to_bytes`](Self::to_bytes) wrote; the caller passes sixteen bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut all = [0; 16];
        all.copy_from_slice(&bytes[..16]);
        Self(u128::from_le_bytes(all))
    }

    pub(crate) fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// Reads 32 hexadecimal digits.
    pub(crate) fn parse(digits: &str) -> Option<Self> {
        let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u128::from_str_radix(digits, 16).ok().filter(|_| is_hex).map(Self)
    }

    /// Returns what the names of temporary files hold.
    pub(crate) fn tag(self) -> String {
        format!("{self}-")
    }

    /// Returns whether the name of something temporary proves that it belongs to this folder.
    pub(super) fn is_in_name(self, name: &str) -> bool {
        name.contains(&self.tag())
    }
}

impl fmt::Display for FolderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for FolderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
