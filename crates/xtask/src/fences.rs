//! The promises that the build keeps: a pure core, a small worker, a small npm package.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};

use crate::package;
use crate::project::Project;
use crate::shell::Shell;

/// What the core may not reach, not even through another crate: JavaScript, an async
/// runtime, the operating system's randomness.
const BANNED_IN_CORE: [&str; 14] = [
    "async-std",
    "console_error_panic_hook",
    "getrandom",
    "gloo",
    "js-sys",
    "mio",
    "rand",
    "smol",
    "tokio",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "web-sys",
    "web-time",
    "worker",
];

/// Budget of the deployed worker, gzipped: what one cold start has to fetch and compile.
const WORKER_BUDGET_BYTES: u64 = 300 * 1024;

/// Budget of the npm package's WebAssembly, gzipped: what a page that uses it has to load.
const PACKAGE_BUDGET_BYTES: u64 = 200 * 1024;

/// Fails when a banned crate is among the core's normal dependencies, on any target and with every feature.
pub(crate) fn core_is_pure(shell: &Shell) -> Result<()> {
    let tree = shell.text(shell.command("cargo").args([
        "tree",
        "--package=threadkeep-core",
        "--edges=normal",
        "--target=all",
        "--all-features",
        "--prefix=none",
        "--format={p}",
    ]))?;
    let found = banned(&tree);
    ensure!(
        found.is_empty(),
        "threadkeep-core depends on {}; `cargo tree -p threadkeep-core -e normal -i NAME` shows how",
        found.join(", ")
    );
    Ok(())
}

/// Fails when the two deployed modules together pass the budget.
pub(crate) fn worker_is_small(project: &Project, shell: &Shell) -> Result<()> {
    let folder = project.output("worker");
    let mut total = 0;
    for name in ["index.js", "index_bg.wasm"] {
        let size = gzipped(shell, &folder.join(name))?;
        println!("{name}: {size} bytes gzipped");
        total += size;
    }
    println!("together: {total} of {WORKER_BUDGET_BYTES} bytes");
    if total > WORKER_BUDGET_BYTES {
        bail!("the worker is {total} bytes gzipped, over its budget of {WORKER_BUDGET_BYTES}");
    }
    Ok(())
}

/// Fails when the npm package's WebAssembly passes its budget.
pub(crate) fn package_is_small(project: &Project, shell: &Shell) -> Result<()> {
    let size = gzipped(shell, &package::wasm(project))?;
    println!("npm package: {size} of {PACKAGE_BUDGET_BYTES} bytes gzipped");
    ensure!(size <= PACKAGE_BUDGET_BYTES, "the npm package's WebAssembly is {size} bytes gzipped, over its budget");
    Ok(())
}

fn banned(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> =
        tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| BANNED_IN_CORE.contains(name)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn gzipped(shell: &Shell, path: &Path) -> Result<u64> {
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut gzip = shell.command("gzip");
    gzip.args(["-9", "-c"]).stdin(file).stderr(Stdio::inherit());
    let output = gzip.output().context("cannot run gzip")?;
    ensure!(output.status.success(), "gzip failed");
    Ok(output.stdout.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_crates_are_found_by_whole_name() {
        let tree =
            "threadkeep-core v0.1.0 (/x)\nserde v1.0.0\njs-sys v0.3.1 (*)\njs-sys v0.3.1\nrandom-things v1.0.0\n";
        assert_eq!(banned(tree), ["js-sys"]);
    }
}
