//! Near-duplicate texts in SQL: functions for [DataFusion](https://datafusion.apache.org), and deduplication as stages of SQL.
//!
//! [`register`] adds functions to a session: shingle sets, signatures, band keys and exact similarities of columns.
//!
//! ```
//! use datafusion::prelude::SessionContext;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let context = SessionContext::new();
//! twinprint_datafusion::register(&context);
//! let sql = "SELECT twinprint_jaccard(twinprint_shingles('rain on the northern coast'), twinprint_shingles('rain on the coast'))";
//! let rows = context.sql(sql).await?.collect().await?;
//! assert_eq!(rows[0].num_rows(), 1);
//! # Ok::<(), datafusion::error::DataFusionError>(())
//! # }).unwrap();
//! ```
//!
//! [`dedup`] runs all steps of deduplication over files of Parquet, and leaves each as Parquet in a folder. A run that was interrupted goes
//! on from the last complete stage. The answer is that of `twinprint dedup`, however many partitions the engine makes and whether or not it
//! has to write to disk what its memory does not hold. [`dedup_on`] does so in a session of yours, such as that of a cluster.

mod arguments;
mod clusters;
mod contents;
mod dedup;
mod functions;
mod settings;
mod stages;
mod tools;

pub use arguments::RunArguments;
pub use dedup::{Columns, Options, Outcome, dedup, dedup_on};
pub use functions::{VERSION, functions, register};
pub use settings::Settings;
