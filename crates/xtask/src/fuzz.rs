//! Hostile bytes into the core: the targets of `tests/fuzz`, by cargo-fuzz (libFuzzer).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::cargo_tools;
use crate::project::{Project, read};
use crate::shell::Shell;

/// A target, and the folders under `tests` whose files it starts from.
struct Target {
    name: &'static str,
    seeds: &'static [&'static str],
}

const TARGETS: [Target; 3] = [
    Target { name: "mask", seeds: &[] },
    Target { name: "decode", seeds: &["fixtures/events"] },
    Target { name: "reduce", seeds: &["fixtures/events", "fuzz/seeds/reduce"] },
];

/// What `cargo xtask test` spends on each target: the same inputs each time, some ten seconds.
const TEST_RUNS: u32 = 40_000;

/// Longest input, in bytes: what goes wrong goes wrong in less, and short inputs are tried more often.
const MAX_BYTES: u32 = 4096;

/// No input may take longer, in seconds.
const TIMEOUT_SECONDS: u32 = 10;

/// How long to look.
#[derive(Clone, Copy)]
enum Until {
    /// The same number of inputs, made from the same seed.
    Runs(u32),
    Time(Duration),
}

/// Every target for a moment, always with the same inputs.
pub(crate) fn test(project: &Project) -> Result<()> {
    let shell = set_up(project)?;
    TARGETS.iter().try_for_each(|target| run_target(project, &shell, target, Until::Runs(TEST_RUNS)))
}

/// One target for so many minutes, on from what earlier runs have found.
pub(crate) fn run(project: &Project, name: &str, minutes: u32) -> Result<()> {
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        bail!("there is no fuzz target {name:?}; the targets are {}", TARGETS.map(|target| target.name).join(" "));
    };
    let shell = set_up(project)?;
    run_target(project, &shell, target, Until::Time(Duration::from_secs(u64::from(minutes) * 60)))
}

fn set_up(project: &Project) -> Result<Shell> {
    let mut shell = Shell::new(&project.root);
    cargo_tools::cargo_fuzz(project, &mut shell)?;
    Ok(shell)
}

fn run_target(project: &Project, shell: &Shell, target: &Target, until: Until) -> Result<()> {
    let (limit, corpus) = match until {
        // What an earlier run left behind must not decide whether a test passes.
        Until::Runs(runs) => (vec![format!("-runs={runs}"), "-seed=1".to_owned()], "target/fuzz/test"),
        Until::Time(time) => (vec![format!("-max_total_time={}", time.as_secs())], "target/fuzz/corpus"),
    };
    let corpus = project.root.join(corpus).join(target.name);
    if matches!(until, Until::Runs(_)) {
        let _ = fs::remove_dir_all(&corpus);
    }
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    let mut seeds: Vec<PathBuf> = target.seeds.iter().map(|seeds| project.root.join("tests").join(seeds)).collect();
    if target.name == "mask" {
        seeds.push(mask_seeds(project)?);
    }
    let mut fuzz = shell.command("cargo");
    fuzz.args(["fuzz", "run", "--fuzz-dir", "tests/fuzz", "--target-dir", "target/fuzz/build"])
        // Sanitizers need a nightly compiler; there is no unsafe code for them to watch.
        .args(["--sanitizer", "none", target.name])
        .arg(&corpus)
        .args(seeds)
        .arg("--")
        .args(limit)
        .args([format!("-max_len={MAX_BYTES}"), format!("-timeout={TIMEOUT_SECONDS}")])
        // Its log is a line per find.
        .args(["-verbosity=0", "-print_final_stats=1"]);
    shell.run(&mut fuzz)
}

/// The masker's examples, which are kept encoded.
fn mask_seeds(project: &Project) -> Result<PathBuf> {
    let folder = project.root.join("target/fuzz/seeds/mask");
    fs::create_dir_all(&folder)?;
    for (number, text) in examples(&read(&project.root.join("tests/fixtures/mask/cases.tsv"))?).enumerate() {
        fs::write(Path::new(&folder).join(number.to_string()), text)?;
    }
    Ok(folder)
}

/// The second field of each row.
fn examples(table: &str) -> impl Iterator<Item = Vec<u8>> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| STANDARD.decode(line.split('\t').nth(1)?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_decoded() {
        let table = "# rule\ttext\tmasked\nemail\tam8=\tYQ==\nbroken\t!\t!\n";
        assert_eq!(examples(table).collect::<Vec<_>>(), [b"jo"]);
    }
}
