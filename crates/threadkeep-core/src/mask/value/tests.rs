use super::*;
use serde_json::json;

fn check(value: Value, expected: Value) {
    let mut masked = value;
    Masker::default().mask_value(&mut masked);
    assert_eq!(masked, expected);
    Masker::default().mask_value(&mut masked);
    assert_eq!(masked, expected);
}

#[test]
fn the_name_of_a_field_tells() {
    check(json!({"password": concat!("hunter", "22")}), json!({"password": "[REDACTED_PASSWORD]"}));
    check(json!({"a": [{"apiKey": concat!("x9K2mP7q", "L4vB8nR1")}]}), json!({"a": [{"apiKey": "[REDACTED_SECRET]"}]}));
    check(
        json!({"public_key": "x9K2mP7qL4vB8nR1", "key": "home"}),
        json!({"public_key": "x9K2mP7qL4vB8nR1", "key": "home"}),
    );
}

#[test]
fn a_name_tells_as_much_as_in_json_text() {
    check(json!({"password": "pa\"ss12word!"}), json!({"password": "[REDACTED_PASSWORD]"}));
    check(json!({"password": "jo@acme.io,Secret99x"}), json!({"password": "[REDACTED_PASSWORD]"}));
    check(json!({"passwords": ["hunter22x", 5]}), json!({"passwords": ["[REDACTED_PASSWORD]", 5]}));
    let token: String = "aB3dE5fG7hJ9kL1mN3pQ".repeat(35);
    check(json!({"SessionToken": token}), json!({"SessionToken": "[REDACTED_SECRET]"}));
    check(
        json!([{"name": "DB_PASSWORD", "value": "hunter22x"}, {"key": "API_SECRET", "value": "x9K2mP7qL4vB8nR1"}]),
        json!([{"name": "DB_PASSWORD", "value": "[REDACTED_PASSWORD]"}, {"key": "API_SECRET", "value": "[REDACTED_SECRET]"}]),
    );
    check(json!({"name": "color", "value": "hunter22x"}), json!({"name": "color", "value": "hunter22x"}));
}

#[test]
fn a_name_tells_by_every_anchor() {
    check(
        json!({"BUNDLE_ENTERPRISE__CONTRIBSYS__COM": "f54Ac47a:88273e7a", "x": {"BUNDLE_GEMS__CONTRIBSYS__COM": "f54Ac47a:88273e7a"}}),
        json!({"BUNDLE_ENTERPRISE__CONTRIBSYS__COM": "[REDACTED_SIDEKIQ_SECRET]", "x": {"BUNDLE_GEMS__CONTRIBSYS__COM": "[REDACTED_SIDEKIQ_SECRET]"}}),
    );
    let masker = Masker::default();
    assert!(["password", "1", "X-API-Key"].iter().all(|name| masker.may_tell(name)));
    assert!(!["", "text", "status", "url", "query"].iter().any(|name| masker.may_tell(name)));
}

#[test]
fn a_value_that_looks_like_a_payload_is_one_no_more_when_a_rule_knows_its_start() {
    let key = format!("LS0tLS1CRUdJTi{}", "aB3dE5fG7hJ9kL1mN3pQ".repeat(80));
    check(json!({"k": key}), json!({"k": "[REDACTED_PRIVATE_KEY]"}));
    let token = concat!("gh", "p_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5");
    check(
        json!(format!("data: {{\"image\":\"data:image/png;base64,AAAA\",\"t\":\"{token}\"}}")),
        json!("data: {\"image\":\"data:image/png;base64,AAAA\",\"t\":\"[REDACTED_GITHUB_TOKEN]\"}"),
    );
}

#[test]
fn a_private_key_in_lines_is_masked_in_each() {
    let line = "MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49";
    check(
        json!([
            "-----BEGIN RSA PRIVATE KEY-----",
            line,
            format!("  {line}\\n{line}"),
            "AbC=",
            "-----END RSA PRIVATE KEY-----",
            line
        ]),
        json!([
            "-----BEGIN RSA PRIVATE KEY-----",
            "[REDACTED_PRIVATE_KEY]",
            "[REDACTED_PRIVATE_KEY]",
            "AbC=",
            "[REDACTED_PRIVATE_KEY]",
            line
        ]),
    );
    check(
        json!(["a `-----BEGIN PRIVATE KEY-----` is where it starts", "packages/components/src/Button is next"]),
        json!(["a `-----BEGIN PRIVATE KEY-----` is where it starts", "packages/components/src/Button is next"]),
    );
}

#[test]
fn payloads_are_left_alone() {
    let image = format!("data:image/png;base64,{}", concat!("/AKIA", "7XKWO886VOMPZOM7/").repeat(3));
    check(json!(image), json!(image));
    let blob = "QUtJQUlPU0ZPRE5ON0FCQ0RFRkc=".repeat(50);
    check(json!(blob), json!(blob));
}

#[test]
fn numbers_stay_unless_they_are_cards() {
    check(
        json!([4012888888881881u64, 1748503543012u64, 1.5, -3]),
        json!(["[REDACTED_CARD]", 1748503543012u64, 1.5, -3]),
    );
    check(
        json!([4012888888881881.0, -4012888888881881.0, 4012888888881.5, 1e300]),
        json!(["[REDACTED_CARD]", -4012888888881881.0, 4012888888881.5, 1e300]),
    );
}
