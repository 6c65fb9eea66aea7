//! Where things are: the repository, cargo's target folder, the tools of this user.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::Shell;

/// The places every command works in.
pub(crate) struct Project {
    /// The repository's root, where wrangler.toml lies.
    pub(crate) root: PathBuf,
    /// Per-user folder for tools that are not npm packages: one folder per name and version.
    pub(crate) tools: PathBuf,
}

impl Project {
    /// Finds the project that this xtask was built from.
    pub(crate) fn find() -> Result<Self> {
        // `cargo run` sets the variable; the built-in value serves a binary that is called directly.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.ancestors().nth(2).context("xtask is not at crates/xtask")?;
        Ok(Self { root: root.to_owned(), tools: cache_home()?.join("threadkeep").join("tools") })
    }

    /// What we build for others to read: always below the root, whatever cargo's own target
    /// folder is, because wrangler.toml and the tests name it.
    pub(crate) fn output(&self, name: &str) -> PathBuf {
        self.root.join("target").join(name)
    }

    /// Cargo's target folder: `CARGO_TARGET_DIR`, the user's configuration, or `target`.
    pub(crate) fn cargo_target(&self, shell: &Shell) -> Result<PathBuf> {
        let text = shell.text(shell.command("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: serde_json::Value = serde_json::from_str(&text)?;
        let folder = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
        Ok(PathBuf::from(folder))
    }

    /// The wasm-bindgen version of the workspace; its CLI must be of the very same one.
    pub(crate) fn wasm_bindgen_version(&self) -> Result<String> {
        let manifest = read(&self.root.join("Cargo.toml"))?;
        exact_pin(&manifest, "wasm-bindgen")
            .map(str::to_owned)
            .context("Cargo.toml pins no exact wasm-bindgen version (`wasm-bindgen = \"=…\"`)")
    }
}

/// `fs::read_to_string` that names the file when it fails.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn cache_home() -> Result<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty());
    match named {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => {
            let home = std::env::home_dir().context("no home folder to keep the tools in")?;
            Ok(home.join(".cache"))
        }
    }
}

fn exact_pin<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    manifest.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?.trim_start().strip_prefix('=')?;
        rest.trim().strip_prefix("\"=")?.strip_suffix('"')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_pin_is_read() {
        let manifest = "wasm-bindgen-futures = \"0.4\"\nwasm-bindgen = \"=0.2.130\"\n";
        assert_eq!(exact_pin(manifest, "wasm-bindgen"), Some("0.2.130"));
    }

    #[test]
    fn loose_requirement_is_no_pin() {
        assert_eq!(exact_pin("wasm-bindgen = \"0.2\"", "wasm-bindgen"), None);
    }
}
