//! Kills of `twinprint dedup NEW --index DIR`, each followed by the same command.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use twinprint::store::View;

use crate::corpus::Corpus;
use crate::random::Random;
use crate::run::Command;

/// The output files that must not depend on interruptions.
const OUTPUTS: [&str; 4] = ["kept.jsonl", "removed.jsonl", "pairs.tsv", "clusters.tsv"];

/// Kills the command at random moments. After each kill the index is as it was before the batch or as it is after it, and the same command
/// finishes the run with the outputs of an undisturbed one.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let (documents, kills) = if quick { (2_000, 5) } else { (20_000, 200) };
    let corpus = Corpus::write(folder, documents, documents / 26)?;
    let (base, index, output) = (folder.join("base"), folder.join("index"), folder.join("output"));
    let name = |path: &Path| path.to_string_lossy().into_owned();
    let (base_name, index_name) = (name(&base), name(&index));
    let (corpus_name, output_name) = (name(&corpus.path), name(&output));
    // Of half the batch there is an earlier copy.
    let early = folder.join("early.jsonl");
    let copies = corpus.again().step_by(2);
    let lines =
        copies.map(|of| format!("{}\n", serde_json::json!({"id": format!("early {}", of.id), "text": of.text})));
    fs::write(&early, lines.collect::<String>())?;
    command.succeed(&["index", "create", &base_name])?;
    command.succeed(&["index", "add", &base_name, &name(&early)])?;
    let dedup = ["dedup", &corpus_name, "--index", &index_name, "--output", &output_name, "--time", "1700000000"];
    let before = held(&base)?;
    copy(&base, &index)?;
    let undisturbed = command.succeed(&dedup)?.seconds;
    let (after, expected) = (held(&index)?, read(&output)?);
    let mut random = Random::new(37);
    let (mut happened, mut committed) = (0, 0);
    while happened < kills {
        for folder in [&index, &output] {
            fs::remove_dir_all(folder)?;
        }
        copy(&base, &index)?;
        let ran = command.run(&dedup, Some(Duration::from_secs_f64(undisturbed * random.fraction())))?;
        if ran.status.is_none() {
            happened += 1;
            // A run takes long, and one that stands still should show.
            eprintln!("history: kill {happened} of {kills}");
        }
        let now = held(&index)?;
        if now != before && now != after {
            bail!("after kill {happened} the index holds a part of the batch");
        }
        committed += u64::from(now == after && ran.status.is_none());
        command.succeed(&dedup)?;
        if held(&index)? != after || read(&output)? != expected {
            bail!("after kill {happened} the run that was done again had another result");
        }
    }
    println!("### Kills of a batch with an index\n");
    println!(
        "`twinprint dedup --index` on {documents} documents ({undisturbed:.1} s undisturbed) was killed {happened} times at random moments. \
         The index held none of the batch, or all of it ({committed} times); the same command then gave the outputs and the index of an \
         undisturbed run.\n"
    );
    for folder in [&base, &index, &output] {
        fs::remove_dir_all(folder)?;
    }
    fs::remove_file(&early)?;
    Ok(fs::remove_file(&corpus.path)?)
}

/// Returns what an index holds: ids and times, in their order, and that every document is sound.
fn held(index: &Path) -> Result<Vec<(String, u64)>> {
    let view = View::open(index)?;
    view.verify()?;
    view.documents().map(|document| document.map(|of| (of.id, of.time)).map_err(Into::into)).collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Vec<Vec<u8>>> {
    OUTPUTS.iter().map(|name| Ok(fs::read(folder.join(name))?)).collect()
}
