//! Inputs that were damaged.

use std::path::Path;
use std::time::Duration;
use std::{collections::BTreeMap, fs};

use anyhow::{Result, bail};

use crate::random::{Damage, Random};
use crate::run::Command;
use crate::seeds;

/// A run on a small file takes a fraction of a second, so one of this length hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A run within `--memory 64M` must not take more memory than this, whatever a damaged file claims to hold.
const RESIDENT: u64 = 256 << 20;

/// The commands, each with its options.
const COMMANDS: [&[&str]; 6] = [
    &["pairs"],
    &["dedup", "--output", "OUT"],
    &["dedup", "--bad", "aside", "--lossy", "--output", "OUT"],
    &["trim", "--output", "OUT"],
    &["clusters", "--lossy"],
    &["contained", "--bad", "aside"],
];

/// Damages files of every format. Each run must end by itself, with a result or an error that names the file.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let rounds = if quick { 100 } else { 5_000 };
    let seeds = seeds::all()?;
    let out = folder.join("damaged-out");
    let out_name = out.to_string_lossy().into_owned();
    let mut random = Random::new(2);
    let (mut refused, mut resident) = (BTreeMap::new(), 0);
    for round in 0..rounds {
        let (name, bytes) = &seeds[round % seeds.len()];
        let mut bytes = bytes.clone();
        let kinds: Vec<Damage> = (0..=random.below(3)).map(|_| Damage::ALL[random.below(Damage::ALL.len())]).collect();
        kinds.iter().for_each(|kind| kind.apply(&mut bytes, &mut random));
        let path = folder.join(format!("damaged-{name}"));
        fs::write(&path, &bytes)?;
        let input = path.to_string_lossy().into_owned();
        let options = COMMANDS[random.below(COMMANDS.len())];
        let mut arguments = vec![options[0], &input, "--memory", "64M"];
        arguments.extend(options[1..].iter().map(|&option| if option == "OUT" { &out_name } else { option }));
        let ran = command.run(&arguments, Some(LIMIT))?;
        let told = || format!("{arguments:?}, round {round}, {kinds:?}: {}", ran.message);
        match ran.status {
            Some(0 | 1) => {}
            Some(2) if ran.message.contains(&input) || ran.message.contains("hold no documents") => {
                *refused.entry(*name).or_insert(0) += 1;
            }
            Some(2) if ran.message.contains("rejected, as the warnings say") => *refused.entry(*name).or_insert(0) += 1,
            None => bail!("killed after {} s: {}", ran.seconds, told()),
            status => bail!("status {status:?}: {}", told()),
        }
        if ran.resident > RESIDENT {
            bail!("{} MB of memory: {}", ran.resident >> 20, told());
        }
        resident = resident.max(ran.resident);
        fs::remove_file(&path)?;
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
    }
    let all: usize = refused.values().sum();
    println!("### Damaged inputs\n");
    println!(
        "{rounds} damaged files in {} formats: {all} were refused with the name of the file, {} were read. No panic, no hang, at \
         most {} MB resident with `--memory 64M`.\n",
        seeds.len(),
        rounds - all,
        resident >> 20
    );
    Ok(())
}
