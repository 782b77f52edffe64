//! The scheduler: plans jobs, and gives their tasks to executors.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::utils::default_session_builder;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::prelude::SessionConfig;

use crate::gate::Gate;

/// Executors ask for tasks when they have a core for them. Where the scheduler hands tasks out instead, it also counts the cores, and when
/// an executor dies, it loses those whose tasks it called off on the others: soon none is left, and the job waits for ever.
pub(crate) const SCHEDULING: TaskSchedulingPolicy = TaskSchedulingPolicy::PullStaged;

/// Plans jobs, and gives their tasks to executors. A cluster has one.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The address by which executors and clients reach this machine.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The IP address to listen at. Defaults to that of --host.
    #[arg(long)]
    bind: Option<String>,
    /// The port to listen at.
    #[arg(long, default_value_t = 50050)]
    port: u16,
    /// Seconds without a sign of life after which an executor's tasks are given to others.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..))]
    dead_after: u64,
}

pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let bind = arguments.bind.unwrap_or_else(|| arguments.host.clone());
    let address = format!("{bind}:{}", arguments.port);
    let address: SocketAddr = address.parse().with_context(|| format!("{address} is not an IP address and a port"))?;
    let config = SchedulerConfig {
        external_host: arguments.host,
        bind_host: bind,
        bind_port: arguments.port,
        executor_timeout_seconds: arguments.dead_after,
        expire_dead_executor_interval_seconds: 2,
        no_executors_grace_period_seconds: arguments.dead_after,
        scheduling_policy: SCHEDULING,
        override_session_builder: Some(Arc::new(session)),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let cluster = BallistaCluster::new(Arc::new(Gate::new(cluster.cluster_state())), cluster.job_state());
    println!("scheduler of twinprint {} at {address}", twinprint_datafusion::VERSION);
    start_server(cluster, address, Arc::new(config)).await?;
    Ok(())
}

/// Makes the state of a session, with the functions.
fn session(config: SessionConfig) -> datafusion::common::Result<SessionState> {
    let mut state = default_session_builder(config)?;
    for function in twinprint_datafusion::functions() {
        state.register_udf(Arc::new(function))?;
    }
    Ok(state)
}
