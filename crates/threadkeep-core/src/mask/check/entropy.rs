//! Does it look drawn at random?

/// A body with a run this long of one character is filler: `xxxx…`, `0000…`, `****…`.
const FILLER_RUN: usize = 7;

/// At least `bits` of Shannon entropy per character, and no filler.
pub(in crate::mask) fn is_random(body: &[u8], bits: f32) -> bool {
    !has_filler(body) && shannon(body) >= bits && !body.windows(7).any(|part| part == b"EXAMPLE")
}

/// Length of the longest run of the alphabet (`abcdef`, in either case).
pub(in crate::mask) fn longest_sequence(body: &[u8]) -> usize {
    let mut longest = 1;
    let mut run = 1;
    for pair in body.windows(2) {
        let (first, second) = (pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase());
        run = if first.is_ascii_lowercase() && second == first + 1 { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

pub(in crate::mask) fn has_filler(body: &[u8]) -> bool {
    longest_run(body) >= FILLER_RUN
}

fn longest_run(body: &[u8]) -> usize {
    let mut longest = 0;
    let mut run = 0;
    let mut last = None;
    for byte in body {
        run = if last == Some(byte) { run + 1 } else { 1 };
        last = Some(byte);
        longest = longest.max(run);
    }
    longest
}

/// A sum that is rounded may miss a bound that it should meet.
const ROUNDING: f32 = 1e-5;

/// Bits per character; not a number for nothing, which is at least no number of bits.
pub(in crate::mask) fn shannon(body: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for byte in body {
        counts[usize::from(*byte)] += 1;
    }
    // A character that stands once adds nothing but to the length; most do.
    let repeated = |count: &u32| if *count > 1 { *count as f32 * (*count as f32).log2() } else { 0.0 };
    let total = body.len() as f32;
    total.log2() + ROUNDING - counts.iter().map(repeated).sum::<f32>() / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_known_texts() {
        assert!(shannon(b"aaaa").abs() < 0.001);
        assert!((shannon(b"abcd") - 2.0).abs() < 0.001);
        assert!(shannon("aaabbbcccdddeeefffggghhh".as_bytes()) >= 3.0);
    }

    #[test]
    fn filler_is_not_random() {
        assert!(!is_random(b"a8Kxxxxxxxxq1Zp", 1.0));
    }
}
