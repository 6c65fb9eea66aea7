//! The benchmarks: `tests/bench/{name}.ts`, on what is built for release.

use anyhow::{Result, ensure};

use crate::bundle::{self, Effort};
use crate::project::Project;
use crate::{node, package, postgres};

/// Runs one and shows what it prints.
pub(crate) fn run(project: &Project, name: &str) -> Result<()> {
    let file = project.root.join("tests/bench").join(format!("{name}.ts"));
    ensure!(file.exists(), "there is no benchmark tests/bench/{name}.ts");
    let (shell, _) = package::install(project)?;
    if name == "append" {
        bundle::build(project, Effort::Small)?;
        postgres::postgres(&shell)?;
        node::packages(project, &shell, "tests")?;
        node::packages(project, &shell, "tests/postgres")?;
    }
    // The collector by hand, between rounds: one contender's garbage is not another's time.
    shell.run(shell.command("node").arg("--expose-gc").arg(file))
}
