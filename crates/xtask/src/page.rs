//! The demo page: `worker/demo/` → `target/demo/`, by esbuild.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::project::Project;
use crate::shell::Shell;
use crate::step::{Inputs, publish, when_changed};

const ESBUILD_FLAGS: [&str; 7] = [
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--jsx=automatic",
    // Its development build is twice the size and warns into the user's console.
    "--define:process.env.NODE_ENV=\"production\"",
    "--log-level=warning",
];

/// Builds the page when its sources changed.
pub(crate) fn build(project: &Project, shell: &Shell) -> Result<()> {
    let sources = project.root.join("worker/demo");
    let page = project.output("demo");
    let stage = project.output("stage");
    fs::create_dir_all(&page)?;
    let key = Inputs::default()
        .text(&ESBUILD_FLAGS.concat())
        .file(&project.root.join("worker/package-lock.json"))?
        .folder(&sources)?
        .key();
    let outputs = [page.join("app.js"), page.join("index.html")];
    when_changed(&stage.join("page.key"), &key, &outputs, || {
        let (app, styles) = (stage.join("app.js"), stage.join("app.css"));
        // A stylesheet of an earlier build would be served on.
        let _ = fs::remove_file(&styles);
        let mut esbuild = shell.command(project.root.join("worker/node_modules/.bin/esbuild"));
        esbuild.arg(sources.join("main.tsx")).args(ESBUILD_FLAGS).arg(format!("--outfile={}", app.display()));
        shell.run(&mut esbuild)?;
        publish(&app, &page.join("app.js"))?;
        for asset in assets(&sources)? {
            let name = asset.file_name().context("an asset without a name")?;
            publish(&asset, &page.join(name))?;
        }
        // esbuild writes a stylesheet when the scripts import one; else app.css is an asset.
        if styles.exists() {
            publish(&styles, &page.join("app.css"))?;
        }
        Ok(())
    })
}

/// What is served as it is: every file at the top that esbuild does not read.
fn assets(sources: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(sources)? {
        let path = entry?.path();
        let kind = path.extension().and_then(|end| end.to_str()).unwrap_or("");
        let compiled = matches!(kind, "ts" | "tsx" | "json");
        if path.is_file() && !compiled {
            found.push(path);
        }
    }
    Ok(found)
}
