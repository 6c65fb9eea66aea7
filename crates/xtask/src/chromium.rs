//! Chromium and its driver, for the tests that need a real browser.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::debian;
use crate::shell::Shell;

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
        debian::install(shell, &["chromium", "chromium-driver"])?;
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
