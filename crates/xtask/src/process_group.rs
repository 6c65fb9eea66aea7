//! A server and everything it starts, ended together.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// How long a server may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How often a process that should end is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// A child in a process group of its own; dropping it ends the whole group.
pub(crate) struct ProcessGroup {
    leader: Child,
    id: Pid,
    watchdog: Option<Watchdog>,
}

impl ProcessGroup {
    /// Starts `command` as the leader of a new group, with nothing on its stdin.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let leader = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run `{}`", command.get_program().display()))?;
        let id = Pid::from_child(&leader);
        Ok(Self { leader, id, watchdog: Watchdog::start(id).ok() })
    }

    /// Its exit status, once the leader has ended.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.leader.try_wait()
    }

    /// Asks the group to end, waits, and kills what is left of it.
    pub(crate) fn end(&mut self) {
        let _ = kill_process_group(self.id, Signal::TERM);
        let deadline = Instant::now() + GRACE;
        while self.is_alive() && Instant::now() < deadline {
            thread::sleep(LOOK_EVERY);
        }
        let _ = kill_process_group(self.id, Signal::KILL);
        let _ = self.leader.wait();
        if let Some(watchdog) = self.watchdog.take() {
            watchdog.dismiss();
        }
    }

    fn is_alive(&mut self) -> bool {
        // The leader stays in the group as a zombie until it is waited for.
        let _ = self.leader.try_wait();
        test_kill_process_group(self.id).is_ok()
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if self.watchdog.is_some() {
            self.end();
        }
    }
}

/// A shell that waits for the end of its stdin. The other end is held by this process alone,
/// so that it closes however this process ends, `kill -9` included; then the group is ended.
struct Watchdog {
    shell: Child,
    alive: ChildStdin,
}

impl Watchdog {
    fn start(group: Pid) -> Result<Self> {
        let id = group.as_raw_nonzero();
        let grace_s = GRACE.as_secs();
        // No `--` before the negative number: dash's kill does not know it.
        let script = format!("read -r _; kill -TERM -{id}; sleep {grace_s}; kill -KILL -{id}");
        let mut shell = Command::new("sh")
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let alive = shell.stdin.take().context("a piped child without stdin")?;
        Ok(Self { shell, alive })
    }

    fn dismiss(mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
        drop(self.alive);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_of_the_leader_end_with_it() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & wait"]);
        let mut group = ProcessGroup::start(&mut command).unwrap();
        assert!(group.ended().unwrap().is_none());
        group.end();
        assert!(test_kill_process_group(group.id).is_err());
    }

    #[test]
    fn watchdog_ends_the_group_when_nobody_holds_its_stdin() {
        let mut command = Command::new("sleep");
        let mut group = ProcessGroup::start(command.arg("60")).unwrap();
        let Watchdog { mut shell, alive } = group.watchdog.take().unwrap();
        drop(alive);
        let status = group.leader.wait().unwrap();
        assert!(!status.success());
        shell.kill().unwrap();
        shell.wait().unwrap();
    }
}
