//! How much of ordinary files is changed, and where.

use std::collections::BTreeMap;
use std::io::{Result, Write};
use std::path::{Path, PathBuf};

use threadkeep_core::mask::Masker;

/// A larger file is a dump, not a text that anyone puts into a chat, in bytes.
const FILE_BYTES: u64 = 16 * 1024 * 1024;

/// One line per path: a file, or every text below a folder.
pub(crate) fn report(out: &mut impl Write, paths: &[&str], places: bool) -> Result<()> {
    let masker = Masker::default();
    writeln!(out, "{:<44} {:>7} {:>12} {:>8} {:>11}", "path", "files", "bytes", "changes", "per 100 KB")?;
    for path in paths {
        let (mut files, mut bytes, mut changes) = (0, 0, 0);
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for file in files_below(Path::new(path)) {
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            files += 1;
            bytes += text.len();
            for found in masker.find(&text) {
                changes += 1;
                *rules.entry(&found.rule.name).or_default() += 1;
                if places {
                    let around = around(&text, found.start, found.len);
                    writeln!(out, "{} {}: {} {around:?}", file.display(), found.start, found.rule.name)?;
                }
            }
        }
        let rate = changes as f64 * 102_400.0 / bytes.max(1) as f64;
        writeln!(out, "{path:<44} {files:>7} {bytes:>12} {changes:>8} {rate:>11.2}")?;
        for (rule, count) in rules {
            writeln!(out, "    {rule:<40} {count:>29}")?;
        }
    }
    Ok(())
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return Vec::new() };
    if metadata.is_file() {
        return if metadata.len() <= FILE_BYTES { vec![path.to_owned()] } else { Vec::new() };
    }
    if !metadata.is_dir() || path.ends_with(".git") || path.ends_with("target") {
        return Vec::new();
    }
    let mut below: Vec<_> = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    below.sort();
    below.iter().flat_map(|path| files_below(path)).collect()
}

fn around(text: &str, start: usize, len: usize) -> &str {
    let from = (0..=start.saturating_sub(32)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let to = (start + len.min(60)..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    text.get(from..to).unwrap_or_default()
}
