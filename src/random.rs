//! Random numbers for keys and names. No result depends on them.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Draws 64 bits that nobody can guess.
///
/// The standard library asks the operating system for one secret of 128 bits a thread, and adds one to a part of it for each
/// `RandomState`. Its hash of nothing under such a key shows neither the secret nor the number before. In WebAssembly the secret
/// is a constant.
pub(crate) fn random64() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Draws 128 bits.
pub(crate) fn random128() -> u128 {
    u128::from(random64()) << 64 | u128::from(random64())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_differ_within_a_thread_and_between_threads() {
        let draw = || (0..100).flat_map(|_| [u128::from(random64()), random128()]).collect::<Vec<_>>();
        let other = std::thread::spawn(draw).join().expect("drawn");
        assert_eq!(draw().into_iter().chain(other).collect::<BTreeSet<_>>().len(), 400);
    }
}
