//! The minima of permuted hashes. Every kernel lowers the values of a sketch to the least that any hash gives.
//!
//! They take slices of one length and know nothing of presets, so that other languages can keep the numbers in arrays of their
//! own. Positions beyond the shortest of `a`, `b` and `minima` are left as they are.

/// The Mersenne prime 2^61 - 1.
pub const MERSENNE_61: u64 = (1 << 61) - 1;

/// Returns a 64-bit number modulo 2^61 - 1.
const fn modulo_mersenne(number: u64) -> u64 {
    // 2^61 is 1 modulo the prime, so the upper three bits are added below; the sum is less than twice the prime.
    let folded = (number & MERSENNE_61) + (number >> 61);
    if folded >= MERSENNE_61 { folded - MERSENNE_61 } else { folded }
}

/// Lowers the minima by every hash. Positions go in groups, which stay in registers while the hashes pass.
#[inline(always)]
fn lower<T: Copy + Ord, const LANES: usize>(
    hashes: &[T],
    a: &[T],
    b: &[T],
    minima: &mut [T],
    permuted: impl Fn(T, T, T) -> T,
) {
    let (a_groups, a_rest) = a.as_chunks::<LANES>();
    let (b_groups, b_rest) = b.as_chunks::<LANES>();
    let (groups, rest) = minima.as_chunks_mut::<LANES>();
    for ((a, b), group) in a_groups.iter().zip(b_groups).zip(groups) {
        let mut least = *group;
        for &hash in hashes {
            for ((least, &a), &b) in least.iter_mut().zip(a).zip(b) {
                *least = (*least).min(permuted(hash, a, b));
            }
        }
        *group = least;
    }
    for ((&a, &b), least) in a_rest.iter().zip(b_rest).zip(rest) {
        for &hash in hashes {
            *least = (*least).min(permuted(hash, a, b));
        }
    }
}

/// Defines a kernel that is compiled once more for each set of vector instructions, and picked when it runs.
macro_rules! kernel {
    ($(#[$doc:meta])* $name:ident, $lanes:literal, ($($arg:ident: $type:ty),*), $value:ty, $permuted:expr) => {
        $(#[$doc])*
        pub fn $name(hashes: &[$value], a: &[$value], b: &[$value], $($arg: $type,)* minima: &mut [$value]) {
            // Lanes of all slices must meet, whatever their lengths.
            let width = a.len().min(b.len()).min(minima.len());
            let (a, b, minima) = (&a[..width], &b[..width], &mut minima[..width]);
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
                fn avx512(hashes: &[$value], a: &[$value], b: &[$value], $($arg: $type,)* minima: &mut [$value]) {
                    lower::<_, { $lanes * 2 }>(hashes, a, b, minima, $permuted);
                }
                #[target_feature(enable = "avx2")]
                fn avx2(hashes: &[$value], a: &[$value], b: &[$value], $($arg: $type,)* minima: &mut [$value]) {
                    lower::<_, $lanes>(hashes, a, b, minima, $permuted);
                }
                let has_avx512 = is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl");
                if has_avx512 {
                    // SAFETY: the machine has these instructions.
                    return unsafe { avx512(hashes, a, b, $($arg,)* minima) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the machine has these instructions.
                    return unsafe { avx2(hashes, a, b, $($arg,)* minima) };
                }
            }
            lower::<_, $lanes>(hashes, a, b, minima, $permuted);
        }
    };
}

kernel! {
    /// Permutes by `a * h + b` modulo 2^32: datasketch's affine32, of hashes that went through [`fmix32`](crate::fmix32).
    affine_32, 16, (), u32, |hash: u32, a: u32, b: u32| a.wrapping_mul(hash).wrapping_add(b)
}

kernel! {
    /// Permutes by `a * h + b` modulo 2^64: datasketch's affine64, of hashes that went through [`fmix64`](crate::fmix64).
    affine_64, 8, (), u64, |hash: u64, a: u64, b: u64| a.wrapping_mul(hash).wrapping_add(b)
}

kernel! {
    /// Permutes by `a * h + b` modulo 2^64, then modulo 2^61 - 1, then masked: datasketch's legacy scheme, datatrove, text-dedup.
    /// The product wraps before the prime is applied, which is a flaw of these tools that their values depend on.
    mersenne, 8, (mask: u64), u64, |hash: u64, a: u64, b: u64| {
        modulo_mersenne(a.wrapping_mul(hash).wrapping_add(b)) & mask
    }
}

kernel! {
    /// Permutes by `a * h + b` modulo 2^32, then modulo a prime: text-dedup with 32 bits. The prime must be above 2^31.
    prime_32, 16, (prime: u32), u32, |hash: u32, a: u32, b: u32| {
        // The prime is just below 2^32: one subtraction is the remainder of the division.
        let wrapped = a.wrapping_mul(hash).wrapping_add(b);
        if wrapped >= prime { wrapped - prime } else { wrapped }
    }
}

kernel! {
    /// Permutes by `x = a * h + b`, then the low half of `x + (x >> 61)`: Daft, whose remainder of 2^61 - 1 lacks its last step.
    daft, 8, (), u64, |hash: u64, a: u64, b: u64| {
        let x = a.wrapping_mul(hash).wrapping_add(b);
        x.wrapping_add(x >> 61) & 0xffff_ffff
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remainders_are_those_of_the_division() {
        for number in [0, 1, MERSENNE_61 - 1, MERSENNE_61, MERSENNE_61 + 1, 2 * MERSENNE_61, u64::MAX - 1, u64::MAX] {
            assert_eq!(modulo_mersenne(number), number % MERSENNE_61, "{number}");
        }
    }

    #[test]
    fn every_width_gives_what_one_position_at_a_time_gives() {
        let random = |n: u64| (0..n).map(|i| crate::fmix64(i + 7 * n)).collect::<Vec<u64>>();
        for width in [0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 128, 131] {
            let (hashes, a, b) = (random(5), random(width), random(width + 1));
            let mut all = vec![u64::MAX; width as usize];
            mersenne(&hashes, &a, &b, 0xffff_ffff, &mut all);
            let mut wrapping = vec![u64::MAX; width as usize];
            affine_64(&hashes, &a, &b, &mut wrapping);
            for (position, (&all, &wrapping)) in all.iter().zip(&wrapping).enumerate() {
                let permuted = |hash: &u64| a[position].wrapping_mul(*hash).wrapping_add(b[position]);
                let least = hashes.iter().map(|hash| (permuted(hash) % MERSENNE_61) & 0xffff_ffff).min();
                assert_eq!(Some(all), least, "width {width}, position {position}");
                assert_eq!(Some(wrapping), hashes.iter().map(permuted).min(), "width {width}, position {position}");
            }
        }
    }
}
