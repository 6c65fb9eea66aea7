//! Tools that come from Rust: the wasm target, components, and programs from crates.io.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::shell::{Shell, say};
use crate::step::{Alone, fill};

/// Newest wasm-pack; only the tests need it.
const WASM_PACK_VERSION: &str = "0.15.1";

/// Newest cargo-fuzz; only the tests need it.
const CARGO_FUZZ_VERSION: &str = "0.13.2";

/// Makes sure that this toolchain can compile for `wasm32-unknown-unknown`.
pub(crate) fn wasm_target(shell: &Shell) -> Result<()> {
    let sysroot = shell.text(shell.command("rustc").args(["--print", "sysroot"]))?;
    let library = PathBuf::from(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib");
    if library.exists() {
        return Ok(());
    }
    say("adding the wasm32-unknown-unknown target (seconds)");
    shell
        .run(shell.command("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
        .context("this Rust has no wasm32-unknown-unknown target, and rustup could not add it")
}

/// Makes sure that `cargo fmt` or `cargo clippy` is there.
pub(crate) fn component(shell: &Shell, subcommand: &str, component: &str) -> Result<()> {
    if shell.works(shell.command("cargo").args([subcommand, "--version"])) {
        return Ok(());
    }
    say(&format!("adding the Rust component {component}"));
    shell.run(shell.command("rustup").args(["component", "add", component]))
}

/// Puts wasm-bindgen (and its test runner) of the workspace's own version on the PATH.
pub(crate) fn wasm_bindgen(project: &Project, shell: &mut Shell) -> Result<()> {
    let version = project.wasm_bindgen_version()?;
    // No default features: they are TLS for remote browsers. No --locked: newer patch
    // releases of its dependencies build everywhere, its lock file does not.
    install(project, shell, "wasm-bindgen-cli", &version, &["--no-default-features"], "2 to 3 minutes")
}

/// Puts wasm-pack on the PATH.
pub(crate) fn wasm_pack(project: &Project, shell: &mut Shell) -> Result<()> {
    install(project, shell, "wasm-pack", WASM_PACK_VERSION, &["--locked"], "3 to 5 minutes")
}

/// Puts cargo-fuzz on the PATH.
pub(crate) fn cargo_fuzz(project: &Project, shell: &mut Shell) -> Result<()> {
    install(project, shell, "cargo-fuzz", CARGO_FUZZ_VERSION, &["--locked"], "half a minute")
}

/// Installs one version of one crate's programs into a folder of its own, once per user.
fn install(
    project: &Project,
    shell: &mut Shell,
    name: &str,
    version: &str,
    flags: &[&str],
    how_long: &str,
) -> Result<()> {
    let folder = project.tools.join(format!("{name}-{version}"));
    let bin = folder.join("bin");
    if !bin.exists() {
        let _alone = Alone::wait(&project.tools, "installing tools")?;
        if !bin.exists() {
            say(&format!("installing {name} {version} (once, {how_long})"));
            fill(&folder, |folder| {
                // A debug build is installed in less than half the time and does the same work.
                let mut cargo = shell.command("cargo");
                cargo
                    .args(["install", "--quiet", "--debug", "--root"])
                    .arg(folder)
                    .arg(format!("{name}@{version}"))
                    .args(flags)
                    // From outside the workspace, so that its configuration does not apply.
                    .current_dir(folder)
                    .env_remove("CARGO_TARGET_DIR");
                shell.run(&mut cargo)
            })?;
        }
    }
    shell.prefer(bin);
    Ok(())
}
