//! The second reading of the inputs, which writes the kept and the removed documents.

use std::collections::HashMap;

use anyhow::{Result, anyhow, bail};
use twinprint::join::IdLookup;
use twinprint::result::Reread;
use twinprint_documents::{Decision, DocumentRead, DuplicateOf, SharedPassage, SplitCounts, Splitter};

use super::cut;
use super::passages::{best, passages_of, shared};
use super::removed::{Reason, RemovedDocuments};
use crate::boilerplate::{BoilerplateFilter, source_of};
use crate::corpus::{Joined, Removal};
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
) -> Result<(SplitCounts, u64)> {
    let [kept, removed] = outputs.names.each_ref().map(|name| output.staged(name));
    let mut decide = Decider::new(joined, removal, outputs)?;
    let documents = u64::from(joined.read.documents - joined.read.against);
    let passages = outputs.passages;
    let bar = progress::documents(documents);
    let mut counts = SplitCounts::default();
    let mut written = Vec::new();
    if outputs.per_file {
        for part in per_file::parts(sources.inputs, sources.options)? {
            let splitter = Splitter { kept: part.create_in(&kept)?, removed: part.create_in(&removed)?, passages };
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

/// The error of inputs that are read again and hold other documents.
const CHANGED: &str = "the inputs changed while they were read; run the command again";

/// Says of each document, in the order of the inputs, whether it is kept.
struct Decider<'a> {
    ids: IdLookup,
    joined: &'a Joined,
    removed: RemovedDocuments<'a>,
    outputs: &'a Outputs<'a>,
    /// Of each document whether it is removed, if passages are cut: the kept documents are then written once more.
    is_removed: Vec<bool>,
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
    /// The join knows only sets without boilerplate, so all texts together are compared: by the sum of their digests, which is known
    /// unless another corpus was read too.
    Digests { expected: Option<u64>, found: u64 },
}

impl<'a> Again<'a> {
    fn new(joined: &'a Joined) -> Result<Self> {
        let against = joined.read.against;
        if let Some(boilerplate) = &joined.boilerplate {
            return Ok(Self::Digests { expected: (against == 0).then(|| boilerplate.counted()), found: 0 });
        }
        let mut documents = joined.pairs.reread();
        documents.skip(against as usize)?;
        Ok(Self::Texts(documents))
    }

    fn check(&mut self, document: DocumentRead<'_>) -> Result<()> {
        match self {
            Self::Texts(documents) => documents.check(document.id, document.text).map_err(said),
            Self::Digests { found, .. } => {
                let digest = BoilerplateFilter::digest(document.text, source_of(document.metadata));
                *found = found.wrapping_add(digest);
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Texts(documents) => documents.finish().map_err(said),
            Self::Digests { expected, found } if expected.is_some_and(|expected| expected != found) => bail!(CHANGED),
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
    fn new(joined: &'a Joined, removal: &Removal, outputs: &'a Outputs<'a>) -> Result<Self> {
        Ok(Self {
            ids: joined.pairs.id_lookup()?,
            joined,
            removed: RemovedDocuments::new(joined, removal, outputs.cut)?,
            outputs,
            is_removed: Vec::new(),
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
            None if self.outputs.cut => self.cut(document, read.text)?,
            None => Decision::Keep,
        };
        if self.outputs.cut {
            self.is_removed.push(decision != Decision::Keep);
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
