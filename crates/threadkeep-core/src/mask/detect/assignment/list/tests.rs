use crate::mask::{Check, Kind, Masker, On, Rule, Scope, Shape, Trigger};

const TOKEN: &str = "q8ZrLmXvKpTgYwNsq7Zr";

fn check(text: &str, expected: &str) {
    assert_eq!(Masker::default().mask_text(text), expected);
}

#[test]
fn every_value_of_a_list_is_masked() {
    for text in [
        "api_keys = ['§', '§', 'other', ]",
        r#"{"secrets":["§","§"],"next":["x"]}"#,
        r#"{\"secrets\": [\n  \"§\",\n  \"§\"\n]}"#,
        "secrets: [\n  \"§\",\n  \"§\",\n  \"§\"\n]",
        "API_KEYS=§,§ # both",
        "API_KEYS=§,§,§",
        "tokens:\n  - §\n  - §\n\nother:\n  - plain",
        "tokens:\n- \"§\"\n- \"§\"\n",
        r"tokens:\n  - §\n  - §\n",
        r#"{"a":"tokens:\n- §\n- §"}"#,
        "tokens:\n  - § # production\n\n  - § # tests\n",
    ] {
        check(&text.replace('§', TOKEN), &text.replace('§', "[REDACTED_SECRET]"));
    }
    check("password:\n  - Hunter2!\n  - hunter3\n", "password:\n  - [REDACTED_PASSWORD]\n  - [REDACTED_PASSWORD]\n");
    check(
        r#"{"passwords": ["Hunter2!xy", "S3cret yz", "third", "f0urth"]}"#,
        r#"{"passwords": ["[REDACTED_PASSWORD]", "[REDACTED_PASSWORD]", "third", "f0urth"]}"#,
    );
}

#[test]
fn what_only_stands_beside_a_value_is_no_list() {
    for text in [
        r#"{"token": "[REDACTED_SECRET]", "id": "§"}"#,
        r#"{"tokens": ["[REDACTED_SECRET]"], "ids": ["§"]}"#,
        r#"connect(password="[REDACTED_PASSWORD]", "§", "§")"#,
        r#"["--token", "[REDACTED_SECRET]", "--id", "§"]"#,
        "token=[REDACTED_SECRET],2024-01-02,11",
        "token=[REDACTED_SECRET],signature=§",
        "token: [REDACTED_SECRET]\n- §\n",
        "tokens:\n - [REDACTED_SECRET]\n§\n",
        "tokens:\n- [REDACTED_SECRET]\n- § is another\n",
        "token=[REDACTED_SECRET],550e8400-e29b-41d4-a716-446655440000,ok",
        "token=[REDACTED_SECRET],jo4n.sm1th7x@sh0p,ok",
        "token=[REDACTED_SECRET], § was drawn",
        "token: [REDACTED_SECRET],\n§ is the id",
        r#"{"a":"tokens: ['[REDACTED_SECRET]', '§","b":{"c":"it', x"}}"#,
        "Password requirements:\n- 12-character minimum\n- §",
        "Password:\n- PBKDF2-SHA256\n- argon2id with 64MB\n- PR#1234 merged",
        "Token usage:\n- §\n",
        "Token:\n- §: 1200\n",
    ] {
        let masked = text.replace('§', TOKEN);
        let raw = masked.replace("[REDACTED_SECRET]", TOKEN).replace("[REDACTED_PASSWORD]", TOKEN);
        check(&raw, &masked);
        check(&masked, &masked);
    }
}

#[test]
fn a_rule_of_a_callers_own_opens_no_list() {
    let own = |label: &str| Rule {
        name: "own".into(),
        kind: Kind::Secret,
        label: Some(label.to_owned().into()),
        scope: Scope::Default,
        generic: false,
        trigger: Trigger { on: On::Prefix, text: "zz_".into() },
        shape: Shape::Pattern("w{10,30}".into()),
        check: Check::None,
    };
    let text =
        "passwords:\n- Hunter2!xy\n- zz_k3j2h1g4f5\n- StRiNgZrLmXvKpTgYwNsqQZrTb\n[\"zz_k3j2h1g4f5\", \"room12b\"]";
    for label in ["SECRET", "PASSWORD"] {
        let masker = Masker::builder().with_rule(own(label)).build().unwrap();
        let once = masker.mask_text(text).into_owned();
        assert!(once.contains("room12b"), "{once}");
        assert_eq!(masker.mask_text(&once), once);
    }
}
