//! Scores the masker on a file of cases and on files of ordinary text.
//!
//! ```sh
//! cargo run --release -p threadkeep-core --example mask_report -- cases.jsonl     # per suite and rule
//! cargo run --release -p threadkeep-core --example mask_report -- cases.jsonl misses gitleaks
//! cargo run --release -p threadkeep-core --example mask_report -- clean file...   # changes per 100 KB
//! ```
//!
//! A case is one JSON object a line: `source`, `entity`, `text`, `positive`, `expected` (spans or null), `unit`
//! (`codepoint` or `utf16`), `generated`, `union_negative`, `gl_full` (spans another scanner found).
#![expect(clippy::disallowed_methods, reason = "a command beside the core: it reads files")]

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;
use threadkeep_core::mask::Masker;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let out = &mut std::io::stdout().lock();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["clean", files @ ..] => clean(out, files),
        [cases] => report(out, &read_cases(cases)?),
        [cases, what, suite @ ..] => list(out, &read_cases(cases)?, what, suite.first().copied().unwrap_or("")),
        [] => writeln!(out, "usage: mask_report <cases.jsonl> [misses|touched [suite]] | clean <file>..."),
    }
}

struct Case {
    suite: String,
    entity: String,
    text: String,
    positive: bool,
    counts: bool,
    /// In bytes.
    spans: Option<Vec<(usize, usize)>>,
}

fn read_cases(path: &str) -> std::io::Result<Vec<Case>> {
    let lines = std::fs::read_to_string(path)?;
    Ok(lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .map(|value: Value| Case::read(&value))
        .collect())
}

impl Case {
    fn read(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let flag = |name: &str| value[name].as_bool().unwrap_or(false);
        let source = text("source");
        let personal = source == "presidio";
        let positive = flag("positive");
        let spans = spans(&value["expected"], &value["text"], value["unit"] == "utf16")
            .or_else(|| spans(&value["gl_full"], &value["text"], false).filter(|spans| !spans.is_empty()));
        Self {
            suite: if personal { format!("presidio {}", text("entity")) } else { source },
            entity: text("entity"),
            counts: !flag("generated") && (positive || personal || flag("union_negative")),
            text: text("text"),
            positive,
            spans,
        }
    }

    /// Something was masked where it should be; for a negative case: anywhere.
    fn hit(&self, masker: &Masker) -> Option<String> {
        let findings = masker.find(&self.text);
        let wanted = |start: usize, end: usize| match &self.spans {
            Some(spans) if self.positive => spans.iter().any(|span| span.0 < end && start < span.1),
            _ => true,
        };
        findings
            .iter()
            .find(|found| wanted(found.start, found.start + found.len))
            .map(|found| found.rule.name.to_string())
    }

    /// Exactly the expected spans were masked.
    fn exact(&self, masker: &Masker) -> bool {
        let found: Vec<_> =
            masker.find(&self.text).iter().map(|found| (found.start, found.start + found.len)).collect();
        self.spans.as_ref().is_some_and(|spans| *spans == found)
    }
}

fn spans(spans: &Value, text: &Value, utf16: bool) -> Option<Vec<(usize, usize)>> {
    let text = text.as_str()?;
    let offset = |units: u64| byte_offset(text, units as usize, utf16);
    spans.as_array()?.iter().map(|span| Some((offset(span[0].as_u64()?), offset(span[1].as_u64()?)))).collect()
}

fn byte_offset(text: &str, units: usize, utf16: bool) -> usize {
    let mut passed = 0;
    for (at, character) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += if utf16 { character.len_utf16() } else { 1 };
    }
    text.len()
}

#[derive(Default)]
struct Score {
    positive: usize,
    found: usize,
    exact: usize,
    known: usize,
    known_found: usize,
    negative: usize,
    touched: usize,
}

/// The cases of a national number are those of one opt-in rule; all others are for the rules that are on by default.
fn masker_for(suite: &str) -> Masker {
    let rule = suite.strip_prefix("presidio ").and_then(|entity| NATIONAL.iter().find(|known| known.0 == entity));
    match rule {
        Some((_, rule)) => Masker::builder().none().with(rule).build().unwrap_or_default(),
        None => Masker::default(),
    }
}

#[rustfmt::skip]
const NATIONAL: [(&str, &str); 28] = [
    ("ABA_ROUTING", "us-aba"), ("AU_ABN", "au-abn"), ("AU_ACN", "au-acn"), ("AU_MEDICARE", "au-medicare"),
    ("AU_TFN", "au-tfn"), ("CA_SIN", "ca-sin"), ("DE_TAX_ID", "de-tax-id"), ("ES_NIE", "es-nif"), ("ES_NIF", "es-nif"),
    ("FI_PERSONAL_IDENTITY_CODE", "fi-hetu"), ("IN_AADHAAR", "in-aadhaar"), ("IN_GSTIN", "in-gstin"), ("IN_PAN", "in-pan"),
    ("IT_FISCAL_CODE", "it-fiscal-code"), ("IT_VAT_CODE", "it-vat"), ("KR_RRN", "kr-rrn"), ("PL_PESEL", "pl-pesel"),
    ("SE_PERSONNUMMER", "se-personnummer"), ("SG_FIN", "sg-fin"), ("TH_TNIN", "th-id"), ("TR_NATIONAL_ID", "tr-id"),
    ("UK_NHS", "uk-nhs"), ("UK_NINO", "uk-nino"), ("US_ITIN", "us-itin"), ("US_MBI", "us-mbi"), ("US_NPI", "us-npi"),
    ("ZA_ID_NUMBER", "za-id"), ("SE_ORGANISATIONSNUMMER", "se-personnummer"),
];

fn report(out: &mut impl Write, cases: &[Case]) -> std::io::Result<()> {
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut rules: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.counts) {
        let masker = masker_for(&case.suite);
        let score = scores.entry(&case.suite).or_default();
        let hit = case.hit(&masker);
        if case.positive {
            score.positive += 1;
            score.found += usize::from(hit.is_some());
            score.exact += usize::from(case.exact(&masker));
            score.known += usize::from(case.spans.is_some());
            score.known_found += usize::from(case.spans.is_some() && hit.is_some());
        } else {
            score.negative += 1;
            score.touched += usize::from(hit.is_some());
        }
        if let Some(rule) = hit {
            let entry = rules.entry(rule).or_default();
            if case.positive { entry.0 += 1 } else { entry.1 += 1 }
        }
    }
    writeln!(
        out,
        "{:<36} {:>17} {:>17} {:>6} {:>17}",
        "suite", "found", "found (known)", "exact", "touched negatives"
    )?;
    for (suite, score) in &scores {
        writeln!(
            out,
            "{suite:<36} {:>17} {:>17} {:>6} {:>17}",
            share(score.found, score.positive),
            share(score.known_found, score.known),
            score.exact,
            share(score.touched, score.negative)
        )?;
    }
    writeln!(out, "\n{:<36} {:>17} {:>17}", "rule", "found", "touched negatives")?;
    for (rule, (found, touched)) in &rules {
        writeln!(out, "{rule:<36} {found:>17} {touched:>17}")?;
    }
    Ok(())
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{part}/{whole} {:.1}%", part as f64 * 100.0 / whole as f64) }
}

fn list(out: &mut impl Write, cases: &[Case], what: &str, suite: &str) -> std::io::Result<()> {
    for case in cases.iter().filter(|case| case.counts && case.suite.starts_with(suite)) {
        let hit = case.hit(&masker_for(&case.suite));
        let wanted = match what {
            "touched" => !case.positive && hit.is_some(),
            _ => case.positive && hit.is_none(),
        };
        if wanted {
            let text: String = case.text.chars().take(300).collect();
            writeln!(out, "{} [{}] {:?} {text:?}", case.suite, case.entity, hit.unwrap_or_default())?;
        }
    }
    Ok(())
}

/// Files of ordinary text: how much of it is changed, and where.
fn clean(out: &mut impl Write, files: &[&str]) -> std::io::Result<()> {
    let masker = Masker::default();
    let (mut bytes, mut changes) = (0, 0);
    for file in files {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        bytes += text.len();
        for found in masker.find(&text) {
            changes += 1;
            let context = text.get(found.start.saturating_sub(24)..(found.start + found.len.min(60)).min(text.len()));
            writeln!(
                out,
                "{file} {}: {} {:?}",
                found.start,
                found.rule.name,
                context.unwrap_or("(cut inside a character)")
            )?;
        }
    }
    writeln!(
        out,
        "{changes} changes in {bytes} bytes: {:.2} per 100 KB",
        changes as f64 * 102_400.0 / bytes.max(1) as f64
    )
}
