//! Inputs at addresses, read from a server on this machine: the command gives the same as for files, and says what went wrong.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod server;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use assert_cmd::Command;
use parquet::arrow::ArrowWriter;
use server::{Object, Server, tagged};
use tempfile::TempDir;

/// The secrets that no message and no file may have.
const SECRET: &str = "secret";

/// Documents of which every third is like the one before it.
fn documents(number: usize) -> Vec<(String, String)> {
    let word = |at: usize| format!("word{}", at.wrapping_mul(7_919) % 1_000_003);
    let text = |from: usize| (0..40).map(|at| word(from * 100 + at)).collect::<Vec<_>>().join(" ");
    let document = |at: usize| match at % 3 {
        2 => (format!("d{at}"), text(at - 1) + " changed"),
        _ => (format!("d{at}"), text(at)),
    };
    (0..number).map(document).collect()
}

fn json_lines(documents: &[(String, String)]) -> Vec<u8> {
    let line = |(id, text): &(String, String)| format!("{{\"id\": \"{id}\", \"text\": \"{text}\"}}\n");
    documents.iter().map(line).collect::<String>().into_bytes()
}

/// Writes the documents in each format, and returns the names of the files.
fn write_formats(folder: &Path, documents: &[(String, String)]) -> Vec<&'static str> {
    let lines = json_lines(documents);
    let save = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    save("a.jsonl", &lines);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&lines).unwrap();
    save("a.jsonl.gz", &gzip.finish().unwrap());
    save("a.jsonl.zst", &zstd::encode_all(&lines[..], 1).unwrap());
    save("nameless", &zstd::encode_all(&lines[..], 1).unwrap());
    let rows: String = documents.iter().map(|(id, text)| format!("{id},{text}\n")).collect();
    save("a.csv", format!("id,text\n{rows}").as_bytes());
    let column = |of: fn(&(String, String)) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(documents.iter().map(of)))
    };
    let rows = RecordBatch::try_from_iter([("id", column(|(id, _)| id)), ("text", column(|(_, text)| text))]).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(folder.join("a.parquet")).unwrap(), rows.schema(), None).unwrap();
    for start in (0..rows.num_rows()).step_by(50) {
        writer.write(&rows.slice(start, 50.min(rows.num_rows() - start))).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
    let file = File::create(folder.join("a.arrow")).unwrap();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &rows.schema()).unwrap();
    writer.write(&rows).unwrap();
    writer.finish().unwrap();
    vec!["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "nameless", "a.csv", "a.parquet", "a.arrow"]
}

/// Prepares the command, with a server as its only store and nothing else of the environment.
fn command(server: &Server, folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
    let address = format!("http://{}", server.address);
    command.current_dir(folder).args(arguments.replace("HOST", &server.address).split(' ')).env_clear();
    command.env("AWS_ENDPOINT_URL", &address).env("AWS_ALLOW_HTTP", "true");
    command.env("AWS_ACCESS_KEY_ID", SECRET).env("AWS_SECRET_ACCESS_KEY", SECRET);
    command.env("GOOGLE_BASE_URL", &address).env("GOOGLE_ALLOW_HTTP", "true").env("GOOGLE_SKIP_SIGNATURE", "true");
    command.env("HF_ENDPOINT", &address).env("HF_TOKEN", SECRET);
    command.env("TWINPRINT_RETRY_SECONDS", "1");
    command
}

#[track_caller]
fn done(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Asserts that the command fails with these words and without a secret, and that what it left has none either.
#[track_caller]
fn refused(mut command: Command, words: &[&str]) {
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    for word in words {
        assert!(message.contains(word), "{word}: {message}");
    }
    assert!(!message.contains(SECRET), "{message}");
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn objects_give_what_files_give() {
    let (server, folder) = (Server::start(), folder());
    let names = write_formats(folder.path(), &documents(300));
    let run = |arguments: &str| done(command(&server, folder.path(), arguments));
    let expected = run("pairs a.jsonl");
    assert!(expected.lines().count() >= 100);
    for name in names {
        server.put_bytes(&format!("bucket/{name}"), fs::read(folder.path().join(name)).unwrap());
        for address in ["s3://bucket/", "gs://bucket/", "http://HOST/bucket/"] {
            assert_eq!(run(&format!("pairs {address}{name}")), expected, "{address}{name}");
        }
        let kept = |output: &str| {
            let folder = folder.path().join(output);
            let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let kept = files.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("kept")).unwrap();
            (kept.file_name().unwrap().to_owned(), fs::read(kept).unwrap())
        };
        run(&format!("dedup {name} --output here-{name}"));
        run(&format!("dedup s3://bucket/{name} --output there-{name}"));
        assert_eq!(kept(&format!("here-{name}")), kept(&format!("there-{name}")));
        if name != "nameless" {
            run(&format!("dedup s3://bucket/{name} --output-per-file --output parts-{name}"));
            assert!(folder.path().join(format!("parts-{name}/kept/{name}")).exists());
        }
    }
}

#[test]
fn prefixes_and_patterns_are_listed() {
    let (server, folder) = (Server::start(), folder());
    let all = documents(60);
    for (at, name) in ["x/a.jsonl", "x/b.jsonl", "x/deep/c.jsonl", "y/d.jsonl", "y 1/é.jsonl"].into_iter().enumerate()
    {
        server.put_bytes(&format!("bucket/{name}"), json_lines(&all[at * 12..(at + 1) * 12]));
    }
    server.put_bytes("bucket/empty/", "");
    for name in ["x/", "x/_SUCCESS", "x/.hidden.jsonl", "x/.git/e.jsonl"] {
        server.put_bytes(&format!("bucket/{name}"), if name == "x/" { "" } else { "no JSON" });
    }
    let count = |inputs: &str| {
        let printed = done(command(&server, folder.path(), &format!("plan {inputs}")));
        printed.split(' ').next().unwrap().parse::<usize>().unwrap()
    };
    for (inputs, expected) in [
        ("s3://bucket/x/", 36),
        ("s3://bucket/x", 36),
        ("gs://bucket/x", 36),
        ("s3://bucket", 60),
        ("s3://bucket/x/*.jsonl", 24),
        ("s3://bucket/**/*.jsonl", 60),
        ("s3://bucket/{x/a,y/?}.jsonl", 24),
        ("s3://bucket/x/a.jsonl s3://bucket/y/d.jsonl", 24),
    ] {
        assert_eq!(count(inputs), expected, "{inputs}");
    }
    let mut spaces = command(&server, folder.path(), "plan");
    assert!(
        done({
            spaces.arg("s3://bucket/y 1/é.jsonl");
            spaces
        })
        .starts_with("12 documents")
    );
    assert!(done(command(&server, folder.path(), "plan http://HOST/bucket/y%201/%C3%A9.jsonl")).starts_with("12 "));
    let numbered = done(command(&server, folder.path(), "pairs s3://bucket/x/ --number"));
    assert!(numbered.starts_with("a.jsonl:2\ta.jsonl:3\t"), "{numbered}");
    for (inputs, words) in [
        ("s3://bucket/z", "no such object"),
        ("s3://bucket/z/", "nothing is there"),
        ("s3://bucket/empty/", "no file"),
        ("s3://nothing", "nothing is there"),
        ("s3://bucket/z*.jsonl", "no object matches"),
        ("http://HOST/bucket/*.jsonl", "cannot list"),
        ("http://HOST/bucket/", "cannot list"),
        ("hf://datasets/me/news/*.jsonl", "hf download"),
        ("s3://bucket/x//a.jsonl", "empty"),
    ] {
        refused(
            command(&server, folder.path(), &format!("pairs {inputs}")),
            &[words, inputs.split('/').next_back().unwrap()],
        );
    }
}

#[test]
fn lost_connections_are_opened_again() {
    let (server, folder) = (Server::start(), folder());
    let names = write_formats(folder.path(), &documents(300));
    let expected = done(command(&server, folder.path(), "pairs a.jsonl"));
    for name in names {
        let object = tagged(fs::read(folder.path().join(name)).unwrap());
        let untagged = Object { tag: None, cuts: 3, ..object.clone() };
        server.put("web/a", untagged);
        server.put("bucket/a", Object { cuts: 3, refusals: (2, 500), ..object.clone() });
        for address in ["s3://bucket/a", "http://HOST/web/a"] {
            let format = if name == "a.csv" { " --format csv" } else { "" };
            let pairs = done(command(&server, folder.path(), &format!("pairs {address}{format}")));
            assert_eq!(pairs, expected, "{name} {address}");
        }
    }
    let object = tagged(json_lines(&documents(300)));
    let middle = server.requests().iter().any(|request| request.range.is_some_and(|(start, _)| start > 0));
    assert!(middle, "what was read is not asked for again");
    server.put("bucket/a", Object { stalls: 2, ..object.clone() });
    let mut impatient = command(&server, folder.path(), "pairs s3://bucket/a");
    impatient.env("AWS_READ_TIMEOUT", "1 second");
    assert_eq!(done(impatient), expected);
    server.put("web/a", Object { lacks_ranges: true, cuts: 100, ..object });
    refused(command(&server, folder.path(), "pairs http://HOST/web/a"), &["/web/a: ", "ranges"]);
}

#[test]
fn changes_between_readings_are_noticed() {
    let (server, folder) = (Server::start(), folder());
    let names = write_formats(folder.path(), &documents(300));
    for name in names.into_iter().filter(|name| *name != "nameless") {
        let object = tagged(fs::read(folder.path().join(name)).unwrap());
        // Parquet and Arrow take more requests before the second reading.
        server.put(&format!("bucket/{name}"), object.clone());
        server.requests();
        done(command(&server, folder.path(), &format!("pairs s3://bucket/{name}")));
        let first = server.requests().len();
        for tag in [object.tag.clone(), None] {
            server.put(&format!("bucket/{name}"), Object { changes_after: Some(first), tag, ..object.clone() });
            let run = format!("dedup http://HOST/bucket/{name} --output out");
            refused(command(&server, folder.path(), &run), &[name, "has changed"]);
            assert!(!folder.path().join("out/summary.json").exists());
        }
    }
}

#[test]
fn refusals_say_what_to_do() {
    let (server, folder) = (Server::start(), folder());
    let object = tagged(json_lines(&documents(30)));
    let refusing = |status| Object { refusals: (100, status), ..object.clone() };
    server.put("bucket/401", refusing(401));
    server.put("bucket/403", refusing(403));
    server.put("bucket/500", refusing(500));
    let run = |inputs: &str| command(&server, folder.path(), &format!("pairs {inputs}"));
    refused(run("s3://bucket/403"), &["s3://bucket/403: ", "403 Forbidden", "AWS_ACCESS_KEY_ID"]);
    refused(run("gs://bucket/403"), &["gs://bucket/403: ", "GOOGLE_SERVICE_ACCOUNT"]);
    refused(run("http://HOST/bucket/401"), &["/bucket/401: ", "401 Unauthorized"]);
    refused(run("http://me:secret@HOST/bucket/403?signature=secret"), &["bucket/403: ", "signed"]);
    refused(run("http://HOST/bucket/404"), &["/bucket/404: ", "404 Not Found"]);
    refused(run("s3://bucket/500"), &["s3://bucket/500: ", "500 Internal Server Error", "try later"]);
    refused(run("hf://datasets/me/news/a.jsonl"), &["hf://datasets/me/news/a.jsonl: ", "HF_TOKEN"]);
    refused(run("hf://datasets/me"), &["hf://datasets/OWNER/NAME/PATH"]);
    refused(run("ftp://example.org/a"), &["ftp://", "curl"]);
    let mut closed = run("s3://bucket/a");
    closed.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    refused(closed, &["s3://bucket/a: ", "connection"]);
    let mut keyless = run("gs://bucket/a");
    keyless.env("GOOGLE_SERVICE_ACCOUNT", "no-such-file").env_remove("GOOGLE_SKIP_SIGNATURE");
    refused(keyless, &["gs://bucket/a: ", "file of credentials", "GOOGLE_SERVICE_ACCOUNT", "No such file"]);
    let mut plain = run("s3://bucket/a");
    plain.env_remove("AWS_ALLOW_HTTP");
    refused(plain, &["AWS_ALLOW_HTTP"]);
    let lacks_ranges = |bytes: Vec<u8>| Object { lacks_ranges: true, ..tagged(bytes) };
    write_formats(folder.path(), &documents(30));
    server.put("web/a.parquet", lacks_ranges(fs::read(folder.path().join("a.parquet")).unwrap()));
    refused(run("http://HOST/web/a.parquet"), &["ranges", "download"]);
    server.put("web/a.jsonl", lacks_ranges(json_lines(&documents(30))));
    assert_eq!(done(run("http://HOST/web/a.jsonl")), done(run("a.jsonl")));
    server.put_bytes("web/empty.jsonl", "");
    refused(run("http://HOST/web/empty.jsonl"), &["no documents"]);
    refused(run("http://HOST/web/a.jsonl --against http://HOST/web/a.jsonl"), &["both an input and in --against"]);
}

#[test]
fn nothing_secret_is_written() {
    let (server, folder) = (Server::start(), folder());
    server.put_bytes("bucket/a.jsonl", json_lines(&documents(30)));
    let input = "http://me:secret@HOST/bucket/a.jsonl?signature=secret";
    server.put("bucket/texts/a.txt", tagged("a text"));
    for (at, arguments) in [
        format!("dedup {input} --output out-0 -vv --report out-0.html"),
        format!("dedup {input} --output-per-file --output out-1 -vv"),
        format!("trim {input} --output out-2 -vv"),
        format!("dedup a.jsonl --against {input} --output out-3 -vv"),
        "dedup s3://bucket/texts/ --output out-4 -vv".to_string(),
    ]
    .into_iter()
    .enumerate()
    {
        fs::write(folder.path().join("a.jsonl"), json_lines(&documents(9))).unwrap();
        let output = command(&server, folder.path(), &arguments).output().unwrap();
        let messages = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && !messages.contains(SECRET), "{messages}");
        let mut folders = vec![folder.path().join(format!("out-{at}"))];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else {
                    let text = String::from_utf8_lossy(&fs::read(&entry).unwrap()).into_owned();
                    assert!(!text.contains(SECRET), "{}", entry.display());
                }
            }
        }
    }
    assert!(server.requests().iter().any(|request| request.target.contains("signature=secret")));
    let config = fs::read_to_string(folder.path().join("out-3/config.toml")).unwrap();
    assert!(config.contains("against = [\"http://…@") && config.contains("/bucket/a.jsonl?…\"]"), "{config}");
    let again = "dedup a.jsonl --config out-3/config.toml --output again";
    refused(command(&server, folder.path(), again), &["give --against with the whole address"]);
    done(command(&server, folder.path(), &format!("{again} --against {input}")));
    let keep = format!("dedup a.jsonl --against {input} --keep longest --output kept");
    refused(command(&server, folder.path(), &keep), &["--keep has no meaning", "never a document of http://…@"]);
    let plan = "shard plan a.jsonl --work work --shards 2";
    done(command(&server, folder.path(), plan));
    refused(
        command(&server, folder.path(), &format!("{plan} --against {input}")),
        &["its --against is not set, not http://…@"],
    );
}

#[test]
fn files_of_the_hub_are_found_through_redirects() {
    let (server, folder) = (Server::start(), folder());
    let at = "datasets/me/news/resolve/main/data/a.jsonl";
    let redirect = Some("cdn/1234".to_string());
    server.put(at, Object { redirect, authorization: Some("Bearer secret"), ..Object::default() });
    server.put_bytes("cdn/1234", json_lines(&documents(30)));
    let pairs = done(command(&server, folder.path(), "pairs hf://datasets/me/news/data/a.jsonl"));
    assert_eq!(pairs.lines().count(), 10, "{pairs}");
    let mut anonymous = command(&server, folder.path(), "pairs hf://datasets/me/news/data/a.jsonl");
    anonymous.env_remove("HF_TOKEN");
    refused(anonymous, &["401 Unauthorized", "HF_TOKEN"]);
}

#[test]
fn runs_are_resumed_only_for_the_same_objects() {
    let (server, folder) = (Server::start(), folder());
    server.put_bytes("bucket/a.jsonl", json_lines(&documents(30)));
    let run = || command(&server, folder.path(), "dedup s3://bucket/a.jsonl --output out");
    done(run());
    let again = run().output().unwrap();
    assert!(String::from_utf8_lossy(&again.stderr).contains("complete; nothing was done"));
    let upper = json_lines(&documents(30)).to_ascii_uppercase();
    server.put_bytes("bucket/a.jsonl", upper);
    refused(run(), &["not empty"]);
}

#[test]
fn lists_that_are_not_whole_are_refused() {
    let (server, folder) = (Server::start(), folder());
    for bucket in ["truncated", "error", "login", "cut", "twice", "refused-403", "refused-404", "whole"] {
        for at in 0..5 {
            server.put_bytes(&format!("{bucket}/d/{at}.jsonl"), json_lines(&documents(30)[at * 6..(at + 1) * 6]));
        }
    }
    for (bucket, word) in [
        ("truncated", "goes on, but not where"),
        ("error", "200 OK, InternalError"),
        ("login", "no list of objects"),
        ("cut", "cuts its list of objects off"),
        ("twice", "d/1.jsonl twice"),
        ("refused-403", "denies the list of objects (403 Forbidden, AccessDenied)"),
        ("refused-404", "no such bucket (404 Not Found, AccessDenied)"),
    ] {
        for address in ["s3://BUCKET/d/", "s3://BUCKET/d/*.jsonl", "gs://BUCKET/d"] {
            let mut run = command(&server, folder.path(), "pairs");
            run.arg(address.replace("BUCKET", bucket));
            refused(run, &[bucket, word]);
        }
    }
    assert_eq!(done(command(&server, folder.path(), "pairs s3://whole/d/")).lines().count(), 10);
}

#[test]
fn only_what_may_match_a_pattern_is_listed() {
    let (server, folder) = (Server::start(), folder());
    for name in ["double//x.jsonl", "dots/../x.jsonl", "c.jsonl.gz-not", "2026-01.jsonl", "2026-02.jsonl"] {
        server.put_bytes(&format!("bucket/{name}"), json_lines(&documents(6)));
    }
    server.put_bytes("bucket/c.jsonl", json_lines(&documents(6)));
    for pattern in ["s3://bucket/2026-*1.jsonl", "s3://bucket/c.{csv,jsonl}", "gs://bucket/2026-0[13].jsonl"] {
        assert_eq!(done(command(&server, folder.path(), &format!("pairs {pattern}"))).lines().count(), 2, "{pattern}");
    }
    let refused_name = "has a name that is not read";
    refused(command(&server, folder.path(), "pairs s3://bucket/*"), &["s3://bucket/*: ", refused_name]);
    refused(command(&server, folder.path(), "pairs s3://bucket/dots/"), &[refused_name, "dots/../x.jsonl"]);
    refused(command(&server, folder.path(), "pairs gs://bucket/doub*"), &[refused_name, "double//x.jsonl"]);
}

#[test]
fn refused_requests_are_repeated_when_the_server_asks() {
    let (server, folder) = (Server::start(), folder());
    let object = Object { code: Some("SlowDown"), ..tagged(json_lines(&documents(30))) };
    let run = |seconds: &str| {
        let mut run = command(&server, folder.path(), "pairs s3://bucket/a");
        run.env("TWINPRINT_RETRY_SECONDS", seconds);
        run
    };
    server.put("bucket/a", Object { refusals: (1, 503), retry_after: Some(1), ..object.clone() });
    done(run("60"));
    let requests = server.requests();
    let pause = requests[1].at - requests[0].at;
    assert!(pause.as_millis() >= 1_000, "{pause:?}");
    server.put("bucket/a", Object { refusals: (9, 503), retry_after: Some(0), ..object.clone() });
    refused(run("0"), &["503 Service Unavailable, SlowDown", "try later"]);
    assert_eq!(server.requests().len(), 1);
    server.put("bucket/a", Object { refusals: (9, 503), retry_after: Some(90), ..object.clone() });
    refused(run("60"), &["503 Service Unavailable, SlowDown, with a wait of 90 s"]);
    server.put("bucket/a", Object { refusals: (4, 503), ..object });
    done(run("60"));
    refused(run("soon"), &["TWINPRINT_RETRY_SECONDS"]);
}

#[test]
fn codes_of_stores_have_remedies() {
    let (server, folder) = (Server::start(), folder());
    for (status, code, words) in [
        (400, "ExpiredToken", ["400 Bad Request, ExpiredToken", "AWS_SESSION_TOKEN"]),
        (400, "AuthorizationHeaderMalformed", ["another region", "AWS_REGION=eu-west-1"]),
        (301, "PermanentRedirect", ["another region", "AWS_REGION=eu-west-1"]),
        (403, "RequestTimeTooSkewed", ["RequestTimeTooSkewed", "clock"]),
        (403, "InvalidObjectState", ["InvalidObjectState", "restore"]),
        (403, "AccessDenied", ["403 Forbidden, AccessDenied", "AWS_ACCESS_KEY_ID"]),
    ] {
        server.put("bucket/a", Object { refusals: (9, status), code: Some(code), ..tagged("{}") });
        refused(command(&server, folder.path(), "pairs s3://bucket/a"), &words);
    }
}

#[test]
fn outputs_at_addresses_are_refused_before_anything_is_read() {
    let (server, folder) = (Server::start(), folder());
    server.put_bytes("bucket/a.jsonl", json_lines(&documents(30)));
    for arguments in ["dedup s3://bucket/a.jsonl -o s3://bucket/out", "index create s3://bucket/index"] {
        refused(command(&server, folder.path(), arguments), &["s3://bucket/", "never written", "aws s3 cp"]);
    }
    assert!(server.requests().is_empty() && fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn an_object_is_named_once_by_whatever_address() {
    let (server, folder) = (Server::start(), folder());
    server.put_bytes("bucket/a.jsonl", json_lines(&documents(30)));
    server.put_bytes("datasets/me/news/resolve/main/a.jsonl", json_lines(&documents(30)));
    for (one, other) in [
        ("s3://bucket/a.jsonl", "s3a://bucket/a.jsonl"),
        ("S3://bucket/a.jsonl", "s3://bucket/*.jsonl"),
        ("hf://datasets/me/news/a.jsonl", "hf://datasets/me/news@main/a.jsonl"),
    ] {
        refused(command(&server, folder.path(), &format!("pairs {one} {other}")), &["named twice"]);
        let against = format!("pairs {one} --against {other}");
        refused(command(&server, folder.path(), &against), &["both an input and in --against"]);
    }
}

#[test]
fn remedies_name_no_address_to_a_program_that_reads_files() {
    let (server, folder) = (Server::start(), folder());
    write_formats(folder.path(), &documents(30));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&fs::read(folder.path().join("a.parquet")).unwrap()).unwrap();
    server.put_bytes("bucket/a.parquet.gz", gzip.finish().unwrap());
    for address in ["http://HOST/bucket/a.parquet.gz", "s3://bucket/a.parquet.gz"] {
        let run = command(&server, folder.path(), &format!("pairs {address}"));
        refused(run, &["download it to a file, then decompress it: gzip -dc FILE > OTHER-FILE"]);
    }
}
