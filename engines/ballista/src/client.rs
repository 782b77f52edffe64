//! The client: gives the stages of a run to the cluster, and writes what each returns.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::config::BALLISTA_ADAPTIVE_PLANNER_ENABLED;
use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use twinprint_datafusion::{Options, RunArguments, VERSION, dedup_on};

/// Deduplicates texts on a cluster.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The scheduler's address and port.
    #[arg(long, default_value = "127.0.0.1:50050")]
    scheduler: String,
    /// Pieces that the rows of a stage are dealt into. Some two for each core of the cluster suit.
    #[arg(long, default_value_t = 8)]
    partitions: usize,
    #[command(flatten)]
    run: RunArguments,
}

/// How often a stage is tried: an executor that dies takes results with it that were not fetched yet.
const ATTEMPTS: usize = 4;

pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let Arguments { scheduler, partitions, run } = arguments;
    // Other machines have other working folders.
    let inputs = run.inputs.iter().map(|path| absolute(path)).collect::<Result<Vec<_>>>()?;
    fs::create_dir_all(&run.output).with_context(|| run.output.display().to_string())?;
    let output = absolute(&run.output)?;
    let context = connect(&scheduler, partitions).await?;
    check_functions(&context, &scheduler, &output).await?;
    check_inputs(&context, &inputs).await?;
    let options = Options { partitions, attempts: ATTEMPTS, ..Options::default() };
    let outcome = dedup_on(context, &inputs, &run.columns(), &run.settings()?, &options, &output).await?;
    println!("{outcome}; see {}", run.output.display());
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).with_context(|| path.display().to_string())
}

/// Opens a session whose queries run on the cluster.
async fn connect(scheduler: &str, partitions: usize) -> Result<SessionContext> {
    let mut config = SessionConfig::new_with_ballista()
        .with_target_partitions(partitions.max(1))
        // The adaptive planner does not recover from the loss of finished results.
        .set_bool(BALLISTA_ADAPTIVE_PLANNER_ENABLED, false);
    // Functions take texts and lists of the plain types.
    config.options_mut().execution.parquet.schema_force_view_types = false;
    // Of the joins, only the one of sorted tables writes to disk what it cannot hold.
    config.options_mut().optimizer.prefer_hash_join = false;
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    let context = SessionContext::remote_with_state(&format!("df://{scheduler}"), state).await?;
    // The state of a remote session has Ballista's functions instead of those that it was given.
    twinprint_datafusion::register(&context);
    Ok(context)
}

/// Checks that executors have the functions of this version, and that the folder of the run is the same for all.
async fn check_functions(context: &SessionContext, scheduler: &str, folder: &Path) -> Result<()> {
    let path = folder.join(format!("probe-{}.parquet", std::process::id()));
    write_probe(&path)?;
    let found = probe(context, &path).await;
    fs::remove_file(&path).with_context(|| path.display().to_string())?;
    let found = found.with_context(|| {
        format!(
            "the cluster at {scheduler} could not run the functions of twinprint {VERSION} over a file in {}; start its scheduler and \
             its executors as `twinprint-ballista` of this version, and give a folder that all machines share",
            folder.display()
        )
    })?;
    match found.as_slice() {
        [version] if version == VERSION => Ok(()),
        [version] => bail!("the cluster at {scheduler} has the functions of twinprint {version}, not {VERSION}"),
        _ => bail!(
            "the cluster at {scheduler} does not see what is written to {}; give a folder that all machines share",
            folder.display()
        ),
    }
}

/// Writes a table of one row.
fn write_probe(path: &Path) -> Result<()> {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let batch = RecordBatch::try_from_iter([("row", column)])?;
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

/// Returns the version that executors say for each row of a table.
async fn probe(context: &SessionContext, path: &Path) -> Result<Vec<String>> {
    let table = context.read_parquet(path.to_string_lossy().into_owned(), ParquetReadOptions::default()).await?;
    context.register_table("probe", table.into_view())?;
    let batches = context.sql("SELECT twinprint_version() AS version FROM probe").await?.collect().await?;
    context.deregister_table("probe")?;
    let mut versions = Vec::new();
    for batch in &batches {
        let column = batch.column(0).as_string_opt::<i32>().context("a version is a text")?;
        versions.extend(column.iter().flatten().map(String::from));
    }
    Ok(versions)
}

/// Checks that the cluster finds as many texts as this machine: a folder that is not there has none.
async fn check_inputs(context: &SessionContext, inputs: &[PathBuf]) -> Result<()> {
    let (here, there) = (count(&SessionContext::new(), inputs).await?, count(context, inputs).await?);
    if here != there {
        bail!(
            "the cluster finds {there} texts in the inputs, this machine {here}; give inputs that all machines share"
        );
    }
    Ok(())
}

async fn count(context: &SessionContext, inputs: &[PathBuf]) -> Result<i64> {
    let paths: Vec<String> = inputs.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let table = context.read_parquet(paths, ParquetReadOptions::default()).await?;
    context.register_table("counted", table.into_view())?;
    let batches = context.sql("SELECT count(*) FROM counted").await?.collect().await?;
    context.deregister_table("counted")?;
    let count = batches.iter().find(|batch| batch.num_rows() > 0).context("a count has a row")?;
    Ok(count.column(0).as_primitive::<Int64Type>().value(0))
}
