//! PostgreSQL and pgbouncer, for the tests that start servers of their own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::debian;
use crate::shell::Shell;

/// What the store is for; older ones are no longer maintained for long.
const OLDEST_MAJOR: u32 = 15;

/// Where Debian puts each major version.
const DEBIAN_HOME: &str = "/usr/lib/postgresql";

/// The programs.
pub(crate) struct Postgres {
    /// The folder with `initdb` and `postgres`.
    pub(crate) bin: PathBuf,
    pub(crate) pgbouncer: PathBuf,
}

/// Finds PostgreSQL and pgbouncer, or installs Debian's where apt-get can.
///
/// `POSTGRES_BIN` and `PGBOUNCER` name others.
pub(crate) fn postgres(shell: &Shell) -> Result<Postgres> {
    if let Some(found) = find() {
        return Ok(found);
    }
    debian::install(shell, &["postgresql", "pgbouncer"])?;
    find().with_context(|| {
        format!("no PostgreSQL {OLDEST_MAJOR} or newer with pgbouncer; name them by POSTGRES_BIN and PGBOUNCER")
    })
}

fn find() -> Option<Postgres> {
    let bin = std::env::var_os("POSTGRES_BIN").map(PathBuf::from).or_else(|| newest(Path::new(DEBIAN_HOME)))?;
    let pgbouncer = std::env::var_os("PGBOUNCER").map_or_else(|| PathBuf::from("/usr/sbin/pgbouncer"), PathBuf::from);
    (bin.join("initdb").exists() && pgbouncer.exists()).then_some(Postgres { bin, pgbouncer })
}

fn newest(home: &Path) -> Option<PathBuf> {
    let majors = fs::read_dir(home).ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let with_server = majors.filter(|major| home.join(major.to_string()).join("bin/postgres").exists());
    let newest = with_server.max().filter(|major| *major >= OLDEST_MAJOR)?;
    Some(home.join(newest.to_string()).join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(installed: &[&str], expected: Option<&str>) {
        let home = std::env::temp_dir().join(format!("threadkeep-postgres-{}-{}", std::process::id(), installed.len()));
        for version in installed {
            fs::create_dir_all(home.join(version).join("bin")).unwrap();
            fs::write(home.join(version).join("bin/postgres"), "").unwrap();
        }
        fs::create_dir_all(home.join("99/lib")).unwrap();
        assert_eq!(newest(&home), expected.map(|version| home.join(version).join("bin")));
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn the_newest_server_is_taken_and_none_that_is_too_old() {
        check(&["9.6", "15", "17"], Some("17"));
        check(&["14"], None);
        check(&[], None);
    }
}
