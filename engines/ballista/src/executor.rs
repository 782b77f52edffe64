//! An executor: runs tasks, and keeps what they hand to later tasks.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ballista_core::ids::new_instance_id;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::health::ExecutorHealth;
use datafusion::functions_nested::all_default_nested_functions;

use crate::gate;
use crate::scheduler::SCHEDULING;

/// Runs tasks. A cluster has any number of executors; it loses none of the answer when one dies.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The scheduler's address and port.
    #[arg(long, default_value = "127.0.0.1:50050")]
    scheduler: String,
    /// The address by which other machines reach this one.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The IP address to listen at. Defaults to that of --host.
    #[arg(long)]
    bind: Option<String>,
    /// The port from which others fetch results.
    #[arg(long, default_value_t = 50051)]
    port: u16,
    /// Tasks that run at the same time. Defaults to the number of cores.
    #[arg(long)]
    cores: Option<usize>,
    /// Megabytes that all tasks may hold; what is beyond is written to disk. Defaults to seven tenths of the machine's.
    #[arg(long)]
    memory: Option<u64>,
    /// A folder on this machine's own disk for what tasks hand to later tasks.
    #[arg(long)]
    work: PathBuf,
    /// Starts as Ballista's own executor does, which has no functions of twinprint and waits for tasks. For tests.
    #[arg(long, hide = true)]
    without_functions: bool,
}

/// How long a scheduler that starts at the same time is waited for.
const CONNECTING: Duration = Duration::from_secs(60);

pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let (host, port) =
        arguments.scheduler.rsplit_once(':').context("--scheduler has no port, such as 127.0.0.1:50050")?;
    let port = port.parse().with_context(|| format!("{port} is not a port"))?;
    std::fs::create_dir_all(&arguments.work).with_context(|| arguments.work.display().to_string())?;
    let mut functions = BallistaFunctionRegistry::default();
    // Ballista leaves out the functions of lists.
    let nested = all_default_nested_functions();
    functions.scalar_functions.extend(nested.into_iter().map(|function| (function.name().into(), function)));
    let defaults = ExecutorProcessConfig::default();
    let (mut executor_id, mut scheduling) = (new_instance_id(), defaults.task_scheduling_policy);
    if !arguments.without_functions {
        scheduling = SCHEDULING;
        let ours = twinprint_datafusion::functions();
        functions
            .scalar_functions
            .extend(ours.into_iter().map(|function| (function.name().into(), Arc::new(function))));
        executor_id = gate::executor_id(&executor_id);
    }
    let health = defaults.health.clone();
    let config = ExecutorProcessConfig {
        executor_id,
        bind_host: arguments.bind.unwrap_or_else(|| arguments.host.clone()),
        external_host: Some(arguments.host),
        port: arguments.port,
        scheduler_host: host.into(),
        scheduler_port: port,
        scheduler_connect_timeout_seconds: CONNECTING.as_secs() as u16,
        vcores: arguments.cores.unwrap_or(defaults.vcores),
        work_dir: Some(arguments.work.to_string_lossy().into_owned()),
        executor_heartbeat_interval_seconds: 2,
        task_scheduling_policy: scheduling,
        memory_pool_size: arguments.memory.map(|megabytes| megabytes << 20),
        override_function_registry: Some(Arc::new(functions)),
        ..defaults
    };
    tokio::select! {
        ended = start_executor_process(Arc::new(config)) => Ok(ended?),
        () = not_accepted(health) => bail!(
            "the scheduler at {} has not accepted this executor; start both as `twinprint-ballista` of one version. What it refuses, it prints",
            arguments.scheduler
        ),
    }
}

/// Ends if the scheduler accepts this executor neither at once nor later. One that is refused would ask for ever.
async fn not_accepted(health: ExecutorHealth) {
    let until = Instant::now() + CONNECTING + Duration::from_secs(30);
    while !health.is_ready() {
        if Instant::now() > until {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    std::future::pending().await
}
