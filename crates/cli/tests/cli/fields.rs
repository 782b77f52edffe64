//! Options that name fields which no document has.

use std::fs;

use crate::corpora::folder_of;
use crate::process::run;

/// Two documents with one title and different bodies.
const NEWS: &str = r#"{"id": 1, "title": "The ferry to Skelby", "body": "It was late again, the harbour office said on Monday."}
{"id": 2, "title": "The ferry to Skelby", "body": "A new vessel arrives in spring, and carries forty cars."}
"#;

#[test]
fn a_text_field_that_no_document_has_is_refused() {
    let folder = folder_of(NEWS);
    fs::write(folder.path().join("news.csv"), "id,title,body\n1,the ferry,one\n2,the ferry,two\n").unwrap();
    run(folder.path(), "index create ix").done();
    for command in [
        "dedup corpus.jsonl --output out",
        "pairs corpus.jsonl",
        "pairs news.csv",
        "plan corpus.jsonl",
        "rewrites corpus.jsonl",
        "stories corpus.jsonl",
        "trim corpus.jsonl --output trimmed",
        "index add ix corpus.jsonl",
        "index query ix corpus.jsonl",
    ] {
        let refused = run(folder.path(), &format!("{command} --text title,bdy")).refused();
        assert!(refused.contains("no document has the field \"bdy\" that --text names"), "{command}: {refused}");
        let refused = run(folder.path(), &format!("{command} --text title,")).refused();
        assert!(refused.contains("--text names a field without a name"), "{command}: {refused}");
    }
    run(folder.path(), "dedup corpus.jsonl --output kept --text title,body").done();
    let kept = fs::read_to_string(folder.path().join("kept/kept.jsonl")).unwrap();
    assert_eq!(kept.lines().count(), 2);
}

#[test]
fn a_text_field_of_some_documents_is_read() {
    let folder = folder_of(&format!("{NEWS}{{\"id\": 3, \"title\": \"Fog\", \"lead\": \"No ship sails.\"}}\n"));
    run(folder.path(), "pairs corpus.jsonl --text title,lead").done();
}

#[test]
fn a_field_of_no_element_of_a_list_is_refused() {
    let chat = r#"{"id": 1, "messages": [{"role": "user", "content": "Where is the ferry?"}]}
{"id": 2, "messages": []}
"#;
    let folder = folder_of(chat);
    for (text, field) in
        [("messages[].contents", "messages[].contents"), ("messages[].role,messages[].contnt", "messages[].contnt")]
    {
        let refused = run(folder.path(), &format!("pairs corpus.jsonl --text {text}")).refused();
        let expected = format!("no document has the field {field:?} that --text names");
        assert!(refused.contains(&expected), "{refused}");
    }
    run(folder.path(), "pairs corpus.jsonl --text messages[].content").done();
    fs::write(folder.path().join("settings.toml"), "text = []\n").unwrap();
    let refused = run(folder.path(), "pairs corpus.jsonl --config settings.toml").refused();
    assert!(refused.contains("text names no field"), "{refused}");
}

#[test]
fn stories_refuses_fields_that_no_document_has() {
    let folder = folder_of(NEWS);
    for (options, option) in [("--date nix", "--date"), ("--title nix", "--title"), ("--source nix", "--source")] {
        let refused = run(folder.path(), &format!("stories corpus.jsonl --text body {options}")).refused();
        let expected = format!("no document has the field \"nix\" that {option} names");
        assert!(refused.contains(&expected), "{refused}");
    }
}

#[test]
fn a_limit_per_source_needs_sources() {
    let folder = folder_of(NEWS);
    let refused = run(folder.path(), "dedup corpus.jsonl --text body --output out --most-of-source 0.01").refused();
    assert!(refused.contains("--most-of-source needs --source FIELD"), "{refused}");
}

#[test]
fn equal_numbers_are_one_block_source_and_group() {
    let text = "The ferry to Skelby was late again, the harbour office said on Monday.";
    let lines = |values: &[&str]| {
        let line = |(id, value): (usize, &&str)| format!("{{\"id\": {id}, \"text\": \"{text}\", \"n\": {value}}}\n");
        values.iter().enumerate().map(line).collect::<String>()
    };
    let count = |corpus: &str, options: &str| {
        let folder = folder_of(corpus);
        run(folder.path(), &format!("pairs corpus.jsonl {options}")).done().lines().count()
    };
    for equal in [
        ["1", "1.0", "\"1\""],
        ["1000", "1e3", "1000.00"],
        ["0", "-0.0", "0.0"],
        ["1.5", "1.50", "15e-1"],
        ["12345678901234567890123", "12345678901234567890123.0", "12345678901234567890123"],
        ["true", "\"true\"", "true"],
    ] {
        assert_eq!(count(&lines(&equal), "--block n"), 3, "{equal:?}");
        assert_eq!(count(&lines(&equal), "--source n --across-sources"), 0, "{equal:?}");
        // A group whose documents are alike has no other group that could be kept in its place.
        let folder = folder_of(&lines(&equal));
        run(folder.path(), "dedup corpus.jsonl --group n --output out").done();
        let kept = fs::read_to_string(folder.path().join("out/kept.jsonl")).unwrap();
        assert_eq!(kept.lines().count(), 3, "{equal:?}");
    }
    for other in
        [["1", "2", "1.5"], ["12345678901234567890123", "12345678901234567890124", "1e22"], ["true", "1", "\"1.0\""]]
    {
        assert_eq!(count(&lines(&other), "--block n"), 0, "{other:?}");
        assert_eq!(count(&lines(&other), "--source n --across-sources"), 3, "{other:?}");
    }
}
