//! The signs of an ASCII run that are content: few, so each is read by itself.

use std::ops::Range;

use super::runs::{Blocks, bits_of};
use super::{BLOCK, Masks};
use crate::text::signs::SignContext;

/// Collects where each sign of an ASCII run begins and ends that is content, in order. `context` has the text that the blocks are of.
pub(super) fn find_signs(context: SignContext<'_>, blocks: Blocks<'_>, run: &Range<usize>, signs: &mut Vec<[u32; 2]>) {
    signs.clear();
    let bytes = context.text.as_bytes();
    let mut passed = run.start;
    for number in run.start / BLOCK..run.end.div_ceil(BLOCK) {
        let mut candidates = candidates(blocks, number) & bits_of(run, number * BLOCK);
        while candidates != 0 {
            let start = number * BLOCK + candidates.trailing_zeros() as usize;
            // Clears the lowest set bit.
            candidates &= candidates.wrapping_sub(1);
            // Two hyphens are no sign, and the first of them is no candidate.
            let in_dash = bytes[start] == b'-' && bytes[run.start..start].ends_with(b"-");
            if start < passed || in_dash {
                continue;
            }
            passed = start + bytes[start..run.end].iter().take_while(|&&byte| byte == bytes[start]).count();
            if let Some(start) = context.token_start(start, passed) {
                signs.push([start as u32, passed as u32]);
            }
        }
    }
}

/// Returns the bytes of a block that may begin a sign: signs, and hyphens that are not behind a word and before one, a dash or a space.
fn candidates(blocks: Blocks<'_>, number: usize) -> u64 {
    // In prose most blocks have none, so their neighbours need not be read.
    if blocks.masks[number].signs | blocks.masks[number].hyphens == 0 {
        return 0;
    }
    let (before, block, next) = blocks.around(number);
    let may_follow = |masks: Masks| masks.digits | masks.dots | masks.signs;
    let followed = may_follow(block) >> 1 | may_follow(next) << 63;
    let behind_sign = block.signs << 1 | before.signs >> 63;
    block.signs | block.hyphens & (followed | behind_sign)
}

/// Inserts signs among words, by their places. `bounds` holds `written` numbers, the beginnings and ends of the words, and as much room
/// behind them as `signs` needs. Returns how many numbers it holds then.
pub(super) fn insert(signs: &[[u32; 2]], bounds: &mut [u32], written: usize) -> usize {
    let mut words = written / 2;
    let mut end = words + signs.len();
    let (tokens, _) = bounds.as_chunks_mut::<2>();
    // From the last sign on, the words behind it move to their places, each of them once.
    for sign in signs.iter().rev() {
        let before = tokens[..words].partition_point(|word| word[0] < sign[0]);
        tokens.copy_within(before..words, end - (words - before));
        end -= words - before + 1;
        words = before;
        tokens[end] = *sign;
    }
    written + 2 * signs.len()
}
