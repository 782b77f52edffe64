//! The functions of SQL give what the library gives.

use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::datatypes::{Float64Type, UInt32Type, UInt64Type};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::prelude::SessionContext;
use twinprint::Scheme;
use twinprint_datafusion::{Settings, register};

const FERRY: &str = "The ferry to Skelby was cancelled on Monday because of high winds.";

async fn row(sql: impl AsRef<str>) -> Result<RecordBatch, String> {
    let sql = sql.as_ref();
    let context = SessionContext::new();
    register(&context);
    let batches = async { context.sql(sql).await?.collect().await };
    batches.await.map(|batches| batches[0].clone()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn columns_are_those_of_the_library() {
    let scheme = Scheme::news();
    let set = scheme.shingler().unwrap().hashes(FERRY);
    let settings = Settings::default();
    let keys = twinprint::lsh::BandHasher::new(settings.rules().unwrap().banding(), &scheme).unwrap();
    let signature = scheme.minhasher().signature(&set);
    let found = row(format!(
        "SELECT twinprint_shingles(t), twinprint_signature(t), twinprint_band_keys(t), twinprint_band_keys(twinprint_shingles(t)) \
         FROM (VALUES ('{FERRY}')) AS texts(t)"
    ));
    let found = found.await.unwrap();
    let list =
        |column: usize| found.column(column).as_list::<i32>().value(0).as_primitive::<UInt64Type>().values().to_vec();
    let mut expected: Vec<u64> = set.clone();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(list(0), expected);
    assert_eq!(found.column(1).as_fixed_size_list().value(0).as_primitive::<UInt32Type>().values(), signature.values());
    assert_eq!(list(2), keys.keys(&signature).unwrap());
    assert_eq!(list(2), list(3));
}

#[tokio::test]
async fn settings_are_the_last_argument() {
    let settings =
        Settings { scheme: Scheme::builder().words(1).build().unwrap(), threshold: 0.4, ..Settings::default() };
    let s = settings.to_sql().unwrap();
    let (a, b) =
        (format!("twinprint_shingles('it''s a b c d', {s})"), format!("twinprint_shingles('a b c d e f', {s})"));
    let found =
        row(format!("SELECT twinprint_jaccard({a}, {b}), twinprint_shared({a}, {b}, {s}), twinprint_shared({a}, {b})"));
    let found = found.await.unwrap();
    assert!((found.column(0).as_primitive::<Float64Type>().value(0) - 4.0 / 7.0).abs() < 1e-12);
    assert_eq!(found.column(1).as_primitive::<UInt32Type>().value(0), 4);
}

/// The example of the documentation, which is not compiled there.
#[tokio::test]
async fn the_example_runs() {
    let context = SessionContext::new();
    register(&context);
    let sql = "SELECT twinprint_jaccard(twinprint_shingles('rain on the northern coast'), twinprint_shingles('rain on the coast'))";
    let rows = context.sql(sql).await.unwrap().collect().await.unwrap();
    assert_eq!(rows[0].num_rows(), 1);
}

#[tokio::test]
async fn the_version_is_said() {
    let found = row("SELECT twinprint_version()").await.unwrap();
    assert_eq!(found.column(0).as_string::<i32>().value(0), env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    for (sql, words) in [
        ("SELECT twinprint_shingles(5)", "Utf8"),
        ("SELECT twinprint_jaccard('a', 'b')", "must be a list"),
        ("SELECT twinprint_shingles('a', '{\"treshold\": 1}')", "treshold"),
        ("SELECT twinprint_shingles('a', '{\"threshold\": 7}')", "threshold"),
        ("SELECT twinprint_shingles('a', 5)", "JSON"),
        ("SELECT twinprint_shingles('a', s) FROM (VALUES ('{}'), ('{\"threshold\": 0.7}')) AS v(s)", "not the same"),
        ("SELECT twinprint_shingles()", "twinprint_shingles"),
    ] {
        let refused = row(sql).await.unwrap_err();
        assert!(refused.contains(words), "{sql}: {refused}");
    }
}
