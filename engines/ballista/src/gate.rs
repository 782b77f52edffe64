//! Lets only executors with the functions of this version into the cluster.
//!
//! A task that lacks a function fails with an error that names none, after an executor was given it several times. So an executor says the
//! version in its id, and the scheduler refuses any other at once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ballista_core::JobId;
use ballista_core::error::{BallistaError, Result};
use ballista_core::serde::protobuf::ExecutorHeartbeat;
use ballista_core::serde::scheduler::{ExecutorData, ExecutorMetadata};
use ballista_scheduler::cluster::{BoundTask, ClusterState, ClusterStateEventStream, ExecutorSlot};
use ballista_scheduler::config::TaskDistributionPolicy;
use ballista_scheduler::state::task_manager::JobInfoCache;
use twinprint_datafusion::VERSION;

/// Returns the id of an executor with the functions of this version.
pub(crate) fn executor_id(unique: &str) -> String {
    format!("twinprint-{VERSION}-{unique}")
}

/// The state of a cluster that refuses executors without the functions.
pub(crate) struct Gate {
    cluster: Arc<dyn ClusterState>,
    /// Executors whose refusal was printed. They ask ten times a second.
    refused: Mutex<HashSet<String>>,
}

impl Gate {
    pub(crate) fn new(cluster: Arc<dyn ClusterState>) -> Self {
        Self { cluster, refused: Mutex::default() }
    }

    fn check(&self, executor: &ExecutorMetadata) -> Result<()> {
        if executor.id.starts_with(&executor_id("")) {
            return Ok(());
        }
        let ExecutorMetadata { id, host, port, .. } = executor;
        let refused = format!(
            "the executor at {host}:{port} does not have the functions of twinprint {VERSION}; \
             start it as `twinprint-ballista executor` of this version, as which the scheduler was started"
        );
        if self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone()) {
            println!("refused: {refused}");
        }
        Err(BallistaError::Configuration(refused))
    }
}

#[async_trait]
impl ClusterState for Gate {
    async fn init(&self) -> Result<()> {
        self.cluster.init().await
    }

    async fn bind_schedulable_tasks(
        &self,
        distribution: TaskDistributionPolicy,
        active_jobs: Arc<HashMap<JobId, JobInfoCache>>,
        executors: Option<HashSet<String>>,
    ) -> Result<Vec<BoundTask>> {
        self.cluster.bind_schedulable_tasks(distribution, active_jobs, executors).await
    }

    async fn unbind_tasks(&self, executor_slots: Vec<ExecutorSlot>) -> Result<()> {
        self.cluster.unbind_tasks(executor_slots).await
    }

    async fn register_executor(&self, metadata: ExecutorMetadata, spec: ExecutorData) -> Result<()> {
        self.check(&metadata)?;
        self.cluster.register_executor(metadata, spec).await
    }

    async fn save_executor_metadata(&self, metadata: ExecutorMetadata) -> Result<()> {
        self.check(&metadata)?;
        self.cluster.save_executor_metadata(metadata).await
    }

    async fn get_executor_metadata(&self, executor_id: &str) -> Result<ExecutorMetadata> {
        self.cluster.get_executor_metadata(executor_id).await
    }

    async fn registered_executor_metadata(&self) -> Vec<ExecutorMetadata> {
        self.cluster.registered_executor_metadata().await
    }

    async fn save_executor_heartbeat(&self, heartbeat: ExecutorHeartbeat) -> Result<()> {
        self.cluster.save_executor_heartbeat(heartbeat).await
    }

    async fn remove_executor(&self, executor_id: &str) -> Result<()> {
        self.cluster.remove_executor(executor_id).await
    }

    fn executor_heartbeats(&self) -> HashMap<String, ExecutorHeartbeat> {
        self.cluster.executor_heartbeats()
    }

    fn get_executor_heartbeat(&self, executor_id: &str) -> Option<ExecutorHeartbeat> {
        self.cluster.get_executor_heartbeat(executor_id)
    }

    async fn cluster_state_events(&self) -> Result<ClusterStateEventStream> {
        self.cluster.cluster_state_events().await
    }
}
