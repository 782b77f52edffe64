//! The stages give the answer of one machine, whatever the engine does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use twinprint::result::{Clustering, Keep};
use twinprint::{Document, SimilarityJoin};
use twinprint_datafusion::{Columns, Options, Outcome, Settings, dedup};

/// Returns made texts: originals, copies and edits of many degrees, forms that fill large buckets, and blank ones.
fn texts(count: u64, forms: u64) -> Vec<Option<String>> {
    let word = |seed: u64| format!("w{}", seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 51);
    let text = |text: u64| {
        if text % 97 == 13 {
            return text.is_multiple_of(2).then(|| " ".into());
        }
        let (original, edits) = if text < forms { (0, 1 + text % 9) } else { (text / 4 + 1, text % 4 * 3) };
        let words = (0..60).map(|place| {
            let is_edited = (place * 7 + text) % 60 < edits;
            word(if is_edited { text * 1000 + place + 1_000_000 } else { original * 1000 + place })
        });
        Some(words.collect::<Vec<_>>().join(" "))
    };
    (0..count).map(text).collect()
}

/// Writes the texts to two files, with ids in an order of their own. Files that have these texts already stay as they are.
fn write(folder: &Path, texts: &[Option<String>]) -> Vec<PathBuf> {
    let (mut paths, mut first) = (Vec::new(), 0);
    for texts in texts.chunks(texts.len().div_ceil(2).max(1)) {
        let numbers = first..first + texts.len() as i64;
        let id: ArrayRef = Arc::new(StringArray::from_iter_values(numbers.clone().map(|number| format!("t{number}"))));
        let place: ArrayRef = Arc::new(Int64Array::from_iter_values(numbers));
        let text: ArrayRef = Arc::new(texts.iter().map(Option::as_deref).collect::<StringArray>());
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("id", id, false),
            ("place", place, false),
            ("text", text, true),
        ]);
        let batch = batch.unwrap();
        let path = folder.join(format!("in-{first}.parquet"));
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        let bytes = writer.into_inner().unwrap();
        if fs::read(&path).ok().as_ref() != Some(&bytes) {
            fs::write(&path, bytes).unwrap();
        }
        paths.push(path);
        first += texts.len() as i64;
    }
    paths
}

/// Removed texts, each with the kept one and their similarity.
type Removed = BTreeMap<String, (String, f64)>;

fn by_one_machine(texts: &[Option<String>], settings: &Settings) -> Removed {
    let mut builder = SimilarityJoin::builder(&settings.scheme).threshold(settings.threshold);
    if let Some(limit) = settings.bucket_limit {
        builder = builder.bucket_limit(limit);
    }
    let mut join = builder.build().unwrap();
    for (number, text) in texts.iter().enumerate() {
        join.push(Document::text(format!("t{number}"), text.as_deref().unwrap_or_default())).unwrap();
    }
    let clusters = join.finish().unwrap().clusters(Clustering::Leader, Keep::First);
    let members = clusters.iter().flat_map(|cluster| cluster.members());
    members
        .map(|member| {
            let jaccard = member.overlap.map_or(1.0, |overlap| overlap.jaccard());
            (member.document.clone(), (member.representative.clone(), jaccard))
        })
        .collect()
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let file = File::open(path).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap).collect()
}

fn removed(folder: &Path) -> Removed {
    let batches = read(&folder.join("removed.parquet"));
    let rows = batches.iter().flat_map(|batch| {
        let text = |name| batch.column_by_name(name).unwrap().as_string::<i32>();
        let jaccard = batch.column_by_name("jaccard").unwrap().as_primitive::<Float64Type>();
        (0..batch.num_rows()).map(move |row| {
            (text("id").value(row).to_string(), (text("duplicate_of").value(row).to_string(), jaccard.value(row)))
        })
    });
    rows.collect()
}

fn columns() -> Columns {
    Columns { text: "text".into(), id: "id".into(), order: "place".into() }
}

async fn by_engine(texts: &[Option<String>], settings: &Settings, options: &Options, folder: &Path) -> Outcome {
    fs::create_dir_all(folder).unwrap();
    let inputs = write(folder, texts);
    dedup(&inputs, &columns(), settings, options, &folder.join("out")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_memory_and_rounds_change_nothing() {
    let (texts, settings) = (texts(3000, 0), Settings::default());
    let expected = by_one_machine(&texts, &settings);
    assert!(expected.len() > 1000, "{}", expected.len());
    let folder = tempfile::tempdir().unwrap();
    for (partitions, memory, local_edges) in
        [(1, None, 1 << 20), (4, None, 5), (2, Some(14 << 20), 1 << 20), (8, Some(10 << 20), 1 << 20)]
    {
        let options = Options { partitions, memory, local_edges, ..Options::default() };
        let own = folder.path().join(partitions.to_string());
        let outcome = by_engine(&texts, &settings, &options, &own).await;
        assert_eq!(removed(&own.join("out")), expected, "{options:?}");
        assert_eq!((outcome.documents, outcome.removed), (texts.len(), expected.len()));
        assert_eq!(outcome.kept + outcome.removed, outcome.documents);
        assert_eq!(outcome.spills > 0, memory.is_some(), "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_buckets_are_capped_by_the_same_rule() {
    let texts = texts(500, 200);
    let folder = tempfile::tempdir().unwrap();
    for (limit, threshold, memory) in [(2, 0.5, None), (8, 0.7, None), (40, 0.5, Some(48 << 20))] {
        let settings = Settings { bucket_limit: Some(limit), threshold, ..Settings::default() };
        let expected = by_one_machine(&texts, &settings);
        let own = folder.path().join(limit.to_string());
        by_engine(&texts, &settings, &Options { partitions: 2, memory, ..Options::default() }, &own).await;
        assert_eq!(removed(&own.join("out")), expected, "limit {limit}, threshold {threshold}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_from_its_last_complete_stage() {
    let (texts, settings) = (texts(400, 0), Settings::default());
    let folder = tempfile::tempdir().unwrap();
    by_engine(&texts, &settings, &Options::default(), folder.path()).await;
    let out = folder.path().join("out");
    let (expected, signed) = (removed(&out), fs::metadata(out.join("signed.parquet")).unwrap().modified().unwrap());
    for stage in ["candidates", "pairs", "links", "removed", "kept"] {
        fs::remove_file(out.join(format!("{stage}.json"))).unwrap();
        fs::write(out.join(format!("{stage}.parquet")), "cut short").unwrap();
    }
    by_engine(&texts, &settings, &Options::default(), folder.path()).await;
    assert_eq!(removed(&out), expected);
    assert_eq!(fs::metadata(out.join("signed.parquet")).unwrap().modified().unwrap(), signed, "it was not made again");

    let other = Settings { threshold: 0.7, ..settings };
    let refused = dedup(&write(folder.path(), &texts), &columns(), &other, &Options::default(), &out).await;
    let refused = format!("{:#}", refused.unwrap_err());
    assert!(refused.contains("settings") && refused.contains("0.7"), "{refused}");

    // As many texts, one of which is another.
    let mut changed = texts.clone();
    changed[3] = Some("another text at the same place".into());
    let changed = write(folder.path(), &changed);
    let refused = dedup(&changed, &columns(), &Settings::default(), &Options::default(), &out).await;
    let refused = format!("{:#}", refused.unwrap_err());
    assert!(refused.contains("was made with contents 2 files of"), "{refused}");
}

#[tokio::test]
async fn wrong_inputs_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = write(folder.path(), &texts(20, 0));
    let refused = async |columns: Columns, settings: Settings, name: &str| {
        let out = folder.path().join(name);
        let refused = dedup(&inputs, &columns, &settings, &Options::default(), &out).await;
        format!("{:#}", refused.unwrap_err())
    };
    let missing = refused(Columns { text: "body".into(), ..columns() }, Settings::default(), "a").await;
    assert!(missing.contains("body"), "{missing}");
    let tied = refused(Columns { order: "text".into(), ..columns() }, Settings::default(), "b").await;
    assert!(tied.contains("text orders 20 texts by"), "{tied}");
    let threshold = refused(columns(), Settings { threshold: 1.5, ..Settings::default() }, "c").await;
    assert!(threshold.contains("threshold"), "{threshold}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_memory_is_said_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = write(folder.path(), &texts(2000, 0));
    let options = Options { partitions: 4, memory: Some(1 << 20), ..Options::default() };
    let refused = dedup(&inputs, &columns(), &Settings::default(), &options, &folder.path().join("out")).await;
    let refused = format!("{:#}", refused.unwrap_err());
    assert!(refused.contains("needs more memory") && refused.contains("even with one partition"), "{refused}");
}

#[tokio::test]
async fn one_text_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let texts = [Some("one text of a few words".into())];
    let outcome = by_engine(&texts, &Settings::default(), &Options::default(), folder.path()).await;
    assert_eq!((outcome.documents, outcome.kept, outcome.removed), (1, 1, 0));
    let kept = read(&folder.path().join("out/kept.parquet"));
    assert_eq!(kept[0].column_by_name("number").unwrap().as_primitive::<Int64Type>().value(0), 0);
    assert!(removed(&folder.path().join("out")).is_empty());
}
