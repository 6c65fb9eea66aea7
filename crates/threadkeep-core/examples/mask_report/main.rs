//! Scores the masker: on a file of cases from public test suites, and on ordinary files.
//!
//! ```sh
//! cargo run --release -p threadkeep-core --example mask_report -- cases.jsonl              # tables
//! cargo run --release -p threadkeep-core --example mask_report -- cases.jsonl --missed gitleaks
//! cargo run --release -p threadkeep-core --example mask_report -- cases.jsonl --false gitleaks
//! cargo run --release -p threadkeep-core --example mask_report -- --clean docs node_modules
//! cargo run --release -p threadkeep-core --example mask_report -- --places docs node_modules
//! cargo run --release -p threadkeep-core --example mask_report -- --rules
//! ```
//!
//! A case is one JSON object a line: `source`, `entity`, `text`, `positive`, `expected` (spans or null), `unit`
//! (`codepoint` or `utf16`), `generated`, `union_negative`, `gl_full` (spans that another scanner found).
#![expect(clippy::disallowed_methods, reason = "a command beside the core: it reads files")]

mod case;
mod clean;
mod score;

use std::io::Write;

use threadkeep_core::mask::{Masker, Scope};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let out = &mut std::io::stdout().lock();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--clean", paths @ ..] => clean::report(out, paths, false),
        ["--places", paths @ ..] => clean::report(out, paths, true),
        ["--rules"] => rules(out),
        [cases] => score::tables(out, &case::read_all(cases)?),
        [cases, "--missed", suite @ ..] => score::missed(out, &case::read_all(cases)?, suite.first().copied()),
        [cases, "--false", suite @ ..] => score::falsely_masked(out, &case::read_all(cases)?, suite.first().copied()),
        _ => writeln!(
            out,
            "usage: mask_report CASES.jsonl [--missed|--false [SUITE]] | --clean|--places PATH... | --rules"
        ),
    }
}

/// The table: name, kind, placeholder, when it applies, where its format is described.
fn rules(out: &mut impl Write) -> std::io::Result<()> {
    for rule in Masker::every_rule() {
        let on = match rule.scope {
            Scope::Default => "on".to_owned(),
            Scope::Locale(locale) => format!("locale {locale}"),
            Scope::OptIn => "by name".to_owned(),
        };
        let source = Masker::source(&rule.name).unwrap_or_default();
        writeln!(out, "{}\t{}\t{}\t{on}\t{source}", rule.name, rule.kind.name(), rule.placeholder())?;
    }
    Ok(())
}
