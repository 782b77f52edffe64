//! What `texts_to_pairs.py` measures of the wheel, in Rust alone: the arguments are a number of threads and a file with a text a line.

use std::collections::HashSet;
use std::error::Error;
use std::time::Instant;
use twinprint::{Document, Scheme, SimilarityJoin};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let threads = arguments.next().ok_or("the number of threads is missing")?.parse()?;
    let path = arguments.next().ok_or("the file is missing")?;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let file = std::fs::read_to_string(path)?;
    let texts: Vec<&str> = file.lines().collect();
    pairs(&texts[..texts.len().min(20)])?;
    let (processor, elapsed) = (processor_seconds()?, Instant::now());
    let found = pairs(&texts)?;
    let (processor, elapsed) = (processor_seconds()? - processor, elapsed.elapsed().as_secs_f64());
    println!("{{\"cpu\": {processor}, \"elapsed\": {elapsed}, \"memory\": 0, \"pairs\": {}}}", found.len());
    Ok(())
}

fn pairs(texts: &[&str]) -> Result<HashSet<(u32, u32)>, twinprint::Error> {
    let scheme = Scheme::builder().words(5).num_hashes(128).build()?;
    let mut join: SimilarityJoin<u32> = SimilarityJoin::builder(&scheme).threshold(0.8).recall(0.99).build()?;
    join.push_all((0..).zip(texts).map(|(number, text)| Document::text(number, *text)))?;
    let found = join.finish()?;
    // As the wheel does by default.
    Ok(found.all_pairs(32).iter().map(|pair| (*pair.left, *pair.right)).collect())
}

/// Returns the processor time of all threads. Linux counts it in nanoseconds for each.
fn processor_seconds() -> Result<f64, Box<dyn Error>> {
    let mut nanoseconds = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let times = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += times.split_whitespace().next().ok_or("no time of a thread")?.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e9)
}
