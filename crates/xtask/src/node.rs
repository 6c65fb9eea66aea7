//! Node and the npm packages of `worker/` and `tests/`.

use std::env::consts;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::project::{Project, read};
use crate::shell::{Shell, say};
use crate::step::{Alone, fill};

/// wrangler needs 22.12; from 22.18 on Node also runs the TypeScript of `tests/` as it is.
const OLDEST_NODE: (u32, u32) = (22, 18);

/// What is used where the machine's own Node is older: the npm package of this system.
const OWN_NODE_VERSION: &str = "24.21.0";

/// Makes sure that `node` on the PATH is new enough.
pub(crate) fn node(project: &Project, shell: &mut Shell) -> Result<()> {
    let machine = shell.text(shell.command("node").arg("--version"));
    if machine.is_ok_and(|text| new_enough(&text)) {
        return Ok(());
    }
    let package = format!("node-{}-{}", npm_os()?, npm_arch()?);
    let folder = project.tools.join(format!("node-{OWN_NODE_VERSION}"));
    let bin = folder.join("node_modules").join(&package).join("bin");
    if !bin.exists() {
        let _alone = Alone::wait(&project.tools, "installing tools")?;
        if !bin.exists() {
            say(&format!("installing Node {OWN_NODE_VERSION} beside the machine's own (once, seconds)"));
            fill(&folder, |folder| {
                let mut npm = shell.command("npm");
                npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
                    .arg("--prefix")
                    .arg(folder)
                    .arg(format!("{package}@{OWN_NODE_VERSION}"))
                    .current_dir(folder);
                shell.run(&mut npm)
            })?;
        }
    }
    shell.prefer(bin);
    Ok(())
}

/// Makes sure that `<folder>/node_modules` holds what its lock file says.
pub(crate) fn packages(project: &Project, shell: &Shell, folder: &str) -> Result<()> {
    let at = project.root.join(folder);
    let wanted = read(&at.join("package-lock.json"))?;
    if installed(&wanted, read(&at.join("node_modules/.package-lock.json")).ok()) {
        return Ok(());
    }
    say(&format!("installing the npm packages of {folder}/ (seconds)"));
    let mut npm = shell.command("npm");
    // No install scripts: esbuild and workerd ship their programs as packages.
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).arg("--loglevel=error").current_dir(&at);
    shell.run(&mut npm)
}

/// Whether npm's own record of an installation has every package of the lock file.
/// A package for another system is in the lock file only, and marked optional there.
fn installed(wanted: &str, record: Option<String>) -> bool {
    let Some(record) = record else {
        return false;
    };
    let (Some(wanted), Some(record)) = (packages_of(wanted), packages_of(&record)) else {
        return false;
    };
    wanted.iter().filter(|(path, _)| !path.is_empty()).all(|(path, package)| match record.get(path) {
        Some(there) => there["version"] == package["version"],
        None => package["optional"] == true,
    })
}

fn packages_of(lock: &str) -> Option<Map<String, Value>> {
    let lock: Value = serde_json::from_str(lock).ok()?;
    lock["packages"].as_object().cloned()
}

/// Reads what `node --version` prints, such as `v24.21.0`.
fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.');
    let mut next = || numbers.next().and_then(|number| number.parse().ok());
    match (next(), next()) {
        (Some(major), Some(minor)) => (major, minor) >= OLDEST_NODE,
        _ => false,
    }
}

fn npm_os() -> Result<&'static str> {
    match consts::OS {
        "linux" => Ok("linux"),
        "macos" => Ok("darwin"),
        other => bail!("the machine's Node is too old, and there is none to install for {other}"),
    }
}

fn npm_arch() -> Result<&'static str> {
    match consts::ARCH {
        "x86_64" => Ok("x64"),
        "aarch64" => Ok("arm64"),
        other => bail!("the machine's Node is too old, and there is none to install for {other}"),
    }
}

/// The version of one package in `worker/package-lock.json`.
pub(crate) fn version_of(project: &Project, package: &str) -> Result<String> {
    let lock = read(&project.root.join("worker/package-lock.json"))?;
    let packages = packages_of(&lock).context("worker/package-lock.json lists no packages")?;
    packages
        .get(&format!("node_modules/{package}"))
        .and_then(|entry| entry["version"].as_str())
        .map(str::to_owned)
        .with_context(|| format!("worker/package-lock.json has no {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"{"packages": {
        "": {"name": "x"},
        "node_modules/a": {"version": "1.0.0"},
        "node_modules/a-other-system": {"version": "1.0.0", "optional": true}
    }}"#;

    fn check(record: Option<&str>, expected: bool) {
        assert_eq!(installed(LOCK, record.map(str::to_owned)), expected);
    }

    #[test]
    fn nothing_installed_yet() {
        check(None, false);
    }

    #[test]
    fn package_for_another_system_may_be_absent() {
        check(Some(r#"{"packages": {"node_modules/a": {"version": "1.0.0"}}}"#), true);
    }

    #[test]
    fn other_version_is_not_installed() {
        check(Some(r#"{"packages": {"node_modules/a": {"version": "1.0.1"}}}"#), false);
    }

    #[test]
    fn missing_package_is_not_installed() {
        check(Some(r#"{"packages": {}}"#), false);
    }

    #[test]
    fn node_versions_compare_as_numbers() {
        assert!(!new_enough("v20.20.2\n"));
        assert!(!new_enough("v22.9.0\n"));
        assert!(new_enough("v22.18.0\n"));
        assert!(new_enough("v100.0.0\n"));
        assert!(!new_enough("what"));
    }
}
