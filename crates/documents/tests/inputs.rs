//! Inputs are files, folders, patterns and pipes; what they are is seen, or said.
#![cfg(feature = "formats")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use twinprint_documents::{Error, ErrorKind, Fields, Format, Inputs, Options};

const LINE: &str = "{\"id\": \"a\", \"text\": \"x\"}\n";

struct Folder(TempDir);

impl Folder {
    /// Makes a folder with these files.
    fn of(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, content) in files {
            let path = folder.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Returns the format of inputs and the ids of their documents.
    fn read(&self, inputs: &[&str], fields: &Fields) -> Result<(Format, Vec<String>), String> {
        let short = |error: Error| error.to_string().replace(&format!("{}/", self.0.path().display()), "");
        let options = Options { recursive: true, ..Options::default() };
        let inputs = Inputs::find(inputs.iter().map(|name| self.path(name)), &options).map_err(short)?;
        let mut reader = inputs.read(&options, fields);
        let mut ids = Vec::new();
        while let Some(batch) = reader.next_batch().map_err(short)? {
            ids.extend(batch.documents().map(|(id, _)| id.replace(&format!("{}/", self.0.path().display()), "")));
        }
        Ok((inputs.format(), ids))
    }

    fn ids(&self, inputs: &[&str]) -> Vec<String> {
        self.read(inputs, &Fields::default()).unwrap().1
    }
}

fn numbered() -> Fields {
    Fields { id: None, ..Fields::default() }
}

#[test]
fn made_ids_are_unique_where_files_share_a_name() {
    let folder = Folder::of(&[("2023/part.jsonl", LINE), ("2024/part.jsonl", LINE), ("2024/other.jsonl", LINE)]);
    let (_, ids) = folder.read(&["2023/part.jsonl", "2024"], &numbered()).unwrap();
    assert_eq!(ids, ["2023/part.jsonl:1", "other.jsonl:1", "2024/part.jsonl:1"]);
    let folder = Folder::of(&[("x/index.md", "1"), ("y/index.md", "2"), ("y/a.md", "3"), ("y/a.html", "4")]);
    assert_eq!(folder.ids(&["*/index.md"]), ["x/index.md", "y/index.md"]);
    assert_eq!(folder.ids(&["y"]), ["y/a.html", "y/a.md", "index"]);
    let (_, ids) = folder.read(&["x", "y/a.md"], &numbered()).unwrap();
    assert_eq!(ids, ["x/index.md", "y/a.md"]);
}

#[test]
fn folders_are_read_by_what_they_hold() {
    let parts = Folder::of(&[
        ("hub/README.md", "A data set."),
        ("hub/data/train-0.jsonl", LINE),
        ("hub/data/_SUCCESS", ""),
        ("hub/data/.hidden.jsonl", "none"),
        ("code/main.rs", "fn main() {}"),
        ("code/Makefile", "all:"),
        ("code/.git/HEAD", "ref"),
        ("code/docs/a.md", "# A"),
        ("mac/x.txt", "x"),
        ("mac/._x.txt", "\0\x05\x16\x07"),
        ("logs/a.log", LINE),
        ("none/.hidden", ""),
        ("texts/README.md", "What the texts are."),
        ("texts/labels.tsv", "a\tb\n"),
        ("texts/a.txt", "a"),
        ("notes/README.md", "One note"),
        ("notes/other.md", "of several."),
        ("tree/a/README.md", "A parser"),
        ("tree/a/lib.rs", "fn a() {}"),
        ("tree/b/README.md", "A printer"),
        ("tables/a/README.md", "Some rows"),
        ("tables/b/README.md", "More rows"),
        ("tables/b/rows.jsonl", LINE),
        ("saved/data-00000.jsonl", LINE),
        ("saved/state.json", "{}"),
    ]);
    assert_eq!(parts.read(&["hub"], &numbered()), Ok((Format::JsonLines, vec!["train-0.jsonl:1".to_string()])));
    assert_eq!(parts.read(&["code"], &Fields::default()).unwrap().0, Format::Text);
    assert_eq!(parts.ids(&["code"]), ["Makefile", "docs/a", "main"]);
    assert_eq!(parts.ids(&["mac"]), ["x"]);
    assert_eq!(parts.read(&["logs"], &Fields::default()).unwrap().0, Format::JsonLines);
    assert_eq!(parts.ids(&["texts"]), ["a"]);
    assert_eq!(parts.ids(&["notes"]), ["README", "other"]);
    assert_eq!(parts.ids(&["tree"]), ["a/README", "a/lib", "b/README"]);
    assert_eq!(parts.ids(&["tables"]), ["a"]);
    assert_eq!(parts.ids(&["saved"]), ["a"]);
    assert!(parts.read(&["none"], &numbered()).unwrap_err().contains("no file to read"));
}

#[test]
fn deleted_rows_of_tables_of_several_versions_do_not_come_back() {
    let folder = Folder::of(&[
        ("delta/_delta_log/0.json", "{}"),
        ("delta/part-0.jsonl", LINE),
        ("all/hudi/.hoodie/hoodie.properties", ""),
        ("all/hudi/part-0.jsonl", LINE),
        ("file/_delta_log", "a file"),
        ("file/part-0.jsonl", LINE),
    ]);
    for (input, place, table) in [("delta", "delta", "Delta Lake"), ("all", "all/hudi", "Apache Hudi")] {
        let error = folder.read(&[input], &Fields::default()).unwrap_err();
        assert!(error.starts_with(place) && error.contains(table) && error.contains("as Parquet"), "{error}");
    }
    assert_eq!(folder.ids(&["delta/part-0.jsonl"]), ["a"]);
    assert_eq!(folder.ids(&["all/hudi/*.jsonl"]), ["a"]);
    assert_eq!(folder.ids(&["file"]), ["a"]);
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_not_followed_and_not_silent() {
    use std::os::unix::fs::symlink;

    let folder =
        Folder::of(&[("real/a.txt", "a"), ("data/b.txt", "b"), ("data/deep/c.txt", "c"), ("links/.hidden", "")]);
    for (to, link) in [
        ("../real", "data/link"),
        ("nowhere", "data/deep/lost"),
        ("../real/a.txt", "data/linked.txt"),
        ("deep", "data/latest"),
        ("..", "data/deep/up"),
        ("../real", "links/one"),
    ] {
        symlink(to, folder.path(link)).unwrap();
    }
    let find = |name: &str, recursive| {
        Inputs::find([folder.path(name)], &Options { recursive, ..Options::default() }).map_err(|error| error.kind)
    };
    let data = find("data", true).unwrap();
    let files = ["data/b.txt", "data/deep/c.txt", "data/linked.txt"];
    assert!(data.paths().eq(files.map(|name| folder.path(name))), "what a link to a file leads to is read");
    assert_eq!(data.links_passed_over(), ["data/deep/lost", "data/link"].map(|name| folder.path(name)));
    assert_eq!(data.of_files(0..2).links_passed_over(), [] as [&Path; 0]);
    assert_eq!(find("data", false).unwrap().links_passed_over(), [] as [&Path; 0], "other folders are not read either");
    assert_eq!(find("links", true), Err(ErrorKind::OnlyLinks(folder.path("links/one"))));
    assert_eq!(folder.ids(&["data/link"]), ["a"]);
}

#[test]
fn mixed_folders_are_refused_with_what_they_hold() {
    let folder = Folder::of(&[
        ("mixed/data.jsonl", LINE),
        ("mixed/LICENSE.txt", "MIT"),
        ("deep/a/1.md", "one"),
        ("deep/a/2.md", "two"),
        ("deep/b.png", "\u{89}PNG\r\n\0\0"),
    ]);
    let refused = folder.read(&["mixed"], &Fields::default()).unwrap_err();
    assert!(
        refused.contains("1 .jsonl file, 1 .txt file") || refused.contains("1 .txt file, 1 .jsonl file"),
        "{refused}"
    );
    assert!(refused.contains("mixed/*.jsonl'") && refused.contains("--format text"), "{refused}");
    let refused = folder.read(&["deep"], &Fields::default()).unwrap_err();
    assert!(refused.contains("2 .md files, 1 .png file") && refused.contains("deep/**/*.md'"), "{refused}");
    let options = Options { format: Some(Format::Text), ..Options::default() };
    let texts = Inputs::find([folder.path("mixed")], &options).unwrap();
    assert_eq!(texts.paths().count(), 2, "all files are texts if that is said");
    let options = Options { format: Some(Format::JsonLines), ..Options::default() };
    assert!(Inputs::find([folder.path("mixed")], &options).unwrap().paths().eq([folder.path("mixed/data.jsonl")]));
}

#[test]
fn patterns_have_alternatives_and_pass_over_folders() {
    let folder = Folder::of(&[
        ("a.jsonl", LINE),
        ("b.jsonl", &LINE.replace("\"a\"", "\"b\"")),
        ("c.jsonl", "none"),
        ("d/e.jsonl", &LINE.replace("\"a\"", "\"e\"")),
        ("d/_SUCCESS", ""),
        ("d/Thumbs.db", "\u{0}"),
        ("d/desktop.ini", "[x]"),
        ("d/.x.jsonl", "none"),
        ("p-1/t.txt", "1"),
        ("p-2/u.txt", "2"),
    ]);
    assert_eq!(folder.ids(&["{a,b,missing}.jsonl"]), ["a", "b"]);
    assert_eq!(folder.ids(&["{d/**/*,{a,b}.jsonl}"]), ["a", "b", "e"]);
    assert_eq!(folder.ids(&["p-*"]), ["t", "u"], "folders if there are no files");
}

#[test]
fn addresses_are_refused_with_what_to_do() {
    for (address, word) in [("ftp://example.org/a.jsonl", "curl"), ("~/a.jsonl", "home folder")] {
        let error = Inputs::find([address], &Options::default()).unwrap_err().to_string();
        assert!(error.starts_with(address) && error.contains(word), "{error}");
    }
}

/// Builds without the feature refuse these. The text must hold in all builds.
#[test]
fn addresses_are_refused_with_the_feature_that_reads_them() {
    for (scheme, word) in [("s3", "aws s3 cp"), ("gs", "gcloud"), ("https", "curl"), ("hf", "hf download")] {
        let text = ErrorKind::Remote(scheme.to_string()).to_string();
        assert!(text.contains(word) && text.contains("--features remote"), "{text}");
    }
    assert!(!ErrorKind::Remote("ftp".to_string()).to_string().contains("--features"));
    let signed = Inputs::find(["ftp://me:secret@host/a.jsonl?signature=secret"], &Options::default()).unwrap_err();
    assert_eq!(signed.path, Path::new("ftp://host/a.jsonl"));
}

#[test]
#[cfg(feature = "formats")]
fn foreign_formats_are_named_in_compressed_files_too() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, words) in [
        ("u.jsonl.gz", &b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xfb\xff\xaf\x9aA\x89!\x93!\x05H\x02\x00\xc2\x98\x8e\x1f\x0c\x00\x00\x00"[..], ["UTF-16 text inside gzip", "gzip -dc"]),
        ("z.jsonl.gz", &b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x0b\xf0ff\x11a``\xe0`\x00\x00\x91\x9a\x07,\x0a\x00\x00\x00"[..], ["zip archive inside gzip", "gzip -dc"]),
        ("p.gz", &b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x0bp\x0c2\x14e\x01\x00.\xb2\xaa\xac\x06\x00\x00\x00"[..], ["Parquet file inside gzip", "gzip -dc"]),
        ("g.jsonl.gz", &b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x93\xef\xe6`\x00\x01&\xe6\xd5\xebX\x19\x9c\xf7/[\xcc\x04\xe4\x01\x00c\xe4\xc6\x1f\x16\x00\x00\x00"[..], ["gzip inside gzip", "gzip -dc"]),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = Inputs::find([&path], &Options::default()).unwrap_err().to_string();
        assert!(error.contains(name) && words.iter().all(|word| error.contains(word)), "{error}");
    }
}

#[test]
fn foreign_formats_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, words) in [
        ("a.zip", &b"PK\x03\x04\x14\0\0\0\x08\0"[..], ["zip archive", "unzip"]),
        ("a.jsonl", b"\xff\xfe{\0\"\0i\0d\0", ["UTF-16", "iconv -f UTF-16"]),
        ("b.jsonl", b"{\0\"\0i\0d\0\"\0", ["UTF-16", "iconv"]),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:0", ["Git LFS", "git lfs pull"]),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04", ["7z archive", "7z x"]),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = Inputs::find([&path], &Options::default()).unwrap_err().to_string();
        assert!(error.contains(name) && words.iter().all(|word| error.contains(word)), "{error}");
    }
}

#[test]
fn ids_with_control_characters_are_read_and_file_names_escaped() {
    let folder = Folder::of(&[("a.jsonl", "{\"id\": \"ok\", \"text\": \"\"}\n{\"id\": \"a\\tb\", \"text\": \"\"}\n")]);
    assert_eq!(folder.ids(&["a.jsonl"]), ["ok", "a\tb"]);
    if cfg!(unix) {
        fs::create_dir(folder.path("t")).unwrap();
        fs::write(folder.path("t/a\tb.txt"), "x").unwrap();
        assert_eq!(folder.ids(&["t"]), ["a%09b"]);
    }
}

#[test]
fn a_number_leads_to_its_place() {
    let folder = Folder::of(&[
        ("a.jsonl", "{\"id\": 1, \"text\": \"\"}\n\n{\"id\": 2, \"text\": \"\"}\n"),
        ("b.jsonl", "{\"id\": 3, \"text\": \"\"}\n{\"id\": 4, \"text\": \"\"}\n"),
    ]);
    let options = Options::default();
    let inputs = Inputs::find(["a.jsonl", "b.jsonl"].map(|name| folder.path(name)), &options).unwrap();
    let places = inputs.places(&options, &Fields::default(), &[3, 1]).unwrap();
    let shown: Vec<_> = places.iter().map(|place| (place.id.as_str(), place.path.clone(), place.line)).collect();
    assert_eq!(shown, [("4", folder.path("b.jsonl"), Some(2)), ("2", folder.path("a.jsonl"), Some(3))]);
    assert!(inputs.places(&options, &Fields::default(), &[4]).is_err());
}

#[cfg(unix)]
mod pipes {
    use std::io::Write;
    use std::process::Command;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// Makes a named pipe into which a thread writes.
    fn pipe(path: &Path, bytes: Vec<u8>) -> JoinHandle<()> {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        let path = path.to_path_buf();
        thread::spawn(move || {
            let _ = fs::OpenOptions::new().write(true).open(path).unwrap().write_all(&bytes);
        })
    }

    fn ids(inputs: &Inputs) -> Result<Vec<String>, Error> {
        let mut reader = inputs.read(&Options::default(), &Fields::default());
        let mut ids = Vec::new();
        while let Some(batch) = reader.next_batch()? {
            ids.extend(batch.documents().map(|(id, _)| id.to_string()));
        }
        Ok(ids)
    }

    #[test]
    fn a_pipe_is_read_once_and_from_its_first_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let lines: String = (0..2_000).map(|id| format!("{{\"id\": {id}, \"text\": \"some words\"}}\n")).collect();
        let writer = pipe(&path, lines.into_bytes());
        let inputs = Inputs::find([&path], &Options::default()).unwrap();
        assert!(!inputs.can_be_read_again() && inputs.total_bytes().is_none());
        assert_eq!(ids(&inputs).unwrap().len(), 2_000);
        writer.join().unwrap();
        let again = ids(&inputs).unwrap_err().to_string();
        assert!(again.contains("pipe") && again.contains("save it to a file"), "{again}");
    }

    #[test]
    fn a_pipe_that_is_copied_is_read_as_often_as_needed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let writer = pipe(&path, LINE.as_bytes().to_vec());
        let inputs = Inputs::find([&path], &Options::default()).unwrap();
        inputs.copy_streams(folder.path()).unwrap();
        writer.join().unwrap();
        assert!(inputs.can_be_read_again());
        assert_eq!((ids(&inputs).unwrap(), ids(&inputs.clone()).unwrap()), (vec!["a".into()], vec!["a".to_string()]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the copy has no name");
    }

    #[test]
    fn a_name_that_is_not_utf8_is_read() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.jsonl"));
        fs::write(&path, "none\n").unwrap();
        let inputs = Inputs::find([&path], &Options::default()).unwrap();
        let error = ids(&inputs).unwrap_err().to_string();
        assert!(error.contains("a\u{fffd}.jsonl, line 1"), "{error}");
    }
}
