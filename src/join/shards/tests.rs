use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use super::*;
use crate::join::{Document, JoinStats, SimilarityJoin};
use crate::scheme::Scheme;

/// Does all stages of two shards that are not done yet.
fn join(folder: &Path, texts: [&[&str]; 2]) -> JoinStats {
    let scheme = Scheme::builder().words(1).build().expect("valid");
    let builder = SimilarityJoin::builder(&scheme).threshold(0.5);
    let join = builder.build_sharded(folder, 2, 5).expect("valid");
    for (shard, texts) in (0..).zip(texts) {
        if join.signed(shard).expect("read").is_none() {
            let mut signer = join.sign(shard).expect("begun");
            signer.push_all(texts.iter().enumerate().map(|(id, text)| Document::text(id, *text))).expect("few");
            signer.finish().expect("signed");
        }
    }
    let go_on = |_| ControlFlow::Continue(());
    join.group(go_on).expect("grouped");
    for shard in 0..2 {
        join.bands(shard, go_on).expect("cut");
    }
    join.merge(go_on).expect("merged");
    for shard in 0..2 {
        join.verify(shard, go_on).expect("verified");
    }
    let mut whole = join.open().expect("done");
    whole.reuse_stored().expect("stored");
    whole.finish().expect("joined").stats()
}

#[test]
fn a_shard_that_is_signed_again_with_other_texts_of_equal_sets_is_joined_again() {
    let folder = std::env::temp_dir().join(format!("twinprint-shards-again-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let of = |stats: JoinStats| (stats.equal_sets, stats.copies, stats.shingles);
    assert_eq!(of(join(&folder, [&["red ferry", "rain"], &["red ferry"]])), (1, 1, 5));
    fs::remove_dir_all(ShardStage::Sign.folder(&folder, 1)).expect("there");
    assert_eq!(of(join(&folder, [&["red ferry", "rain"], &["ferry red"]])), (1, 0, 5));
    fs::remove_dir_all(ShardStage::Sign.folder(&folder, 1)).expect("there");
    assert_eq!(of(join(&folder, [&["red ferry", "rain"], &["ferry red red"]])), (1, 0, 6));
    fs::remove_dir_all(&folder).expect("our own");
}
