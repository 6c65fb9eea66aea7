//! The benchmarks: `tests/bench/{name}.ts`, on what is built for release.

use anyhow::{Result, ensure};

use crate::package;
use crate::project::Project;

/// Runs one and shows what it prints.
pub(crate) fn run(project: &Project, name: &str) -> Result<()> {
    let file = project.root.join("tests/bench").join(format!("{name}.ts"));
    ensure!(file.exists(), "there is no benchmark tests/bench/{name}.ts");
    let (shell, _) = package::install(project)?;
    // The collector by hand, between rounds: one contender's garbage is not another's time.
    shell.run(shell.command("node").arg("--expose-gc").arg(file))
}
