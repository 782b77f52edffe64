//! `twinprint-ballista`: deduplicates files of Parquet on a Ballista cluster. The program is the scheduler, an executor or the client.

mod client;
mod executor;
mod gate;
mod scheduler;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Deduplicates texts in files of Parquet on a Ballista cluster; the answer is that of twinprint dedup.
///
/// All machines must read and write the inputs and the output folder by the same paths.
#[derive(Debug, Parser)]
#[command(version = twinprint_datafusion::VERSION)]
struct Arguments {
    #[command(subcommand)]
    role: Role,
}

#[derive(Debug, Subcommand)]
enum Role {
    Scheduler(scheduler::Arguments),
    Executor(executor::Arguments),
    Client(client::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    let ended = match Arguments::parse().role {
        Role::Scheduler(arguments) => scheduler::run(arguments).await,
        Role::Executor(arguments) => executor::run(arguments).await,
        Role::Client(arguments) => client::run(arguments).await,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("twinprint-ballista: {error:#}");
            ExitCode::from(2)
        }
    }
}
