//! Is this article new? Articles arrive one by one, and each is compared at once with those before it.
//!
//! ```text
//! cargo run --release --example streaming [FOLDER]     # .txt files; defaults to the sample corpus
//! ```

use std::path::PathBuf;
use std::{env, fs, io};

use twinprint::{Deduplicator, InsertOutcome, Scheme};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/news");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Word 3-grams, and a threshold that edited versions of an article still reach.
    let mut dedup = Deduplicator::builder().scheme(Scheme::news()).threshold(0.4).build()?;
    for path in articles()? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        match dedup.insert(name.clone(), &text)? {
            InsertOutcome::New => println!("new       {name}"),
            InsertOutcome::Empty => println!("empty     {name}"),
            InsertOutcome::Copy { of: earlier } => println!("copy      {name} = {earlier}"),
            InsertOutcome::SameShingles { to: earlier } => println!("same      {name} ~ {earlier}"),
            InsertOutcome::Similar { to: id, overlap } => {
                println!("similar   {name} ~ {id}  J={:.2}", overlap.jaccard());
            }
            _ => {}
        }
    }
    let found = dedup.finish();
    println!("{} articles, {} worth keeping", found.stats().documents, found.kept().count());
    Ok(())
}

fn articles() -> io::Result<Vec<PathBuf>> {
    let folder = env::args().nth(1).unwrap_or_else(|| SAMPLE.to_string());
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    paths.sort();
    Ok(paths)
}
