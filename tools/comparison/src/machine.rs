//! What the measurements were made on.

use std::process::Command;

use twinprint::SimdLevel;

/// The crates whose versions the tables name.
const CRATES: [&str; 8] =
    ["twinprint", "gaoya", "lshdedup-core", "minhash-rs", "probminhash", "sketchir", "txtfp", "unicode-segmentation"];

/// The line that every table starts with: machine, SIMD level, compiler, versions, and the date if there is one.
pub(crate) fn line(date: Option<&str>) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut parts = vec![
        format!("{}, {cores} cores", processor().unwrap_or_else(|| "unknown processor".to_string())),
        format!("SIMD: {}, built for {}", SimdLevel::detect().name(), built_for()),
        compiler().unwrap_or_else(|| "unknown rustc".to_string()),
        versions(),
    ];
    parts.extend(date.map(ToString::to_string));
    parts.join("; ")
}

fn processor() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    line.split(':').nth(1).map(|name| name.trim().to_string())
}

/// What the compiler may take for granted. It matters to peers, which do not look for SIMD at run time.
fn built_for() -> &'static str {
    match () {
        () if cfg!(target_feature = "avx512f") => "AVX-512",
        () if cfg!(target_feature = "avx2") => "AVX2",
        () => "the baseline of the target",
    }
}

/// The compiler that `cargo run` takes in the same place.
fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    (!version.is_empty()).then(|| version.split(" (").next().unwrap_or_default().trim().to_string())
}

/// Names and versions, as the lock file had them when this was built.
fn versions() -> String {
    let lock = include_str!("../../../Cargo.lock");
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
