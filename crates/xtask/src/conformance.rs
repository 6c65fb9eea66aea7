//! Threadkeep beside the AI SDK: what `tests/conformance` needs, and its long run.

use anyhow::Result;

use crate::project::Project;
use crate::shell::Shell;
use crate::{node, package};

/// Builds the npm package and installs the releases of the SDK. Returns a shell that has Node on its PATH.
pub(crate) fn set_up(project: &Project) -> Result<Shell> {
    let shell = package::build(project)?;
    node::packages(project, &shell, "tests/conformance")?;
    Ok(shell)
}

/// Runs cases for so many minutes and writes the result into `docs/conformance.md`.
pub(crate) fn run(project: &Project, minutes: u32) -> Result<()> {
    let shell = set_up(project)?;
    let mut node = shell.command("node");
    node.arg(project.root.join("tests/conformance/long.ts")).arg(minutes.to_string());
    shell.run(&mut node)
}
