//! Deduplication as stages of SQL.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

use crate::clusters;
use crate::contents;
use crate::functions::register;
use crate::settings::Settings;
use crate::stages::{Made, Stages};

/// The columns of the inputs.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The text, a string. A missing one is blank.
    pub text: String,
    /// What a text is called in the answer.
    pub id: String,
    /// What orders the texts: of similar ones, the first is kept. No two texts may share it, and none may lack it.
    pub order: String,
}

/// How the engine works. The answer does not depend on it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Partitions that work at the same time. A stage whose work the memory does not hold uses half as many, down to one.
    pub partitions: usize,
    /// Bytes that the engine may hold; what is beyond is written to disk. No limit without a value.
    pub memory: Option<usize>,
    /// Edges of clusters that are decided in memory, of 16 bytes each; more are decided by rounds of joins first.
    pub local_edges: usize,
    /// How often a stage is tried. On a cluster, a machine that dies takes results with it. Defaults to 1.
    pub attempts: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            partitions: std::thread::available_parallelism().map_or(1, usize::from),
            memory: None,
            local_edges: 4_000_000,
            attempts: 1,
        }
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Texts that were read.
    pub documents: usize,
    /// Texts that are kept, in `kept.parquet`.
    pub kept: usize,
    /// Texts that are removed, in `removed.parquet`.
    pub removed: usize,
    /// Verified pairs of distinct sets, in `edges.parquet`.
    pub pairs: usize,
    /// How often an operator of this call wrote to disk what its memory did not hold.
    pub spills: usize,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, kept, removed, pairs, .. } = self;
        write!(f, "{documents} documents: {kept} kept, {removed} removed, {pairs} pairs")
    }
}

/// Rows that operators pass on together where memory is limited. Sets of long texts take some kilobytes each.
const BATCH_ROWS: usize = 512;

/// Sorts of a stage that a partition may have at the same time.
const SORTS_AT_ONCE: usize = 16;

/// Sets of an oversized bucket that are one row when the bucket is searched.
const BLOCK: usize = 256;

/// Sets of an oversized bucket with which all others are compared where kept texts are joined again.
const PREFERRED: usize = 4;

/// Deduplicates texts in files of Parquet, and writes each stage as Parquet to a folder; among them `kept.parquet` with the column `id`, and
/// `removed.parquet` with `id`, `duplicate_of`, `jaccard` and `containment`.
///
/// # Errors
/// If a file cannot be read or written, a column is missing, the order is not unique, a setting is outside its range, or the folder has stages
/// that were made with other settings or of other files. Files count as others if their sizes or the times of their changes differ.
pub async fn dedup(
    inputs: &[PathBuf],
    columns: &Columns,
    settings: &Settings,
    options: &Options,
    folder: &Path,
) -> Result<Outcome> {
    dedup_on(context(options, folder)?, inputs, columns, settings, options, folder).await
}

/// Deduplicates as [`dedup`] does, in a session of yours, such as one whose queries run on a cluster.
///
/// The session's settings hold instead of the partitions and the memory of the options. It must not read Parquet as views
/// (`datafusion.execution.parquet.schema_force_view_types`). This process writes each stage; all that run tasks read it by the same path.
///
/// # Errors
/// As [`dedup`], or if a stage fails as often as it may be tried.
pub async fn dedup_on(
    context: SessionContext,
    inputs: &[PathBuf],
    columns: &Columns,
    settings: &Settings,
    options: &Options,
    folder: &Path,
) -> Result<Outcome> {
    let limit = settings.rules()?.bucket_limit();
    let literal = settings.to_sql()?;
    register(&context);
    let paths: Vec<String> = inputs.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let input = context.read_parquet(paths, ParquetReadOptions::default()).await?;
    context.register_table("input", input.into_view())?;
    let stages = Stages::new(context, folder, made(inputs, columns, &literal), options.attempts)?;
    Run { stages, literal, threshold: settings.threshold, limit, local_edges: options.local_edges }.run(columns).await
}

fn context(options: &Options, folder: &Path) -> Result<SessionContext> {
    let mut config = SessionConfig::new().with_target_partitions(options.partitions.max(1));
    // Functions take texts and lists of the plain types.
    config.options_mut().execution.parquet.schema_force_view_types = false;
    // Of the joins, only the one of sorted tables writes to disk what it cannot hold.
    config.options_mut().optimizer.prefer_hash_join = options.memory.is_none();
    let mut runtime = RuntimeEnvBuilder::new().with_temp_file_path(folder.join("spilled"));
    if let Some(memory) = options.memory {
        // A batch of sets has to fit into the share of one sort.
        config = config.with_batch_size(BATCH_ROWS);
        // Each sort reserves some for the merge of what it wrote to disk.
        let reserved = memory / options.partitions.max(1) / SORTS_AT_ONCE;
        config.options_mut().execution.sort_spill_reservation_bytes = reserved.min(10 << 20);
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(memory)));
    }
    std::fs::create_dir_all(folder.join("spilled")).with_context(|| folder.display().to_string())?;
    Ok(SessionContext::new_with_config_rt(config, runtime.build_arc()?))
}

fn made(inputs: &[PathBuf], columns: &Columns, settings: &str) -> Made {
    let Columns { text, id, order } = columns;
    let paths: Vec<_> = inputs.iter().map(|path| path.to_string_lossy()).collect();
    let made = [
        ("inputs", paths.join(", ")),
        ("contents", contents::describe(inputs)),
        ("columns", format!("text {text}, id {id}, order {order}")),
        ("settings", settings.into()),
    ];
    made.map(|(name, value)| (name.to_string(), value)).into()
}

struct Run {
    stages: Stages,
    /// The settings, as a literal of SQL.
    literal: String,
    threshold: f64,
    limit: usize,
    local_edges: usize,
}

impl Run {
    async fn run(mut self, columns: &Columns) -> Result<Outcome> {
        let documents = self.read(columns).await?;
        self.group().await?;
        let missed = self.find("", "sets").await?;
        let pairs = self.stages.stage("edges", "SELECT * FROM pairs").await?;
        let clusters = self.cluster(missed).await?;
        let removed = self.remove(&clusters).await?;
        let kept =
            "SELECT d.number, d.id FROM documents d LEFT ANTI JOIN removed r ON d.number = r.number ORDER BY d.number";
        let kept = self.stages.stage("kept", kept).await?;
        Ok(Outcome { documents, kept, removed, pairs, spills: self.stages.spills() })
    }

    /// Makes `signed`, the sets of the texts, and `documents`, the texts in their order.
    async fn read(&mut self, columns: &Columns) -> Result<usize> {
        let [text, id, order] = [&columns.text, &columns.id, &columns.order].map(|name| quoted(name));
        let s = &self.literal;
        let query = format!(
            "SELECT place, id, set, twinprint_set_hash(set) AS hash, twinprint_band_keys(set, {s}) AS band_keys \
             FROM (SELECT {order} AS place, {id} AS id, twinprint_shingles(coalesce({text}, ''), {s}) AS set FROM input)"
        );
        self.stages.stage("signed", &query).await?;
        let query = "SELECT row_number() OVER (ORDER BY place) - 1 AS number, place, id, hash FROM signed";
        let query = format!("SELECT CAST(number AS BIGINT) AS number, place, id, hash FROM ({query})");
        let documents = self.stages.stage("documents", &query).await?;
        let places = self.count("SELECT count(DISTINCT place) FROM documents").await?;
        if places != documents {
            bail!("{} orders {documents} texts by {places} values; name another column with order", columns.order);
        }
        Ok(documents)
    }

    /// Makes `groups`, the texts of equal sets by their first, and `sets`, the distinct sets.
    async fn group(&mut self) -> Result<()> {
        let query = "SELECT hash, min(number) AS number FROM documents WHERE hash IS NOT NULL GROUP BY hash";
        self.stages.stage("groups", query).await?;
        let query = "SELECT g.number, s.set, s.band_keys, CAST(cardinality(s.set) AS BIGINT) AS size FROM groups g \
                     JOIN documents d ON g.number = d.number JOIN signed s ON d.place = s.place";
        self.stages.stage("sets", query).await?;
        Ok(())
    }

    /// Makes `{name}pairs`, the verified pairs of some sets. Returns whether oversized buckets may have passed over any.
    async fn find(&mut self, name: &str, sets: &str) -> Result<bool> {
        let limit = self.limit;
        let buckets = format!(
            "SELECT k.number, k.key, n.sets FROM (SELECT number, unnest(band_keys) AS key FROM {sets}) k JOIN \
             (SELECT key, count(*) AS sets FROM (SELECT unnest(band_keys) AS key FROM {sets}) GROUP BY key HAVING count(*) > 1) n \
             ON k.key = n.key"
        );
        self.stages.stage(&format!("{name}buckets"), &buckets).await?;
        let oversized = format!("SELECT key, number FROM {name}buckets WHERE sets > {limit}");
        let has_oversized = self.stages.stage(&format!("{name}oversized"), &oversized).await? > 0;
        let mut candidates = vec![format!(
            "SELECT l.number AS left, r.number AS right FROM {name}buckets l JOIN {name}buckets r \
             ON l.key = r.key AND l.number < r.number WHERE l.sets <= {limit} AND r.sets <= {limit}"
        )];
        if has_oversized {
            candidates.extend(self.search_oversized(name, sets).await?);
        }
        let candidates = format!("SELECT DISTINCT left, right FROM ({})", candidates.join(" UNION ALL "));
        self.stages.stage(&format!("{name}candidates"), &candidates).await?;
        self.verify(name, sets).await?;
        if has_oversized { self.has_missed(name, sets).await } else { Ok(false) }
    }

    /// Makes `{name}reaches`, with how many of the first sets each set of an oversized bucket is compared, and returns queries for the
    /// candidates. Blocks of a few hundred sets are joined, so that no row holds a whole bucket. Sketches are packed in them: of lists, an
    /// aggregate counts the memory of all their neighbours too.
    async fn search_oversized(&mut self, name: &str, sets: &str) -> Result<Vec<String>> {
        let s = &self.literal;
        let sketches = format!(
            "SELECT number, twinprint_sketch(set, {s}) AS sketch FROM {sets} \
             LEFT SEMI JOIN {name}oversized ON {sets}.number = {name}oversized.number"
        );
        let compared = format!(
            "SELECT key, number, before, sketch, CAST(coalesce(twinprint_similar(last, sketch, {s}), false) AS BIGINT) AS similar \
             FROM (SELECT o.key, o.number, s.sketch, row_number() OVER (PARTITION BY o.key ORDER BY o.number) - 1 AS before, \
             lag(s.sketch) OVER (PARTITION BY o.key ORDER BY o.number) AS last \
             FROM {name}oversized o JOIN {name}sketches s ON o.number = s.number)"
        );
        let reaches = format!(
            "SELECT key, number, CAST(before AS BIGINT) AS before, sketch, \
             CAST(twinprint_reach(before, so_far, {s}) AS BIGINT) AS reach FROM \
             (SELECT key, number, before, sketch, sum(similar) OVER (PARTITION BY key ORDER BY number \
             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far FROM {name}compared)"
        );
        let blocks = format!(
            "SELECT key, before / {BLOCK} AS block, array_agg(number ORDER BY before) AS numbers, \
             array_agg(twinprint_packed(sketch) ORDER BY before) AS sketches, array_agg(reach ORDER BY before) AS reaches, max(reach) AS most \
             FROM {name}reaches GROUP BY key, before / {BLOCK}"
        );
        let met = format!(
            "SELECT unnest(twinprint_search(p.sketches, q.sketches, q.reaches, p.block * {BLOCK}, p.numbers, q.numbers, {s})) AS found \
             FROM {name}blocks p JOIN (SELECT *, unnest(range(0, least(block, (most - 1) / {BLOCK}) + 1)) AS pivot_block \
             FROM {name}blocks WHERE most > 0) q ON p.key = q.key AND p.block = q.pivot_block"
        );
        let preferred = format!(
            "SELECT key, number FROM (SELECT key, number, row_number() OVER (PARTITION BY key ORDER BY number) AS place \
             FROM {name}oversized) WHERE place <= {PREFERRED}"
        );
        let queries = [
            ("sketches", sketches),
            ("compared", compared),
            ("reaches", reaches),
            ("blocks", blocks),
            ("met", met),
            ("preferred", preferred),
        ];
        for (stage, query) in queries {
            self.stages.stage(&format!("{name}{stage}"), &query).await?;
        }
        let met = format!("SELECT found['left'] AS left, found['right'] AS right FROM {name}met");
        // Only where kept texts are joined again: there, what is preferred decides.
        let with_preferred = format!(
            "SELECT p.number AS left, o.number AS right FROM {name}oversized o JOIN {name}preferred p \
             ON o.key = p.key AND p.number < o.number"
        );
        Ok(if name.is_empty() { vec![met] } else { vec![met, with_preferred] })
    }

    /// Makes `{name}pairs` of `{name}candidates`. Pairs that the sizes of their sets exclude never meet their sets.
    async fn verify(&mut self, name: &str, sets: &str) -> Result<()> {
        let s = &self.literal;
        // A little less, so that rounding excludes no pair at the threshold.
        let least = self.threshold * (1.0 - 1e-9);
        let query = format!(
            "SELECT c.left, c.right, l.size AS left_size, r.size AS right_size, twinprint_shared(l.set, r.set, {s}) AS shared \
             FROM {name}candidates c JOIN {sets} l ON c.left = l.number JOIN {sets} r ON c.right = r.number \
             WHERE least(l.size, r.size) >= greatest(l.size, r.size) * {least}"
        );
        self.stages.stage(&format!("{name}compared_pairs"), &query).await?;
        let query = format!(
            "SELECT left, right, left_size, right_size, CAST(shared AS BIGINT) AS shared FROM {name}compared_pairs \
             WHERE shared IS NOT NULL"
        );
        self.stages.stage(&format!("{name}pairs"), &query).await?;
        Ok(())
    }

    /// Says whether a pair may be missing: a set of an oversized bucket that was not compared with all sets before it.
    async fn has_missed(&mut self, name: &str, sets: &str) -> Result<bool> {
        let limit = self.limit;
        let query = format!(
            "SELECT count(*) FROM (SELECT number, sum(before - reach) AS out, max(reach) AS most FROM {name}reaches \
             WHERE before >= {limit} GROUP BY number) o \
             JOIN (SELECT number, row_number() OVER (ORDER BY number) - 1 AS earlier FROM {sets}) e ON o.number = e.number \
             WHERE o.out > 0 AND e.earlier > o.most"
        );
        Ok(self.count(&query).await? > 0)
    }

    /// Makes clusters of the edges. What oversized buckets passed over may be among the kept texts: they are joined again, until none is
    /// missed. Returns the name of the last clusters.
    async fn cluster(&mut self, has_missed: bool) -> Result<String> {
        let edges = |pairs: &str| {
            format!(
                "SELECT right AS later, left AS earlier, CAST(shared AS DOUBLE) / (left_size + right_size - shared) AS jaccard, \
                 CAST(shared AS DOUBLE) / right_size AS containment FROM {pairs}"
            )
        };
        let mut all = edges("pairs");
        for round in 0.. {
            let name = format!("clusters_{round}");
            self.stages.stage(&format!("{name}_edges"), &all).await?;
            clusters::leaders(&mut self.stages, &name, self.local_edges).await?;
            if !has_missed {
                return Ok(name);
            }
            let again = format!("again_{round}_");
            let crowd = format!(
                "SELECT s.* FROM sets s LEFT SEMI JOIN oversized o ON s.number = o.number \
                 LEFT ANTI JOIN {name}_removed r ON s.number = r.later"
            );
            self.stages.stage(&format!("{again}sets"), &crowd).await?;
            self.find(&again, &format!("{again}sets")).await?;
            if self.count(&format!("SELECT count(*) FROM {again}pairs")).await? == 0 {
                return Ok(name);
            }
            all = format!("SELECT * FROM {name}_edges UNION ALL {}", edges(&format!("{again}pairs")));
        }
        unreachable!("rounds do not end by themselves")
    }

    /// Makes `removed`: copies of a set's first text, and all texts of the sets that clusters remove, each with the most similar kept text.
    async fn remove(&mut self, clusters: &str) -> Result<usize> {
        let query = format!(
            "SELECT later, earlier, jaccard, containment FROM (SELECT e.*, row_number() OVER \
             (PARTITION BY e.later ORDER BY e.jaccard DESC, e.earlier) AS place FROM {clusters}_edges e \
             LEFT SEMI JOIN {clusters}_removed r ON e.later = r.later \
             LEFT ANTI JOIN {clusters}_removed k ON e.earlier = k.later) WHERE place = 1"
        );
        self.stages.stage("links", &query).await?;
        let query = "SELECT d.number, d.id, k.id AS duplicate_of, coalesce(l.jaccard, 1.0) AS jaccard, \
                     coalesce(l.containment, 1.0) AS containment FROM documents d JOIN groups g ON d.hash = g.hash \
                     LEFT JOIN links l ON g.number = l.later JOIN documents k ON coalesce(l.earlier, g.number) = k.number \
                     WHERE l.later IS NOT NULL OR d.number <> g.number ORDER BY d.number";
        self.stages.stage("removed", query).await
    }

    async fn count(&self, query: &str) -> Result<usize> {
        let batches = self.stages.context.sql(query).await?.collect().await?;
        let counted = batches
            .first()
            .and_then(|batch| batch.column(0).as_primitive_opt::<Int64Type>())
            .map(|column| column.value(0));
        usize::try_from(counted.unwrap_or(0)).context("a count is not negative")
    }
}

/// Returns the name of a column as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
