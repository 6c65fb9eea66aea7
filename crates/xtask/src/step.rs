//! A build step that runs only when what it reads has changed.

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::say;

/// Fingerprint of what a step reads: files by content, settings by text.
///
/// The hash is std's; another Rust release may compute another one, which costs one rebuild.
#[derive(Default)]
pub(crate) struct Inputs(DefaultHasher);

impl Inputs {
    /// Adds a version, a flag, or any other text that the output depends on.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0.write(text.as_bytes());
        self.0.write_u8(0xff);
        self
    }

    /// Adds a file by its content.
    pub(crate) fn file(mut self, path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        self.0.write_usize(bytes.len());
        self.0.write(&bytes);
        Ok(self)
    }

    /// Adds every file below a folder, by name and content. `node_modules` is left out.
    pub(crate) fn folder(self, folder: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(folder, &mut files)?;
        files.sort();
        files.iter().try_fold(self, |inputs, path| inputs.text(&path.to_string_lossy()).file(path))
    }

    /// The fingerprint: 16 hexadecimal digits.
    pub(crate) fn key(self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// Runs `work` unless it ran before with the same `key` and its `outputs` are still there.
pub(crate) fn when_changed(
    stamp: &Path,
    key: &str,
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let known = fs::read_to_string(stamp).is_ok_and(|old| old == key);
    if known && outputs.iter().all(|path| path.exists()) {
        return Ok(());
    }
    // Without its stamp a step that fails half way runs again.
    let _ = fs::remove_file(stamp);
    work()?;
    fs::write(stamp, key).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Puts a file in place in one move, so that a reader sees the old or the new one, never half of it.
/// A file that is already the same is left alone: whoever watches it is not woken.
pub(crate) fn publish(from: &Path, to: &Path) -> Result<()> {
    let fresh = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if fs::read(to).is_ok_and(|old| old == fresh) {
        return Ok(());
    }
    let beside = to.with_extension("new");
    fs::write(&beside, fresh).with_context(|| format!("cannot write {}", beside.display()))?;
    fs::rename(&beside, to).with_context(|| format!("cannot write {}", to.display()))
}

/// Fills a folder in one move: what broke off half way is not there, and is done again the next time.
pub(crate) fn fill(folder: &Path, work: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mut name = folder.file_name().context("a folder without a name")?.to_owned();
    name.push(".unfinished");
    let unfinished = folder.with_file_name(name);
    for old in [&unfinished, folder] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
    work(&unfinished)?;
    fs::rename(&unfinished, folder).with_context(|| format!("cannot write {}", folder.display()))
}

/// Held while files are made that another xtask could be making too; released on drop.
pub(crate) struct Alone(#[expect(dead_code, reason = "the lock lives as long as the file")] File);

impl Alone {
    /// Waits for its turn and says so when it has to.
    pub(crate) fn wait(folder: &Path, what: &str) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let path = folder.join("xtask.lock");
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                say(&format!("waiting for another xtask that is {what}"));
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(Self(file))
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if !path.is_dir() {
            files.push(path);
        } else if !path.ends_with("node_modules") {
            collect(&path, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("threadkeep-xtask-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn texts_do_not_run_together() {
        let one = Inputs::default().text("ab").text("c").key();
        let other = Inputs::default().text("a").text("bc").key();
        assert_ne!(one, other);
    }

    #[test]
    fn a_renamed_file_changes_the_key() {
        let folder = scratch("renamed");
        fs::write(folder.join("a"), "x").unwrap();
        let before = Inputs::default().folder(&folder).unwrap().key();
        fs::rename(folder.join("a"), folder.join("b")).unwrap();
        let after = Inputs::default().folder(&folder).unwrap().key();
        assert_ne!(before, after);
    }

    #[test]
    fn a_step_runs_once_per_key_and_again_without_its_output() {
        let folder = scratch("step");
        let (stamp, output) = (folder.join("stamp"), folder.join("output"));
        let mut runs = 0;
        let mut step = |key: &str| {
            when_changed(&stamp, key, std::slice::from_ref(&output), || {
                runs += 1;
                Ok(fs::write(&output, key)?)
            })
            .unwrap();
            runs
        };
        assert_eq!(step("1"), 1);
        assert_eq!(step("1"), 1);
        assert_eq!(step("2"), 2);
        fs::remove_file(&output).unwrap();
        assert_eq!(step("2"), 3);
    }

    #[test]
    fn a_folder_is_there_whole_or_not_at_all() {
        let folder = scratch("fill").join("tool-1.2.3");
        let half = fill(&folder, |at| {
            fs::write(at.join("half"), "x")?;
            anyhow::bail!("broken off")
        });
        assert!(half.is_err() && !folder.exists());
        fill(&folder, |at| Ok(fs::write(at.join("whole"), "x")?)).unwrap();
        assert!(folder.join("whole").exists() && !folder.join("half").exists());
    }

    #[test]
    fn a_failed_step_runs_again() {
        let folder = scratch("failed");
        let stamp = folder.join("stamp");
        let failed = when_changed(&stamp, "1", &[], || anyhow::bail!("no"));
        assert!(failed.is_err());
        let mut ran = false;
        when_changed(&stamp, "1", &[], || {
            ran = true;
            Ok(())
        })
        .unwrap();
        assert!(ran);
    }
}
