//! The table of the documentation is made of the table of rules.

use super::{Scope, all, source};

const PAGE: &str = include_str!("../../../../../docs/masking.md");

#[test]
fn the_page_lists_every_rule() {
    let table: Vec<String> = all()
        .map(|rule| {
            let on = match rule.scope {
                Scope::Default => "yes".to_owned(),
                Scope::Locale(locale) => format!("locale `{locale}`"),
                Scope::OptIn => "by name".to_owned(),
            };
            let source = source(&rule.name).unwrap_or_default();
            format!("| `{}` | {} | `{}` | {on} | {source} |", rule.name, rule.kind.name(), rule.placeholder())
        })
        .collect();
    let listed: Vec<&str> =
        PAGE.lines().filter(|line| line.starts_with("| `") && line.contains("[REDACTED_")).collect();
    assert!(listed == table, "the rows of docs/masking.md must be:\n{}\n", table.join("\n"));
}
