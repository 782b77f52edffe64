//! Secret keys, from which the seeds of schemes are derived.

use std::fmt;

use crate::random::random128;

/// A secret of 128 bits for a [scheme](crate::SchemeBuilder::keyed).
///
/// An attacker who knows the seed of a scheme can write texts that share buckets with any text they choose, until these buckets
/// are over their limit and pairs in them are passed over. Nobody can do that against a seed that is derived from a secret key.
///
/// Keys are never printed: `Debug` shows nothing of them, and the scheme's id and description hold a number that is derived from the key
/// with `SipHash-2-4` (J.-P. Aumasson and D. J. Bernstein, "`SipHash`: a fast short-input PRF", 2012), from which the key cannot be found.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::scheme::SchemeKey;
///
/// let key = SchemeKey::random();
/// let scheme = Scheme::builder().keyed(key).build()?;
/// assert_eq!(scheme, Scheme::builder().keyed(SchemeKey::from_bytes(key.to_bytes())).build()?);
/// assert_ne!(scheme.id(), Scheme::builder().build()?.id());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SchemeKey([u8; 16]);

impl SchemeKey {
    /// Draws a key from the random numbers of the operating system.
    #[must_use]
    pub fn random() -> Self {
        Self(random128().to_le_bytes())
    }

    /// Builds a key from bytes, which should be random.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the secret, to be kept where nobody else reads it.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Derives a number for a purpose.
    pub(super) fn derive(self, purpose: &str, number: u64) -> u64 {
        siphash(self.0, &[purpose.as_bytes(), &number.to_le_bytes()].concat())
    }
}

impl From<[u8; 16]> for SchemeKey {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<u128> for SchemeKey {
    fn from(number: u128) -> Self {
        Self(number.to_le_bytes())
    }
}

impl fmt::Debug for SchemeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SchemeKey(..)")
    }
}

/// SipHash-2-4 of a message.
fn siphash(key: [u8; 16], message: &[u8]) -> u64 {
    let (words, rest) = message.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = message.len() as u8;
    let (first, second) = key.split_at(8);
    let [k0, k1] = [first, second].map(|half| half.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)));
    let mut state = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    for word in words.iter().chain([&last]) {
        let word = u64::from_le_bytes(*word);
        state[3] ^= word;
        rounds(&mut state, 2);
        state[0] ^= word;
    }
    state[2] ^= 0xff;
    rounds(&mut state, 4);
    state.into_iter().fold(0, |hash, word| hash ^ word)
}

fn rounds([v0, v1, v2, v3]: &mut [u64; 4], count: usize) {
    for _ in 0..count {
        *v0 = v0.wrapping_add(*v1);
        *v1 = v1.rotate_left(13) ^ *v0;
        *v0 = v0.rotate_left(32);
        *v2 = v2.wrapping_add(*v3);
        *v3 = v3.rotate_left(16) ^ *v2;
        *v0 = v0.wrapping_add(*v3);
        *v3 = v3.rotate_left(21) ^ *v0;
        *v2 = v2.wrapping_add(*v1);
        *v1 = v1.rotate_left(17) ^ *v2;
        *v2 = v2.rotate_left(32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Scheme;

    #[test]
    fn siphash_is_that_of_the_paper() {
        let bytes: Vec<u8> = (0..16).collect();
        let key = SchemeKey::from(0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100_u128);
        assert_eq!(key.to_bytes(), bytes[..]);
        // Appendix A of the paper, and the first of the test vectors of its authors.
        assert_eq!(siphash(key.to_bytes(), &bytes[..15]), 0xa129_ca61_49be_45e5);
        assert_eq!(siphash(key.to_bytes(), &[]), 0x726f_db47_dd0e_0e31);
    }

    #[test]
    fn a_key_is_part_of_the_identity_and_is_not_shown() {
        let key = SchemeKey::from_bytes(*b"a secret of mine");
        let build = |key| Scheme::builder().num_hashes(64).keyed(key).build().expect("valid");
        let (keyed, other) = (build(key), build(SchemeKey::random()));
        let plain = Scheme::builder().num_hashes(64).build().expect("valid");
        assert_eq!((&keyed, keyed.id()), (&build(key), build(key).id()));
        assert_eq!(plain.clone().keyed(key), keyed);
        assert!(keyed.sketch().is_keyed() && !plain.sketch().is_keyed());
        let ids = [keyed.id(), other.id(), plain.id()];
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        let mismatch = keyed.check_same(&plain).expect_err("they differ");
        assert_eq!((mismatch.field, &*mismatch.right), ("sketch.seed", "1"));
        assert_eq!(keyed.check_same(&other).expect_err("they differ").field, "sketch.seed");
        // Another seed under the same key is another scheme.
        assert_ne!(Scheme::builder().num_hashes(64).keyed(key).seed(2).build().expect("valid").id(), keyed.id());

        let seed = keyed.sketch().seed().to_string();
        let builder = Scheme::builder().keyed(key);
        let hasher = format!("{:?}", keyed.minhasher());
        assert!(hasher.starts_with("MinHasher { scheme: ") && hasher.ends_with(", .. }"), "no constants: {hasher}");
        let shown = format!("{keyed:?} {builder:?} {key:?} {} {mismatch} {hasher}", keyed.description());
        assert!(!shown.contains(&seed) && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn signatures_depend_on_the_key_alone() {
        let sign = |scheme: &Scheme| scheme.minhasher().signature(&[1, 2, 3]).values().to_vec();
        let keyed = |key: u128| Scheme::news().keyed(key);
        assert_eq!(sign(&keyed(5)), sign(&keyed(5)));
        assert_ne!(sign(&keyed(5)), sign(&keyed(6)));
        assert_ne!(sign(&keyed(5)), sign(&Scheme::news()));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_keyed_scheme_is_stored_without_its_secret_and_not_read_back() {
        let keyed = Scheme::news().keyed(SchemeKey::from_bytes(*b"a secret of mine"));
        let stored = serde_json::to_string(&keyed).expect("stored");
        assert!(!stored.contains(&keyed.sketch().seed().to_string()), "{stored}");
        let refused = serde_json::from_str::<Scheme>(&stored).expect_err("the key is missing").to_string();
        assert!(refused.contains("key"), "{refused}");
        let plain = serde_json::to_string(&Scheme::news()).expect("stored");
        assert!(plain.contains("\"seed\":1") && !plain.contains("key"), "{plain}");
        assert_eq!(serde_json::from_str::<Scheme>(&plain).expect("read"), Scheme::news());
    }
}
