//! A frozen index whose bytes were changed: every question gets the right answer or an error.
//!
//! * Bytes are flipped, cut, inserted, or replaced by the input.
//! * With `forged`, the checks of the footer are made right afterwards, as somebody would who does it on purpose: there is no panic, and
//!   no memory beyond the size of the bytes.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use twinprint::index::{Frozen, FrozenBuilder};
use twinprint::{Banding, Error, Scheme, ShingleSet};

#[derive(Arbitrary, Debug)]
enum Change {
    Flip { at: u16, bits: u8 },
    Cut { at: u16 },
    Insert { at: u16, bytes: Vec<u8> },
    Replace { bytes: Vec<u8> },
}

fn set(number: u64) -> ShingleSet {
    (number..number + 12).collect()
}

static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(16).build().expect("valid");
    let mut builder = FrozenBuilder::new(&scheme, Banding::new(8, 2).expect("valid")).expect("fits").with_sets();
    for number in 0..40 {
        builder.push_set(&format!("{number}"), set(number)).expect("new");
    }
    builder.finish().expect("written")
});

fn answers(bytes: &[u8]) -> Result<String, Error> {
    let frozen = Frozen::open(bytes)?;
    let mut all = format!("{} {:?}", frozen.len(), frozen.scheme());
    for number in [0, 5, 17, 39, 60] {
        all += &format!("{:?}", frozen.query_set(&set(number), 0.3)?);
        all += &format!("{:?} {:?}", frozen.row_of(&format!("{number}"))?, frozen.id(number as usize)?);
        all += &format!("{:?} {:?}", frozen.signature(number as usize)?, frozen.set(number as usize)?);
    }
    Ok(all)
}

fuzz_target!(|input: (Vec<Change>, bool)| {
    let (changes, forged) = input;
    let mut bytes = SOUND.clone();
    for change in changes {
        let place = |at: u16, bytes: &[u8]| usize::from(at).min(bytes.len());
        match change {
            Change::Flip { at, bits } => {
                let at = usize::from(at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Change::Cut { at } => bytes.truncate(usize::from(at)),
            Change::Insert { at, bytes: new } => {
                let at = place(at, &bytes);
                drop(bytes.splice(at..at, new));
            }
            Change::Replace { bytes: new } => bytes = new,
        }
    }
    if forged && bytes.len() >= 160 {
        let start = bytes.len() - 128;
        let sections = usize::from(bytes[start + 36]).min(start / 24);
        let check = xxhash_rust::xxh3::xxh3_64(&bytes[start - 24 * sections..start + 104]);
        bytes[start + 104..start + 112].copy_from_slice(&check.to_le_bytes());
        let _ = answers(&bytes);
        let _ = Frozen::open(&bytes[..]).and_then(|frozen| frozen.verify());
        return;
    }
    if let Ok(found) = answers(&bytes) {
        assert_eq!(Ok(found), answers(&SOUND));
    }
    let verified = Frozen::open(&bytes[..]).and_then(|frozen| frozen.verify());
    assert_eq!(verified.is_ok(), bytes == *SOUND);
});
