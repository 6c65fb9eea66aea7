//! The table as it is carried: one text, made while the crate compiles. References would cost more than what they
//! refer to, and where a format is described need not be known to mask it.
//!
//! A record is a rule's kind, trigger and check as one letter each, the bits of the check, then name, label, the texts of the
//! trigger, one a line, pattern and locale, separated by tabs; a line break ends it. A label that is the name in upper case is left out.

use std::borrow::Cow;

use threadkeep_scan::LONG_WORD_BYTES;

use super::super::check::Check;
use super::super::pattern::Pattern;
use super::super::rule::{Detector, DetectorFn, Kind, On, Rule, Scope, Shape, Trigger};
use super::super::token::TOKEN;
use super::{Line, LineShape};

/// Letters of each closed set, in the order of `Kind::ALL`, `TRIGGERS` and `Check`.
const TRIGGERS: [On; 9] = [
    On::Prefix,
    On::PrefixAnyCase,
    On::Word,
    On::Inside,
    On::InsideAnyCase,
    On::BeforeToken,
    On::Digits,
    On::HexGroups,
    On::HexColon,
];

/// Stands for a detector where a pattern would be; no pattern is empty.
const DETECTOR: &str = "";

/// Stands for the locale of a rule that must be asked for by name.
const OPT_IN: &str = "!";

/// Packed tables as text, while the crate compiles.
pub(super) const fn text(packed: &[u8]) -> &str {
    let text = match std::str::from_utf8(packed) {
        Ok(text) => text,
        Err(_) => "",
    };
    assert!(!text.is_empty(), "a table holds a letter beyond ASCII");
    text
}

/// The tables as one text of `N` bytes, and the number of bytes that they need.
pub(super) const fn pack<const N: usize>(tables: &[&[Line]]) -> ([u8; N], usize) {
    let mut out = Writer { bytes: [0; N], len: 0 };
    let mut table = 0;
    while table < tables.len() {
        let mut index = 0;
        while index < tables[table].len() {
            out.line(&tables[table][index]);
            index += 1;
        }
        table += 1;
    }
    (out.bytes, out.len)
}

/// The detectors of the tables in order, and their number.
pub(super) const fn pack_detectors<const N: usize>(tables: &[&[Line]]) -> ([DetectorFn; N], usize) {
    const NOTHING: DetectorFn = |_, _| None;
    let mut functions = [NOTHING; N];
    let mut count = 0;
    let mut table = 0;
    while table < tables.len() {
        let mut index = 0;
        while index < tables[table].len() {
            if let LineShape::Detector(function) = tables[table][index].shape {
                if count < N {
                    functions[count] = function;
                }
                count += 1;
            }
            index += 1;
        }
        table += 1;
    }
    (functions, count)
}

impl Line {
    /// A literal that starts a long word stands wherever such a word does.
    const fn on(&self) -> On {
        match (self.trigger, self.shape) {
            ((On::Prefix, literals), LineShape::Pattern(pattern)) if is_long(literals, pattern) => On::Word,
            ((on, _), _) => on,
        }
    }
}

struct Writer<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Writer<N> {
    const fn line(&mut self, line: &Line) {
        let (check, bits) = check_letter(line.check);
        self.byte(b'A' + line.kind as u8 + if line.generic { 32 } else { 0 });
        self.byte(b'A' + line.on() as u8);
        self.byte(b'A' + check);
        self.byte(b'0' + bits);
        self.field(line.name);
        self.field(if is_upper(line.label, line.name) { "" } else { line.label });
        self.words(line.trigger.1);
        self.field(match line.shape {
            LineShape::Pattern(pattern) => pattern,
            LineShape::Detector(_) => DETECTOR,
        });
        self.text(match line.scope {
            Scope::Default => "",
            Scope::Locale(locale) => locale,
            Scope::OptIn => OPT_IN,
        });
        self.byte(b'\n');
    }

    const fn field(&mut self, text: &str) {
        self.text(text);
        self.byte(b'\t');
    }

    /// One a line: in the table a space separates them, and `␣`, the only sign beyond ASCII, stands for a space.
    const fn words(&mut self, words: &str) {
        let words = words.as_bytes();
        let mut index = 0;
        while index < words.len() {
            match words[index] {
                b' ' => self.byte(b'\n'),
                0xe2 => self.byte(b' '),
                0x80..0xc0 => {}
                byte => self.byte(byte),
            }
            index += 1;
        }
        self.byte(b'\t');
    }

    const fn text(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() {
            self.byte(text[index]);
            index += 1;
        }
    }

    const fn byte(&mut self, byte: u8) {
        if self.len < N {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
    }
}

const fn is_upper(label: &str, name: &str) -> bool {
    let (label, name) = (label.as_bytes(), name.as_bytes());
    let mut index = 0;
    while index < label.len() && index < name.len() {
        if label[index] != upper(name[index]) {
            return false;
        }
        index += 1;
    }
    label.len() == name.len()
}

const fn upper(letter: u8) -> u8 {
    if letter == b'-' { b'_' } else { letter.to_ascii_uppercase() }
}

/// Each of the literals, separated by spaces, starts a long word, if it is one itself.
const fn is_long(literals: &str, pattern: &str) -> bool {
    let literals = literals.as_bytes();
    let run = Pattern::new(pattern).least_run(&TOKEN);
    let (mut at, mut len, mut is_word) = (0, 0, true);
    while at < literals.len() {
        let ends = at + 1 == literals.len() || literals[at + 1] == b' ';
        if literals[at] == b' ' {
            (len, is_word) = (0, true);
        } else {
            len += 1;
            is_word = is_word && TOKEN.has(literals[at]);
        }
        if ends && is_word && len + run < LONG_WORD_BYTES {
            return false;
        }
        at += 1;
    }
    true
}

/// Bits are kept in tenths.
const fn check_letter(check: Check) -> (u8, u8) {
    let (letter, bits) = match check {
        Check::None => (0, 0.0),
        Check::Real => (1, 0.0),
        Check::Random(bits) => (2, bits),
        Check::RandomMixed(bits) => (3, bits),
        Check::RandomNotHex(bits) => (4, bits),
        Check::Mixed(bits) => (5, bits),
        Check::RandomNoSequence(bits) => (6, bits),
    };
    (letter, (bits * 10.0 + 0.5) as u8)
}

fn check(letter: u8, bits: u8) -> Check {
    let bits = f32::from(bits) / 10.0;
    match letter {
        1 => Check::Real,
        2 => Check::Random(bits),
        3 => Check::RandomMixed(bits),
        4 => Check::RandomNotHex(bits),
        5 => Check::Mixed(bits),
        6 => Check::RandomNoSequence(bits),
        _ => Check::None,
    }
}

/// The rules of a packed table.
pub(super) struct Packed {
    text: &'static str,
    functions: std::slice::Iter<'static, DetectorFn>,
}

impl Packed {
    pub(super) fn new(text: &'static str, functions: &'static [DetectorFn]) -> Self {
        Self { text, functions: functions.iter() }
    }

    /// The text up to the separator, which is skipped.
    // Fields are short: a search by words of the machine takes longer to start.
    fn field(&mut self, separator: u8) -> &'static str {
        let len = self.text.bytes().position(|byte| byte == separator).unwrap_or(self.text.len());
        let (field, rest) = self.text.split_at_checked(len).unwrap_or_default();
        self.text = rest.get(1..).unwrap_or_default();
        field
    }
}

impl Iterator for Packed {
    type Item = Rule;

    fn next(&mut self) -> Option<Rule> {
        let [kind, on, letter, bits] = *self.text.as_bytes().first_chunk()?;
        self.text = self.text.get(4..)?;
        let name = self.field(b'\t');
        let label = self.field(b'\t');
        let text = self.field(b'\t');
        let pattern = self.field(b'\t');
        let locale = self.field(b'\n');
        Some(Rule {
            name: Cow::Borrowed(name),
            kind: *Kind::ALL.get(usize::from((kind - b'A') & 31))?,
            label: (!label.is_empty()).then_some(Cow::Borrowed(label)),
            scope: match locale {
                "" => Scope::Default,
                OPT_IN => Scope::OptIn,
                locale => Scope::Locale(locale),
            },
            generic: kind >= b'a',
            trigger: Trigger { on: *TRIGGERS.get(usize::from(on - b'A'))?, text: Cow::Borrowed(text) },
            shape: match pattern {
                DETECTOR => Shape::Detector(Detector(*self.functions.next()?)),
                pattern => Shape::Pattern(Cow::Borrowed(pattern)),
            },
            check: check(letter - b'A', bits - b'0'),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DEFAULT, all, default};
    use super::*;

    #[test]
    fn letters_stand_for_what_they_are() {
        assert!(Kind::ALL.iter().enumerate().all(|(number, kind)| *kind as usize == number));
        assert!(TRIGGERS.iter().enumerate().all(|(number, on)| *on as usize == number));
    }

    #[test]
    fn every_line_comes_back_as_it_was_written() {
        let lines: Vec<&Line> = DEFAULT.iter().flat_map(|table| table.iter()).collect();
        assert_eq!(default().count(), lines.len());
        for (rule, line) in default().zip(lines) {
            assert_eq!((rule.name.as_ref(), rule.label().as_ref()), (line.name, line.label));
            assert_eq!((rule.kind, rule.scope, rule.generic), (line.kind, line.scope, line.generic), "{}", line.name);
            let written = line.trigger.1.replace(' ', "\n").replace('␣', " ");
            assert_eq!((rule.trigger.on, rule.trigger.text.as_ref()), (line.on(), written.as_str()), "{}", line.name);
            assert_eq!(rule.check, line.check, "{}", line.name);
            match (rule.shape, line.shape) {
                (Shape::Pattern(own), LineShape::Pattern(written)) => assert_eq!(own, written),
                (Shape::Detector(own), LineShape::Detector(written)) => {
                    assert!(std::ptr::fn_addr_eq(own.0, written), "{}", line.name);
                }
                _ => panic!("{}", line.name),
            }
        }
        assert!(all().count() > default().count());
    }
}
