//! Chromium and its driver, for the tests that need a real browser.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::shell::{Shell, say};

/// A browser and the driver of the same version.
pub(crate) struct Chromium {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds Chromium, or installs Debian's where apt-get can.
///
/// `CHROMIUM` and `CHROMEDRIVER` name another pair.
pub(crate) fn chromium(shell: &Shell) -> Result<Chromium> {
    let named =
        |variable: &str, usual: &str| std::env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
    let pair = Chromium {
        browser: named("CHROMIUM", "/usr/bin/chromium"),
        driver: named("CHROMEDRIVER", "/usr/bin/chromedriver"),
    };
    if !pair.is_there() {
        install(shell)?;
    }
    if !pair.is_there() {
        bail!(
            "no Chromium at {} with a driver at {}; name others by CHROMIUM and CHROMEDRIVER",
            pair.browser.display(),
            pair.driver.display()
        );
    }
    Ok(pair)
}

impl Chromium {
    fn is_there(&self) -> bool {
        self.browser.exists() && self.driver.exists()
    }
}

fn install(shell: &Shell) -> Result<()> {
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("the browser tests need Chromium and chromedriver: install them first");
    }
    say("installing chromium and chromium-driver by apt-get (a minute)");
    let apt_get = |arguments: &[&str]| {
        let root = rustix::process::geteuid().is_root();
        let mut command = shell.command(if root { "apt-get" } else { "sudo" });
        if !root {
            command.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        shell.run(&mut command)
    };
    apt_get(&["update", "-qq"])?;
    apt_get(&["install", "-qq", "-y", "--no-install-recommends", "chromium", "chromium-driver"])
}
