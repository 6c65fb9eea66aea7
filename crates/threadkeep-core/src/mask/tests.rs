//! The laws that the masker promises.

mod values;

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

/// Text made to collide with the rules: their anchors, digits, separators, placeholders, and characters of one to
/// four bytes.
fn hostile() -> impl Strategy<Value = String> {
    let pieces: Vec<String> = [
        "AKIA",
        "IOSFODNN7ABCDEF2",
        "ghp_",
        "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5",
        "@",
        "jo",
        "example.org",
        ".com",
        "://",
        "https",
        "user:pa55w0rd",
        "-----BEGIN ",
        "RSA PRIVATE KEY-----",
        "-----END RSA PRIVATE KEY-----",
        "\n",
        "MIIEpAIBAAKCAQEAMIIEpAIBAAKCAQEAMIIEpAIBAAKCAQEA",
        "eyJhbGciOiJIUzI1NiJ9",
        ".eyJzdWIiOiIxMjM0In0",
        ".",
        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV",
        concat!("40128888", "88881881"),
        "4012 8888",
        " 8888 1881",
        "+49",
        "30 901820",
        "415",
        "-555-0132",
        "(",
        ")",
        "192.168",
        ".1.1",
        "GB82",
        "WEST12345698765432",
        "[REDACTED_EMAIL]",
        "[REDACTED_",
        "]",
        "[",
        "password",
        "api_key",
        " = ",
        ": ",
        "\"",
        "'",
        "\\\"",
        "hunter2isLong",
        "x9K2mP7qL4vB8nR1",
        "é",
        "漢",
        "🙂",
        " ",
        "Bearer ",
        "sk-",
        "T3BlbkFJ",
        "::",
        "fe80",
        ":7",
        "1:2:3:4:5:6",
        "2025-06-03",
        "3782-822463-10005",
        "1748611550928",
        "1",
        "0",
        "ff",
        "-us12",
        "xoxb-123456789012-",
        "=",
        "\\n",
        "{",
        "}",
        ",",
        "%3D",
        "\\u003d",
        "\u{1b}[1m",
        "[\"",
        "\", \"",
        "\\\", \\\"",
        "\n  - ",
        "[REDACTED_SECRET]",
        "[REDACTED_PASSWORD]",
        "“",
        "。",
        "authorization",
        "AB 12 34 56 C",
    ]
    .map(str::to_owned)
    .to_vec();
    let piece = prop_oneof![
        6 => proptest::sample::select(pieces),
        1 => "[ -~]{1,12}",
        1 => "\\PC{1,4}",
        1 => "[A-Za-z0-9_-]{1,70}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn masking_is_idempotent(text in hostile()) {
        let masker = Masker::default();
        let once = masker.mask_text(&text).into_owned();
        prop_assert_eq!(masker.mask_text(&once), once.as_str());
    }

    #[test]
    fn any_cut_gives_the_same_text(text in hostile(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).filter(|cut| text.is_char_boundary(*cut)).collect();
        cuts.sort_unstable();
        for masker in [Masker::default(), every_rule()] {
            prop_assert_eq!(in_pieces(&masker, &text, &cuts), masker.mask_text(&text));
        }
    }

    #[test]
    fn character_by_character_gives_the_same_text(text in hostile()) {
        let masker = Masker::default();
        let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        prop_assert_eq!(in_pieces(&masker, &text, &cuts), masker.mask_text(&text));
    }

    #[test]
    fn findings_are_the_spans_of_the_masked_text(text in hostile()) {
        let masker = Masker::default();
        let mut rebuilt = String::new();
        let mut copied = 0;
        for finding in masker.find(&text) {
            rebuilt.push_str(&text[copied..finding.start]);
            rebuilt.push_str(&finding.rule.placeholder());
            copied = finding.start + finding.len;
        }
        rebuilt.push_str(&text[copied..]);
        prop_assert_eq!(masker.mask_text(&text), rebuilt);
    }

    #[test]
    fn the_first_pass_rules_out_no_value(text in hostile()) {
        engine::check_first_pass(&Masker::default().compiled, text.as_bytes());
    }

    #[test]
    fn every_text_with_a_finding_is_suspected_among_others(texts in proptest::collection::vec(hostile(), 1..6)) {
        let masker = Masker::default();
        let joined = texts.join("\0");
        let suspects = masker.suspects(joined.as_bytes(), texts.len()).unwrap();
        let mut start = 0;
        for text in &texts {
            prop_assert!(masker.find(text).is_empty() || suspects.contains(&start), "{text:?} at {start}: {suspects:?}");
            start += utf16_len(text.as_bytes()) + 1;
        }
        prop_assert_eq!(masker.suspects(joined.as_bytes(), texts.len() + 1), None);
    }

    #[test]
    fn json_keeps_its_shape(text in hostile(), key in hostile()) {
        let mut value = serde_json::json!({key.clone(): [text, 1, null, {"k": true}]});
        Masker::default().mask_value(&mut value);
        prop_assert!(value.get(&key).is_some_and(|items| items.as_array().is_some_and(|items| items.len() == 4)));
        let again: serde_json::Value = serde_json::from_str(&value.to_string()).unwrap();
        prop_assert_eq!(again, value);
    }
}

fn every_rule() -> Masker {
    static MASKER: LazyLock<Masker> = LazyLock::new(|| {
        let names: Vec<String> = super::rules::all().map(|rule| rule.name.into_owned()).collect();
        names.iter().fold(Masker::builder(), |builder, name| builder.with(name)).build().unwrap()
    });
    MASKER.clone()
}

fn in_pieces(masker: &Masker, text: &str, cuts: &[usize]) -> String {
    let mut stream = masker.stream();
    let mut masked = String::new();
    let mut from = 0;
    for cut in cuts {
        masked.push_str(&stream.push(&text[from..*cut]));
        assert!(stream.pending().len() <= MAX_HOLD_BACK_BYTES);
        from = *cut;
    }
    masked.push_str(&stream.push(&text[from..]));
    masked.push_str(&stream.finish());
    assert_eq!(stream.pending(), "");
    masked
}

#[test]
fn a_key_that_is_cut_between_two_streams_is_masked_in_both() {
    let line = "MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49";
    let masker = Masker::default();
    let mut pass = super::Pass::default();
    let mut streamed = |text: &str| {
        let mut stream = masker.stream().behind(&pass);
        let pieces: String = text.chars().map(|letter| stream.push(letter.encode_utf8(&mut [0; 4]))).collect();
        pieces + &stream.finish_in(&mut pass)
    };
    assert_eq!(streamed(&format!("a -----BEGIN PRIVATE KEY-----\n{line}\n")), "a [REDACTED_PRIVATE_KEY]\n");
    assert_eq!(streamed(&format!("{line}\n{line}\n")), "[REDACTED_PRIVATE_KEY]\n");
    assert_eq!(streamed(&format!("{line}\n-----END PRIVATE KEY-----\nbye")), "[REDACTED_PRIVATE_KEY]\nbye");
    assert_eq!(streamed(&format!("{line}\n")), format!("{line}\n"));
    assert_eq!(streamed("-----BEGIN PRIVATE KEY-----\n"), "-----BEGIN PRIVATE KEY-----\n");
    assert_eq!(streamed("is how it starts"), "is how it starts");
}

#[test]
fn hold_back_is_bounded() {
    let masker = Masker::default();
    for piece in ["A", "eyJ", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a@", "1 ", "é"] {
        let mut stream = masker.stream();
        let mut most = 0;
        for _ in 0..60_000 / piece.len() {
            stream.push(piece);
            most = most.max(stream.pending().len());
        }
        assert!(most <= MAX_HOLD_BACK_BYTES, "{piece}: {most}");
    }
}

#[test]
fn dates_times_and_timestamps_cost_a_first_look_and_no_more() {
    let text = r#"{"at":"2025-06-03T14:11:06.510Z","seen":1748611550928,"by":"12:30:45"}"#;
    assert_eq!(Masker::default().count_places(text.as_bytes()), 0);
}

#[test]
fn plain_text_is_given_at_once() {
    let mut stream = Masker::default().stream();
    assert_eq!(stream.push("hello wor"), "hello ");
    assert_eq!(stream.push("ld, good day"), "world, good ");
    assert_eq!(stream.finish(), "day");
}

/// Inputs that make rules start and fail as often as they can.
#[test]
fn no_input_is_slow() {
    let masker = Masker::default();
    let pieces = [
        "a",
        "1",
        "a.",
        "1-",
        "1 ",
        "eyJa",
        "eyJ.",
        "@a",
        "a@",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN ",
        "://a:",
        "key=",
        "key key ",
        "password ",
        "passwordpassword",
        "\"",
        "\\",
        "secret=\"",
        "::",
        "f:",
        "1.",
        "AKIA",
        "ghp_a",
        "sk-",
        "[R",
        "[REDACTED_",
        "data:\n a",
        "kind: Secret\ndata:\n  a: b\n",
        "Basic a",
        "Bearer 1",
        "-u a:",
        "(\"",
        "= a",
        ":a1",
        concat!("token: ", "a1b2c3d4e5f6"),
        "K1",
        "+1",
        "MTk4",
        "datadog=a1b2c3d4e5f6a7b8c9",
        "é",
        "xoxb-1",
        "0x1",
        "bc1q",
        "[REDACTED_SECRET]",
        "[\"[REDACTED_PASSWORD]\", \"a1",
        "[REDACTED_PASSWORD],a1b2c3d4e5f6g7h8,",
        "secrets: [\"q8ZrLmXvKpTg1Y\", \"q8ZrLmXvKpTg1Y\", ",
    ];
    for piece in pieces {
        let cost = |bytes: usize| {
            let text = piece.repeat(bytes / piece.len());
            window::reads_during(|| drop(masker.mask_text(&text)))
        };
        let (small, large) = (cost(64 * 1024), cost(128 * 1024));
        // Reads are counted, not timed, so this is the same on every machine. Twice the input, 2.3 times the reads.
        assert!(10 * large <= 23 * small + 1_000, "{piece:?}: {small} reads, then {large}");
        assert!(large <= 128 * 1024 * 200, "{piece:?}: {large} reads of {} bytes", 128 * 1024);
    }
}

#[test]
fn the_first_pass_rules_out_no_value_of_any_rule() {
    let all = rules::all().fold(Masker::builder(), |builder, rule| builder.with(&rule.name)).build().unwrap();
    for cases in [
        include_str!("../../../../tests/fixtures/mask/cases.tsv"),
        include_str!("../../../../tests/fixtures/mask/national.tsv"),
    ] {
        let texts =
            cases.lines().filter_map(|line| line.split('\t').nth(1)).map(|text| check::base64::decode(text.as_bytes()));
        texts.for_each(|text| engine::check_first_pass(&all.compiled, &text));
    }
}
