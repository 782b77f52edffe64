//! Hashes to signatures.

use std::hint::black_box;

use xxhash_rust::xxh3::xxh3_64;

use super::{Numbers, Setting};
use crate::measure::{Contestant, Outcome, race};
use crate::peers;
use crate::table::{Table, number};

/// Elements of a set: a short text, one of median length, long ones.
const SIZES: [usize; 4] = [100, 165, 1_000, 5_000];

/// Elements of all sets of a measurement: half a megabyte, so that branch predictors cannot learn a set.
const ELEMENTS: usize = 1 << 16;

pub(crate) fn print(setting: &Setting) -> Outcome<()> {
    setting.title(
        "Hashes to signature",
        "Sets of random 64-bit hashes to signatures of 128 positions: nanoseconds a hash on one core and, in parentheses, \
         the multiple of the time that xxh3 takes for 25 bytes (the median of the ratios within a round).",
    );
    let text: Vec<u8> = Numbers(5).flat_map(u64::to_le_bytes).take(25 * ELEMENTS / 8).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for size in SIZES {
        let mut numbers = Numbers(size as u64);
        let count = ELEMENTS / size;
        let sets: Vec<Vec<u64>> = (0..count).map(|_| numbers.by_ref().take(size).collect()).collect();
        let mut contestants = vec![yardstick(&text)];
        contestants.extend(peers::signatures(&sets)?);
        let times = race(&mut contestants, setting.effort)?;
        rows.resize(times.len(), Vec::new());
        let hashed = (text.len() / 25) as f64;
        let elements = (size * count) as f64;
        for (contestant, row) in rows.iter_mut().enumerate() {
            let scale = if contestant == 0 { hashed } else { elements };
            if row.is_empty() {
                row.push(times.names[contestant].clone());
            }
            let nanoseconds = times.seconds(contestant) * 1e9 / scale;
            let ratio = times.ratio(contestant, 0) * hashed / scale;
            row.push(format!("{} ({}×)", number(nanoseconds), number(ratio)));
        }
    }
    let header: Vec<String> = SIZES.iter().map(|size| format!("{size} hashes")).collect();
    let mut table = Table::new(&[&["path"], &*header.iter().map(String::as_str).collect::<Vec<_>>()].concat());
    rows.into_iter().for_each(|row| table.row(row));
    setting.publish("signatures", "random 64-bit hashes", &table)
}

/// Returns the unit of time: xxh3 of the 25 bytes of a 5-gram.
fn yardstick(text: &[u8]) -> Contestant<'_> {
    Contestant::new("xxh3 of 25 bytes", move || {
        black_box(text).chunks_exact(25).fold(0, |all, bytes| all ^ xxh3_64(bytes))
    })
}
