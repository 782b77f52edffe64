//! Measures the indexes of twinprint beside gaoya, SQLite and redb: all in one run, on the same signatures, on one thread.

mod documents;
mod forest;
mod redb_store;
mod sqlite;

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Parser;
use gaoya::minhash::{MinHashIndex, SmallVecContainer};
use memmap2::Mmap;
use twinprint::index::{Frozen, FrozenBuilder};
use twinprint::lsh::{BandHasher, Banding, LshIndex};
use twinprint::store::{Store, View};
use twinprint::{Scheme, Signature};

use documents::{POSITIONS, mix};
use redb_store::Redb;
use sqlite::Sqlite;

/// The similarity that is asked for.
pub(crate) const THRESHOLD: f64 = 0.8;
/// Documents of a commit.
const COMMIT: usize = 1_000;

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
    /// Rounds, of which the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Leaves out what is on disk.
    #[arg(long)]
    memory: bool,
    /// The folder for files. Defaults to a temporary one.
    #[arg(long)]
    folder: Option<std::path::PathBuf>,
    /// Measures the recall of a forest instead.
    #[arg(long)]
    forest: bool,
}

/// What is measured of an index in one round.
#[derive(Clone, Copy, Debug, Default)]
struct Rates {
    name: &'static str,
    /// Microseconds for each document: all of them, and those that are committed one by one.
    insert: Option<f64>,
    single: Option<f64>,
    /// Microseconds for a query.
    query: f64,
    /// Milliseconds.
    open: Option<f64>,
    /// For each document.
    bytes: Option<f64>,
    answers: usize,
}

/// Adds signatures, `every` of them in a commit, and returns the microseconds of one. The first has the number `first`.
fn commits(
    first: usize,
    signatures: &[Signature],
    every: usize,
    mut insert: impl FnMut(u64, &[Signature]) -> Result<()>,
) -> Result<f64> {
    micros_each(signatures.len(), || {
        let mut parts = (first as u64..).step_by(every).zip(signatures.chunks(every));
        parts.try_for_each(|(first, part)| insert(first, part))
    })
}

struct Run {
    scheme: Scheme,
    banding: Banding,
    keys: BandHasher,
    signatures: Vec<Signature>,
    /// The documents that are committed one by one.
    single: Vec<Signature>,
    /// Copies that follow one another in memory: a question has just been made when it is asked.
    queries: Vec<Signature>,
}

fn micros_each(count: usize, work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let started = Instant::now();
    work()?;
    Ok(1e6 * started.elapsed().as_secs_f64() / count as f64)
}

fn millis<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let started = Instant::now();
    let done = work()?;
    Ok((1e3 * started.elapsed().as_secs_f64(), done))
}

impl Run {
    /// Asks all questions. Returns the microseconds for one, and how many answers there were.
    fn ask(&self, mut query: impl FnMut(&Signature) -> Result<usize>) -> Result<(f64, usize)> {
        let mut answers = 0;
        let micros = micros_each(self.queries.len(), || {
            self.queries.iter().try_for_each(|asked| {
                answers += query(asked)?;
                Ok(())
            })
        })?;
        Ok((micros, answers))
    }

    fn in_memory(&self) -> Result<Rates> {
        let mut index = LshIndex::new(&self.scheme, self.banding)?;
        let insert = micros_each(self.signatures.len(), || {
            (0_u64..).zip(&self.signatures).try_for_each(|(number, signature)| Ok(index.insert(number, signature)?))
        })?;
        let (query, answers) = self.ask(|signature| Ok(index.query(signature, THRESHOLD)?.len()))?;
        let stats = index.stats();
        let bytes = Some((stats.signature_bytes + stats.index_bytes) as f64 / self.signatures.len() as f64);
        Ok(Rates { name: "`LshIndex`, in memory", insert: Some(insert), query, answers, bytes, ..Rates::default() })
    }

    fn gaoya(&self) -> Result<Rates> {
        let (bands, rows) = (self.banding.bands() as usize, self.banding.rows() as usize);
        // It refuses signatures that are longer than its bands.
        let row = |signature: &Signature| signature.values()[..bands * rows].to_vec();
        let mut index = MinHashIndex::<u32, u64, SmallVecContainer<u64, 4>>::new_index(bands, rows, THRESHOLD);
        let mut insert = 0.0;
        for (number, part) in self.signatures.chunks(10_000).enumerate() {
            let rows: Vec<Vec<u32>> = part.iter().map(row).collect();
            insert += micros_each(self.signatures.len(), || {
                (10_000 * number as u64..).zip(rows).for_each(|(number, row)| index.insert(number, row));
                Ok(())
            })?;
        }
        let rows: Vec<Vec<u32>> = self.queries.iter().map(row).collect();
        let mut rows = rows.iter();
        let (query, answers) = self.ask(|_| Ok(rows.next().map_or(0, |row| index.query(row).len())))?;
        Ok(Rates { name: "gaoya `MinHashIndex`, in memory", insert: Some(insert), query, answers, ..Rates::default() })
    }

    fn frozen(&self, path: &Path) -> Result<[Rates; 2]> {
        let insert = micros_each(self.signatures.len(), || {
            let mut builder = FrozenBuilder::new(&self.scheme, self.banding)?;
            for (number, signature) in (0_u64..).zip(&self.signatures) {
                builder.push(number, signature)?;
            }
            Ok(fs::write(path, builder.finish()?)?)
        })?;
        let held = fs::read(path)?;
        let bytes = Some(held.len() as f64 / self.signatures.len() as f64);
        let (open, memory) = millis(|| Ok(Frozen::open(held)?))?;
        let name = "`Frozen`, in memory";
        let memory = Rates { name, insert: Some(insert), open: Some(open), bytes, ..self.of_frozen(&memory)? };
        let (open, map) = millis(|| {
            let file = fs::File::open(path)?;
            // SAFETY: Nobody changes the file meanwhile.
            Ok(Frozen::open(unsafe { Mmap::map(&file) }?)?)
        })?;
        let name = "`Frozen`, memory map";
        Ok([memory, Rates { name, open: Some(open), bytes, ..self.of_frozen(&map)? }])
    }

    fn of_frozen<D: AsRef<[u8]>>(&self, frozen: &Frozen<D>) -> Result<Rates> {
        // The first time, the checks of blocks are computed.
        frozen.verify()?;
        let (query, answers) = self.ask(|signature| Ok(frozen.query(signature, THRESHOLD)?.len()))?;
        Ok(Rates { query, answers, ..Rates::default() })
    }

    fn store(&self, folder: &Path) -> Result<Rates> {
        let builder = Store::builder().scheme(self.scheme.clone()).banding(self.banding);
        let mut store = builder.threshold(THRESHOLD).sets(false).create(folder)?;
        let add = |store: &mut Store, first: usize, signatures: &[Signature], every: usize| {
            micros_each(signatures.len(), || {
                for (number, signature) in (first..).zip(signatures) {
                    store.upsert_signature(&number.to_string(), signature)?;
                    if (number + 1).is_multiple_of(every) {
                        store.commit()?;
                    }
                }
                store.commit()?;
                Ok(())
            })
        };
        let insert = add(&mut store, 0, &self.signatures, COMMIT)?;
        let bytes = size(folder)? as f64 / self.signatures.len() as f64;
        let single = add(&mut store, self.signatures.len(), &self.single, 1)?;
        drop(store);
        let (open, view) = millis(|| Ok(View::open(folder)?))?;
        view.verify()?;
        let preparer = view.preparer();
        let (query, answers) =
            self.ask(|signature| Ok(view.query(&preparer.signature(signature)?, THRESHOLD)?.len()))?;
        let [insert, single, open, bytes] = [insert, single, open, bytes].map(Some);
        Ok(Rates { name: "`Store`, on disk", insert, single, query, open, bytes, answers })
    }

    fn sqlite(&self, path: &Path) -> Result<Rates> {
        let mut database = Sqlite::create(path, &self.keys)?;
        let insert = commits(0, &self.signatures, COMMIT, |first, part| database.insert(first, part))?;
        database.checkpoint()?;
        let bytes = fs::metadata(path)?.len() as f64 / self.signatures.len() as f64;
        let (query, answers) = self.ask(|signature| database.query(signature))?;
        let single = commits(self.signatures.len(), &self.single, 1, |first, part| database.insert(first, part))?;
        let [insert, single, bytes] = [insert, single, bytes].map(Some);
        Ok(Rates { name: "SQLite, the same band keys, on disk", insert, single, query, open: None, bytes, answers })
    }

    fn redb(&self, path: &Path) -> Result<Rates> {
        let mut database = Redb::create(path, &self.keys)?;
        let insert = commits(0, &self.signatures, COMMIT, |first, part| database.insert(first, part))?;
        let bytes = fs::metadata(path)?.len() as f64 / self.signatures.len() as f64;
        let (query, answers) = self.ask(database.reader()?)?;
        let single = commits(self.signatures.len(), &self.single, 1, |first, part| database.insert(first, part))?;
        let [insert, single, bytes] = [insert, single, bytes].map(Some);
        Ok(Rates { name: "redb, the same band keys, on disk", insert, single, query, open: None, bytes, answers })
    }

    /// Measures all indexes once.
    fn round(&self, folder: &Path, memory: bool) -> Result<Vec<Rates>> {
        let mut all = vec![self.in_memory()?, self.gaoya()?];
        if !memory {
            all.extend(self.frozen(&folder.join("frozen"))?);
            all.push(self.store(&folder.join("store"))?);
            all.push(self.sqlite(&folder.join("sqlite"))?);
            all.push(self.redb(&folder.join("redb"))?);
        }
        Ok(all)
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

/// Prints the medians of an index over the rounds.
fn print(rounds: &[Vec<Rates>], index: usize, queries: usize) {
    let median = |of: &dyn Fn(&Rates) -> Option<f64>, digits: usize| {
        let mut values: Vec<f64> = rounds.iter().filter_map(|round| of(&round[index])).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).map_or(String::new(), |value| format!("{value:.digits$}"))
    };
    let first = &rounds[0][index];
    println!(
        "{},{},{},{},{},{},{:.2}",
        // Names with a comma are one field.
        format_args!("\"{}\"", first.name),
        median(&|rates| rates.insert, 2),
        median(&|rates| rates.single, 0),
        median(&|rates| Some(rates.query), 2),
        median(&|rates| rates.open, 1),
        median(&|rates| rates.bytes, 0),
        first.answers as f64 / queries as f64
    );
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if arguments.forest {
        return forest::run(arguments.documents);
    }
    ensure!(arguments.documents > 0 && arguments.queries > 0 && arguments.rounds > 0, "nothing to measure");
    let scheme = Scheme::builder().custom_features("made").num_hashes(POSITIONS as u32).build()?;
    let banding = Banding::new(16, 6)?;
    let keys = BandHasher::new(banding, &scheme)?;
    let mut signatures = documents::signatures(&scheme, arguments.documents + arguments.single)?;
    let single = signatures.split_off(arguments.documents as usize);
    let asked = |number| signatures[(mix(number) % arguments.documents) as usize].clone();
    let queries = (0..arguments.queries).map(asked).collect();
    let run = Run { scheme, banding, keys, signatures, single, queries };
    let mut rounds = Vec::new();
    for _ in 0..arguments.rounds {
        let passing = match &arguments.folder {
            Some(folder) => tempfile::tempdir_in(folder)?,
            None => tempfile::tempdir()?,
        };
        rounds.push(run.round(passing.path(), arguments.memory)?);
    }
    println!("index,µs an insert,the same with a commit each,µs a query,ms to open,bytes a document,answers a query");
    (0..rounds[0].len()).for_each(|index| print(&rounds, index, run.queries.len()));
    Ok(())
}
