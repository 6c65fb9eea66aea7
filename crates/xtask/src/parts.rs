//! The parts of `cargo xtask test`: what each sets up, and what it runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::bundle::{self, Effort};
use crate::project::Project;
use crate::shell::Shell;
use crate::test::Outcome;
use crate::{cargo_tools, chromium, conformance, fences, fuzz, next_app, node, package, postgres};

/// One row of the summary.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: fn(&Project) -> Result<Outcome>,
}

/// Quick ones first: who broke the format should not wait for a browser.
pub(crate) const PARTS: [Part; 13] = [
    Part { name: "fmt", what: "the Rust code is formatted", run: fmt },
    Part { name: "lint", what: "no warning from clippy, rustdoc or tsc", run: lint },
    Part { name: "fences", what: "the core is pure, the worker and the npm package are small", run: fences },
    Part { name: "core", what: "Rust tests on this machine", run: core },
    Part { name: "fuzz", what: "made-up bytes into the core", run: fuzz },
    Part { name: "wasm", what: "Rust tests as WebAssembly in Chromium", run: wasm },
    Part { name: "worker", what: "the built worker on bare workerd", run: worker },
    Part { name: "store", what: "the contract of stores, on the worker", run: store },
    Part { name: "postgres", what: "the store on a real PostgreSQL", run: postgres },
    Part { name: "next", what: "the npm package in a Next.js app, in Chromium", run: next },
    Part { name: "conformance", what: "the same cases through the AI SDK itself", run: conformance },
    Part { name: "npm", what: "the packed npm package in every runtime it names", run: npm },
    Part { name: "browser", what: "the page and stock clients in Chromium", run: browser },
];

/// Crates that must also be clean as WebAssembly. The last one is listed when it is there.
const WASM_CRATES: [(&str, &str); 4] = [
    ("threadkeep-scan", "crates/threadkeep-scan"),
    ("threadkeep-core", "crates/threadkeep-core"),
    ("threadkeep-worker", "worker"),
    ("threadkeep-wasm", "crates/threadkeep-wasm"),
];

/// Folders whose TypeScript is checked; that of pkg/ is by its build. `tests` comes last: it imports from the one before.
const TYPED: [(&str, &str); 3] = [("worker", "worker/demo"), ("tests", "tests/postgres"), ("tests", "tests")];

/// A workspace of its own: cargo-fuzz builds all of it its own way.
const FUZZ: &str = "tests/fuzz/Cargo.toml";

/// Majors of the AI SDK that the package's types are checked against.
const SDK_MAJORS: [&str; 3] = ["ai5", "ai6", "ai7"];

/// One line per test wherever the output goes.
const NODE_TEST: [&str; 2] = ["--test", "--test-reporter=spec"];

fn fmt(project: &Project) -> Result<Outcome> {
    let shell = Shell::new(&project.root);
    cargo_tools::component(&shell, "fmt", "rustfmt")?;
    shell.run(shell.command("cargo").args(["fmt", "--all", "--check"]))?;
    shell.run(shell.command("cargo").args(["fmt", "--check", "--manifest-path", FUZZ]))?;
    Ok(Outcome::Passed)
}

fn lint(project: &Project) -> Result<Outcome> {
    let mut shell = Shell::new(&project.root);
    cargo_tools::component(&shell, "clippy", "clippy")?;
    cargo_tools::wasm_target(&shell)?;
    node::node(project, &mut shell)?;
    let all: [&dyn Fn() -> Result<()>; 5] = [
        &|| clippy(&shell, &["--workspace", "--all-targets", "--features=threadkeep-core/regex"]),
        &|| clippy(&shell, &["--manifest-path", FUZZ, "--target-dir", "target"]),
        &|| clippy(&shell, &wasm_arguments(project)),
        &|| rustdoc(&shell),
        &|| tsc(project, &shell),
    ];
    every(&all)
}

fn fences(project: &Project) -> Result<Outcome> {
    let shell = Shell::new(&project.root);
    every(&[
        &|| fences::core_is_pure(&shell),
        &|| {
            bundle::build(project, Effort::Small)?;
            fences::worker_is_small(project, &shell)
        },
        &|| {
            package::build(project)?;
            fences::package_is_small(project, &shell)
        },
    ])
}

fn core(project: &Project) -> Result<Outcome> {
    let shell = Shell::new(&project.root);
    shell.run(shell.command("cargo").args([
        "test",
        "--features=threadkeep-core/regex",
        "--package=threadkeep-scan",
        "--package=threadkeep-core",
        "--package=threadkeep-worker",
        "--package=xtask",
    ]))?;
    Ok(Outcome::Passed)
}

fn fuzz(project: &Project) -> Result<Outcome> {
    fuzz::test(project)?;
    Ok(Outcome::Passed)
}

fn wasm(project: &Project) -> Result<Outcome> {
    let door = project.root.join("crates/threadkeep-wasm");
    if !door.join("Cargo.toml").exists() {
        return Ok(Outcome::Skipped("crates/threadkeep-wasm is not here yet"));
    }
    let mut shell = Shell::new(&project.root);
    cargo_tools::wasm_target(&shell)?;
    let chromium = chromium::chromium(&shell)?;
    cargo_tools::wasm_bindgen(project, &mut shell)?;
    cargo_tools::wasm_pack(project, &mut shell)?;
    let mut wasm_pack = shell.command("wasm-pack");
    wasm_pack
        // no-install: the wasm-bindgen on the PATH is the one; nothing is downloaded.
        .args(["test", "--headless", "--chrome", "--mode", "no-install"])
        .arg("--chromedriver")
        .arg(&chromium.driver)
        .arg(&door)
        // Seconds; its own 20 are short for two cores that also start a browser.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "60");
    shell.run(&mut wasm_pack)?;
    Ok(Outcome::Passed)
}

fn worker(project: &Project) -> Result<Outcome> {
    let shell = bundle::build(project, Effort::Small)?;
    bundle::build_dying_worker(project)?;
    node::packages(project, &shell, "tests")?;
    let mut node = shell.command("node");
    // The long turn waits for minutes without work: the other specs run beside it, also on two cores.
    node.args(NODE_TEST).arg("--test-concurrency=4").args(specs(project, "worker")?);
    shell.run(&mut node)?;
    Ok(Outcome::Passed)
}

fn store(project: &Project) -> Result<Outcome> {
    bundle::build(project, Effort::Small)?;
    let (shell, _) = package::install(project)?;
    let mut node = shell.command("node");
    node.args(NODE_TEST).args(specs(project, "store")?);
    shell.run(&mut node)?;
    Ok(Outcome::Passed)
}

fn conformance(project: &Project) -> Result<Outcome> {
    let shell = conformance::set_up(project)?;
    let tsc = project.root.join("pkg/node_modules/.bin/tsc");
    shell.run(shell.command(tsc).args(["--noEmit", "--project", "tests/conformance"]))?;
    let mut node = shell.command("node");
    node.args(NODE_TEST).args(specs(project, "conformance")?);
    shell.run(&mut node)?;
    Ok(Outcome::Passed)
}

fn postgres(project: &Project) -> Result<Outcome> {
    bundle::build(project, Effort::Small)?;
    let shell = package::build(project)?;
    let postgres = postgres::postgres(&shell)?;
    for folder in ["tests", "tests/postgres"] {
        node::packages(project, &shell, folder)?;
    }
    let mut node = shell.command("node");
    // A driver whose server was killed may keep a timer for ever.
    node.args(NODE_TEST)
        .arg("--test-force-exit")
        .args(specs(project, "postgres")?)
        .env("POSTGRES_BIN", &postgres.bin)
        .env("PGBOUNCER", &postgres.pgbouncer);
    shell.run(&mut node)?;
    Ok(Outcome::Passed)
}

fn next(project: &Project) -> Result<Outcome> {
    bundle::build(project, Effort::Small)?;
    let shell = next_app::build(project)?;
    let chromium = chromium::chromium(&shell)?;
    node::packages(project, &shell, "tests")?;
    let mut node = shell.command("node");
    node.args(NODE_TEST).args(specs(project, "next/test")?).env("CHROMIUM", &chromium.browser);
    shell.run(&mut node)?;
    on_postgres(project, &shell)
}

/// The same app on the other store, without a browser: what a page shows does not depend on it.
fn on_postgres(project: &Project, shell: &Shell) -> Result<Outcome> {
    let postgres = postgres::postgres(shell)?;
    node::packages(project, shell, "tests/postgres")?;
    let mut node = shell.command("node");
    node.args(NODE_TEST)
        .arg("tests/next/test/acceptance.test.ts")
        .env("THREAD_STORE", "postgres")
        .env("POSTGRES_BIN", &postgres.bin);
    shell.run(&mut node)?;
    Ok(Outcome::Passed)
}

fn npm(project: &Project) -> Result<Outcome> {
    bundle::build(project, Effort::Small)?;
    let (shell, archive) = package::install(project)?;
    let chromium = chromium::chromium(&shell)?;
    node::packages(project, &shell, "tests/npm")?;
    let tsc = project.root.join("tests/node_modules/.bin/tsc");
    every(&[
        &|| fences::package_is_small(project, &shell),
        &|| package::judge(project, &shell, &archive),
        &|| {
            SDK_MAJORS.iter().try_for_each(|major| {
                shell.run(shell.command(&tsc).arg("--project").arg(format!("tests/npm/types/{major}")))
            })
        },
        &|| {
            let mut node = shell.command("node");
            node.args(NODE_TEST).args(specs(project, "npm")?).env("CHROMIUM", &chromium.browser);
            shell.run(&mut node)
        },
    ])
}

fn browser(project: &Project) -> Result<Outcome> {
    let shell = bundle::build(project, Effort::Small)?;
    let chromium = chromium::chromium(&shell)?;
    node::packages(project, &shell, "tests")?;
    let mut node = shell.command("node");
    node.args(NODE_TEST).args(specs(project, "browser")?).env("CHROMIUM", &chromium.browser);
    shell.run(&mut node)?;
    Ok(Outcome::Passed)
}

fn clippy(shell: &Shell, arguments: &[&str]) -> Result<()> {
    let mut cargo = shell.command("cargo");
    cargo.arg("clippy").args(arguments).args(["--", "--deny=warnings"]);
    shell.run(&mut cargo)
}

fn wasm_arguments(project: &Project) -> Vec<&'static str> {
    let mut arguments = vec!["--target=wasm32-unknown-unknown"];
    for (name, folder) in WASM_CRATES {
        if project.root.join(folder).join("Cargo.toml").exists() {
            arguments.extend(["--package", name]);
        }
    }
    arguments
}

fn rustdoc(shell: &Shell) -> Result<()> {
    let mut cargo = shell.command("cargo");
    cargo.args(["doc", "--workspace", "--no-deps", "--document-private-items"]).env("RUSTDOCFLAGS", "--deny=warnings");
    shell.run(&mut cargo)
}

fn tsc(project: &Project, shell: &Shell) -> Result<()> {
    package::install(project)?;
    node::packages(project, shell, "tests/npm")?;
    for (packages, sources) in TYPED {
        node::packages(project, shell, packages)?;
        if project.root.join(sources).join("package-lock.json").exists() {
            node::packages(project, shell, sources)?;
        }
        let tsc = project.root.join(packages).join("node_modules/.bin/tsc");
        shell.run(shell.command(tsc).args(["--noEmit", "--project", sources]))?;
    }
    Ok(())
}

/// The test files of one folder. None is an error: `node --test` would look elsewhere, or pass.
fn specs(project: &Project, folder: &str) -> Result<Vec<PathBuf>> {
    let at = project.root.join("tests").join(folder);
    let found = test_files(&at)?;
    ensure!(!found.is_empty(), "there is no *.test.ts in tests/{folder}");
    Ok(found)
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.ts") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Runs every check, so that one run shows all that is wrong.
fn every(checks: &[&dyn Fn() -> Result<()>]) -> Result<Outcome> {
    let mut failures = Vec::new();
    for check in checks {
        if let Err(error) = check() {
            eprintln!("failed: {error:#}");
            failures.push(format!("{error:#}"));
        }
    }
    if !failures.is_empty() {
        bail!("{}", failures.join("; "));
    }
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_runs_even_after_a_failure() {
        let ran = std::cell::Cell::new(0);
        let fails = || -> Result<()> {
            ran.set(ran.get() + 1);
            bail!("no")
        };
        assert!(every(&[&fails, &fails]).is_err());
        assert_eq!(ran.get(), 2);
    }
}
