//! The one menu of this repository: `cargo xtask start`, `test`, `token`, `build` and `package`.
//!
//! Each command sets up what it needs by itself and is quick the second time. It does no
//! more than a person could do by hand: it calls cargo, npm, wasm-bindgen, esbuild,
//! wasm-opt and wrangler with the right arguments, and says so while it takes long.

mod project;
mod shell;

mod cargo_tools;
mod chromium;
mod conformance;
mod debian;
mod next_app;
mod node;
mod postgres;

mod bench;
mod bundle;
mod glue;
mod package;
mod page;
mod step;

mod dev_vars;
mod process_group;
mod start;
mod token;

mod fences;
mod fuzz;
mod parts;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

const MENU: &str = "\
The one menu of Threadkeep.

  cargo xtask start [--port 8787] [--fresh] [--data DIR] [--verbose]
      Builds what is needed and runs the worker on this machine until Ctrl-C.
      --fresh    forget the threads of earlier starts
      --data     where the threads are kept (default: .threadkeep)
      --verbose  show what wrangler logs, requests included

  cargo xtask test [PART...]
      Runs every test there is, or only the named parts:
      fmt lint fences core fuzz wasm worker store postgres next conformance npm browser

  cargo xtask token --user NAME
      Prints a token for the local worker, good for one hour.

  cargo xtask build [--fast]
      Builds target/worker (the deployable worker) and target/demo (its page).
      --fast     skip wasm-opt: larger, but built in seconds

  cargo xtask conformance [--minutes 60]
      Runs made-up cases through Threadkeep and through the AI SDK itself for that
      long, and writes how many, and every difference, into docs/conformance.md.

  cargo xtask fuzz TARGET [--minutes 10]
      Looks for bytes that break the core: mask, decode or reduce. What it learns
      is kept in target/fuzz, what it finds in tests/fuzz/artifacts.

  cargo xtask package
      Builds pkg/dist (the npm package).

  cargo xtask bench NAME
      Runs the benchmark tests/bench/NAME.ts.
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut args = lexopt::Parser::from_env();
    let command = match args.next()? {
        Some(Value(word)) => word.string()?,
        Some(Long("help") | Short('h')) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "start" => start(args),
        "test" => test(args),
        "token" => token(args),
        "build" => build(args),
        "package" => package(args),
        "conformance" => long_conformance(args),
        "bench" => bench(args),
        "fuzz" => long_fuzz(args),
        "help" => {
            print!("{MENU}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command {other:?}; `cargo xtask help` lists them"),
    }
}

fn start(mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut options = start::Options::default();
    while let Some(arg) = args.next()? {
        match arg {
            Long("port") => options.port = args.value()?.parse().context("--port")?,
            Long("fresh") => options.fresh = true,
            Long("data") => options.data = Some(PathBuf::from(args.value()?)),
            Long("verbose") => options.verbose = true,
            other @ (Short(_) | Long(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    start::run(&project::Project::find()?, &options)?;
    Ok(ExitCode::SUCCESS)
}

fn test(mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut names = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Value(name) => names.push(name.string()?),
            other @ (Short(_) | Long(_)) => return Err(other.unexpected().into()),
        }
    }
    test::run(&project::Project::find()?, &names)
}

fn token(mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut user = None;
    while let Some(arg) = args.next()? {
        match arg {
            Long("user") => user = Some(args.value()?.string()?),
            other @ (Short(_) | Long(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    let user = user.context("whose token? `cargo xtask token --user alice`")?;
    println!("{}", token::for_user(&project::Project::find()?, &user)?);
    Ok(ExitCode::SUCCESS)
}

fn build(mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut effort = bundle::Effort::Small;
    while let Some(arg) = args.next()? {
        match arg {
            Long("fast") => effort = bundle::Effort::Fast,
            other @ (Short(_) | Long(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    bundle::build(&project::Project::find()?, effort)?;
    Ok(ExitCode::SUCCESS)
}

fn long_conformance(mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut minutes = 60;
    while let Some(arg) = args.next()? {
        match arg {
            Long("minutes") => minutes = args.value()?.parse().context("--minutes")?,
            other @ (Short(_) | Long(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    conformance::run(&project::Project::find()?, minutes)?;
    Ok(ExitCode::SUCCESS)
}

fn package(mut args: lexopt::Parser) -> Result<ExitCode> {
    if let Some(arg) = args.next()? {
        return Err(arg.unexpected().into());
    }
    package::build(&project::Project::find()?)?;
    Ok(ExitCode::SUCCESS)
}

fn bench(mut args: lexopt::Parser) -> Result<ExitCode> {
    let name = match args.next()? {
        Some(Value(name)) => name.string()?,
        Some(other) => return Err(other.unexpected().into()),
        None => bail!("which benchmark? `cargo xtask bench accumulate`"),
    };
    bench::run(&project::Project::find()?, &name)?;
    Ok(ExitCode::SUCCESS)
}

fn long_fuzz(mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut target = None;
    let mut minutes = 10;
    while let Some(arg) = args.next()? {
        match arg {
            Value(name) if target.is_none() => target = Some(name.string()?),
            Long("minutes") => minutes = args.value()?.parse().context("--minutes")?,
            other @ (Short(_) | Long(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    let target = target.context("which target? `cargo xtask fuzz mask`")?;
    fuzz::run(&project::Project::find()?, &target, minutes)?;
    Ok(ExitCode::SUCCESS)
}
