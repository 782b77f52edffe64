//! The second reading of the inputs, which writes the kept and the removed documents.

use std::collections::HashMap;

use anyhow::{Result, bail};
use twinprint::join::IdLookup;
use twinprint::result::Reread;
use twinprint::text::is_blank;
use twinprint_documents::{Decision, DocumentRead, DuplicateOf, Format, SharedPassage, SplitCounts, Splitter};

use super::cut;
use super::passages::{best, passages_of, shared};
use super::removed::{Reason, RemovedDocuments};
use crate::corpus::{CHANGED, Joined, OrderedDigest, Removal, said};
use crate::history::{History, Known};
use crate::output::OutputDir;
use crate::per_file;
use crate::progress;
use crate::report::Sources;

/// The names of the outputs, and how they are written.
pub(super) struct Outputs<'a> {
    pub(super) names: &'a [String; 2],
    /// Whether there is one file for each input file.
    pub(super) per_file: bool,
    /// Whether removed documents say where they share a passage.
    pub(super) passages: bool,
    /// Whether passages are cut out of documents.
    pub(super) cut: bool,
    /// Whether blank documents are removed.
    pub(super) drop_blank: bool,
    /// Where removed documents are inside those that contain them.
    pub(super) located: HashMap<u32, SharedPassage>,
}

/// Reads the inputs again, and writes each document to the kept or the removed ones: to two files, or to two folders with a file for
/// each input file. Returns the counts, and how many kept documents were cut.
pub(super) fn split(
    joined: &Joined,
    removal: &Removal,
    sources: &Sources<'_>,
    output: &OutputDir,
    outputs: &Outputs<'_>,
    history: Option<&mut History>,
) -> Result<(SplitCounts, u64)> {
    let [kept, removed] = outputs.names.each_ref().map(|name| output.staged(name));
    let mut decide = Decider::new(joined, removal, outputs, history)?;
    let documents = u64::from(joined.read.documents - joined.read.against);
    let passages = outputs.passages;
    let bar = progress::documents(documents);
    let mut counts = SplitCounts::default();
    let mut written = Vec::new();
    if outputs.per_file {
        for part in per_file::parts(sources.inputs)? {
            let [of_kept, of_removed] = extensions(sources.inputs.format(), outputs.cut);
            let splitter = Splitter {
                kept: part.create_in(&kept, of_kept)?,
                removed: part.create_in(&removed, of_removed)?,
                passages,
            };
            let first = counts.kept + counts.removed;
            let of_part =
                splitter.try_split(&part.inputs, sources.options, sources.fields, None, |document, read| {
                    bar.set_position(first + document);
                    decide.document(first + document, read)
                })?;
            counts.kept += of_part.kept;
            counts.removed += of_part.removed;
            written.push((part.inputs, splitter.kept, first));
        }
    } else {
        let splitter = Splitter { kept, removed, passages };
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
        written.push((sources.inputs.clone(), splitter.kept, 0));
    }
    let (is_removed, cut) = decide.finish()?;
    if outputs.cut {
        // Now it is known which documents have nothing left.
        for (inputs, kept, first) in written {
            let first_number = joined.read.against + first as u32;
            let is_removed = is_removed.get(first as usize..).unwrap_or_default();
            cut::write_kept(joined, sources, &inputs, &kept, (first_number, is_removed))?;
        }
    }
    bar.finish_and_clear();
    let publish = |name: &String| if outputs.per_file { output.publish_folder(name) } else { output.publish(name) };
    outputs.names.iter().try_for_each(publish)?;
    Ok((counts, cut))
}

/// Returns the extensions of kept and of removed documents. What is cut is not a list of files, but has texts of its own.
pub(super) fn extensions(format: Format, cut: bool) -> [&'static str; 2] {
    let removed = format.removed_extension();
    [if cut { removed } else { format.kept_extension() }, removed]
}

/// Says of each document, in the order of the inputs, whether it is kept.
struct Decider<'a> {
    ids: IdLookup,
    joined: &'a Joined,
    removed: RemovedDocuments<'a>,
    outputs: &'a Outputs<'a>,
    /// Of each document whether it is removed, if passages are cut: the kept documents are then written once more.
    is_removed: Vec<bool>,
    /// The index that kept documents are added to.
    history: Option<&'a mut History>,
    /// Kept documents from which a passage is cut.
    cut: u64,
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

impl<'a> Decider<'a> {
    fn new(
        joined: &'a Joined,
        removal: &Removal,
        outputs: &'a Outputs<'a>,
        history: Option<&'a mut History>,
    ) -> Result<Self> {
        Ok(Self {
            ids: joined.pairs.id_lookup()?,
            joined,
            removed: RemovedDocuments::new(joined, removal, outputs.cut)?,
            outputs,
            is_removed: Vec::new(),
            history,
            cut: 0,
            against: joined.read.against.into(),
            documents: joined.read.documents.into(),
            again: Again::new(joined)?,
        })
    }

    /// Ends the reading, after which there must be no further document. Returns which documents are removed, if passages are cut, and how
    /// many of the others were cut.
    fn finish(self) -> Result<(Vec<bool>, u64)> {
        self.again.finish()?;
        self.history.map_or(Ok(()), History::flush)?;
        Ok((self.is_removed, self.cut))
    }

    fn document(&mut self, document: u64, read: DocumentRead<'_>) -> Result<Decision> {
        let document = self.against + document;
        if document >= self.documents {
            bail!(CHANGED);
        }
        self.again.check(read)?;
        let document = document as u32;
        let decision = match self.removed.reason(document)? {
            Some(reason) => Decision::Remove(self.duplicate_of(reason)?),
            None if self.outputs.drop_blank && is_blank(read.text) => Decision::RemoveBlank,
            None if self.outputs.cut => self.cut(document, read.text)?,
            None => Decision::Keep,
        };
        if self.outputs.cut {
            self.is_removed.push(decision != Decision::Keep);
        }
        if let Some(history) = self.history.as_mut().filter(|_| decision == Decision::Keep) {
            history.add(read.id, read.text)?;
        }
        Ok(decision)
    }

    /// Decides on a document from which passages are cut: one without a letter left is removed.
    fn cut(&mut self, document: u32, text: &str) -> Result<Decision> {
        let Some(left) = cut::without_passages(self.joined, document, text) else { return Ok(Decision::Keep) };
        if left.chars().any(char::is_alphanumeric) {
            self.cut += 1;
            return Ok(Decision::Keep);
        }
        let passages = passages_of(self.joined, document);
        Ok(Decision::Remove(self.duplicate_of(Reason::Holds(passages))?))
    }

    fn duplicate_of(&mut self, reason: Reason<'_>) -> Result<DuplicateOf> {
        let (of, overlap, passage) = match reason {
            Reason::Known(Known { id, jaccard, overlap, .. }) => {
                // Without the sets, as much is inside the other document as the two share of both.
                let containment = overlap.map_or(*jaccard, |overlap| overlap.left_in_right());
                return Ok(DuplicateOf { id: id.clone(), jaccard: *jaccard, containment, passage: None });
            }
            Reason::Duplicate(member) => {
                let passages = passages_of(self.joined, member.document).iter();
                let own = best(passages.filter(|passage| passage.text == member.representative)).map(shared);
                let located = self.outputs.located.get(&member.document).copied();
                (member.representative, member.overlap, own.or(located))
            }
            Reason::Holds(passages) => match best(passages.iter()) {
                Some(passage) => (passage.text, Some(passage.overlap), Some(shared(passage))),
                None => bail!(CHANGED),
            },
        };
        Ok(DuplicateOf {
            id: self.ids.get(of)?.to_string(),
            jaccard: overlap.map_or(0.0, |overlap| overlap.jaccard()),
            containment: overlap.map_or(0.0, |overlap| overlap.left_in_right()),
            passage,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;
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
        let removal = joined.removal(&settings)?;
        fs::write(&path, json_lines(replaced))?;

        let sides = Sides { inputs: &inputs, against: None, index: None };
        let replacing = Replacing { force: false, per_file };
        let output = OutputDir::open_for_dedup(&out, &settings, sides, replacing, &|_| false)?;
        let output = output.expect("a new folder");
        let names = if per_file { ["kept", "removed"] } else { ["kept.jsonl", "removed.jsonl"] };
        let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
        let (names, located) = (names.map(String::from), HashMap::new());
        let outputs = Outputs { names: &names, per_file, passages: false, cut: false, drop_blank: false, located };
        let counts = split(&joined, &removal, &sources, &output, &outputs, None).map(|(counts, _)| counts);
        assert_eq!(counts.is_ok(), out.join(&names[0]).exists(), "nothing is published of a wrong reading");
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
