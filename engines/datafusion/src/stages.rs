//! Stages of a run: each is a file of Parquet, with a marker beside it that names what it was made with.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use futures::StreamExt;
use serde::{Deserialize, Serialize};

/// What a run was made with, by name.
pub(crate) type Made = BTreeMap<String, String>;

/// The folder of a run.
pub(crate) struct Stages {
    pub(crate) context: SessionContext,
    folder: PathBuf,
    made: Made,
    spills: usize,
}

/// What is known of a complete stage.
#[derive(Serialize, Deserialize)]
struct Marker {
    made: Made,
    rows: usize,
}

/// Rows of a row group: a scan by several threads gets a group each.
const ROWS_OF_A_GROUP: usize = 1 << 15;

impl Stages {
    pub(crate) fn new(context: SessionContext, folder: &Path, made: Made) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(Self { context, folder: folder.into(), made, spills: 0 })
    }

    /// Returns how often an operator of this process wrote to disk what its memory did not hold.
    pub(crate) fn spills(&self) -> usize {
        self.spills
    }

    /// Makes the table `name` of a query, unless an earlier run did. Returns its rows.
    pub(crate) async fn stage(&mut self, name: &str, query: &str) -> Result<usize> {
        let (path, marker) = (self.folder.join(format!("{name}.parquet")), self.folder.join(format!("{name}.json")));
        let rows = match read_marker(&marker)? {
            Some(earlier) => {
                refuse_others(&path, &earlier.made, &self.made)?;
                earlier.rows
            }
            None => {
                let rows = self.write(query, &path).await.with_context(|| format!("the stage {name}"))?;
                let json = serde_json::to_vec_pretty(&Marker { made: self.made.clone(), rows })?;
                publish(&marker, |file| Ok(std::io::Write::write_all(file, &json)?))?;
                rows
            }
        };
        let path = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
        self.context.register_parquet(name, path, ParquetReadOptions::default()).await?;
        Ok(rows)
    }

    async fn write(&mut self, query: &str, path: &Path) -> Result<usize> {
        let plan = self.context.sql(query).await?.create_physical_plan().await?;
        let mut batches = execute_stream(Arc::clone(&plan), self.context.task_ctx())?;
        let level = Compression::ZSTD(ZstdLevel::try_new(1)?);
        let settings = WriterProperties::builder()
            .set_compression(level)
            .set_max_row_group_row_count(Some(ROWS_OF_A_GROUP))
            .build();
        let (name, temporary) = temporary(path)?;
        let mut writer = ArrowWriter::try_new(temporary, batches.schema(), Some(settings))?;
        let mut rows = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch?;
            rows += batch.num_rows();
            writer.write(&batch)?;
        }
        writer.into_inner()?.sync_all()?;
        fs::rename(&name, path).with_context(|| path.display().to_string())?;
        self.spills += spills(plan.as_ref());
        Ok(rows)
    }
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
                "{} was made with {name} {made}, not {asked}; give another folder, or the same settings",
                path.display()
            );
        }
    }
    Ok(())
}
