//! Stages of a run: each is a file of Parquet, with a marker beside it that names what it was made with.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};

/// What a run was made with, by name.
pub(crate) type Made = BTreeMap<String, String>;

/// The folder of a run.
pub(crate) struct Stages {
    pub(crate) context: SessionContext,
    folder: PathBuf,
    made: Made,
    spills: usize,
    attempts: usize,
}

/// What is known of a complete stage.
#[derive(Serialize, Deserialize)]
struct Marker {
    made: Made,
    rows: usize,
}

/// Rows of a row group: a scan by several threads gets a group each.
const ROWS_OF_A_GROUP: usize = 1 << 15;

/// The time before a stage is tried again, in which a cluster may notice that a machine died.
const PAUSE: Duration = Duration::from_secs(3);

impl Stages {
    pub(crate) fn new(context: SessionContext, folder: &Path, made: Made, attempts: usize) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(Self { context, folder: folder.into(), made, spills: 0, attempts })
    }

    /// Returns how often an operator of this process wrote to disk what its memory did not hold.
    pub(crate) fn spills(&self) -> usize {
        self.spills
    }

    /// Makes the table `name` of a query, unless an earlier run did. Returns its rows.
    pub(crate) async fn stage(&mut self, name: &str, query: &str) -> Result<usize> {
        let path = self.path(name);
        let rows = match self.earlier(name)? {
            Some(rows) => rows,
            None => {
                let rows = self.query_within_memory(query, &path).await.map_err(|error| explained(name, error))?;
                self.mark(name, rows)?;
                rows
            }
        };
        self.register(name).await?;
        Ok(rows)
    }

    /// Makes the table `name` of rows in memory, as [`Stages::stage`] does of a query.
    pub(crate) async fn store(&mut self, name: &str, rows: &RecordBatch) -> Result<()> {
        if self.earlier(name)?.is_none() {
            let (path, schema) = (self.path(name), rows.schema());
            write(&path, schema, stream::iter([Ok(rows.clone())])).await?;
            self.mark(name, rows.num_rows())?;
        }
        self.register(name).await
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.parquet"))
    }

    fn marker(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    /// Returns the rows of a stage that an earlier run completed.
    fn earlier(&self, name: &str) -> Result<Option<usize>> {
        let Some(earlier) = read_marker(&self.marker(name))? else { return Ok(None) };
        refuse_others(&self.path(name), &earlier.made, &self.made)?;
        Ok(Some(earlier.rows))
    }

    /// Says that a stage is complete.
    fn mark(&self, name: &str, rows: usize) -> Result<()> {
        let json = serde_json::to_vec_pretty(&Marker { made: self.made.clone(), rows })?;
        publish(&self.marker(name), |file| Ok(std::io::Write::write_all(file, &json)?))
    }

    async fn register(&self, name: &str) -> Result<()> {
        let path = self.path(name);
        let path = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
        Ok(self.context.register_parquet(name, path, ParquetReadOptions::default()).await?)
    }

    /// Writes the rows of a query, by half as many partitions each time that the engine's memory does not hold the work of all.
    /// Operators share it evenly, so what each gets depends on which others run at the moment; with one partition, few do.
    async fn query_within_memory(&mut self, query: &str, path: &Path) -> Result<usize> {
        let partitions = self.context.state().config().target_partitions();
        let mut used = partitions;
        let outcome = loop {
            match self.try_query(query, path).await {
                Err(error) if used > 1 && is_out_of_memory_here(&error) => {
                    used /= 2;
                    self.set_partitions(used).await?;
                }
                outcome => break outcome,
            }
        };
        self.set_partitions(partitions).await?;
        outcome
    }

    async fn set_partitions(&self, partitions: usize) -> Result<()> {
        let statement = format!("SET datafusion.execution.target_partitions = {partitions}");
        self.context.sql(&statement).await?.collect().await?;
        Ok(())
    }

    /// Writes the rows of a query, and tries again where that may help.
    async fn try_query(&mut self, query: &str, path: &Path) -> Result<usize> {
        let mut attempt = 1;
        loop {
            match self.write_query(query, path).await {
                Err(error) if attempt < self.attempts && !is_permanent(&error) => {
                    eprintln!("{}: tried again after: {error:#}", path.display());
                    tokio::time::sleep(PAUSE).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn write_query(&mut self, query: &str, path: &Path) -> Result<usize> {
        let plan = self.context.sql(query).await?.create_physical_plan().await?;
        let batches = execute_stream(Arc::clone(&plan), self.context.task_ctx())?;
        let rows = write(path, batches.schema(), batches).await?;
        self.spills += spills(plan.as_ref());
        Ok(rows)
    }
}

/// Writes batches to a file that is there as a whole or not at all. Returns the number of rows.
async fn write(
    path: &Path,
    schema: SchemaRef,
    mut batches: impl Stream<Item = Result<RecordBatch, DataFusionError>> + Unpin,
) -> Result<usize> {
    let level = Compression::ZSTD(ZstdLevel::try_new(1)?);
    let settings =
        WriterProperties::builder().set_compression(level).set_max_row_group_row_count(Some(ROWS_OF_A_GROUP)).build();
    let (name, temporary) = temporary(path)?;
    let mut writer = ArrowWriter::try_new(temporary, schema, Some(settings))?;
    let mut rows = 0;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        rows += batch.num_rows();
        writer.write(&batch)?;
    }
    writer.into_inner()?.sync_all()?;
    fs::rename(&name, path).with_context(|| path.display().to_string())?;
    Ok(rows)
}

/// Says in which stage something failed, and what to do where the engine may not take the memory that it needs.
fn explained(stage: &str, error: anyhow::Error) -> anyhow::Error {
    if is_out_of_memory_here(&error) {
        anyhow!("the stage {stage} needs more memory than it may take, even with one partition; allow more")
    } else if is_out_of_memory_elsewhere(&error) {
        anyhow!(
            "the stage {stage} needs more memory than a task may take; allow executors more, or give them fewer cores"
        )
    } else {
        error.context(format!("the stage {stage}"))
    }
}

/// Says whether a stage would fail again.
fn is_permanent(error: &anyhow::Error) -> bool {
    is_out_of_memory_here(error) || is_out_of_memory_elsewhere(error)
}

fn is_out_of_memory_here(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<DataFusionError>();
    error.is_some_and(|error| matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)))
}

/// Says whether an executor of a cluster lacked memory. Of its error, a client gets the text.
fn is_out_of_memory_elsewhere(error: &anyhow::Error) -> bool {
    error.to_string().contains("ResourcesExhausted(")
}

fn spills(plan: &dyn ExecutionPlan) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or(0);
    own + plan.children().iter().map(|child| spills(child.as_ref())).sum::<usize>()
}

/// Creates a file beside another, which takes its name when it is complete.
fn temporary(path: &Path) -> Result<(PathBuf, File)> {
    let name = path.with_extension(format!("part-{}", std::process::id()));
    let file = File::create(&name).with_context(|| name.display().to_string())?;
    Ok((name, file))
}

/// Writes a file that is there as a whole or not at all.
fn publish(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let (name, mut file) = temporary(path)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(&name, path).with_context(|| path.display().to_string())
}

fn read_marker(path: &Path) -> Result<Option<Marker>> {
    match fs::read(path) {
        Ok(json) => Ok(Some(serde_json::from_slice(&json).with_context(|| path.display().to_string())?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

fn refuse_others(path: &Path, made: &Made, asked: &Made) -> Result<()> {
    for (name, asked) in asked {
        let made = made.get(name).map_or("nothing", String::as_str);
        if made != asked {
            bail!(
                "{} was made with {name} {made}, not {asked}; give another folder, or the same settings and files",
                path.display()
            );
        }
    }
    Ok(())
}
