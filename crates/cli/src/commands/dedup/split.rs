//! The second reading of the inputs, which writes the kept and the removed documents.

use anyhow::{Result, anyhow, bail};
use twinprint::Member;
use twinprint::join::IdLookup;
use twinprint::result::{DiskClusters, Reread, Rows};
use twinprint::text::is_blank;
use twinprint_documents::{Decision, DocumentRead, DuplicateOf, SplitCounts, Splitter};

use crate::arguments::Dedup;
use crate::boilerplate::{BoilerplateFilter, source_of};
use crate::corpus::Joined;
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
    command: &Dedup,
) -> Result<SplitCounts> {
    let per_file = command.output_per_file;
    let [kept, removed] = names.each_ref().map(|name| output.staged(name));
    let mut decide = Decider::new(joined, leaders, command.drop_blank)?;
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
    drop_blank: bool,
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
    fn new(joined: &'a Joined, leaders: &DiskClusters, drop_blank: bool) -> Result<Self> {
        let mut dropped = leaders.members()?;
        Ok(Self {
            ids: joined.pairs.id_lookup()?,
            next: dropped.next().transpose()?,
            dropped,
            against: joined.read.against.into(),
            documents: joined.read.documents.into(),
            drop_blank,
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
        if self.drop_blank && is_blank(read.text) {
            return Ok(Decision::RemoveBlank);
        }
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
