//! The worker's build: Rust → wasm-bindgen → wasm-metadce → wasm-opt → worker/entry.js → esbuild.
//!
//! The result is `target/worker/{index.js,index_bg.wasm}`: the two modules that are
//! deployed, run by `start`, and tested.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use crate::project::{Project, read};
use crate::shell::{Shell, say};
use crate::step::{Alone, Inputs, publish, when_changed};
use crate::{cargo_tools, glue, node, page};

/// The CLI's part in surviving a Rust panic: a function that replaces the instance, and a
/// guard around each call that notices a dead one. worker/entry.js is the other part.
const BINDGEN_FLAGS: [&str; 4] =
    ["--no-typescript", "--experimental-reset-state-function", "--force-enable-abort-handler", "--target=module"];

const ESBUILD_FLAGS: [&str; 7] = [
    "--bundle",
    "--format=esm",
    "--target=es2024",
    "--minify",
    "--external:./index_bg.wasm",
    "--external:cloudflare:*",
    "--log-level=warning",
];

/// The features that rustc's wasm uses today; Binaryen reads no others unless told.
const FEATURES: [&str; 8] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
    // The masker's first pass.
    "--enable-simd",
];

/// What wasm-opt does, in order.
const WASM_OPT_FLAGS: [&str; 13] = [
    // Smaller and more alike is what gzip likes. Inlining, but for what is no longer than a call or short and called once, and the
    // reshaping of locals make the module smaller and its gzip larger (299 KB against 295 KB, measured on this worker).
    "-O2",
    "--shrink-level=1",
    "--always-inline-max-function-size=3",
    "--flexible-inline-max-function-size=0",
    "--one-caller-inline-max-function-size=20",
    "--skip-pass=simplify-locals",
    "--rse",
    "--vacuum",
    "--dae-optimizing",
    "--duplicate-function-elimination",
    // By name, neighbours are of one module and alike, which gzip sees: 4 KB.
    "--reorder-functions-by-name",
    "--strip-producers",
    "--strip-target-features",
];

/// How many optimized modules are kept, so that going back to an earlier state is quick.
const KEPT_OPTIMIZED: usize = 8;

/// How much time the build may take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Without wasm-opt: for the loop of change and look.
    Fast,
    /// With wasm-opt: what is deployed and measured.
    Small,
}

/// A crate that becomes two deployable modules in a folder of `target/`.
struct Deployable {
    package: &'static str,
    /// What cargo calls its wasm.
    file: &'static str,
    /// Folder below `target/` for the modules; the steps between have one beside it.
    output: &'static str,
}

const WORKER: Deployable =
    Deployable { package: "threadkeep-worker", file: "threadkeep_worker.wasm", output: "worker" };

/// A worker that dies on request, for the tests of worker/entry.js and of our changes to the glue.
const DYING_WORKER: Deployable =
    Deployable { package: "dying-worker", file: "dying_worker.wasm", output: "dying-worker" };

/// Builds the worker and its page, and returns a shell that has Node on its PATH.
pub(crate) fn build(project: &Project, effort: Effort) -> Result<Shell> {
    let (shell, _alone) = set_up(project)?;
    modules(project, &shell, effort, &WORKER)?;
    page::build(project, &shell)?;
    Ok(shell)
}

/// Builds `target/dying-worker`.
pub(crate) fn build_dying_worker(project: &Project) -> Result<()> {
    let (shell, _alone) = set_up(project)?;
    modules(project, &shell, Effort::Fast, &DYING_WORKER)
}

/// What every build needs, and the right to be the only one.
pub(crate) fn set_up(project: &Project) -> Result<(Shell, Alone)> {
    let mut shell = Shell::new(&project.root);
    node::node(project, &mut shell)?;
    cargo_tools::wasm_target(&shell)?;
    cargo_tools::wasm_bindgen(project, &mut shell)?;
    let alone = Alone::wait(&project.output(""), "building")?;
    node::packages(project, &shell, "worker")?;
    Ok((shell, alone))
}

/// The files that the steps hand on to each other.
struct Stage {
    folder: PathBuf,
    /// With the names that wasm-bindgen gave.
    named: PathBuf,
    /// With those of the module that is deployed.
    glue: PathBuf,
    wasm: PathBuf,
    bundle: PathBuf,
}

fn modules(project: &Project, shell: &Shell, effort: Effort, what: &Deployable) -> Result<()> {
    let folder = project.output("stage").join(what.output);
    let stage = Stage {
        named: folder.join("glue/named.js"),
        glue: folder.join("glue/index.js"),
        wasm: folder.join("glue/index_bg.wasm"),
        bundle: folder.join("index.js"),
        folder,
    };
    fs::create_dir_all(&stage.folder)?;
    let compiled = compile(project, shell, what.package, what.file)?;
    bind(project, shell, &stage, &compiled)?;
    let glue = read(&stage.named)?;
    let (glue, wasm) = match effort {
        Effort::Fast => (glue, stage.wasm.clone()),
        Effort::Small => {
            let pruned = prune(project, shell, &stage, &glue)?;
            let optimized = optimize(project, shell, &pruned, &stage.folder.join("optimized"), Names::Short)?;
            let names = serde_json::from_str(&read(&optimized.with_extension("json"))?)?;
            (glue::rename(&glue, &names)?, optimized)
        }
    };
    fs::write(&stage.glue, glue).context("cannot write the glue")?;
    bundle(project, shell, &stage)?;
    let deployable = project.output(what.output);
    fs::create_dir_all(&deployable)?;
    // The wasm first: the JavaScript names it, and is what wrangler watches.
    publish(&wasm, &deployable.join("index_bg.wasm"))?;
    publish(&stage.bundle, &deployable.join("index.js"))
}

/// cargo knows best whether anything is to be done, and says so.
pub(crate) fn compile(project: &Project, shell: &Shell, package: &str, file: &str) -> Result<PathBuf> {
    let target = project.cargo_target(shell)?;
    let wasm = target.join("wasm32-unknown-unknown/release").join(file);
    shell.run(shell.command("cargo").args([
        "build",
        "--release",
        "--target",
        "wasm32-unknown-unknown",
        "--package",
        package,
    ]))?;
    Ok(wasm)
}

fn bind(project: &Project, shell: &Shell, stage: &Stage, compiled: &Path) -> Result<()> {
    let key = Inputs::default()
        .text(&project.wasm_bindgen_version()?)
        .text(&BINDGEN_FLAGS.concat())
        .text(glue::VERSION)
        .file(compiled)?
        .key();
    let outputs = [stage.named.clone(), stage.wasm.clone()];
    when_changed(&stage.folder.join("glue.key"), &key, &outputs, || {
        let folder = stage.folder.join("glue");
        // Snippets of earlier builds would stay behind otherwise.
        let _ = fs::remove_dir_all(&folder);
        let mut bindgen = shell.command("wasm-bindgen");
        bindgen.args(BINDGEN_FLAGS).args(["--out-name", "index", "--out-dir"]).arg(&folder).arg(compiled);
        shell.run(&mut bindgen)?;
        fs::write(&stage.named, glue::repair(&read(&stage.glue)?)?)?;
        Ok(())
    })
}

fn bundle(project: &Project, shell: &Shell, stage: &Stage) -> Result<()> {
    let entry = project.root.join("worker/entry.js");
    let snippets = stage.folder.join("glue/snippets");
    let mut inputs = Inputs::default()
        .text(&node::version_of(project, "esbuild")?)
        .text(&ESBUILD_FLAGS.concat())
        .file(&entry)?
        .file(&stage.glue)?;
    if snippets.exists() {
        inputs = inputs.folder(&snippets)?;
    }
    let outputs = [stage.bundle.clone()];
    when_changed(&stage.folder.join("bundle.key"), &inputs.key(), &outputs, || {
        // Beside the glue, so that its relative imports are those of the deployed files.
        let beside = stage.folder.join("glue/entry.js");
        fs::copy(&entry, &beside).context("cannot copy worker/entry.js")?;
        let mut esbuild = shell.command(project.root.join("worker/node_modules/.bin/esbuild"));
        esbuild.arg(&beside).args(ESBUILD_FLAGS).arg(format!("--outfile={}", stage.bundle.display()));
        shell.run(&mut esbuild)
    })
}

/// Without the exports that the glue never reads, and what only they reach: wasm-opt cannot know of them.
fn prune(project: &Project, shell: &Shell, stage: &Stage, glue: &str) -> Result<PathBuf> {
    let pruned = stage.folder.join("pruned.wasm");
    let key = Inputs::default()
        .text(&node::version_of(project, "binaryen")?)
        .text(include_str!("bundle.rs"))
        .text(glue)
        .file(&stage.wasm)?
        .key();
    when_changed(&stage.folder.join("pruned.key"), &key, std::slice::from_ref(&pruned), || {
        let graph = stage.folder.join("graph.json");
        fs::write(&graph, reachable(glue).to_string())?;
        let mut metadce = shell.command(project.root.join("worker/node_modules/.bin/wasm-metadce"));
        metadce.arg(&stage.wasm).arg("--graph-file").arg(&graph).args(FEATURES);
        // With the names of functions, by which wasm-opt sorts them.
        metadce.args(["--debuginfo", "--output"]).arg(&pruned);
        // It lists what it leaves out.
        shell.text(&mut metadce).map(drop)
    })?;
    Ok(pruned)
}

/// The graph that wasm-metadce takes: what the glue reads of the module.
fn reachable(glue: &str) -> serde_json::Value {
    let names: BTreeSet<&str> = glue::exports(glue).map(|(_, name)| name).collect();
    let exports = names.iter().map(|name| json!({ "name": name, "export": name }));
    let glue = json!({ "name": "the glue", "root": true, "reaches": names });
    exports.chain([glue]).collect()
}

/// What the module's imports and exports are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// As in the module that is optimized.
    Kept,
    /// By a letter or two; which is which stands in a file of JSON beside the result.
    Short,
}

/// wasm-opt takes longest by far, so its results are kept by the content they were made from.
pub(crate) fn optimize(project: &Project, shell: &Shell, wasm: &Path, kept: &Path, names: Names) -> Result<PathBuf> {
    let key = Inputs::default()
        .text(&node::version_of(project, "binaryen")?)
        .text(&WASM_OPT_FLAGS.concat())
        .text(&FEATURES.concat())
        .text(if names == Names::Short { "short" } else { "kept" })
        .file(wasm)?
        .key();
    let result = kept.join(format!("{key}.wasm"));
    if !result.exists() {
        say("optimizing the WebAssembly (10 to 30 seconds)");
        fs::create_dir_all(kept)?;
        drop_oldest(kept)?;
        let unfinished = kept.join("unfinished");
        let mut wasm_opt = shell.command(project.root.join("worker/node_modules/.bin/wasm-opt"));
        wasm_opt.args(WASM_OPT_FLAGS).args(FEATURES).arg(wasm).arg("-o").arg(&unfinished);
        if names == Names::Short {
            wasm_opt.arg("--minify-imports-and-exports-and-modules");
        }
        let printed = shell.text(&mut wasm_opt)?;
        // Before the module, which is looked for.
        if names == Names::Short {
            fs::write(result.with_extension("json"), printed)?;
        }
        fs::rename(&unfinished, &result)?;
    }
    Ok(result)
}

fn drop_oldest(kept: &Path) -> Result<()> {
    let mut modules = Vec::new();
    for entry in fs::read_dir(kept)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|kind| kind == "wasm") {
            modules.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    modules.sort();
    for (_, path) in modules.iter().rev().skip(KEPT_OPTIMIZED - 1) {
        fs::remove_file(path)?;
        // Only where its names are short.
        let _ = fs::remove_file(path.with_extension("json"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_glue_reads_of_the_module_is_reachable() {
        let graph = reachable("a.b(); wasm.fetch(wasm.$free, 1); my_wasm.c();");
        assert_eq!(graph[2], json!({ "name": "the glue", "root": true, "reaches": ["$free", "fetch"] }));
        assert_eq!(graph[1], json!({ "name": "fetch", "export": "fetch" }));
    }
}
