//! National numbers, off until their locale is asked for.

use super::super::detect::national::TABLE;
use super::super::rule::{Kind, Scope};
use super::{Line, detector, digits};

pub(super) static RULES: [Line; TABLE.len()] = {
    let mut rules = [detector("", Kind::Personal, "", digits(""), TABLE[0].4, ""); TABLE.len()];
    let mut index = 0;
    while index < TABLE.len() {
        let (name, locale, label, runs, detect, source) = TABLE[index];
        rules[index] = Line {
            scope: Scope::Locale(locale),
            ..detector(name, Kind::Personal, label, digits(runs), detect, source)
        };
        index += 1;
    }
    rules
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::mask::Masker;
    use crate::mask::check::base64;
    use crate::mask::detect::national::TABLE;

    const EXAMPLES: &str = include_str!("../../../../../tests/fixtures/mask/national.tsv");

    /// One number that the check lets through, one that it refuses, and neither without being asked for.
    #[test]
    fn every_rule_holds_to_its_check() {
        let mut left: BTreeSet<&str> = TABLE.iter().map(|line| line.0).collect();
        for line in EXAMPLES.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [rule, holds, fails] = fields[..] else { panic!("three columns: {line}") };
            let decode = |text: &str| String::from_utf8(base64::decode(text.as_bytes())).unwrap();
            let masker = Masker::builder().none().with(rule).build().unwrap();
            assert_eq!(masker.find(&decode(holds)).len(), 1, "{rule}");
            assert_eq!(masker.mask_text(&decode(fails)), decode(fails), "{rule}");
            assert!(Masker::default().rules().all(|own| own.name != rule), "{rule} is on by default");
            left.remove(rule);
        }
        assert!(left.is_empty(), "no example in national.tsv: {left:?}");
    }
}
