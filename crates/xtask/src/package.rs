//! The npm package's build: Rust → wasm-bindgen → wasm-opt → `pkg/dist/wasm`, TypeScript → `pkg/dist`.
//!
//! `pkg/dist` is generated and ignored; everything else in `pkg` is written by hand.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::bundle::{Names, compile, optimize, set_up};
use crate::project::{Project, read};
use crate::shell::Shell;
use crate::step::{Inputs, when_changed};
use crate::{glue, node};

/// `reset-state`: a function that replaces the instance. pkg/src/core.ts calls it after a death.
const BINDGEN_FLAGS: [&str; 4] =
    ["--target=module", "--experimental-reset-state-function", "--out-name=threadkeep", "--out-dir"];

/// What wasm-bindgen calls the module.
const WASM: &str = "threadkeep_bg.wasm";

/// Builds `pkg/dist`, and returns a shell that has Node on its PATH.
pub(crate) fn build(project: &Project) -> Result<Shell> {
    let (shell, _alone) = set_up(project)?;
    node::packages(project, &shell, "pkg")?;
    let compiled = compile(project, &shell, "threadkeep-wasm", "threadkeep_wasm.wasm")?;
    let dist = project.root.join("pkg/dist");
    bind(project, &shell, &compiled, &dist.join("wasm"))?;
    typescript(project, &shell, &dist)?;
    Ok(shell)
}

/// Builds the package, packs it as for the registry, and installs what was packed for the tests, as npm would: they see
/// what a user gets and nothing else. Returns the archive, too.
pub(crate) fn install(project: &Project) -> Result<(Shell, PathBuf)> {
    let shell = build(project)?;
    node::packages(project, &shell, "tests")?;
    let pkg = project.root.join("pkg");
    let stage = project.output("stage/package");
    let archive = stage.join("threadkeep.tgz");
    let key = Inputs::default()
        .file(&pkg.join("package.json"))?
        .file(&pkg.join("README.md"))?
        .file(&pkg.join("LICENSE"))?
        .folder(&pkg.join("dist"))?
        .folder(&pkg.join("migrations"))?
        .key();
    let installed = project.root.join("tests/node_modules/threadkeep");
    when_changed(&stage.join("installed.key"), &key, &[archive.clone(), installed.join("package.json")], || {
        let name =
            shell.text(shell.command("npm").args(["pack", "--silent", "./pkg", "--pack-destination"]).arg(&stage))?;
        fs::rename(stage.join(name.trim()), &archive)?;
        let _ = fs::remove_dir_all(&installed);
        fs::create_dir_all(&installed)?;
        shell.run(shell.command("tar").arg("-xzf").arg(&archive).arg("--strip-components=1").arg("-C").arg(&installed))
    })?;
    Ok((shell, archive))
}

/// What registries' own judges say of the archive: fields and exports of the manifest, types for every importer.
pub(crate) fn judge(project: &Project, shell: &Shell, archive: &Path) -> Result<()> {
    let bin = project.root.join("pkg/node_modules/.bin");
    shell.run(shell.command(bin.join("publint")).args(["run", "--strict"]).arg(archive))?;
    // esm-only: Node's own `require` loads ES modules; the resolutions without `exports` are older than Node 12.
    shell.run(shell.command(bin.join("attw")).args(["--profile", "esm-only", "--format", "ascii"]).arg(archive))
}

/// The package's WebAssembly.
pub(crate) fn wasm(project: &Project) -> PathBuf {
    project.root.join("pkg/dist/wasm").join(WASM)
}

fn bind(project: &Project, shell: &Shell, compiled: &Path, folder: &Path) -> Result<()> {
    let stage = project.output("stage/package");
    let key = Inputs::default()
        .text(&project.wasm_bindgen_version()?)
        .text(&BINDGEN_FLAGS.concat())
        .text(glue::VERSION)
        .text(include_str!("package.rs"))
        .text(include_str!("bundle.rs"))
        .file(compiled)?
        .key();
    let outputs = ["threadkeep.js", "threadkeep.d.ts", "inline.js", "inline.d.ts", WASM].map(|name| folder.join(name));
    fs::create_dir_all(&stage)?;
    when_changed(&stage.join("wasm.key"), &key, &outputs, || {
        let made = stage.join("glue");
        shell.run(shell.command("wasm-bindgen").args(BINDGEN_FLAGS).arg(&made).arg(compiled))?;
        let wasm = fs::read(optimize(project, shell, &made.join(WASM), &stage.join("optimized"), Names::Kept)?)?;
        fs::create_dir_all(folder)?;
        fs::write(folder.join(WASM), &wasm)?;
        let inline = format!("export default '{}';\n", STANDARD.encode(&wasm));
        fs::write(folder.join("inline.js"), inline)?;
        fs::write(folder.join("inline.d.ts"), "declare const base64: string;\nexport default base64;\n")?;
        let js = glue::repair_for_package(&read(&made.join("threadkeep.js"))?, WASM)?;
        fs::write(folder.join("threadkeep.js"), js)?;
        let types = read(&made.join("threadkeep.d.ts"))?
            + "export function __wbg_set_module(module: WebAssembly.Module): void;\n";
        fs::write(folder.join("threadkeep.d.ts"), types).context("cannot write the types")
    })
}

/// Everything but `dist/wasm` is made anew, so that a file that is gone from `src` is gone from `dist`.
fn typescript(project: &Project, shell: &Shell, dist: &Path) -> Result<()> {
    let key = Inputs::default()
        .file(&project.root.join("pkg/tsconfig.json"))?
        .file(&project.root.join("pkg/package-lock.json"))?
        .file(&dist.join("wasm/threadkeep.d.ts"))?
        .folder(&project.root.join("pkg/src"))?
        .key();
    let stamp = project.output("stage/package/typescript.key");
    when_changed(&stamp, &key, &[dist.join("index.js"), dist.join("index.d.ts")], || {
        for entry in fs::read_dir(dist)? {
            let path = entry?.path();
            if path.is_file() {
                fs::remove_file(path)?;
            } else if !path.ends_with("wasm") {
                fs::remove_dir_all(path)?;
            }
        }
        let tsc = project.root.join("pkg/node_modules/.bin/tsc");
        shell.run(shell.command(tsc).args(["--project", "pkg"]))
    })
}
