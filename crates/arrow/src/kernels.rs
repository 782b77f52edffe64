//! The work on columns, over slices that no version of Arrow is part of.
//!
//! Lists of different lengths are given as in Arrow: the offsets of all rows, one more than there are rows, into the numbers of
//! all rows. All cores work on a column; the answers do not depend on their number.

use rayon::prelude::*;
use twinprint::lsh::BandHasher;
use twinprint::text::TextScratch;
use twinprint::{Banding, Error, Overlap, Scheme, ShingleSet, Signature, SignatureMatrix};

/// Rows that one thread works on before it takes more.
pub(crate) const PIECE: usize = 256;

/// Numbers of rows of different lengths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Where rows begin: row `i` is `offsets[i]..offsets[i + 1]`.
    pub offsets: Vec<usize>,
    /// The numbers of all rows.
    pub values: Vec<u64>,
}

impl Lists {
    /// Concatenates pieces, each a list of row lengths and the numbers of these rows.
    pub(crate) fn from_pieces(rows: usize, pieces: Vec<(Vec<usize>, Vec<u64>)>) -> Self {
        let mut lists = Self {
            offsets: Vec::with_capacity(rows + 1),
            values: Vec::with_capacity(pieces.iter().map(|(_, values)| values.len()).sum()),
        };
        let mut end = 0;
        lists.offsets.push(end);
        for (lengths, values) in pieces {
            for length in lengths {
                end += length;
                lists.offsets.push(end);
            }
            lists.values.extend(values);
        }
        lists
    }
}

/// Returns the signatures of texts, one row each. A missing text has the signature of the empty set.
///
/// # Errors
/// [`Error::NoTextFeatures`] if the scheme cannot read text.
pub fn signatures(texts: &[Option<&str>], scheme: &Scheme) -> Result<SignatureMatrix, Error> {
    let texts: Vec<&str> = texts.iter().map(|text| text.unwrap_or_default()).collect();
    scheme.minhasher().matrix_of_texts(&texts)
}

/// Returns the shingle sets of texts: the hashes of each, in ascending order. A missing text has an empty set.
///
/// # Errors
/// [`Error::NoTextFeatures`] if the scheme cannot read text.
pub fn shingles(texts: &[Option<&str>], scheme: &Scheme) -> Result<Lists, Error> {
    let shingler = scheme.shingler()?;
    let pieces = texts.par_chunks(PIECE).map_init(TextScratch::default, |scratch, texts| {
        let (mut lengths, mut values) = (Vec::with_capacity(texts.len()), Vec::new());
        for text in texts {
            let set: ShingleSet = shingler.hashes_into(text.unwrap_or_default(), scratch).to_vec().into();
            lengths.push(set.len());
            values.extend(set);
        }
        (lengths, values)
    });
    Ok(Lists::from_pieces(texts.len(), pieces.collect()))
}

/// Returns the keys of the bands of signatures, which were made under this scheme. An empty set has none.
///
/// # Errors
/// [`Error::BandingTooLarge`] if the signatures have fewer positions than the banding needs, [`Error::WrongLength`] if the
/// values are not whole rows of the scheme's `num_hashes`.
pub fn band_keys(values: &[u32], scheme: &Scheme, banding: Banding) -> Result<Lists, Error> {
    let hasher = BandHasher::new(banding, scheme)?;
    let width = scheme.sketch().num_hashes() as usize;
    let pieces = values.par_chunks(PIECE * width).map(|values| {
        let (mut lengths, mut keys) = (Vec::with_capacity(PIECE), Vec::new());
        for row in values.chunks(width) {
            let row = hasher.row_keys(row)?;
            lengths.push(row.len());
            keys.extend(row);
        }
        Ok((lengths, keys))
    });
    Ok(Lists::from_pieces(values.len() / width, pieces.collect::<Result<_, Error>>()?))
}

/// Returns the estimated Jaccard similarity of each row of signatures with the row of the same number of others.
///
/// # Errors
/// [`Error::WrongLength`] if the values are not whole rows of the scheme's `num_hashes`.
pub fn estimates(left: &[u32], right: &[u32], scheme: &Scheme) -> Result<Vec<f64>, Error> {
    let width = scheme.sketch().num_hashes() as usize;
    let rows = left.par_chunks(width).zip(right.par_chunks(width));
    rows.map(|(left, right)| {
        let signature = |row: &[u32]| Signature::from_values(scheme, row.to_vec());
        Ok(signature(left)?.jaccard(&signature(right)?)?)
    })
    .collect()
}

/// Returns the exact overlap of each pair of sets. Numbers within a set may be in any order, and may repeat.
pub fn overlaps(pairs: &[(&[u64], &[u64])]) -> Vec<Overlap> {
    let set = |numbers: &[u64]| ShingleSet::from(numbers.to_vec());
    pairs.par_iter().map(|(left, right)| Overlap::new(&set(left), &set(right))).collect()
}
