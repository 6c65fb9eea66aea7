//! Found, missed and falsely masked: per suite, per rule, per kind of case that was missed.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use crate::case::Case;

#[derive(Default)]
struct Score {
    found: usize,
    missed: usize,
    /// Of those whose place in the text is known.
    known_found: usize,
    known_missed: usize,
    /// Of those that open something.
    secret_found: usize,
    secret_missed: usize,
    exact: usize,
    falsely: usize,
    rightly_left: usize,
}

impl Score {
    fn count(&mut self, case: &Case) -> Option<String> {
        let outcome = case.outcome();
        let hit = usize::from(outcome.rule.is_some());
        if case.positive {
            self.found += hit;
            self.missed += 1 - hit;
            self.exact += usize::from(outcome.is_exact);
            if !case.is_public() {
                self.secret_found += hit;
                self.secret_missed += 1 - hit;
            }
            if case.spans.is_some() {
                self.known_found += hit;
                self.known_missed += 1 - hit;
            }
        } else {
            self.falsely += hit;
            self.rightly_left += 1 - hit;
        }
        outcome.rule
    }
}

pub(crate) fn tables(out: &mut impl Write, cases: &[Case]) -> Result<()> {
    let mut suites: BTreeMap<&str, Score> = BTreeMap::new();
    let mut rules: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut kinds: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.counts && case.is_claimed()) {
        let rule = suites.entry(&case.suite).or_default().count(case);
        if case.positive {
            let kind = kinds.entry((&case.suite, &case.entity)).or_default();
            if rule.is_some() { kind.0 += 1 } else { kind.1 += 1 }
        }
        if let Some(rule) = rule {
            let counts = rules.entry(rule).or_default();
            if case.positive { counts.0 += 1 } else { counts.1 += 1 }
        }
    }
    writeln!(
        out,
        "{:<36} {:>17} {:>7} {:>17} {:>6} {:>17}",
        "suite", "found", "missed", "place known", "exact", "false"
    )?;
    for (suite, score) in &suites {
        writeln!(
            out,
            "{suite:<34} {:>15} {:>6} {:>15} {:>15} {:>6} {:>13}",
            share(score.found, score.missed),
            score.missed,
            share(score.known_found, score.known_missed),
            share(score.secret_found, score.secret_missed),
            score.exact,
            share(score.falsely, score.rightly_left)
        )?;
    }
    writeln!(out, "\n{:<36} {:>17} {:>7}", "rule", "found", "false")?;
    for (rule, (found, falsely)) in &rules {
        writeln!(out, "{rule:<36} {found:>17} {falsely:>7}")?;
    }
    writeln!(out, "\n{:<52} {:>7} {:>7}", "kinds that were missed", "found", "missed")?;
    for ((suite, kind), (found, missed)) in kinds.iter().filter(|(_, counts)| counts.1 > 0) {
        writeln!(out, "{:<52} {found:>7} {missed:>7}", format!("{suite}: {kind}"))?;
    }
    Ok(())
}

fn share(part: usize, rest: usize) -> String {
    let whole = part + rest;
    if whole == 0 { "-".to_owned() } else { format!("{part}/{whole} {:.1}%", part as f64 * 100.0 / whole as f64) }
}

pub(crate) fn missed(out: &mut impl Write, cases: &[Case], suite: Option<&str>) -> Result<()> {
    list(out, cases, suite, |case, rule| case.positive && rule.is_none())
}

pub(crate) fn falsely_masked(out: &mut impl Write, cases: &[Case], suite: Option<&str>) -> Result<()> {
    list(out, cases, suite, |case, rule| !case.positive && rule.is_some())
}

fn list(
    out: &mut impl Write,
    cases: &[Case],
    suite: Option<&str>,
    is_wanted: impl Fn(&Case, Option<&str>) -> bool,
) -> Result<()> {
    let suite = suite.unwrap_or_default();
    for case in cases.iter().filter(|case| case.counts && case.is_claimed() && case.suite.starts_with(suite)) {
        let rule = case.outcome().rule;
        if is_wanted(case, rule.as_deref()) {
            let text: String = case.text.chars().take(300).collect();
            writeln!(out, "{} [{}] {:?} {text:?}", case.suite, case.entity, rule.unwrap_or_default())?;
        }
    }
    Ok(())
}
