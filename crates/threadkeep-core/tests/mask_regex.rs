//! The masker's patterns beside the same ones as regular expressions: a slow and well-known reading of every rule that
//! is a literal and runs of characters.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests stand outside of test functions")]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use regex::Regex;
use threadkeep_core::mask::{Check, Masker, On, Rule, RuleError, Shape, Trigger};

/// Texts per rule.
const TEXTS: u32 = 60;

#[test]
fn patterns_are_read_as_regular_expressions_are() {
    let mut compared = 0;
    for rule in Masker::default().rules() {
        let (Shape::Pattern(pattern), On::Prefix | On::Word) = (&rule.shape, rule.trigger.on) else { continue };
        if pattern.ends_with('!') {
            continue;
        }
        let items: Vec<&str> = pattern.split(' ').filter(|item| !matches!(*item, "<" | ">")).collect();
        for literal in rule.trigger.text.split('\n') {
            let trigger = Trigger { on: On::Prefix, text: literal.to_owned().into() };
            // Whatever its check says of random characters is another matter.
            let alone = Rule { trigger, check: Check::None, ..rule.clone() };
            let masker = match Masker::builder().none().with_rule(alone).build() {
                Ok(masker) => masker,
                // Reads farther, or starts otherwise, than a rule of a caller's own may.
                Err(RuleError::Reach | RuleError::Literal) => continue,
                Err(error) => panic!("{}: {error}", rule.name),
            };
            let reference = Reference::new(literal, &items);
            check_rule(&rule.name, &masker, &reference, &texts(literal, &items));
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared} anchors were compared");
}

fn check_rule(name: &str, masker: &Masker, reference: &Reference, texts: &impl Strategy<Value = String>) {
    let mut runner = TestRunner::new(Config { cases: TEXTS, failure_persistence: None, ..Config::default() });
    runner
        .run(texts, |text| {
            let found = masker.find(&text).first().map(|found| found.start + found.len);
            prop_assert_eq!(found, reference.end(&text), "{}: {:?}", name, text);
            Ok(())
        })
        .unwrap();
}

struct Reference {
    expression: Regex,
    /// The characters of the last run, or none.
    last: Option<Regex>,
}

impl Reference {
    fn new(literal: &str, items: &[&str]) -> Self {
        let expression: String = items.iter().map(|item| expression(item)).collect();
        let last = items.last().filter(|item| !item.starts_with('\'')).map(|item| class(item.as_bytes()[0]));
        Self {
            // A word character before the literal is none of our texts' business.
            expression: Regex::new(&format!("^(?: )?{}{expression}", regex::escape(literal))).unwrap(),
            last: last.map(|class| Regex::new(&format!("^[{class}]")).unwrap()),
        }
    }

    /// Where the value at the start of the text ends.
    fn end(&self, text: &str) -> Option<usize> {
        let end = self.expression.find(text)?.end();
        let rest = &text[end..];
        let goes_on = rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
            || self.last.as_ref().is_some_and(|class| class.is_match(rest));
        let stops = rest == "." || rest.starts_with(". ");
        (!goes_on || stops).then_some(end)
    }
}

/// One item of a pattern.
fn expression(item: &str) -> String {
    match item.strip_prefix('\'') {
        Some(literal) => match literal.strip_suffix("'?") {
            Some(literal) => format!("(?:{})?", regex::escape(literal)),
            None => regex::escape(literal.strip_suffix('\'').unwrap()),
        },
        None => format!("[{}]{}", class(item.as_bytes()[0]), &item[1..]),
    }
}

/// What a letter of the pattern language stands for.
fn class(letter: u8) -> &'static str {
    match letter {
        b'd' => "0-9",
        b'h' => "0-9a-f",
        b'H' => "0-9a-fA-F",
        b'l' => "a-z",
        b'a' => "a-zA-Z",
        b'n' => "0-9a-zA-Z",
        b'N' => "A-Z0-9",
        b'm' => "a-z0-9",
        b'w' => "0-9a-zA-Z_",
        b'k' => "0-9a-zA-Z_\\-",
        b'i' => "0-9a-zA-Z\\-",
        b'b' => "0-9a-zA-Z+/",
        b'B' => "0-9a-zA-Z+/_=\\-",
        b'p' => "0-9a-zA-Z_.\\-",
        b'y' => "0-9a-zA-Z_.=\\-",
        b's' => "1-9A-HJ-NP-Za-km-z",
        b'2' => "A-Z2-7",
        b'x' => "0-9a-zA-Z!#-\\&(-/:;<-@\\[-_{-~",
        b'v' => "0-9a-zA-Z+/=_.~%\\-",
        b'q' => " =:\"'>",
        b'g' => "0-9a-zA-Z_.~\\-",
        b'c' => "0-9a-zA-Z+/=_,\\-",
        other => panic!("what is the class {:?}?", char::from(other)),
    }
}

/// Values of the pattern, and near ones: runs a little too short or too long, and something behind.
fn texts(literal: &str, items: &[&str]) -> impl Strategy<Value = String> + use<> {
    let parts: Vec<BoxedStrategy<String>> = items
        .iter()
        .map(|item| match item.strip_prefix('\'') {
            Some(literal) => Just(literal.trim_end_matches('?').strip_suffix('\'').unwrap().to_owned()).boxed(),
            None => {
                let bounds = item[2..].trim_end_matches('}');
                let (min, max) = bounds.split_once(',').unwrap_or((bounds, bounds));
                let (min, max): (usize, usize) = (min.parse().unwrap(), max.parse().unwrap());
                let most = (max + 1).min(min + 40);
                proptest::string::string_regex(&format!(
                    "[{}]{{{},{most}}}",
                    class(item.as_bytes()[0]),
                    min.saturating_sub(1)
                ))
                .unwrap()
                .boxed()
            }
        })
        .collect();
    let behind = proptest::sample::select(vec!["", " and", ".", ". And", ",", "\"", "x", "-x", "é"]);
    let literal = literal.to_owned();
    (parts, behind).prop_map(move |(parts, behind)| format!("{literal}{}{behind}", parts.concat()))
}
