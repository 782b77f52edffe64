//! Measures the indexes of twinprint beside gaoya and SQLite: all in one run, on the same signatures, on one thread.

mod documents;
mod forest;
mod sqlite;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use clap::Parser;
use gaoya::minhash::{MinHashIndex, SmallVecContainer};
use twinprint::index::{Frozen, FrozenBuilder};
use twinprint::lsh::{BandHasher, Banding, LshIndex};
use twinprint::store::{Store, View};

use documents::{Documents, mix};
use sqlite::Sqlite;

/// Rates of indexes.
#[derive(Debug, Parser)]
struct Arguments {
    /// Documents.
    #[arg(long, default_value_t = 20_000)]
    documents: u64,
    /// Documents that are committed one by one.
    #[arg(long, default_value_t = 2_000)]
    single: u64,
    /// Queries.
    #[arg(long, default_value_t = 20_000)]
    queries: u64,
    /// The folder for files. Defaults to a temporary one.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Measures the recall of a forest instead.
    #[arg(long)]
    forest: bool,
}

/// What is measured of every index.
#[derive(Default)]
struct Rates {
    name: &'static str,
    insert: f64,
    insert_single: Option<f64>,
    query: f64,
    open: Option<f64>,
    bytes: Option<f64>,
    found: usize,
}

impl Rates {
    fn print(&self) {
        let or = |number: Option<f64>, digits: usize| number.map_or(String::new(), |number| format!("{number:.digits$}"));
        println!(
            "{},{:.0},{},{:.1},{},{},{}",
            self.name,
            self.insert,
            or(self.insert_single, 0),
            self.query,
            or(self.open, 2),
            or(self.bytes, 0),
            self.found
        );
    }
}

struct Run {
    documents: Documents,
    banding: Banding,
    keys: BandHasher,
    count: u64,
    single: u64,
    queries: Vec<u64>,
}

fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed().as_secs_f64())
}

impl Run {
    /// Asks all questions. Returns the time for one in microseconds, and how many answers there were.
    fn ask(&self, mut query: impl FnMut(u64) -> Result<usize>) -> Result<(f64, usize)> {
        let mut found = 0;
        let time = seconds(|| {
            for number in &self.queries {
                found += query(*number)?;
            }
            Ok(())
        })?;
        Ok((1e6 * time / self.queries.len() as f64, found))
    }

    fn in_memory(&self) -> Result<Rates> {
        let mut index = LshIndex::new(&self.documents.scheme, self.banding)?;
        let time = seconds(|| {
            for number in 0..self.count {
                index.insert(number, &self.documents.signature(number)?)?;
            }
            Ok(())
        })?;
        let (query, found) = self.ask(|number| Ok(index.query(&self.documents.signature(number)?, 0.5)?.len()))?;
        let stats = index.stats();
        let bytes = (stats.signature_bytes + stats.index_bytes) as f64 / self.count as f64;
        let name = "twinprint LshIndex, in memory";
        Ok(Rates { name, insert: self.count as f64 / time, query, found, bytes: Some(bytes), ..Rates::default() })
    }

    fn gaoya(&self) -> Result<Rates> {
        let (bands, rows) = (self.banding.bands() as usize, self.banding.rows() as usize);
        let mut index = MinHashIndex::<u32, u64, SmallVecContainer<u64, 4>>::new_index(bands, rows, 0.5);
        let time = seconds(|| {
            for number in 0..self.count {
                // It refuses signatures that are longer than its bands.
                let mut row = self.documents.row(number);
                row.truncate(bands * rows);
                index.insert(number, row);
            }
            Ok(())
        })?;
        let (query, found) = self.ask(|number| {
            let mut row = self.documents.row(number);
            row.truncate(bands * rows);
            Ok(index.query(&row).len())
        })?;
        let name = "gaoya MinHashIndex, in memory";
        Ok(Rates { name, insert: self.count as f64 / time, query, found, ..Rates::default() })
    }

    fn frozen(&self, path: &Path) -> Result<Rates> {
        let time = seconds(|| {
            let mut builder = FrozenBuilder::new(&self.documents.scheme, self.banding)?;
            for number in 0..self.count {
                builder.push(number, &self.documents.signature(number)?)?;
            }
            Ok(fs::write(path, builder.finish()?)?)
        })?;
        let bytes = fs::read(path)?;
        let size = bytes.len() as f64 / self.count as f64;
        let started = Instant::now();
        let frozen = Frozen::open(bytes)?;
        let open = 1e3 * started.elapsed().as_secs_f64();
        let (query, found) = self.ask(|number| Ok(frozen.query(&self.documents.signature(number)?, 0.5)?.len()))?;
        let name = "twinprint Frozen, written once";
        let (insert, open, bytes) = (self.count as f64 / time, Some(open), Some(size));
        Ok(Rates { name, insert, query, found, open, bytes, ..Rates::default() })
    }

    fn add(&self, store: &mut Store, numbers: std::ops::Range<u64>, every: u64) -> Result<f64> {
        let count = (numbers.end - numbers.start) as f64;
        let time = seconds(|| {
            for number in numbers {
                store.upsert_signature(&number.to_string(), &self.documents.signature(number)?)?;
                if number % every == every - 1 {
                    store.commit()?;
                }
            }
            store.commit()?;
            Ok(())
        })?;
        Ok(count / time)
    }

    fn store(&self, folder: &Path) -> Result<Rates> {
        let create = |name: &str| {
            let builder = Store::builder().scheme(self.documents.scheme.clone()).banding(self.banding);
            builder.threshold(0.5).sets(false).create(folder.join(name))
        };
        let mut store = create("store")?;
        let insert = self.add(&mut store, 0..self.count, 1_000)?;
        let bytes = size(&folder.join("store"))? as f64 / self.count as f64;
        let insert_single = self.add(&mut store, self.count..self.count + self.single, 1)?;
        drop(store);
        let started = Instant::now();
        let view = View::open(folder.join("store"))?;
        let open = 1e3 * started.elapsed().as_secs_f64();
        let preparer = view.preparer();
        let mut ask = || {
            self.ask(|number| {
                Ok(view.query(&preparer.signature(&self.documents.signature(number)?)?, 0.5)?.len())
            })
        };
        // The first time, the checksums of blocks are tested.
        ask()?;
        let (query, found) = ask()?;
        let name = "twinprint Store, on disk";
        let (insert_single, open, bytes) = (Some(insert_single), Some(open), Some(bytes));
        Ok(Rates { name, insert, insert_single, query, found, open, bytes })
    }

    fn sqlite(&self, path: &Path) -> Result<Rates> {
        let mut database = Sqlite::create(path)?;
        let add = |database: &mut Sqlite, numbers: std::ops::Range<u64>, every: usize| -> Result<f64> {
            let count = (numbers.end - numbers.start) as f64;
            let numbers: Vec<u64> = numbers.collect();
            let time = seconds(|| {
                for part in numbers.chunks(every) {
                    let rows = part.iter().map(|number| (*number, self.documents.row(*number)));
                    let rows = rows.map(|(number, row)| {
                        let keys = self.keys.row_keys(&row)?;
                        Ok((number, row, keys))
                    });
                    database.insert(&rows.collect::<Result<Vec<_>>>()?)?;
                }
                Ok(())
            })?;
            Ok(count / time)
        };
        let insert = add(&mut database, 0..self.count, 1_000)?;
        database.checkpoint()?;
        let bytes = fs::metadata(path)?.len() as f64 / self.count as f64;
        let (query, found) = self.ask(|number| {
            let row = self.documents.row(number);
            database.query(&row, &self.keys.row_keys(&row)?)
        })?;
        let insert_single = add(&mut database, self.count..self.count + self.single, 1)?;
        let name = "SQLite, the same band keys, on disk";
        Ok(Rates { name, insert, insert_single: Some(insert_single), query, found, bytes: Some(bytes), open: None })
    }
}

/// Returns the bytes of the files in a folder.
fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if arguments.forest {
        return forest::run(arguments.documents);
    }
    let passing = tempfile::tempdir()?;
    let folder = arguments.folder.unwrap_or_else(|| passing.path().into());
    fs::create_dir_all(&folder)?;
    let documents = Documents::new()?;
    let banding = Banding::new(16, 6)?;
    let keys = BandHasher::new(banding, &documents.scheme)?;
    let queries = (0..arguments.queries).map(|number| mix(number) % arguments.documents).collect();
    let run = Run { documents, banding, keys, count: arguments.documents, single: arguments.single, queries };
    println!("index,documents inserted a second (a commit every 1000),the same (a commit each),us a query,ms to open,bytes a document,answers");
    run.in_memory()?.print();
    run.gaoya()?.print();
    run.frozen(&folder.join("frozen"))?.print();
    run.store(&folder)?.print();
    run.sqlite(&folder.join("sqlite"))?.print();
    Ok(())
}
