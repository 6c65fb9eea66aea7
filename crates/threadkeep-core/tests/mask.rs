//! The masker against its fixtures: every rule has an example, ordinary text stays, and, where the public test suites
//! are at hand, the shares that the project promises.
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use threadkeep_core::mask::{Masker, Scope};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/mask");

#[test]
fn every_example_is_masked_by_its_rule() {
    let masker = Masker::default();
    let wrong: Vec<_> = examples()
        .map(|(rule, text, expected)| (rule, masker.mask_text(&text).into_owned(), expected))
        .filter(|(_, masked, expected)| masked != expected)
        .collect();
    assert!(wrong.is_empty(), "(rule, masked, expected): {wrong:#?}");
}

#[test]
fn every_default_rule_has_an_example() {
    let shown: BTreeSet<String> = examples().map(|(rule, ..)| rule).collect();
    let masker = Masker::default();
    let missing: Vec<_> = masker.rules().map(|rule| rule.name.as_ref()).filter(|name| !shown.contains(*name)).collect();
    assert!(missing.is_empty(), "no example in cases.tsv: {missing:?}");
    assert!(masker.rules().all(|rule| rule.scope == Scope::Default));
}

#[test]
fn ordinary_text_stays() {
    let masker = Masker::default();
    for line in std::fs::read_to_string(format!("{FIXTURES}/clean.txt")).unwrap().lines() {
        assert_eq!(masker.mask_text(line), line);
    }
}

/// Files that every checkout has: sources, pages, lock files. Tests are full of values on purpose, and stand apart.
#[test]
fn the_projects_own_files_stay() {
    const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    const PER_100_KB: usize = 1;
    let masker = Masker::default();
    let (mut bytes, mut places) = (0, Vec::new());
    for file in texts_below(REPOSITORY.as_ref()).into_iter().filter(|file| !is_test(file)) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        bytes += text.len();
        places.extend(
            masker.find(&text).iter().map(|found| format!("{} {}: {}", file.display(), found.start, found.rule.name)),
        );
    }
    assert!(bytes > 500_000, "only {bytes} bytes were read");
    assert!(places.len() * 102_400 < PER_100_KB * bytes, "{} places in {bytes} bytes: {places:#?}", places.len());
}

fn is_test(file: &Path) -> bool {
    let within = file.components().any(|part| part.as_os_str() == "tests");
    let is_source = file.extension().is_some_and(|kind| ["rs", "ts", "tsx", "mjs"].iter().any(|known| kind == *known));
    within && is_source || file.ends_with("tests.rs")
}

fn texts_below(path: &Path) -> Vec<PathBuf> {
    const NOT_OURS: [&str; 4] = ["node_modules", "target", "dist", "build"];
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path.is_symlink() || NOT_OURS.contains(&&*name) || name.starts_with('.') {
        return Vec::new();
    }
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| texts_below(&path)).collect()
}

#[test]
fn locales_are_opt_in() {
    let number = "44051401458";
    assert_eq!(Masker::default().mask_text(number), number);
    let polish = Masker::builder().with_locale("pl").build().unwrap();
    assert_eq!(polish.mask_text(number), "[REDACTED_PESEL]");
}

/// The laws of the masker, on texts that are full of values.
#[test]
fn examples_are_masked_once_and_wherever_they_are_cut() {
    examples().for_each(|(_, text, _)| check_laws(&text));
}

fn check_laws(text: &str) {
    let masker = Masker::default();
    let masked = masker.mask_text(text);
    assert_eq!(masker.mask_text(&masked), masked, "masked again: {text:?}");
    for step in [1, 7, 64] {
        let mut stream = masker.stream();
        let mut pieces = String::new();
        let characters: Vec<char> = text.chars().collect();
        for piece in characters.chunks(step) {
            pieces.push_str(&stream.push(&piece.iter().collect::<String>()));
        }
        pieces.push_str(&stream.finish());
        assert_eq!(pieces, masked, "in pieces of {step}: {text:?}");
    }
}

/// The suites' own texts are not part of the project.
#[test]
fn public_suites_are_met() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/masking-cases.jsonl");
    let Ok(cases) = std::fs::read_to_string(path) else {
        let _ =
            std::io::Write::write_all(&mut std::io::stderr(), b"skipped: no masking-cases.jsonl beside the project\n");
        return;
    };
    let cases: Vec<Value> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    cases.iter().filter_map(|case| case["text"].as_str()).filter(|text| text.len() < 4096).for_each(check_laws);
    let masker = Masker::default();
    let is_touched = |case: &Value| !masker.find(case["text"].as_str().unwrap_or_default()).is_empty();
    for (suite, least, most) in [
        ("gitleaks", 0.98, 0.05),
        ("betterleaks", 0.96, 0.05),
        ("detect-secrets", 0.90, 0.05),
        ("ripsecrets", 0.90, 0.05),
        ("secretlint", 0.90, 0.05),
        // Of these two a tenth is no secret: host names, bucket addresses, public ids.
        ("noseyparker", 0.84, 0.05),
        ("kingfisher", 0.89, 0.05),
    ] {
        // Negative only because the scanner's own ignore list names them: to a masker they are secrets.
        let is_ignored = |case: &Value| case["text"].as_str().is_some_and(|text| text.contains(".secretsignore"));
        let own =
            || cases.iter().filter(|case| case["source"] == suite && case["generated"] != true && !is_ignored(case));
        let share =
            |cases: Vec<&Value>| cases.iter().filter(|case| is_touched(case)).count() as f64 / cases.len() as f64;
        let found = share(own().filter(|case| case["positive"] == true).collect());
        let touched = share(own().filter(|case| case["union_negative"] == true).collect());
        assert!(found >= least && touched <= most, "{suite}: found {found:.3}, touched {touched:.3}");
        let is_placed = |case: &Value| case["gl_full"].as_array().is_some_and(|spans| !spans.is_empty());
        let placed = share(own().filter(|case| case["positive"] == true && is_placed(case)).collect());
        assert!(placed.is_nan() || placed >= 0.92, "{suite}: {placed:.3} of what another scanner finds");
    }
    for entity in ["CREDIT_CARD", "CRYPTO", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", "US_SSN"] {
        for case in cases.iter().filter(|case| case["source"] == "presidio" && case["entity"] == entity) {
            // Nine bare digits may be anything: without a word that says so they stay.
            let is_bare = entity == "US_SSN" && case["text"].as_str().is_some_and(|text| text.parse::<u32>().is_ok());
            assert_eq!(is_touched(case), case["positive"] == true && !is_bare, "{entity}: {}", case["text"]);
        }
    }
}

/// Rule, text, text masked.
fn examples() -> impl Iterator<Item = (String, String, String)> {
    let lines = std::fs::read_to_string(format!("{FIXTURES}/cases.tsv")).unwrap();
    let lines: Vec<String> = lines.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    lines.into_iter().map(|line| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap().to_owned();
        (next(), decode(&next()), decode(&next()))
    })
}

fn decode(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let value = ALPHABET.iter().position(|known| *known == byte).unwrap();
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}
