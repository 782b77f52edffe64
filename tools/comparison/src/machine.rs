//! The machine, the compiler and the versions that measurements were made with.

use std::fmt;
use std::process::Command;

use twinprint::SimdLevel;

/// The crates whose versions the tables name.
const CRATES: [&str; 8] =
    ["twinprint", "gaoya", "lshdedup-core", "minhash-rs", "probminhash", "sketchir", "txtfp", "unicode-segmentation"];

/// Where and when measurements were made.
pub(crate) struct Machine {
    /// Processor, cores, SIMD level, and what the compiler could assume.
    processor: String,
    /// The compiler, twinprint and its peers.
    versions: String,
    date: Option<String>,
}

impl Machine {
    /// Describes this machine.
    pub(crate) fn new(date: Option<String>) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let name = processor().unwrap_or_else(|| "unknown processor".to_string());
        let level = SimdLevel::detect().name();
        let compiler = compiler().unwrap_or_else(|| "unknown rustc".to_string());
        Self {
            processor: format!("{name}, {cores} cores; SIMD: {level}; built for {}", built_for()),
            versions: format!("{compiler}, {}", versions()),
            date,
        }
    }

    /// Returns the comments that a file of `benches/record` begins with.
    pub(crate) fn comments(&self, input: &str) -> String {
        format!(
            "# date: {}\n# machine: {}\n# command: tools/comparison/run.sh\n# input: {input}\n# versions: {}\n",
            self.date.as_deref().unwrap_or("unknown"),
            self.processor,
            self.versions
        )
    }
}

/// The line that every table starts with.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.processor, self.versions)?;
        self.date.iter().try_for_each(|date| write!(f, "; {date}"))
    }
}

fn processor() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    line.split(':').nth(1).map(|name| name.trim().to_string())
}

/// Returns the instruction set that the compiler may assume. It matters to peers, which do not detect SIMD at run time.
fn built_for() -> &'static str {
    match () {
        () if cfg!(target_feature = "avx512f") => "AVX-512",
        () if cfg!(target_feature = "avx2") => "AVX2",
        () => "the baseline of the target",
    }
}

/// Returns the version of the compiler that `cargo run` uses in the same folder.
fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    (!version.is_empty()).then(|| version.split(" (").next().unwrap_or_default().trim().to_string())
}

/// Returns names and versions from the lock file that this program was built with.
fn versions() -> String {
    let lock = include_str!("../Cargo.lock");
    let version = |name: &str| {
        let after = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1)?;
        after.split('"').next().map(|version| format!("{name} {version}"))
    };
    CRATES.iter().filter_map(|name| version(name)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_known() {
        assert_eq!(versions().split(", ").count(), CRATES.len());
    }
}
