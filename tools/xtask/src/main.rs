//! The named tasks of this repository. `cargo xtask` lists them; `cargo xtask ci` runs all that a change must pass.
//!
//! The crate uses the standard library only, so that it builds in a second.

mod checks;
mod engines;
mod examples;
mod prepare;
mod process;
mod python;
mod record;
mod web;
mod workshop;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use process::{Outcome, Repository};

/// A named task.
struct Task {
    name: &'static str,
    about: &'static str,
    /// Whether `ci` runs it.
    in_ci: bool,
    run: fn(&Repository, &[String]) -> Outcome<()>,
}

/// Every task, in the order in which `ci` runs them: what fails fast comes first.
const TASKS: [Task; 26] = [
    task(
        "prepare",
        "Installs what some tests need, if apt-get and root are there; skips aloud otherwise",
        prepare::run,
    ),
    task("record", "Rewrites the tables of BENCHMARKS.md from benches/record; --check only compares", record::run),
    task("check", "Checks the format, and runs clippy with warnings as errors", checks::check),
    task(
        "msrv",
        "Checks the code with the oldest supported compiler, and its calls of the standard library",
        checks::msrv,
    ),
    task("deny", "Checks licences and advisories of dependencies; skips aloud without cargo-deny", checks::deny),
    task("test", "Runs README's test command, then the tests of the other crates and features", checks::test),
    task("schedules", "Tests the index that threads share, in thousands of interleavings", checks::schedules),
    task("simd", "Runs golden vectors and statistics at each SIMD level", checks::simd),
    task("doc", "Builds the documentation with warnings as errors", checks::doc),
    task("tables", "Compares the Unicode tables with what their generator writes", checks::tables),
    task("examples", "Runs every example, and compares memory with disk on the shared data", examples::run_every),
    task("command", "Compares the command's pairs with the example's on the shared data", examples::command),
    task("python", "Builds and tests the Python module; skips aloud without Python or its packages", python::run_all),
    task(
        "cluster",
        "Compares Sail with one machine; takes the arguments of tools/cluster/check.sh, such as spark",
        python::cluster,
    ),
    task(
        "engines",
        "Tests the SQL engines; --clean removes what was built; skips aloud with an older compiler",
        engines::run_all,
    ),
    task("web", "Builds the page and checks it in Node and Chromium; skips aloud without the target", web::run_all),
    task(
        "soak",
        "Runs the command hard: growth, kills, full disks, damaged files, doubled runs; --full takes hours",
        workshop::soak,
    ),
    task("shards", "Compares runs by shards with one run; --full takes half an hour", workshop::shards),
    task("compare", "Runs the comparison with peers at a small size; --full takes an hour", workshop::compare),
    task("bench", "Runs every bench once; --full measures, and takes criterion's arguments", workshop::bench),
    task("fuzz", "Compiles the fuzz targets", checks::fuzz),
    task("package", "Builds the package as crates.io would get it", checks::package),
    by_hand("machines", "Runs tests on emulated aarch64, s390x and i686; up to half an hour each", workshop::machines),
    by_hand(
        "faults",
        "Fails every operation on files of a small join, in every way; takes half an hour",
        workshop::faults,
    ),
    by_hand("ci", "Runs everything above up to `package`, in this order", ci),
    by_hand("help", "Prints this list", list),
];

const fn task(name: &'static str, about: &'static str, run: fn(&Repository, &[String]) -> Outcome<()>) -> Task {
    Task { name, about, in_ci: true, run }
}

const fn by_hand(name: &'static str, about: &'static str, run: fn(&Repository, &[String]) -> Outcome<()>) -> Task {
    Task { in_ci: false, ..task(name, about, run) }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = arguments.split_first().map_or(("help", &[][..]), |(name, rest)| (name.as_str(), rest));
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("xtask: there is no task {name}; `cargo xtask` lists them");
        return ExitCode::from(2);
    };
    match Repository::open().and_then(|repository| (task.run)(&repository, rest)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints one line for each task.
fn list(_: &Repository, _: &[String]) -> Outcome<()> {
    println!("usage: cargo xtask TASK [ARGUMENTS]\n");
    for Task { name, about, .. } in &TASKS {
        println!("  {name:<9} {about}");
    }
    Ok(())
}

/// Runs every task that a change must pass, and stops at the first that fails.
fn ci(repository: &Repository, _: &[String]) -> Outcome<()> {
    let mut times = Vec::new();
    for task in TASKS.iter().filter(|task| task.in_ci) {
        let started = Instant::now();
        let arguments = match task.name {
            // The page must not change here.
            "record" => vec!["--check".to_string()],
            // The disk must hold what later tasks build.
            "engines" => vec!["--clean".to_string()],
            _ => Vec::new(),
        };
        (task.run)(repository, &arguments).map_err(|error| format!("{}: {error}", task.name))?;
        times.push((task.name, started.elapsed()));
        println!("\n{}: {:.1} minutes; {}", task.name, minutes(started.elapsed()), disk(repository));
    }
    process::heading("minutes of each task");
    for (name, time) in &times {
        println!("{name:<9} {:>5.1}", minutes(*time));
    }
    println!("{:<9} {:>5.1}", "all", minutes(times.iter().map(|(_, time)| *time).sum()));
    Ok(())
}

/// Describes the space that is left: a full disk shows itself as a linker that crashes, which tells nobody why.
fn disk(repository: &Repository) -> String {
    let left = || {
        let table = String::from_utf8(process::attempt(repository.program("df").args(["-Pk", "."]))?.stdout).ok()?;
        table.lines().nth(1)?.split_whitespace().nth(3)?.parse::<f64>().ok()
    };
    left().map_or_else(|| "space on disk unknown".into(), |kilobytes| format!("{:.1} GB of disk left", kilobytes / 1e6))
}

fn minutes(time: Duration) -> f64 {
    time.as_secs_f64() / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lines_fit() {
        for (number, task) in TASKS.iter().enumerate() {
            assert!(TASKS[..number].iter().all(|other| other.name != task.name), "{}", task.name);
            assert!(task.name.len() <= 9 && task.about.len() <= 100, "{}", task.name);
        }
    }
}
