//! `cargo xtask test`: every part in turn, and a table of how each went.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::parts::{PARTS, Part};
use crate::project::Project;

/// How a part went.
pub(crate) enum Outcome {
    Passed,
    /// There is nothing to test here, and why.
    Skipped(&'static str),
}

struct Row {
    name: &'static str,
    result: Result<Outcome>,
    took: Duration,
}

/// Runs the named parts, or all; one that fails does not stop the others.
pub(crate) fn run(project: &Project, names: &[String]) -> Result<ExitCode> {
    let chosen = choose(names)?;
    let rows: Vec<Row> = chosen.iter().map(|part| run_part(project, part)).collect();
    print!("{}", table(&rows));
    let failed = rows.iter().any(|row| row.result.is_err());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The parts of the given names, in the order of the list; all parts when none is named.
fn choose(names: &[String]) -> Result<Vec<&'static Part>> {
    for name in names {
        if !PARTS.iter().any(|part| part.name == name) {
            let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
            bail!("there is no part {name:?}; the parts are {}", known.join(" "));
        }
    }
    let wanted = |part: &&Part| names.is_empty() || names.iter().any(|name| name == part.name);
    Ok(PARTS.iter().filter(wanted).collect())
}

fn run_part(project: &Project, part: &Part) -> Row {
    println!("\n━━ {}: {}", part.name, part.what);
    let started = Instant::now();
    let result = (part.run)(project);
    match &result {
        Ok(Outcome::Passed) => {}
        Ok(Outcome::Skipped(why)) => println!("skipped: {why}"),
        Err(error) => eprintln!("{} failed: {error:#}", part.name),
    }
    Row { name: part.name, result, took: started.elapsed() }
}

fn table(rows: &[Row]) -> String {
    let mut text = format!("\n{:<10} {:<8} {:>8}\n", "part", "result", "seconds");
    let (mut passed, mut failed) = (0, 0);
    for row in rows {
        let (word, note) = match &row.result {
            Ok(Outcome::Passed) => {
                passed += 1;
                ("ok", String::new())
            }
            Ok(Outcome::Skipped(why)) => ("skipped", format!("  {why}")),
            Err(error) => {
                failed += 1;
                ("FAILED", format!("  {error}"))
            }
        };
        let seconds = row.took.as_secs_f64();
        text.push_str(&format!("{:<10} {word:<8} {seconds:>8.1}{note}\n", row.name));
    }
    text.push_str(&format!("\n{passed} passed, {failed} failed\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_part_is_refused_with_the_list() {
        let error = choose(&["cor".to_owned()]).err().unwrap().to_string();
        assert!(error.contains("\"cor\"") && error.contains("core"));
    }

    #[test]
    fn no_name_means_every_part() {
        assert_eq!(choose(&[]).unwrap().len(), PARTS.len());
    }

    #[test]
    fn table_counts_and_marks() {
        let row = |name, result| Row { name, result, took: Duration::from_millis(1_250) };
        let text = table(&[
            row("fmt", Ok(Outcome::Passed)),
            row("core", Err(anyhow::anyhow!("`cargo test` failed"))),
            row("wasm", Ok(Outcome::Skipped("not here"))),
        ]);
        assert!(text.contains("core       FAILED"));
        assert!(text.contains("skipped"));
        assert!(text.ends_with("1 passed, 1 failed\n"));
    }
}
