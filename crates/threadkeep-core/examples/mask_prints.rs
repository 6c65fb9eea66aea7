//! Chooses the fingerprints of the masker's first pass anew, by annealing:
//! `cargo run --release -p threadkeep-core --example mask_prints -- file...`
//!
//! Prints the lines of `CHOSEN` in `mask/prints.rs`. The files are what the fingerprints are chosen for: prose, source text and
//! JSON, each with the same weight. The same files give the same lines.
#![expect(clippy::disallowed_methods, reason = "a command beside the core: it reads files")]

use std::collections::BTreeMap;
use std::io::Write;

use threadkeep_core::mask::Masker;

const BUCKETS: usize = 8;
const STEPS: u32 = 60_000;

/// At most so much of a file is read, in bytes.
const FILE_BYTES: usize = 250_000;

/// A place where a fingerprint does stand costs as much as so many where it only seems to: the rule is tried.
const TRIED: f64 = 15.0;

type Triple = [u8; 3];

/// Where a fingerprint may start in an anchor: its bytes in either case; `None` for any byte.
#[derive(Clone, PartialEq)]
struct Print([Vec<u8>; 3]);

fn main() -> std::io::Result<()> {
    let mut triples: BTreeMap<Triple, f64> = BTreeMap::new();
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(file)?;
        let bytes = &bytes[..bytes.len().min(FILE_BYTES)];
        for triple in bytes.windows(3) {
            *triples.entry([triple[0], triple[1], triple[2]]).or_default() += 1000.0 / bytes.len() as f64;
        }
    }
    let triples: Vec<(Triple, f64)> = triples.into_iter().collect();
    // One byte is looked for by itself.
    let anchors: Vec<_> = Masker::default().searched().into_iter().filter(|(text, _)| text.len() > 1).collect();
    let options: Vec<Vec<Print>> = anchors.iter().map(|(text, any_case)| prints(text, *any_case)).collect();
    let tried: Vec<Vec<f64>> =
        options.iter().map(|own| own.iter().map(|print| print.share(&triples)).collect()).collect();

    let mut random = Random(1);
    let mut state: Vec<(usize, usize)> = options.iter().map(|_| (0, random.below(BUCKETS))).collect();
    let bucket = |state: &[(usize, usize)], bucket: usize| {
        let own = state.iter().zip(&options).filter(|((_, own), _)| *own == bucket);
        let prints: Vec<&Print> = own.map(|((option, _), options)| &options[*option]).collect();
        passing(&prints, &triples)
    };
    let mut costs: Vec<f64> = (0..BUCKETS).map(|number| bucket(&state, number)).collect();
    for step in 0..STEPS {
        let heat = 30.0 * (1.0 - f64::from(step) / f64::from(STEPS)).powi(2) + 0.001;
        let anchor = random.below(state.len());
        let (old_option, old_bucket) = state[anchor];
        let option = if random.below(5) < 2 { random.below(options[anchor].len()) } else { old_option };
        let to = match random.below(5) {
            0 => old_bucket,
            1 | 2 => random.below(BUCKETS),
            _ => state[random.below(state.len())].1,
        };
        state[anchor] = (option, to);
        let (from_cost, to_cost) = (bucket(&state, old_bucket), bucket(&state, to));
        let moved = if to == old_bucket { 0.0 } else { to_cost - costs[to] };
        let more = tried[anchor][option] - tried[anchor][old_option] + from_cost - costs[old_bucket] + moved;
        if more <= 0.0 || random.share() < (-more / heat).exp() {
            costs[old_bucket] = from_cost;
            costs[to] = to_cost;
        } else {
            state[anchor] = (old_option, old_bucket);
        }
    }

    let out = &mut std::io::stdout().lock();
    for number in 0..BUCKETS {
        let mut line: Vec<String> = Vec::new();
        for (((option, own), options), (text, _)) in state.iter().zip(&options).zip(&anchors) {
            let start = options[*option].start(text);
            let print = String::from_utf8_lossy(&text[start..text.len().min(start + 3)]).replace(' ', "\t");
            if *own == number && !line.contains(&print) {
                line.push(print);
            }
        }
        writeln!(out, "    {:?},", line.join(" "))?;
    }
    Ok(())
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
