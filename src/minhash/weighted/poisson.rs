//! The number of darts in a cell.

/// The probabilities of at most 0, 1, 2, … darts in a cell of area 1/2, of 2^64.
const AT_MOST: [u64; 16] = [
    0x9b45_97e3_7cb0_4ff3,
    0xe8e8_63d5_3b08_77ed,
    0xfc51_16d1_aa9e_81ec,
    0xff8d_34a6_67e2_2e41,
    0xfff4_b860_ff8a_a3cb,
    0xffff_125a_0eb5_15f3,
    0xffff_ef2e_cff8_9f76,
    0xffff_fef4_ddc6_9700,
    0xffff_fff1_3ea3_7678,
    0xffff_ffff_4405_111b,
    0xffff_ffff_f77d_25a3,
    0xffff_ffff_ffa5_83aa,
    0xffff_ffff_fffc_8795,
    0xffff_ffff_ffff_e059,
    0xffff_ffff_ffff_fef2,
    0xffff_ffff_ffff_fff7,
];

/// Returns a number of the Poisson distribution with mean 1/2, drawn by a hash.
#[inline]
pub(super) fn draw(hash: u64) -> u64 {
    AT_MOST.iter().take_while(|&&at_most| hash >= at_most).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_distribution() {
        let (mut term, mut sum) = ((-0.5_f64).exp(), 0.0);
        for (darts, &at_most) in AT_MOST.iter().enumerate() {
            sum += term;
            assert!((at_most as f64 / 2_f64.powi(64) - sum).abs() < 1e-14, "{darts}");
            term *= 0.5 / (darts + 1) as f64;
        }
        assert_eq!((draw(0), draw(AT_MOST[0] - 1), draw(AT_MOST[0]), draw(u64::MAX)), (0, 0, 1, 16));
    }
}
