//! The Next.js app of `tests/next`: the package installed as from the registry, and the app built.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::project::Project;
use crate::shell::{Shell, say};
use crate::step::{Inputs, when_changed};
use crate::{node, package};

/// The app's own folder.
const APP: &str = "tests/next";

/// What of it makes the build; the rest are tests and what the build itself writes.
const SOURCES: [&str; 3] = ["app", "components", "lib"];
const SETTINGS: [&str; 4] = ["package.json", "package-lock.json", "tsconfig.json", "next.config.ts"];

/// Builds the app, and returns a shell that has Node on its PATH.
pub(crate) fn build(project: &Project) -> Result<Shell> {
    let shell = package::build(project)?;
    node::packages(project, &shell, APP)?;
    let tarball = pack(project, &shell)?;
    install(project, &shell, &tarball)?;
    next_build(project, &shell, &tarball)?;
    Ok(shell)
}

/// What `npm publish` would send.
fn pack(project: &Project, shell: &Shell) -> Result<PathBuf> {
    let stage = project.output("stage/next");
    std::fs::create_dir_all(&stage)?;
    let mut npm = shell.command("npm");
    npm.args(["pack", "--silent", "--pack-destination"]).arg(&stage).arg(project.root.join("pkg"));
    let name = shell.text(&mut npm)?;
    Ok(stage.join(name.lines().last().context("npm pack names no file")?))
}

/// Not by the lock file: the package is another one after every change.
fn install(project: &Project, shell: &Shell, tarball: &Path) -> Result<()> {
    let app = project.root.join(APP);
    let key = Inputs::default().file(tarball)?.file(&app.join("package-lock.json"))?.key();
    let installed = app.join("node_modules/threadkeep/package.json");
    when_changed(&project.output("stage/next/install.key"), &key, &[installed], || {
        let mut npm = shell.command("npm");
        npm.args(["install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"])
            .arg("--loglevel=error")
            .arg(tarball)
            .current_dir(&app);
        shell.run(&mut npm)
    })
}

fn next_build(project: &Project, shell: &Shell, tarball: &Path) -> Result<()> {
    let app = project.root.join(APP);
    let mut inputs = Inputs::default().file(tarball)?;
    for folder in SOURCES {
        inputs = inputs.folder(&app.join(folder))?;
    }
    for file in SETTINGS {
        inputs = inputs.file(&app.join(file))?;
    }
    let built = app.join(".next/BUILD_ID");
    when_changed(&project.output("stage/next/build.key"), &inputs.key(), &[built], || {
        say("building the Next.js app (half a minute)");
        let next = app.join("node_modules/.bin/next");
        shell.run(shell.command(next).arg("build").env("NEXT_TELEMETRY_DISABLED", "1").current_dir(&app))
    })
}
