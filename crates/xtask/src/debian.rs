//! Programs that come from Debian's packages.

use std::path::Path;

use anyhow::{Result, bail};

use crate::shell::{Shell, say};

/// Installs packages by apt-get, as root or by sudo.
///
/// # Errors
/// There is no apt-get here, or it fails.
pub(crate) fn install(shell: &Shell, packages: &[&str]) -> Result<()> {
    let names = packages.join(" and ");
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("{names} must be installed first");
    }
    say(&format!("installing {names} by apt-get (a minute)"));
    apt_get(shell, &["update", "-qq"])?;
    apt_get(shell, &[&["install", "-qq", "-y", "--no-install-recommends"], packages].concat())
}

fn apt_get(shell: &Shell, arguments: &[&str]) -> Result<()> {
    let root = rustix::process::geteuid().is_root();
    let mut command = shell.command(if root { "apt-get" } else { "sudo" });
    if !root {
        command.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    shell.run(&mut command)
}
