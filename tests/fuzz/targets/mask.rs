//! Any text, cut anywhere: masked once is masked for good, and the pieces of a stream are the whole.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use threadkeep_core::mask::Masker;

/// Those of every locale, too.
static EVERY_RULE: LazyLock<Masker> = LazyLock::new(|| {
    let rules = Masker::every_rule();
    rules.fold(Masker::builder(), |builder, rule| builder.with(&rule.name)).build().expect("built-in rules")
});

fuzz_target!(|input: &[u8]| {
    let [text @ .., cut, step] = input else { return };
    let text = String::from_utf8_lossy(text);
    check(&Masker::default(), &text, (*cut).into(), (*step).into());
    check(&EVERY_RULE, &text, (*cut).into(), (*step).into());
});

fn check(masker: &Masker, text: &str, cut: usize, step: usize) {
    let masked = masker.mask_text(text);
    assert_eq!(masker.mask_text(&masked), masked, "masked again");

    let mut end = 0;
    for found in masker.find(text) {
        assert!(found.start >= end && found.len > 0, "findings are in order and apart");
        end = found.start + found.len;
        assert!(text.is_char_boundary(found.start) && text.is_char_boundary(end), "no letter is cut");
    }

    let mut stream = masker.stream();
    let mut pieces = String::new();
    let mut rest = text;
    let mut len = cut;
    while !rest.is_empty() {
        let at = (len..=rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(at.max(rest.chars().next().map_or(0, char::len_utf8)));
        pieces.push_str(&stream.push(piece));
        rest = behind;
        len = step;
    }
    pieces.push_str(&stream.finish());
    assert_eq!(pieces, masked, "in pieces");
}
