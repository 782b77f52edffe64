//! The Python module: built as pip builds it, tested, linted, and compared with the command.

use std::path::{Path, PathBuf};

use crate::process::{Outcome, Repository, attempt, heading, run, skip};
use crate::workshop;

/// What the tests need besides the module.
const PACKAGES: [&str; 10] = [
    "maturin>=1.14,<2",
    "numpy",
    "pyarrow",
    "polars",
    "pandas",
    "pytest",
    "hypothesis",
    "mypy",
    "ruff",
    "datasketch>=2,<3",
];

/// Libraries that the module works with, and what runs its notebook. The tests of those that are missing skip themselves.
const LIBRARIES: [&str; 10] = [
    "datasets",
    "datatrove[processing]>=0.10,<0.11",
    "xxhash<4",
    "spacy",
    "nbclient",
    "nbformat",
    "ipykernel",
    "duckdb",
    "daft",
    "pyspark-client==4.2.0",
];

/// Installs the module into an environment of its own, and runs its tests and the checks of its code.
pub(crate) fn run_all(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("the Python module");
    let Some(environment) = environment(repository) else { return Ok(()) };
    let python = |arguments: &[&str]| {
        let mut command = repository.program(environment.join("bin/python"));
        command.args(["-m"]).args(arguments).env("CARGO_TARGET_DIR", repository.target.join("python"));
        command
    };
    let pip = ["pip", "install", "--quiet", "--no-build-isolation", "--force-reinstall", "--no-deps", "./python"];
    run(python(&pip).env("PATH", with_first(&environment.join("bin"))))?;

    // The installed command is compared with this one.
    workshop::build(repository)?;
    let folder = repository.root.join("python");
    run(python(&["pytest", "--quiet", "-rs"])
        .current_dir(&folder)
        .env("TWINPRINT_COMMAND", repository.target.join("release/twinprint"))
        .env("TWINPRINT_DATA", repository.root.join("../shared/data")))?;
    run(python(&["ruff", "check", "."]).current_dir(&folder))?;
    run(python(&["ruff", "format", "--check", "."]).current_dir(&folder))?;
    run(python(&["mypy"]).current_dir(&folder))?;
    run(python(&["mypy.stubtest", "--mypy-config-file", "pyproject.toml", "twinprint._native"]).current_dir(&folder))?;
    run(python(&["mypy.stubtest", "--mypy-config-file", "pyproject.toml", "--allowlist", "stubtest.allowlist"])
        .args(["--ignore-unused-allowlist", "twinprint"])
        .current_dir(&folder))?;

    heading("clippy of the Python module, a workspace of its own");
    run(repository.cargo_of("python", "clippy").args(["--", "-D", "warnings"]))?;
    run(&mut repository.cargo_of("python", "fmt --check"))
}

/// Compares Sail, which speaks Spark's API, with one machine. The module and the command were built by the tasks before.
pub(crate) fn cluster(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    heading("the Python module on an engine of several workers");
    workshop::build(repository)?;
    let mut check = repository.program("tools/cluster/check.sh");
    check.env("CARGO_TARGET_DIR", &repository.target);
    check.env("TWINPRINT_COMMAND", repository.target.join("release/twinprint"));
    if arguments.is_empty() {
        check.args(["--quick", "sail"]);
    }
    run(check.args(arguments))
}

/// Returns an environment with the packages; says why there is none otherwise.
fn environment(repository: &Repository) -> Option<PathBuf> {
    let version = "import sys; sys.exit(sys.version_info < (3, 11))";
    if attempt(repository.program("python3").args(["-c", version])).is_none() {
        skip("no Python 3.11 or later");
        return None;
    }
    let folder = repository.target.join("python-environment");
    let made = folder.join("bin/python").exists()
        || attempt(repository.program("python3").args(["-m", "venv"]).arg(&folder)).is_some();
    if !made {
        skip("python3 cannot make an environment; on Debian, install python3-venv");
        return None;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    if attempt(repository.program(folder.join("bin/python")).args(pip).args(PACKAGES)).is_none() {
        skip("pip cannot install what the tests need");
        return None;
    }
    if attempt(repository.program(folder.join("bin/python")).args(pip).args(LIBRARIES)).is_none() {
        skip("pip cannot install datasets, daft or another library, so its tests skip themselves");
    }
    Some(folder)
}

/// Returns the search path with a folder before all others.
fn with_first(folder: &Path) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path))).unwrap_or(path)
}
