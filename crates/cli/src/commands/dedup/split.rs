//! The second reading of the inputs, which writes the kept and the removed documents.

use anyhow::{Result, anyhow, bail};
use twinprint::Member;
use twinprint::join::IdLookup;
use twinprint::result::{DiskClusters, Reread, Rows};
use twinprint_documents::{Decision, DocumentRead, DuplicateOf, SplitCounts, Splitter};

use crate::corpus::{Joined, OrderedDigest};
use crate::output::OutputDir;
use crate::per_file;
use crate::progress;
use crate::report::Sources;

/// Reads the inputs again, and writes each document to the kept or the removed ones: to two files, or to two folders with a file for
/// each input file.
pub(super) fn split(
    joined: &Joined,
    leaders: &DiskClusters,
    sources: &Sources<'_>,
    output: &OutputDir,
    names: &[String; 2],
    per_file: bool,
) -> Result<SplitCounts> {
    let [kept, removed] = names.each_ref().map(|name| output.staged(name));
    let mut decide = Decider::new(joined, leaders)?;
    let documents = u64::from(joined.read.documents - joined.read.against);
    let bar = progress::documents(documents);
    let mut counts = SplitCounts::default();
    if per_file {
        for part in per_file::parts(sources.inputs, sources.options)? {
            let splitter = Splitter { kept: part.create_in(&kept)?, removed: part.create_in(&removed)? };
            let first = counts.kept + counts.removed;
            let of_part =
                splitter.try_split(&part.inputs, sources.options, sources.fields, None, |document, read| {
                    bar.set_position(first + document);
                    decide.document(first + document, read)
                })?;
            counts.kept += of_part.kept;
            counts.removed += of_part.removed;
        }
    } else {
        let splitter = Splitter { kept, removed };
        counts = splitter.try_split(
            sources.inputs,
            sources.options,
            sources.fields,
            Some(documents),
            |document, read| {
                bar.set_position(document);
                decide.document(document, read)
            },
        )?;
    }
    decide.finish()?;
    bar.finish_and_clear();
    let publish = |name: &String| if per_file { output.publish_folder(name) } else { output.publish(name) };
    names.iter().try_for_each(publish)?;
    Ok(counts)
}

/// The error of inputs that are read again and hold other documents.
const CHANGED: &str = "the inputs changed while they were read; run the command again";

/// Says of each document, in the order of the inputs, whether it is kept.
struct Decider<'a> {
    ids: IdLookup,
    dropped: Rows<Member<u32>>,
    next: Option<Member<u32>>,
    /// Documents of the corpus of `--against`, which have the first numbers.
    against: u64,
    documents: u64,
    again: Again<'a>,
}

/// Compares the documents with those that were joined.
enum Again<'a> {
    /// By their ids and texts.
    Texts(Reread<'a>),
    /// The join knows only sets without boilerplate, so all documents together are compared.
    Digests { expected: OrderedDigest, found: OrderedDigest },
}

impl<'a> Again<'a> {
    fn new(joined: &'a Joined) -> Result<Self> {
        if joined.boilerplate.is_some() {
            return Ok(Self::Digests { expected: joined.read.digest, found: OrderedDigest::default() });
        }
        let mut documents = joined.pairs.reread();
        documents.skip(joined.read.against as usize)?;
        Ok(Self::Texts(documents))
    }

    fn check(&mut self, document: DocumentRead<'_>) -> Result<()> {
        match self {
            Self::Texts(documents) => documents.check(document.id, document.text).map_err(said),
            Self::Digests { found, .. } => {
                found.add(document.id, document.text);
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Texts(documents) => documents.finish().map_err(said),
            Self::Digests { expected, found } if expected != found => bail!(CHANGED),
            Self::Digests { .. } => Ok(()),
        }
    }
}

/// Says that the inputs changed, if that is the error.
fn said(error: twinprint::Error) -> anyhow::Error {
    match error {
        twinprint::Error::ChangedSinceJoined { .. } => anyhow!(CHANGED),
        error => error.into(),
    }
}

impl<'a> Decider<'a> {
    fn new(joined: &'a Joined, leaders: &DiskClusters) -> Result<Self> {
        let mut dropped = leaders.members()?;
        Ok(Self {
            ids: joined.pairs.id_lookup()?,
            next: dropped.next().transpose()?,
            dropped,
            against: joined.read.against.into(),
            documents: joined.read.documents.into(),
            again: Again::new(joined)?,
        })
    }

    /// Ends the reading, after which there must be no further document.
    fn finish(self) -> Result<()> {
        self.again.finish()
    }

    fn document(&mut self, document: u64, read: DocumentRead<'_>) -> Result<Decision> {
        let document = self.against + document;
        if document >= self.documents {
            bail!(CHANGED);
        }
        self.again.check(read)?;
        let Some(duplicate) = self.next.filter(|next| u64::from(next.document) == document) else {
            return Ok(Decision::Keep);
        };
        self.next = self.dropped.next().transpose()?;
        Ok(Decision::Remove(DuplicateOf {
            id: self.ids.get(duplicate.representative)?.to_string(),
            jaccard: duplicate.jaccard().unwrap_or_default(),
            containment: duplicate.overlap.map_or(0.0, |overlap| overlap.left_in_right()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;
    use twinprint::Clustering;
    use twinprint_documents::Inputs;

    use super::*;
    use crate::arguments;
    use crate::corpus::Corpus;
    use crate::output::{Replacing, Sides};
    use crate::settings::Settings;

    type Document<'a> = (&'a str, &'a str);

    const DOCUMENTS: [Document<'_>; 4] = [
        ("a", "the ferry to the island was late again on monday"),
        ("b", "the council will vote on the new harbour in may"),
        ("c", "the ferry to the island was late again on monday"),
        ("d", "a storm has closed the bridge over the river mell"),
    ];

    fn json_lines(documents: &[Document<'_>]) -> String {
        documents.iter().map(|(id, text)| format!("{}\n", json!({"id": id, "text": text}))).collect()
    }

    /// Joins [`DOCUMENTS`], replaces the file by another, and splits that.
    fn split_after(replaced: &[Document<'_>], boilerplate: bool, against: bool, per_file: bool) -> Result<SplitCounts> {
        let folder = tempfile::tempdir()?;
        let [path, other, out] = ["a.jsonl", "other.jsonl", "out"].map(|name| folder.path().join(name));
        fs::write(&path, json_lines(&DOCUMENTS))?;
        fs::write(&other, json_lines(&[("x", "the council will vote on the new harbour in may")]))?;
        let settings = Settings { boilerplate: boilerplate.then_some(0.9), ..Settings::default() };
        let inputs = vec![path.clone()];
        let corpus =
            Corpus::open(&arguments::Corpus { inputs, settings, work: None }, Some(folder.path().join("work")))?;
        let (fields, options) = (corpus.settings.fields()?, corpus.settings.options());
        let (inputs, settings) = (corpus.inputs.clone(), corpus.settings.clone());
        let other = Inputs::find([other], &options)?;
        let joined = corpus.join_against(against.then_some(&other))?;
        let leaders = joined.clusters(Clustering::Leader)?;
        fs::write(&path, json_lines(replaced))?;

        let sides = Sides { inputs: &inputs, against: None };
        let output = OutputDir::open_for_dedup(&out, &settings, sides, Replacing { force: false, per_file })?;
        let output = output.expect("a new folder");
        let names = if per_file { ["kept", "removed"] } else { ["kept.jsonl", "removed.jsonl"] };
        let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
        let counts = split(&joined, &leaders, &sources, &output, &names.map(String::from), per_file);
        assert_eq!(counts.is_ok(), out.join(names[0]).exists(), "nothing is published of a wrong reading");
        counts
    }

    #[test]
    fn inputs_that_change_between_the_readings_are_noticed() {
        let [a, b, c, d] = DOCUMENTS;
        let changes: [&[Document<'_>]; 8] = [
            &[d, c, b, a],
            &[a, c, b, d],
            &[a, b, c],
            &[a, b, c, d, ("e", "another text")],
            &[a, b, (c.0, "the ferry to the island was late again on sunday"), d],
            &[a, b, ("e", c.1), d],
            &[(c.0, a.1), b, (a.0, c.1), d],
            &[],
        ];
        for way in 0..8 {
            let [boilerplate, against, per_file] = [1, 2, 4].map(|bit| way & bit != 0);
            let counts = split_after(&DOCUMENTS, boilerplate, against, per_file).expect("nothing changed");
            assert_eq!((counts.kept, counts.removed), (3, 1));
            for changed in changes {
                let error = split_after(changed, boilerplate, against, per_file).expect_err("the inputs changed");
                let said = format!("{error:#}");
                // The number of documents is checked by the reader, which says so in other words.
                let is_said = said.contains("the inputs changed while they were read")
                    || said.contains("the input or the options have changed");
                assert!(is_said, "{way}, {changed:?}: {said}");
            }
        }
    }
}
