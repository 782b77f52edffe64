//! The settings of a deduplicator, and the run over a whole corpus.

#[cfg(feature = "disk")]
use std::path::PathBuf;

use super::deduplication::Deduplication;
use super::stream::Deduplicator;
use crate::containment::FracMinHash;
use crate::error::Error;
use crate::join::{Document, SimilarityJoin, SimilarityJoinBuilder};
use crate::lsh::Banding;
use crate::result::{Clustering, Keep};
use crate::scheme::Scheme;
use crate::text::is_blank;

/// Configures a [`Deduplicator`], or a run over a corpus; made by [`Deduplicator::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct DeduplicatorBuilder {
    join: SimilarityJoinBuilder,
    clustering: Option<Clustering>,
    keep: Keep,
    /// Whether texts inside others are looked for.
    contained: bool,
    drop_blank: bool,
    #[cfg(feature = "disk")]
    folder: Option<PathBuf>,
}

impl DeduplicatorBuilder {
    /// Sets how texts become signatures. Defaults to [`Scheme::news`].
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.join = self.join.scheme(scheme);
        self
    }

    /// Sets the least Jaccard similarity of duplicates, greater than 0 and at most 1. Defaults to 0.5.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.join = self.join.threshold(threshold);
        self
    }

    /// Sets the share of pairs at the threshold that must be found. Defaults to 0.99.
    pub fn recall(mut self, recall: f64) -> Self {
        self.join = self.join.recall(recall);
        self
    }

    /// Sets the expected number of texts, which decides among bandings of equal recall. Defaults to a million.
    pub fn documents(mut self, documents: u64) -> Self {
        self.join = self.join.documents(documents);
        self
    }

    /// Sets the banding, instead of a plan.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.join = self.join.banding(banding);
        self
    }

    /// Sets the most distinct texts that share a band and are all compared with one another. Defaults to 1,000. See
    /// [`SimilarityJoinBuilder::bucket_limit`]. Whatever it is, deduplicating the kept texts again removes nothing.
    pub fn bucket_limit(mut self, texts: usize) -> Self {
        self.join = self.join.bucket_limit(texts);
        self
    }

    /// Keeps sets and signatures in a folder on disk, so that [`run`](Self::run) needs little memory: ids, eight bytes a text, 16 a copy
    /// and 32 a pair besides the [limit](Self::memory_limit). The result is the same. If a run is interrupted, the same texts are
    /// recognised in the same folder and not hashed again.
    ///
    /// ```
    /// use twinprint::Deduplicator;
    ///
    /// let folder = std::env::temp_dir().join("twinprint-example-dedup");
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// let texts = [(1, "to be or not to be"), (2, "To be, or not to be!"), (3, "that is the question")];
    /// let found = Deduplicator::builder().in_folder(&folder).memory_limit(256 << 20).run(texts)?;
    /// assert_eq!(found.kept().collect::<Vec<_>>(), [&1, &3]);
    /// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[cfg(feature = "disk")]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Sets the bytes of memory that a run [in a folder](Self::in_folder) may take for the join, at least 64 MiB. Defaults to 1 GiB.
    #[cfg(feature = "disk")]
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.join = self.join.memory_limit(bytes);
        self
    }

    /// Also removes texts that are inside a kept one: a teaser inside its article, a quotation inside a book. At least the share `least`
    /// of the text's shingles, greater than 0 and at most 1, must be in the longer one. `rules` say how candidates are found, as in
    /// [`SimilarityJoinBuilder::containment`]. Of two similar texts, the one to [keep](Self::keep) stays; otherwise the longer one.
    ///
    /// ```
    /// use twinprint::Deduplicator;
    /// use twinprint::containment::FracMinHash;
    ///
    /// let teaser = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
    /// let article = format!("{teaser} Passengers were brought to the mainland by bus over the old bridge at Tarrow, and \
    ///     the next ferry is expected on Thursday morning, if the storm has passed by then.");
    /// let rules = FracMinHash::new(1, 1_000)?;
    /// let found = Deduplicator::builder().containment(0.8, rules).run([("teaser", teaser), ("article", article.as_str())])?;
    /// assert_eq!(found.kept().collect::<Vec<_>>(), [&"article"]);
    /// let member = &found.clusters()[0].members()[0];
    /// assert_eq!((member.document, member.overlap.map(|overlap| overlap.left_in_right())), ("teaser", Some(1.0)));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn containment(mut self, least: f64, rules: FracMinHash) -> Self {
        self.join = self.join.containment(least, rules);
        self.contained = true;
        self
    }

    /// Sets how pairs become clusters. Defaults to [`Clustering::Leader`], or [`Clustering::Containers`] with
    /// [`containment`](Self::containment).
    pub fn clustering(mut self, clustering: Clustering) -> Self {
        self.clustering = Some(clustering);
        self
    }

    /// Sets which text of a cluster is kept. Defaults to the first.
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// Also removes [blank](crate::text::is_blank) texts, which match nothing. They are not compared, and [listed](Deduplication::blank) by
    /// themselves. Defaults to off: they are kept, all of them.
    ///
    /// ```
    /// use twinprint::Deduplicator;
    ///
    /// let found = Deduplicator::builder().drop_blank(true).run([(1, "***"), (2, " \n"), (3, "***"), (4, "")])?;
    /// assert_eq!(found.kept().collect::<Vec<_>>(), [&1]);
    /// assert_eq!(found.blank(), [2, 4]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn drop_blank(mut self, on: bool) -> Self {
        self.drop_blank = on;
        self
    }

    /// Builds a deduplicator for a stream of texts.
    ///
    /// # Errors
    /// * [`Error::OutOfRange`] names a parameter that is outside its range, or that a stream does not use.
    /// * [`Error::RecallUnreachable`] and [`Error::BandingTooLarge`] if the signatures of the scheme are too short.
    /// * [`Error::NoTextFeatures`] if the scheme has features of the caller's own.
    pub fn build<Id>(self) -> Result<Deduplicator<Id>, Error> {
        #[cfg(feature = "disk")]
        if self.folder.is_some() {
            let value = "set".to_string();
            let expected = "left out for a stream, which is in memory: only run uses it";
            return Err(Error::OutOfRange { field: "in_folder", value, expected });
        }
        if self.contained {
            let (field, value) = ("containment", "set".to_string());
            let expected = "left out for a stream, in which a longer text may come later: only run uses it";
            return Err(Error::OutOfRange { field, value, expected });
        }
        Ok(Deduplicator {
            clustering: self.clustering_to_use(),
            join: self.join.build_online()?,
            keep: self.keep,
            drop_blank: self.drop_blank,
            blank: Vec::new(),
        })
    }

    fn clustering_to_use(&self) -> Clustering {
        let default = if self.contained { Clustering::Containers } else { Clustering::default() };
        self.clustering.unwrap_or(default)
    }

    /// Deduplicates all texts, on all cores. Ids may repeat: they are only returned.
    ///
    /// ```
    /// use twinprint::{Deduplicator, Scheme};
    ///
    /// let texts = [("a", "to be or not to be"), ("b", "To be, or not to be!"), ("c", "that is the question")];
    /// let found = Deduplicator::builder().run(texts)?;
    /// assert_eq!(found.kept().collect::<Vec<_>>(), [&"a", &"c"]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`build`](Self::build). [In a folder](Self::in_folder), also [`Error::File`].
    pub fn run<Id: Clone, T: AsRef<str> + Sync>(
        self,
        texts: impl IntoIterator<Item = (Id, T)>,
    ) -> Result<Deduplication<Id>, Error> {
        let clustering = self.clustering_to_use();
        let (drop_blank, mut blank) = (self.drop_blank, Vec::new());
        let texts = texts.into_iter().filter_map(|(id, text)| {
            if drop_blank && is_blank(text.as_ref()) {
                blank.push(id);
                return None;
            }
            Some((id, text))
        });
        #[cfg(feature = "disk")]
        if let Some(folder) = self.folder {
            let (mut join, mut ids) = (self.join.build_on_disk(folder)?, Vec::new());
            for (id, text) in texts {
                // The folder knows documents by their numbers: ids of any type stay here.
                join.push(Document::text(ids.len(), text))?;
                ids.push(id);
            }
            return Ok(Deduplication::new(join.finish()?.load_with(ids)?, clustering, self.keep).with_blank(blank));
        }
        let mut join: SimilarityJoin<Id> = self.join.build()?;
        join.push_all(texts.map(|(id, text)| Document::text(id, text)))?;
        Ok(Deduplication::new(join.finish()?, clustering, self.keep).with_blank(blank))
    }
}

impl Deduplicator<()> {
    /// Starts a builder with [`Scheme::news`], a threshold of 0.5 and a recall of 0.99 at the threshold.
    pub fn builder() -> DeduplicatorBuilder {
        let scheme = Scheme::news();
        DeduplicatorBuilder {
            join: SimilarityJoinBuilder::new(&scheme),
            clustering: None,
            keep: Keep::default(),
            contained: false,
            drop_blank: false,
            #[cfg(feature = "disk")]
            folder: None,
        }
    }
}

#[cfg(all(test, feature = "disk"))]
mod tests {
    use super::*;

    #[test]
    fn a_stream_refuses_what_it_does_not_use() {
        let field = |builder: DeduplicatorBuilder| match builder.build::<u32>() {
            Err(Error::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(Deduplicator::builder().memory_limit(256 << 20)), "memory_limit");
        assert_eq!(field(Deduplicator::builder().in_folder("somewhere")), "in_folder");
    }
}
