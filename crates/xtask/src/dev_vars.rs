//! `.dev.vars`: the secrets of the local worker, made once and never committed.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use anyhow::{Context, Result};

use crate::project::{Project, read};
use crate::shell::say;

/// Bytes of randomness in a secret: as many as HS256 has output.
const SECRET_BYTES: usize = 32;

/// Owner reads and writes, nobody else.
const PRIVATE: u32 = 0o600;

/// Writes `.dev.vars` unless it is there; what it holds is then the user's own business.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    let path = project.root.join(".dev.vars");
    if path.exists() {
        // An older file, or a copied one, may be readable by others.
        fs::set_permissions(&path, Permissions::from_mode(PRIVATE))?;
        return Ok(());
    }
    say("writing .dev.vars (random secrets for this machine)");
    let text = format!(
        "# Secrets of the local worker, written by `cargo xtask start`. Never commit this file.\n\
         AUTH_JWT_SECRET={}\n\
         SERVICE_TOKEN={}\n\
         # Lets the demo page sign its own short-lived tokens. Only ever on this machine.\n\
         DEMO_TOKENS=enabled\n",
        secret()?,
        secret()?
    );
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&path).context("cannot write .dev.vars")?;
    file.write_all(text.as_bytes())?;
    Ok(())
}

/// One value of `.dev.vars`.
pub(crate) fn value(project: &Project, name: &str) -> Result<String> {
    let text = read(&project.root.join(".dev.vars"))?;
    find(&text, name).map(str::to_owned).with_context(|| format!(".dev.vars has no {name}"))
}

fn find<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let value = line.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim();
        let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
        Some(quoted('"').or_else(|| quoted('\'')).unwrap_or(value))
    })
}

fn secret() -> Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).context("the system gives no random bytes")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_bare_and_quoted() {
        let text = "# A=no\nAB=1\nA = \"two\"\nC='3'\n";
        assert_eq!(find(text, "A"), Some("two"));
        assert_eq!(find(text, "AB"), Some("1"));
        assert_eq!(find(text, "C"), Some("3"));
        assert_eq!(find(text, "D"), None);
    }

    #[test]
    fn secrets_differ() {
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert_eq!(one.len(), 2 * SECRET_BYTES);
        assert_ne!(one, other);
    }
}
