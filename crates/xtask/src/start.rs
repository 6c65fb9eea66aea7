//! `cargo xtask start`: the worker on this machine, until Ctrl-C.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::bundle::{self, Effort};
use crate::dev_vars;
use crate::process_group::ProcessGroup;
use crate::project::Project;
use crate::shell::{Shell, say};

/// wrangler answers within 2 to 5 seconds on two cores; a busy machine may need far longer.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// How often the worker is asked whether it answers, and its process whether it lives.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// One answer to `GET /healthz` may take this long.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What `start` was asked for.
pub(crate) struct Options {
    /// TCP port on 127.0.0.1.
    pub(crate) port: u16,
    /// Forget the data of earlier starts.
    pub(crate) fresh: bool,
    /// Where the data lies; `.threadkeep` at the root when `None`.
    pub(crate) data: Option<PathBuf>,
    /// Show wrangler's own log.
    pub(crate) verbose: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 8787, fresh: false, data: None, verbose: false }
    }
}

/// Builds, starts, waits for a signal, and ends what it started.
///
/// # Errors
/// The port or the data folder is in use, the build fails, or the worker ends by itself.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    check_port(options.port)?;
    let data = match &options.data {
        Some(folder) => std::path::absolute(folder)?,
        None => project.root.join(".threadkeep"),
    };
    let _mine = claim(&data)?;
    let shell = bundle::build(project, Effort::Small)?;
    dev_vars::ensure(project)?;
    let state = data.join("state");
    if options.fresh && state.exists() {
        say("forgetting the threads of earlier starts");
        fs::remove_dir_all(&state).context("cannot remove the old data")?;
    }
    // Not before: what builds and installs is ended by Ctrl-C at once.
    let signals = signals()?;
    say("starting the worker (seconds)");
    let mut worker = ProcessGroup::start(&mut wrangler(project, &shell, options, &state))?;
    if !wait_until_ready(&mut worker, options.port, &signals)? {
        worker.end();
        return Ok(());
    }
    println!("Threadkeep is at http://127.0.0.1:{}", options.port);
    say("Ctrl-C ends it; its threads are kept");
    wait_for_end(&mut worker, &signals)
}

/// Says in one sentence that the port is taken, before anything is built.
fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is taken by another program; choose another one with --port")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on port {port}")),
    }
}

/// Two workers on one folder would write the same SQLite files.
fn claim(data: &Path) -> Result<File> {
    fs::create_dir_all(data).with_context(|| format!("cannot create {}", data.display()))?;
    let file = File::create(data.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another worker runs on the data in {}; end it, or choose another folder with --data", data.display())
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn wrangler(project: &Project, shell: &Shell, options: &Options, state: &Path) -> Command {
    let level = if options.verbose { "log" } else { "warn" };
    let mut command = shell.command(project.root.join("worker/node_modules/.bin/wrangler"));
    command
        .args(["dev", "--local", "--ip", "127.0.0.1", "--port"])
        .arg(options.port.to_string())
        .args(["--inspector-port", "0", "--log-level", level])
        .args(["--show-interactive-dev-session=false", "--persist-to"])
        .arg(state)
        // Nothing leaves this machine: no account, no telemetry, no look-ups.
        .env("CI", "1")
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_SEND_ERROR_REPORTS", "false")
        .env("WRANGLER_HIDE_BANNER", "true")
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .env("X_LOCAL_OBSERVABILITY", "false");
    command
}

/// The signals that end a server, as a channel: Ctrl-C, `kill`, and a closed terminal.
fn signals() -> Result<Receiver<i32>> {
    let mut caught = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for signal in caught.forever() {
            if sender.send(signal).is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

/// Returns false when a signal came first.
fn wait_until_ready(worker: &mut ProcessGroup, port: u16, signals: &Receiver<i32>) -> Result<bool> {
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        if answers(port) {
            return Ok(true);
        }
        if signalled(signals)? {
            return Ok(false);
        }
        if let Some(status) = worker.ended()? {
            bail!("wrangler ended before the worker answered ({status})");
        }
        if Instant::now() > deadline {
            worker.end();
            bail!("the worker did not answer within {} s; --verbose shows what wrangler says", READY_WITHIN.as_secs());
        }
    }
}

fn wait_for_end(worker: &mut ProcessGroup, signals: &Receiver<i32>) -> Result<()> {
    loop {
        if signalled(signals)? {
            worker.end();
            return Ok(());
        }
        if let Some(status) = worker.ended()? {
            bail!("wrangler ended by itself ({status})");
        }
    }
}

fn signalled(signals: &Receiver<i32>) -> Result<bool> {
    match signals.recv_timeout(ASK_EVERY) {
        Ok(_) => Ok(true),
        Err(RecvTimeoutError::Timeout) => Ok(false),
        Err(RecvTimeoutError::Disconnected) => bail!("signals are not heard any more"),
    }
}

/// Whether `GET /healthz` is answered with 200. Too little HTTP for a library.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status == *b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_port_is_one_sentence() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        let text = format!("{:#}", check_port(port).unwrap_err());
        assert!(text.starts_with(&format!("port {port} is taken")));
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn data_folder_is_claimed_by_one() {
        let folder = std::env::temp_dir().join(format!("threadkeep-claim-{}", std::process::id()));
        let first = claim(&folder).unwrap();
        assert!(claim(&folder).is_err());
        drop(first);
        assert!(claim(&folder).is_ok());
    }
}
