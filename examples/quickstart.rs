//! Which of these texts are near-duplicates?
//!
//! ```text
//! cargo run --release --example quickstart
//! ```

use twinprint::Deduplicator;

fn main() -> Result<(), twinprint::Error> {
    let articles = [
        ("wire", "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."),
        ("post", "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said."),
        ("other", "Councillors voted on Tuesday to close the harbour road for the whole summer."),
    ];
    let found = Deduplicator::builder().threshold(0.5).run(articles)?;
    for pair in found.pairs() {
        println!("{} ~ {}  J={:.3}", pair.left, pair.right, pair.jaccard());
    }
    println!("keep {:?}", found.kept().collect::<Vec<_>>());
    Ok(())
}
