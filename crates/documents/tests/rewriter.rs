//! Records that are written again are those that were read, except for their new texts.
#![cfg(feature = "formats")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;
use twinprint_documents::{Error, ErrorKind, FieldPath, Fields, Inputs, Options, Rewriter};

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn inputs(&self, names: &[&str]) -> Inputs {
        Inputs::find(names.iter().map(|name| self.path(name)), &OPTIONS).unwrap()
    }

    /// Rewrites inputs with every `x` removed from their texts.
    fn rewrite(&self, inputs: &[&str], fields: &Fields, to: &str) -> Result<(), Error> {
        let inputs = self.inputs(inputs);
        let mut reader = inputs.read(&OPTIONS, fields).with_raw();
        let path = self.path(to);
        let mut rewriter = Rewriter::create(&path, &inputs, fields)?;
        let without = |text: &str| text.contains('x').then(|| text.replace('x', ""));
        while let Some(batch) = reader.next_batch()? {
            rewriter.write(batch, |document| {
                let new = document.texts.iter().map(|text| text.as_deref().and_then(without));
                Ok::<_, Error>(new.collect())
            })?;
        }
        rewriter.finish()
    }
}

const OPTIONS: Options = Options { skip_bad: true, ..Options::DEFAULT };

fn fields(texts: &[&str]) -> Fields {
    Fields { text: texts.iter().copied().map(FieldPath::new).collect(), ..Fields::default() }
}

#[test]
fn lines_stay_but_for_their_texts() {
    let files = Files::new();
    fs::write(
        files.path("a.jsonl"),
        "\u{feff}{ \"text\":\"\\u00e9x\", \"n\": 1.50e0 , \"id\": 1}\r\n\nnone\n{\"id\":2,  \"text\":\"\\u00e9\"} \r\n{\"id\":3,\"text\":\"x\"}",
    )
    .unwrap();
    fs::write(files.path("b.jsonl"), "{\"id\":4,\"text\":\"\"}").unwrap();
    files.rewrite(&["a.jsonl", "b.jsonl"], &Fields::default(), "new").unwrap();
    let expected = "{ \"text\":\"é\", \"n\": 1.50e0 , \"id\": 1}\r\n{\"id\":2,  \"text\":\"\\u00e9\"} \r\n\
        {\"id\":3,\"text\":\"\"}\n{\"id\":4,\"text\":\"\"}";
    assert_eq!(files.text("new"), expected);
}

#[test]
fn several_fields_are_each_a_text() {
    let files = Files::new();
    fs::write(
        files.path("a.jsonl"),
        "{\"id\":1,\"title\":\"x y\",\"meta\":{ \"body\":\"ax\" }}\n{\"id\":2,\"meta\":{\"body\":\"x\"},\"title\":null}\n",
    )
    .unwrap();
    files.rewrite(&["a.jsonl"], &fields(&["title", "meta.body"]), "new").unwrap();
    let expected =
        "{\"id\":1,\"title\":\" y\",\"meta\":{ \"body\":\"a\" }}\n{\"id\":2,\"meta\":{\"body\":\"\"},\"title\":null}\n";
    assert_eq!(files.text("new"), expected);

    fs::write(files.path("a.csv"), "body,id,title\n\"a,x\",1,x\nb,2,c\n").unwrap();
    files.rewrite(&["a.csv"], &fields(&["title", "body"]), "new.csv").unwrap();
    assert_eq!(files.text("new.csv"), "body,id,title\n\"a,\",1,\nb,2,c\n");
}

#[test]
fn rows_stay_but_for_their_texts() {
    let files = Files::new();
    fs::write(files.path("a.csv"), "\"id\",text,n\r\n\"1\",\"a\r\nb\",\"3\"\r\n2,\"x\"\"\n\",\"4\"\r\n").unwrap();
    files.rewrite(&["a.csv"], &Fields::default(), "new.csv").unwrap();
    assert_eq!(files.text("new.csv"), "\"id\",text,n\n\"1\",\"a\r\nb\",\"3\"\n2,\"\"\"\n\",4\n");
    fs::write(files.path("a.tsv"), "id\ttext\n").unwrap();
    files.rewrite(&["a.tsv"], &Fields::default(), "new.tsv").unwrap();
    assert_eq!(files.text("new.tsv"), "id\ttext\n");
    fs::write(files.path("b.csv"), "text,id\nx,1\n").unwrap();
    let refused = files.rewrite(&["a.csv", "b.csv"], &Fields::default(), "none.csv").unwrap_err();
    let difference = "it lacks the column \"n\"".to_string();
    let kind = ErrorKind::MixedColumns(files.path("a.csv"), difference);
    assert_eq!((refused.path, refused.kind), (files.path("b.csv"), kind));
    assert!(!files.path("none.csv").exists());
    fs::write(files.path("c.csv"), "\u{feff}id,\"text\",n\nx,yx,zx\n").unwrap();
    files.rewrite(&["c.csv", "a.csv"], &fields(&["text", "n"]), "both.csv").unwrap();
    assert_eq!(files.text("both.csv"), "\u{feff}id,\"text\",n\nx,y,z\n\"1\",\"a\r\nb\",\"3\"\n2,\"\"\"\n\",4\n");
}

#[test]
fn texts_become_lines() {
    let files = Files::new();
    fs::create_dir(files.path("in")).unwrap();
    fs::write(files.path("in/a.txt"), "one x\n").unwrap();
    files.rewrite(&["in"], &Fields::default(), "new.jsonl").unwrap();
    let found: serde_json::Value = serde_json::from_str(&files.text("new.jsonl")).unwrap();
    let path = files.path("in/a.txt").display().to_string();
    assert_eq!(found, serde_json::json!({"id": "a", "path": path, "text": "one \n"}));
}

#[cfg(feature = "parquet")]
mod parquet {
    use std::fs::File;
    use std::sync::Arc;

    use ::parquet::arrow::ArrowWriter;
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use arrow_array::types::Int8Type;
    use arrow_array::{
        Array, ArrayRef, DictionaryArray, Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray,
        StructArray,
    };
    use arrow_buffer::NullBuffer;
    use arrow_schema::Field;

    use super::*;

    const IDS: i64 = 5_000;

    fn write(files: &Files, columns: Vec<(&str, ArrayRef)>) {
        let rows =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)));
        let rows = rows.unwrap();
        let mut writer =
            ArrowWriter::try_new(File::create(files.path("a.parquet")).unwrap(), rows.schema(), None).unwrap();
        writer.write(&rows).unwrap();
        writer.close().unwrap();
    }

    fn read(files: &Files) -> Vec<RecordBatch> {
        let file = File::open(files.path("new.parquet")).unwrap();
        let rows = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().with_batch_size(10_000).build().unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Generates texts; some contain an `x`, and some are missing.
    fn texts() -> Vec<Option<String>> {
        (0..IDS).map(|id| (id % 7 > 0).then(|| format!("{}é{id}", ["", "x"][usize::from(id % 3 == 0)]))).collect()
    }

    fn without(texts: &[Option<String>]) -> Vec<Option<String>> {
        texts.iter().map(|text| text.as_ref().map(|text| text.replace('x', ""))).collect()
    }

    #[test]
    fn every_kind_of_string_has_new_texts_and_other_columns_stay() {
        let (texts, ids): (_, ArrayRef) = (texts(), Arc::new(Int64Array::from_iter_values(0..IDS)));
        let strings = || texts.iter().map(Option::as_deref);
        let dictionary: DictionaryArray<Int8Type> =
            (0..IDS).map(|id| ["x", "y"].get(id as usize % 3).copied()).collect();
        let columns: [ArrayRef; 3] = [
            Arc::new(StringArray::from_iter(strings())),
            Arc::new(LargeStringArray::from_iter(strings())),
            Arc::new(StringViewArray::from_iter(strings())),
        ];
        let title: ArrayRef = Arc::new(StringArray::from_iter_values((0..IDS).map(|id| format!("x{id}"))));
        for column in columns {
            let files = Files::new();
            write(
                &files,
                vec![
                    ("id", Arc::clone(&ids)),
                    ("text", Arc::clone(&column)),
                    ("title", Arc::clone(&title)),
                    ("d", Arc::new(dictionary.clone())),
                ],
            );
            files.rewrite(&["a.parquet"], &fields(&["text", "title", "d"]), "new.parquet").unwrap();
            let rows = read(&files);
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].column(0), &ids);
            assert_eq!(rows[0].column(1).data_type(), column.data_type());
            let found: Vec<Option<String>> = match rows[0].column(1).as_any().downcast_ref::<LargeStringArray>() {
                Some(found) => found.iter().map(|text| text.map(str::to_string)).collect(),
                None => match rows[0].column(1).as_any().downcast_ref::<StringArray>() {
                    Some(found) => found.iter().map(|text| text.map(str::to_string)).collect(),
                    None => rows[0]
                        .column(1)
                        .as_any()
                        .downcast_ref::<StringViewArray>()
                        .unwrap()
                        .iter()
                        .map(|text| text.map(str::to_string))
                        .collect(),
                },
            };
            assert_eq!(found, without(&texts));
            let plain = rows[0].column(3).as_any().downcast_ref::<StringArray>().unwrap();
            let expected = (0..IDS).map(|id| ["", "y"].get(id as usize % 3).copied());
            assert!(plain.iter().eq(expected), "a dictionary is written out");
        }
    }

    #[test]
    fn a_text_within_a_struct_is_replaced() {
        let files = Files::new();
        let texts = texts();
        let inner: ArrayRef = Arc::new(StringArray::from_iter(texts.iter().map(Option::as_deref)));
        let other: ArrayRef = Arc::new(Int64Array::from_iter_values(0..IDS));
        let field = |name: &str, column: &ArrayRef| Field::new(name, column.data_type().clone(), true);
        let (names, columns) = (vec![field("text", &inner), field("n", &other)], vec![inner, Arc::clone(&other)]);
        let nulls = NullBuffer::from_iter((0..IDS).map(|id| id % 5 > 0));
        let outer = StructArray::try_new(names.into(), columns, Some(nulls)).unwrap();
        write(&files, vec![("id", other), ("m", Arc::new(outer))]);
        files.rewrite(&["a.parquet"], &fields(&["m.text", "text"]), "new.parquet").unwrap();
        let rows = read(&files);
        let outer = rows[0].column(1).as_any().downcast_ref::<StructArray>().unwrap();
        let found = outer.column(0).as_any().downcast_ref::<StringArray>().unwrap();
        // Records whose text is missing cannot be read, and are not written.
        let expected = without(&texts).into_iter().enumerate().filter_map(|(id, text)| text.filter(|_| id % 5 > 0));
        assert!(found.iter().flatten().map(str::to_string).eq(expected));
        assert_eq!(outer.null_count(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_format_holds_the_new_texts(texts in prop::collection::vec("(?s)[\u{1}-\u{10ffff}x]{0,20}", 1..20)) {
        let files = Files::new();
        let lines = texts.iter().enumerate().map(|(id, text)| format!("{}\n", serde_json::json!({"text": text, "id": id, "more": [text]})));
        fs::write(files.path("a.jsonl"), lines.collect::<String>()).unwrap();
        let quoted = |text: &String| text.replace('"', "\"\"");
        let rows = texts.iter().enumerate().map(|(id, text)| format!("{id},\"{}\"\n", quoted(text)));
        fs::write(files.path("a.csv"), format!("id,text\n{}", rows.collect::<String>())).unwrap();
        for (from, to) in [("a.jsonl", "new.jsonl.zst"), ("a.csv", "new.csv.gz")] {
            files.rewrite(&[from], &Fields::default(), to).unwrap();
            let mut found = Vec::new();
            let inputs = files.inputs(&[to]);
            let mut reader = inputs.read(&OPTIONS, &Fields::default());
            while let Some(batch) = reader.next_batch().unwrap() {
                found.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
            }
            let expected: Vec<_> = texts.iter().enumerate().map(|(id, text)| (id.to_string(), text.replace('x', ""))).collect();
            prop_assert_eq!(found, expected, "{}", from);
        }
    }
}
