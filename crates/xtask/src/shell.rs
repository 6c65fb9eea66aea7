//! Calling other programs: one folder, one PATH, and errors that name the command.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// How much of a command an error message repeats.
const SHOWN_BYTES: usize = 100;

/// Says on stderr what is being done; stdout is for results.
pub(crate) fn say(what: &str) {
    eprintln!("· {what}");
}

/// How programs are called: from the root, with the project's own tools first on the PATH.
pub(crate) struct Shell {
    root: PathBuf,
    first: Vec<PathBuf>,
}

impl Shell {
    /// A shell that knows the programs of the machine only.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), first: Vec::new() }
    }

    /// Puts a folder of programs before all others.
    pub(crate) fn prefer(&mut self, folder: PathBuf) {
        self.first.insert(0, folder);
    }

    /// A command that will run in the project's root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        if let Some(path) = self.path() {
            command.env("PATH", path);
        }
        command
    }

    /// Runs a command and shows its output.
    ///
    /// # Errors
    /// The program is missing, or did not end with success.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let status = command.status().with_context(|| missing(command))?;
        if !status.success() {
            bail!("`{}` failed ({status})", shown(command));
        }
        Ok(())
    }

    /// Runs a command and returns its stdout; stderr is shown only when it fails.
    ///
    /// # Errors
    /// As [`Shell::run`], or output that is not UTF-8.
    pub(crate) fn text(&self, command: &mut Command) -> Result<String> {
        let output = command.stdin(Stdio::null()).output().with_context(|| missing(command))?;
        if !output.status.success() {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            bail!("`{}` failed ({})", shown(command), output.status);
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Whether a command runs and ends with success; its output is dropped.
    pub(crate) fn works(&self, command: &mut Command) -> bool {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }

    fn path(&self) -> Option<OsString> {
        let machine = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.first.iter().cloned();
        std::env::join_paths(folders.chain(std::env::split_paths(&machine))).ok()
    }
}

fn missing(command: &Command) -> String {
    format!("cannot run `{}`: is it installed?", command.get_program().display())
}

/// The command as one would type it, cut where a list of files would fill the screen.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut line = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        if line.len() + argument.len() > SHOWN_BYTES {
            line.push_str(" …");
            break;
        }
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_names_the_command() {
        let shell = Shell::new(Path::new("/"));
        let error = shell.run(&mut shell.command("false")).unwrap_err();
        assert!(error.to_string().starts_with("`false` failed"));
    }

    #[test]
    fn long_command_is_cut() {
        let mut command = Command::new("/usr/bin/node");
        command.arg("--test").args(std::iter::repeat_n("tests/worker/abort.test.ts", 20));
        let line = shown(&command);
        assert!(line.starts_with("node --test tests/worker/abort.test.ts"));
        assert!(line.ends_with(" …") && line.len() < 110);
    }

    #[test]
    fn preferred_folder_is_searched_first() {
        let mut shell = Shell::new(Path::new("/"));
        shell.prefer(PathBuf::from("/second"));
        shell.prefer(PathBuf::from("/first"));
        let path = shell.path().unwrap();
        let mut folders = std::env::split_paths(&path);
        assert_eq!(folders.next(), Some(PathBuf::from("/first")));
        assert_eq!(folders.next(), Some(PathBuf::from("/second")));
    }
}
