//! Two processes with one output.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::random::Random;
use crate::run::{Command, Ran};

/// A command, and the file in its output that is compared.
struct Case {
    command: &'static str,
    options: &'static [&'static str],
    /// The output, and the file of it that is compared.
    output: &'static str,
    compared: &'static str,
}

const CASES: [Case; 4] = [
    Case { command: "pairs", options: &[], output: "one.tsv", compared: "one.tsv" },
    Case { command: "dedup", options: &[], output: "one", compared: "one/removed.jsonl" },
    Case { command: "dedup", options: &["--force"], output: "one", compared: "one/removed.jsonl" },
    Case { command: "trim", options: &[], output: "one", compared: "one/removed.tsv" },
];

/// Starts two runs on different inputs at nearly the same time, with one output. Whatever ends with success must be whole.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let rounds = if quick { 8 } else { 200 };
    let inputs = [Corpus::write(folder, 4_000, 100)?, Corpus::write(folder, 6_000, 200)?];
    let mut random = Random::new(3);
    let (mut both, mut one) = (0, 0);
    for round in 0..rounds {
        let case = &CASES[round % CASES.len()];
        let path = folder.join(case.output);
        let arguments = |input: &Corpus, output: &Path| -> Vec<String> {
            let [input, output] = [&input.path, output].map(|path| path.to_string_lossy().into_owned());
            let options = case.options.iter().map(ToString::to_string);
            [case.command.to_string(), input, "--output".to_string(), output].into_iter().chain(options).collect()
        };
        let expected = inputs.each_ref().map(|input| -> Result<Vec<u8>> {
            let alone = folder.join("alone");
            fs::create_dir_all(&alone)?;
            command.succeed(&as_str(&arguments(input, &alone.join(case.output))))?;
            let bytes = fs::read(alone.join(case.compared))?;
            fs::remove_dir_all(&alone)?;
            Ok(bytes)
        });
        let [first, second] = expected;
        let expected = [first?, second?];
        let pause = Duration::from_secs_f64(random.fraction() * 0.3);
        let ran = thread::scope(|scope| -> Result<[Ran; 2]> {
            let (first, second) = (arguments(&inputs[0], &path), arguments(&inputs[1], &path));
            let started = scope.spawn(move || command.run(&as_str(&first), None));
            thread::sleep(pause);
            let second = command.run(&as_str(&second), None)?;
            Ok([started.join().expect("it does not panic")?, second])
        })?;
        let told = || format!("round {round}, {}: {} / {}", case.command, ran[0].message, ran[1].message);
        for Ran { status, message, .. } in &ran {
            let is_held =
                message.contains("in use") || message.contains("not empty") || message.contains("another run");
            if *status != Some(0) && !(*status == Some(2) && is_held) {
                bail!("status {status:?}: {}", told());
            }
        }
        let found = fs::read(folder.join(case.compared))?;
        match ran.each_ref().map(|ran| ran.status == Some(0)) {
            [false, false] => bail!("neither succeeded: {}", told()),
            [true, true] if expected.contains(&found) => both += 1,
            [true, false] if found == expected[0] => one += 1,
            [false, true] if found == expected[1] => one += 1,
            _ => bail!("the output is not that of the run that succeeded: {}", told()),
        }
        if path.is_dir() { fs::remove_dir_all(&path)? } else { fs::remove_file(&path)? }
    }
    println!("### Two processes with one output\n");
    println!(
        "{rounds} times: {one} times the second was refused, {both} times one came after the other. The output was always that of a \
         run that succeeded, byte for byte.\n"
    );
    for input in inputs {
        fs::remove_file(&input.path)?;
    }
    Ok(())
}

fn as_str(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}
