//! The golden vectors of the library, computed where the module runs. Numbers of 64 bits are text, because those of JavaScript have 53.

use serde::Serialize;
use twinprint::Scheme;
use twinprint::scheme::Algorithm;

/// The text of the library's own test.
const TEXT: &str =
    "The ferry to Skelby didn’t sail on Monday, 3 March: winds of 27.5 m/s. 渡轮周一停航。Паром не вышел.";

/// What `tests/golden.rs` of the library pins.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Vectors {
    /// The ids of the schemes for news, web and code.
    schemes: [String; 3],
    /// The number of shingle hashes of the text, their exclusive or, and the first one.
    shingles: (usize, String, String),
    /// Two values of signatures, and all of them folded.
    permutations: (u32, u32, u32),
    fast_similarity: (u32, u32, u32),
}

pub(crate) fn vectors() -> Result<Vectors, String> {
    let refused = |error: twinprint::Error| error.to_string();
    let hashes = Scheme::news().shingler().map_err(refused)?.hashes(TEXT);
    let folded = hashes.iter().fold(0, |all, hash| all ^ hash);
    Ok(Vectors {
        schemes: [Scheme::news(), Scheme::web(), Scheme::code()].map(|scheme| scheme.id().to_string()),
        shingles: (hashes.len(), folded.to_string(), hashes.first().copied().unwrap_or_default().to_string()),
        permutations: signature(Algorithm::Permutations).map_err(refused)?,
        fast_similarity: signature(Algorithm::FastSimilarity).map_err(refused)?,
    })
}

fn signature(algorithm: Algorithm) -> Result<(u32, u32, u32), twinprint::Error> {
    let builder = Scheme::builder().custom_features("n").algorithm(algorithm).num_hashes(128).seed(42);
    let features: Vec<u64> = (0..100).collect();
    let signature = builder.build()?.minhasher().signature(&features);
    let values = signature.values();
    Ok((values[0], values[1], values.iter().fold(0, |all: u32, value| all.rotate_left(5) ^ value)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn they_are_those_of_the_library() {
        let pinned: serde_json::Value = serde_json::from_str(include_str!("../tests/golden.json")).expect("JSON");
        let vectors = super::vectors().expect("valid");
        assert_eq!(serde_json::to_value(&vectors).expect("plain"), pinned);
    }
}
