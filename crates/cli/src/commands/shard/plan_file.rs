//! The plan that all steps follow: a file in the work folder, as JSON with a checksum.

use std::env;
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use twinprint::SimilarityJoinBuilder;
use twinprint::external::AtomicFile;
use twinprint::join::ShardedJoin;
use twinprint_documents::Inputs;
use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::Side;
use crate::inputs;
use crate::settings::{Settings, without_secrets};

/// The name of the file.
pub(in crate::commands) const NAME: &str = "shards.json";

const MARK: &str = "plan of shards";
const VERSION: u32 = 1;

/// What all steps agree on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// Always [`MARK`].
    twinprint: String,
    version: u32,
    pub(super) shards: u32,
    /// The settings, each one with a default set.
    pub(super) settings: Settings,
    /// The scheme and the banding that follow from the settings. Another version of the program might derive others.
    scheme: String,
    banding: String,
    /// The key of the hashes by which equal sets are found, in hexadecimal digits.
    key: String,
    /// The folder from which relative inputs are found.
    directory: PathBuf,
    /// The inputs as they were given.
    pub(super) inputs: Vec<String>,
    /// The other corpus, if there is one, as it was given.
    pub(super) against: Vec<String>,
    /// The files of the other corpus, then those of the inputs, in their order.
    pub(super) files: Vec<PlannedFile>,
    /// XXH3 of the plan with this field empty, in hexadecimal digits.
    check: String,
}

/// What is read.
pub(super) struct Corpora {
    pub(super) inputs: Inputs,
    pub(super) against: Option<Inputs>,
}

/// An input file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannedFile {
    pub(super) path: String,
    pub(super) bytes: u64,
    /// What tells an object of a store from later ones at its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The shard that signs it, from 1.
    pub(super) shard: u32,
}

impl Plan {
    /// Makes a plan.
    pub(super) fn new(inputs: &[PathBuf], settings: Settings, shards: u32) -> Result<Self> {
        let against = settings.against().to_vec();
        let found = Corpora::find(inputs, &against, &settings)?;
        let text = |path: &Path| path.to_str().map(str::to_string).ok_or_else(|| not_utf8(path));
        let builder = builder(&settings, &against)?;
        let mut plan = Self {
            twinprint: MARK.to_string(),
            version: VERSION,
            shards,
            scheme: settings.scheme()?.id().to_string(),
            banding: banding(&builder)?,
            settings: Settings { threads: None, config: None, against: None, index: None, ..settings },
            key: format!("{:016x}", ShardedJoin::random_key()),
            directory: env::current_dir().context("the current folder")?,
            inputs: inputs.iter().map(|path| text(path)).collect::<Result<_>>()?,
            against,
            files: found.files(shards)?,
            check: String::new(),
        };
        plan.check = plan.digest()?;
        Ok(plan)
    }

    /// Reads the plan of a work folder.
    pub(super) fn read(work: &Path) -> Result<Self> {
        match Self::read_if_there(work)? {
            Some(plan) => Ok(plan),
            None => bail!("{}: there is no plan; make it first with twinprint shard plan", work.display()),
        }
    }

    /// Reads the plan of a work folder, if there is one.
    pub(super) fn read_if_there(work: &Path) -> Result<Option<Self>> {
        let path = work.join(NAME);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.with_context(|| path.display().to_string())?,
        };
        let remedy = "put back the file that was here, or choose another folder and plan again";
        let version = serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|plan| plan["version"].as_u64());
        if let Some(version) = version.filter(|&version| version != u64::from(VERSION)) {
            bail!("{}: the plan has version {version}, which this version of twinprint does not read", path.display());
        }
        match serde_json::from_str::<Self>(&text) {
            Ok(plan) if plan.twinprint == MARK && plan.check == plan.digest()? => Ok(Some(plan)),
            _ => bail!("{}: this is not a plan as twinprint wrote it; {remedy}", path.display()),
        }
    }

    /// Writes the plan; it is complete or not there at all.
    pub(super) fn write(&self, work: &Path) -> Result<()> {
        let path = work.join(NAME);
        let write = || {
            let mut file = AtomicFile::create(&path)?;
            file.write_all(format!("{}\n", serde_json::to_string_pretty(self)?).as_bytes())?;
            file.commit()
        };
        write().with_context(|| path.display().to_string())
    }

    fn digest(&self) -> Result<String> {
        let unchecked = serde_json::to_string(&Self { check: String::new(), ..self.clone() })?;
        Ok(format!("{:016x}", xxh3_64(unchecked.as_bytes())))
    }

    /// Refuses a plan that differs from this one, and says in what. Memory may differ.
    pub(super) fn check_same(&self, other: &Self, work: &Path) -> Result<()> {
        let is_there =
            |what: &str| format!("{}: a plan is there already, and {what}; choose another --work", work.display());
        if self.shards != other.shards {
            bail!(is_there(&format!("it has {} shards, not {}", self.shards, other.shards)));
        }
        let (planned, given) = (self.settings.of_run().to_values()?, other.settings.of_run().to_values()?);
        let names = planned.keys().chain(given.keys());
        if let Some(name) = names.into_iter().find(|name| planned.get(*name) != given.get(*name)) {
            let said = |settings: &toml::Table| settings.get(name).map_or("not set".to_string(), ToString::to_string);
            bail!(is_there(&format!("its --{name} is {}, not {}", said(&planned), said(&given))));
        }
        if self.inputs != other.inputs {
            bail!(is_there(&format!("its inputs are {}, not {}", shown(&self.inputs), shown(&other.inputs))));
        }
        if self.against != other.against {
            let said = |against: &[String]| if against.is_empty() { "not set".to_string() } else { shown(against) };
            bail!(is_there(&format!("its --against is {}, not {}", said(&self.against), said(&other.against))));
        }
        self.check_files(&other.files)
    }

    /// Returns the join that the plan is for. Refuses what this version of the program would do otherwise.
    pub(super) fn join(&self, work: &Path) -> Result<ShardedJoin> {
        let builder = builder(&self.settings, &self.against)?;
        let made = [("scheme", self.settings.scheme()?.id().to_string(), &self.scheme)];
        let banded = [("banding", banding(&builder)?, &self.banding)];
        for (what, here, planned) in made.into_iter().chain(banded) {
            if here != *planned {
                bail!(
                    "{}: the {what} of the plan is {planned}, and this version of twinprint takes {here} for its settings; use the version \
                     that made the plan",
                    work.display()
                );
            }
        }
        let key = u64::from_str_radix(&self.key, 16).with_context(|| work.join(NAME).display().to_string())?;
        Ok(builder.build_sharded(work, self.shards, key)?)
    }

    /// Finds the inputs, which must be those of the plan.
    pub(super) fn corpora(&self) -> Result<Corpora> {
        let is_relative = self
            .inputs
            .iter()
            .chain(&self.against)
            .any(|input| Path::new(input).is_relative() && !input.contains("://"));
        if is_relative && env::current_dir().ok().as_ref() != Some(&self.directory) {
            bail!("the plan names inputs relative to {}; run this step in that folder", self.directory.display());
        }
        let paths: Vec<PathBuf> = self.inputs.iter().map(PathBuf::from).collect();
        let found = Corpora::find(&paths, &self.against, &self.settings)?;
        self.check_files(&found.files(self.shards)?)?;
        Ok(found)
    }

    /// Refuses files that are not those of the plan, and names the first.
    fn check_files(&self, found: &[PlannedFile]) -> Result<()> {
        let remedy = "restore the inputs, or plan again in another folder";
        for (planned, found) in self.files.iter().zip(found) {
            if planned.path != found.path {
                bail!("{}: the file is not in the plan, which has {} in its place; {remedy}", found.path, planned.path);
            }
            if (planned.bytes, &planned.version) != (found.bytes, &found.version) {
                bail!(
                    "{}: the file has changed since the plan was made: it had {} bytes and has {}; {remedy}",
                    found.path,
                    planned.bytes,
                    found.bytes
                );
            }
        }
        match (self.files.get(found.len()), found.get(self.files.len())) {
            (Some(missing), _) => bail!("{}: the file is in the plan, and is missing; {remedy}", missing.path),
            (_, Some(new)) => bail!("{}: the file is not in the plan; {remedy}", new.path),
            (None, None) => Ok(()),
        }
    }

    /// Returns the places of the files of a shard among all files, by its number from 0.
    pub(super) fn files_of(&self, shard: u32) -> Range<usize> {
        let start = self.files.partition_point(|file| file.shard <= shard);
        start..self.files.partition_point(|file| file.shard <= shard + 1)
    }
}

/// Returns inputs as a message may show them.
fn shown(inputs: &[String]) -> String {
    inputs.iter().map(|input| without_secrets(input)).collect::<Vec<_>>().join(" ")
}

/// Writes the banding of a join as its option takes it.
fn banding(builder: &SimilarityJoinBuilder) -> Result<String> {
    let banding = builder.planned_banding()?;
    Ok(format!("{}x{}", banding.bands(), banding.rows()))
}

/// Returns the settings of the join.
fn builder(settings: &Settings, against: &[String]) -> Result<SimilarityJoinBuilder> {
    let builder = settings.join(None)?;
    Ok(if against.is_empty() { builder } else { builder.across_sources(true) })
}

impl Corpora {
    fn find(paths: &[PathBuf], against: &[String], settings: &Settings) -> Result<Self> {
        let inputs = inputs::find(paths, &settings.options())?;
        let against = inputs::find_against(against, &inputs, settings)?;
        if !against.iter().chain([&inputs]).all(Inputs::can_be_read_again) {
            bail!("standard input and pipes cannot be read by shards; save them to files");
        }
        Ok(Self { inputs, against })
    }

    /// Lists all files with the shard of each. A shard has the files whose middle is in its part of all bytes, so that the order of
    /// documents is that of the files.
    fn files(&self, shards: u32) -> Result<Vec<PlannedFile>> {
        let corpora = || self.against.iter().chain([&self.inputs]);
        let total: u128 = corpora().flat_map(Inputs::sizes).map(|size| u128::from(size.unwrap_or_default())).sum();
        let (mut before, mut files) = (0_u128, Vec::new());
        for inputs in corpora() {
            for ((path, bytes), version) in inputs.paths().zip(inputs.sizes()).zip(inputs.versions()) {
                let Some(name) = path.to_str() else { return Err(not_utf8(path)) };
                let bytes = bytes.unwrap_or_default();
                let middle = 2 * before + u128::from(bytes);
                let shard = (middle * u128::from(shards)).checked_div(2 * total).unwrap_or_default() as u32;
                before += u128::from(bytes);
                let (path, version) = (name.to_string(), version.map(str::to_string));
                files.push(PlannedFile { path, bytes, version, shard: shard.min(shards - 1) + 1 });
            }
        }
        Ok(files)
    }

    /// Returns the inputs with these places among all files, each part with the side that it is on.
    pub(super) fn parts(&self, places: Range<usize>) -> Vec<(Inputs, Side)> {
        let Some(against) = &self.against else { return vec![(self.inputs.of_files(places), Side::Within)] };
        let first = against.paths().count();
        let of_inputs = places.start.saturating_sub(first)..places.end.saturating_sub(first);
        vec![(against.of_files(places), Side::Against), (self.inputs.of_files(of_inputs), Side::Inputs)]
    }
}

/// Returns the error that a plan cannot hold a name.
fn not_utf8(path: &Path) -> anyhow::Error {
    anyhow!("{}: the name is not UTF-8, and a plan cannot hold it; rename the file", path.display())
}
