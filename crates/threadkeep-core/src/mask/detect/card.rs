//! Payment card numbers (ISO/IEC 7812): issuer range, length for that issuer, Luhn.

use std::ops::Range;

use crate::mask::check::luhn;
use crate::mask::window::Window;
use threadkeep_scan::Class;

const MAX_DIGITS: usize = 19;

/// No card has a smaller number: the shortest have thirteen digits, and the first of these is 4.
pub(in crate::mask) const SMALLEST: u64 = 4_000_000_000_000;

/// Triggered by the first digit.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    if !starts_number(window, start) {
        return None;
    }
    let number = Number::read(window, start)?;
    let digits = number.digits.get(..number.len)?;
    (is_issued(digits) && luhn::holds(digits)).then_some(start..number.end)
}

fn starts_number(window: &Window<'_>, start: usize) -> bool {
    // The middle of an account number in groups: `RS35 2600 …`.
    if let [a, b, c, d, b' ' | b'-'] = window.back(start, 5)
        && a.is_ascii_uppercase()
        && b.is_ascii_uppercase()
        && c.is_ascii_digit()
        && d.is_ascii_digit()
    {
        return false;
    }
    if !window.word_starts(start) {
        return false;
    }
    match window.before(start) {
        Some(b'.' | b'-') => !(start > 1 && window.before(start - 1).is_some_and(|byte| byte.is_ascii_alphanumeric())),
        Some(b'+' | b'#' | b'$') => false,
        _ => true,
    }
}

struct Number {
    digits: [u8; MAX_DIGITS],
    len: usize,
    end: usize,
}

impl Number {
    /// Digits in one run, or in groups that all have the same separator; `None` when it does not end where a number may.
    fn read(window: &Window<'_>, start: usize) -> Option<Self> {
        let mut number = Number { digits: [0; MAX_DIGITS], len: 0, end: start };
        let mut groups = [0usize; 6];
        let mut group = 0;
        let mut separator = None;
        loop {
            let run = window.run(number.end, MAX_DIGITS + 1 - number.len, &Class::DIGIT);
            if number.len + run > MAX_DIGITS {
                return None;
            }
            for (slot, byte) in number.digits[number.len..].iter_mut().zip(window.slice(number.end, number.end + run)) {
                *slot = byte - b'0';
            }
            number.len += run;
            number.end += run;
            groups[group] = run;
            group += 1;
            let next = window.at(number.end);
            let goes_on = matches!(next, Some(b' ' | b'-'))
                && (separator.is_none() || separator == next)
                && group < groups.len()
                && number.len < MAX_DIGITS
                && !grouping_is_whole(groups.get(..group)?)
                && window.at(number.end + 1).is_some_and(|byte| byte.is_ascii_digit());
            if !goes_on {
                break;
            }
            separator = next;
            number.end += 1;
        }
        let ends = match window.at(number.end) {
            Some(b'.') => !window.at(number.end + 1).is_some_and(|byte| byte.is_ascii_digit()),
            Some(b'-') => !window.at(number.end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric()),
            Some(b'@' | b'%') => false,
            _ => window.word_ends(number.end),
        };
        (ends && is_grouping(groups.get(..group)?)).then_some(number)
    }
}

fn is_grouping(groups: &[usize]) -> bool {
    groups.len() == 1 || grouping_is_whole(groups) || matches!(groups, [4, 4, 4, 1 | 3] | [4, 4, 4, 4, 1..=3])
}

fn grouping_is_whole(groups: &[usize]) -> bool {
    matches!(groups, [13..=19] | [4, 4, 4, 4] | [4, 6, 5] | [4, 6, 4])
}

/// Issuer prefix and length: the ranges that are in use.
fn is_issued(digits: &[u8]) -> bool {
    let prefix = |count: usize| digits.iter().take(count).fold(0u32, |value, digit| value * 10 + u32::from(*digit));
    let (two, three, four) = (prefix(2), prefix(3), prefix(4));
    match digits.len() {
        13 => digits[0] == 4,
        14 => matches!(three, 300..=305 | 309) || matches!(two, 36 | 38 | 39),
        15 => matches!(two, 34 | 37) || matches!(four, 1800 | 2131) || three == 122,
        16 => {
            digits[0] == 4
                || matches!(two, 51..=55 | 62 | 64 | 65 | 67 | 35 | 60 | 81 | 82)
                || matches!(four, 2221..=2720 | 2200..=2204 | 5018 | 5020 | 5038 | 5893 | 6304 | 9792 | 3095)
                || matches!(two, 36 | 38 | 39)
        }
        17 | 18 => matches!(four, 5018 | 5020 | 5038 | 6304 | 6759 | 6761..=6763) || two == 62,
        19 => {
            digits[0] == 4
                || matches!(two, 62 | 64 | 65)
                || matches!(four, 5018 | 5020 | 5038 | 6011 | 6304 | 6759 | 6761..=6763)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the trigger of the rule asks of a run's first digit.
    #[test]
    fn a_card_that_starts_with_0_or_1_has_fifteen_digits() {
        for (len, four) in (1..=MAX_DIGITS).flat_map(|len| (0..2000u32).map(move |four| (len, four))) {
            let digits: Vec<u8> = format!("{four:04}{:015}", 0).bytes().map(|byte| byte - b'0').take(len).collect();
            assert!(len == 15 || !is_issued(&digits), "{digits:?}");
        }
    }

    #[test]
    fn no_card_has_a_number_below_the_smallest() {
        let smallest = SMALLEST.to_string();
        let is_issued = |number: &str| is_issued(&number.bytes().map(|byte| byte - b'0').collect::<Vec<_>>());
        assert!(is_issued(&smallest));
        for (len, four) in (4..=smallest.len()).flat_map(|len| (1000..10_000u32).map(move |four| (len, four))) {
            let number = format!("{four}{}", "0".repeat(len - 4));
            assert!(len == smallest.len() && number >= smallest || !is_issued(&number), "{number}");
        }
    }
}
