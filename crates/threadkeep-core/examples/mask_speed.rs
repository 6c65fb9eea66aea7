//! Native speed of the masker: `cargo run --release -p threadkeep-core --example mask_speed -- file...`
//!
//! Prints MB/s over the files for the whole masker, and for a table look-up per byte pair alone (the scan-only floor).
#![expect(clippy::disallowed_methods, reason = "a command beside the core: it reads files and the clock")]

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use threadkeep_core::mask::Masker;

/// Rounds per measurement; the median counts.
const ROUNDS: usize = 7;

fn main() -> std::io::Result<()> {
    let texts: Vec<String> = std::env::args().skip(1).filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let masker = Masker::default();
    let out = &mut std::io::stdout().lock();
    let masked = megabytes_per_second(bytes, || {
        for text in &texts {
            black_box(masker.mask_text(black_box(text)));
        }
    });
    let mut table = vec![0u64; 1024];
    table[0] = 1;
    let scanned = megabytes_per_second(bytes, || {
        for text in &texts {
            let hits = text.as_bytes().windows(2).filter(|two| {
                let pair = usize::from(u16::from_le_bytes([two[0], two[1]]));
                table[pair / 64] >> (pair % 64) & 1 == 1
            });
            black_box(hits.count());
        }
    });
    let places: usize = texts.iter().map(|text| masker.count_places(text.as_bytes())).sum();
    writeln!(out, "{bytes} bytes: masker {masked:.0} MB/s, pair look-up alone {scanned:.0} MB/s, {places} places")
}

fn megabytes_per_second(bytes: usize, run: impl Fn()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    bytes as f64 / 1e6 / rounds[ROUNDS / 2]
}
