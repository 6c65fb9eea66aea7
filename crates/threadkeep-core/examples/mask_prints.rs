//! Chooses the fingerprints of the masker's first pass anew, by annealing:
//! `cargo run --release -p threadkeep-core --example mask_prints -- file...`
//!
//! Prints the lines of both tables in `mask/prints.rs`. The files are what the fingerprints are chosen for: prose, source text and
//! JSON, each with the same weight. The same files give the same lines.
#![expect(clippy::disallowed_methods, reason = "a command beside the core: it reads files")]

use std::collections::BTreeMap;
use std::io::Write;

use threadkeep_core::mask::Masker;

const BUCKETS: usize = 8;
const STEPS: u32 = 1_500_000;

/// What a change may cost at first to be made every third time, in places of a thousand.
const HEAT: f64 = 8.0;

/// What the first pass reads at a time.
const BLOCK_BYTES: usize = 64;

/// At most so much of a file is read, in bytes.
const FILE_BYTES: usize = 250_000;

/// A place where a fingerprint does stand costs as much as so many where it only seems to: the rule is tried.
const TRIED: f64 = 15.0;

type Triple = [u8; 3];

/// Where a fingerprint may start in an anchor: its bytes in either case; `None` for any byte.
#[derive(Clone, PartialEq)]
struct Print([Vec<u8>; 3]);

fn main() -> std::io::Result<()> {
    let [mut anywhere, mut before_token] = [const { BTreeMap::new() }; 2];
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(file)?;
        let bytes = &bytes[..bytes.len().min(FILE_BYTES)];
        let blocks = (0..bytes.len()).step_by(BLOCK_BYTES);
        let near: Vec<bool> =
            blocks.map(|at| is_token_near(&bytes[at..bytes.len().min(at + 2 * BLOCK_BYTES)])).collect();
        let nearby = near.iter().filter(|near| **near).count().max(1) * BLOCK_BYTES;
        for (at, triple) in bytes.windows(3).enumerate() {
            let triple = [triple[0], triple[1], triple[2]];
            *anywhere.entry(triple).or_default() += 1000.0 / bytes.len() as f64;
            if near[at / BLOCK_BYTES] {
                *before_token.entry(triple).or_default() += 1000.0 / nearby as f64;
            }
        }
    }
    let masker = Masker::default();
    let out = &mut std::io::stdout().lock();
    for (name, is_before_token, triples) in [("ANYWHERE", false, anywhere), ("BEFORE_TOKEN", true, before_token)] {
        writeln!(out, "{name}")?;
        let triples: Vec<(Triple, f64)> = triples.into_iter().collect();
        // One byte is looked for by itself.
        let anchors: Vec<_> = masker.searched(is_before_token).into_iter().filter(|(text, _)| text.len() > 1).collect();
        for line in anneal(&anchors, &triples) {
            writeln!(out, "    {line:?},")?;
        }
    }
    Ok(())
}

/// Roughly what the first pass asks: a word of eight letters and digits with a digit among them.
fn is_token_near(bytes: &[u8]) -> bool {
    let mut words = bytes.split(|byte| !byte.is_ascii_alphanumeric());
    words.any(|word| word.len() >= 8 && word.iter().any(u8::is_ascii_digit))
}

/// A line of fingerprints for each bucket.
fn anneal(anchors: &[(Vec<u8>, bool)], triples: &[(Triple, f64)]) -> [String; BUCKETS] {
    let options: Vec<Vec<Print>> = anchors.iter().map(|(text, any_case)| prints(text, *any_case)).collect();
    let tried: Vec<Vec<f64>> =
        options.iter().map(|own| own.iter().map(|print| print.share(triples)).collect()).collect();

    // Each where it costs least, the short ones first: they have the least choice, and what they chose suits many a longer one
    // (`key`, `api_key`). From a start at random one bucket would gather nearly all.
    let mut state: Vec<Option<Place>> = vec![None; anchors.len()];
    let bucket = |state: &[Option<Place>], bucket: usize| {
        let own = state.iter().zip(&options).filter_map(|(place, options)| Some((place.as_ref()?, options)));
        let own = own.filter(|(place, _)| place.bucket == bucket).map(|(place, options)| &options[place.option]);
        passing(&own.collect::<Vec<_>>(), triples)
    };
    let mut order: Vec<usize> = (0..anchors.len()).collect();
    order.sort_by_key(|anchor| anchors[*anchor].0.len());
    for anchor in order {
        let mut best = (f64::INFINITY, None);
        for to in 0..BUCKETS {
            let before = bucket(&state, to);
            for (option, tried) in tried[anchor].iter().enumerate() {
                let place = Some(Place { option, bucket: to });
                state[anchor] = place;
                let cost = tried + bucket(&state, to) - before;
                if cost < best.0 {
                    best = (cost, place);
                }
                state[anchor] = None;
            }
        }
        state[anchor] = best.1;
    }
    let mut costs: Vec<f64> = (0..BUCKETS).map(|number| bucket(&state, number)).collect();

    let mut random = Random(1);
    for step in 0..STEPS {
        let heat = HEAT * (1.0 - f64::from(step) / f64::from(STEPS)).powi(2) + 0.001;
        let anchor = random.below(state.len());
        let Some(old) = state[anchor] else { continue };
        let option = if random.below(5) < 2 { random.below(options[anchor].len()) } else { old.option };
        let to = match random.below(5) {
            0 => old.bucket,
            1 | 2 => random.below(BUCKETS),
            _ => state[random.below(state.len())].map_or(old.bucket, |place| place.bucket),
        };
        state[anchor] = Some(Place { option, bucket: to });
        let (from_cost, to_cost) = (bucket(&state, old.bucket), bucket(&state, to));
        let moved = if to == old.bucket { 0.0 } else { to_cost - costs[to] };
        let more = tried[anchor][option] - tried[anchor][old.option] + from_cost - costs[old.bucket] + moved;
        if more <= 0.0 || random.share() < (-more / heat).exp() {
            costs[old.bucket] = from_cost;
            costs[to] = to_cost;
        } else {
            state[anchor] = Some(old);
        }
    }

    let mut lines: [Vec<String>; BUCKETS] = Default::default();
    for ((place, options), (text, _)) in state.iter().zip(&options).zip(anchors) {
        let Some(Place { option, bucket }) = *place else { continue };
        let start = options[option].start(text);
        let print = String::from_utf8_lossy(&text[start..text.len().min(start + 3)]).replace(' ', "\t");
        if !lines[bucket].contains(&print) {
            lines[bucket].push(print);
        }
    }
    lines.map(|line| line.join(" "))
}

/// Which of its fingerprints an anchor has, and the bucket of it.
#[derive(Clone, Copy)]
struct Place {
    option: usize,
    bucket: usize,
}

/// Before the first space, and where all three bytes are known if there are as many: as `prints.rs` has it.
fn prints(text: &[u8], any_case: bool) -> Vec<Print> {
    let usable = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
    let starts = usable.min((text.len() + 1).saturating_sub(3)).max(1);
    let cases = |byte: &u8| if any_case { vec![*byte, byte.to_ascii_uppercase()] } else { vec![*byte] };
    (0..starts).map(|at| Print([at, at + 1, at + 2].map(|at| text.get(at).map(cases).unwrap_or_default()))).collect()
}

impl Print {
    fn has(&self, triple: &Triple) -> bool {
        self.0.iter().zip(triple).all(|(bytes, byte)| bytes.is_empty() || bytes.contains(byte))
    }

    /// What it costs that it stands in texts.
    fn share(&self, triples: &[(Triple, f64)]) -> f64 {
        TRIED * triples.iter().filter(|(triple, _)| self.has(triple)).map(|(_, share)| share).sum::<f64>()
    }

    /// Where in its anchor it starts.
    fn start(&self, text: &[u8]) -> usize {
        let own: Vec<u8> = self.0.iter().filter_map(|bytes| bytes.first().copied()).collect();
        text.windows(own.len()).position(|part| part == own).unwrap_or(0)
    }
}

/// How much of the texts a bucket lets through: nibble by nibble.
fn passing(prints: &[&Print], triples: &[(Triple, f64)]) -> f64 {
    let (mut low, mut high) = ([0u16; 3], [0u16; 3]);
    for print in prints {
        for (place, bytes) in print.0.iter().enumerate() {
            for byte in bytes {
                low[place] |= 1 << (byte & 15);
                high[place] |= 1 << (byte >> 4);
            }
            if bytes.is_empty() {
                (low[place], high[place]) = (u16::MAX, u16::MAX);
            }
        }
    }
    let passes = |triple: &Triple| {
        triple.iter().enumerate().all(|(place, byte)| low[place] >> (byte & 15) & high[place] >> (byte >> 4) & 1 == 1)
    };
    triples.iter().filter(|(triple, _)| passes(triple)).map(|(_, share)| share).sum()
}

/// The same numbers on every run.
struct Random(u32);

impl Random {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / f64::from(u32::MAX)
    }

    fn below(&mut self, end: usize) -> usize {
        ((self.share() * end as f64) as usize).min(end - 1)
    }
}
