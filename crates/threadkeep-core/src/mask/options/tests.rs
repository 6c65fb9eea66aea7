use serde_json::json;

use super::*;

#[test]
fn options_select_add_and_allow() {
    let masker = Masker::from_options(&json!({
        "without": ["ipv4", "financial"],
        "with": ["uk-nhs"],
        "locales": ["pl"],
        "allow": ["jo@example.org"],
        "rules": [{ "name": "employee-id", "literals": ["EMP-", "emp no "], "pattern": "d{6}", "kind": "personal" }],
    }));
    let text = "10.1.2.3 jo@example.org al@example.org EMP-123456 emp no 123456 44051401458";
    let masked =
        "10.1.2.3 jo@example.org [REDACTED_EMAIL] [REDACTED_EMPLOYEE_ID] [REDACTED_EMPLOYEE_ID] [REDACTED_PESEL]";
    assert_eq!(masker.unwrap().mask_text(text), masked);
    let masker = Masker::from_options(&json!({ "only": ["network"] })).unwrap();
    assert_eq!(masker.mask_text("jo@example.org 10.1.2.3"), "jo@example.org [REDACTED_IP]");
}

#[test]
fn what_is_wrong_is_told() {
    let error = |options: Value| Masker::from_options(&options).unwrap_err();
    for shape in
        [json!([]), json!("email"), json!({ "locale": ["de"] }), json!({ "with": "email" }), json!({ "allow": [1] })]
    {
        assert_eq!(error(shape), MaskerOptionsError::Shape);
    }
    assert_eq!(error(json!({ "with": ["no-such"] })), MaskerOptionsError::Rule(RuleError::UnknownRule));
    assert_eq!(error(json!({ "locales": ["xx"] })), MaskerOptionsError::Rule(RuleError::UnknownLocale));
    let rule = json!({ "name": "x", "literals": ["EMP-\nemp-"], "pattern": "d{6}" });
    assert_eq!(error(json!({ "rules": [rule] })), MaskerOptionsError::Rule(RuleError::Literal));
    let rule = json!({ "name": "x", "literals": ["EMP-"], "pattern": "d{6}", "kind": "odd" });
    assert_eq!(error(json!({ "rules": [rule] })), MaskerOptionsError::Rule(RuleError::UnknownRule));
}
