//! What is masked, and what only looks like it.

use crate::mask::Masker;

/// A token of GitHub's shape.
const TOKEN: &str = concat!("gh", "p_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5");

fn check(text: &str, expected: &str) {
    assert_eq!(Masker::default().mask_text(text), expected);
}

#[test]
fn common_values() {
    check(concat!("mail jo.doe+x@", "mail.example.co.uk, thanks"), "mail [REDACTED_EMAIL], thanks");
    check(concat!("call +49 3", "0 901820 now"), "call [REDACTED_PHONE] now");
    check(concat!("call (415) ", "555-0132."), "call [REDACTED_PHONE].");
    check(concat!("4012-8888-", "8888-1881"), "[REDACTED_CARD]");
    check(concat!("pay to GB82 WEST 1234 ", "5698 7654 32 today"), "pay to [REDACTED_IBAN] today");
    check(concat!("at 192.168.", "1.20:8080"), "at [REDACTED_IP]:8080");
    check(concat!("postgres://app:s3cr3t", "-pw@db.local/x"), "postgres://app:[REDACTED_PASSWORD]@db.local/x");
}

#[test]
fn a_private_key_is_masked_whole() {
    let key =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA".repeat(9));
    check(&format!("key:\n{key}\nbye"), "key:\n[REDACTED_PRIVATE_KEY]\nbye");
    check(&format!("{{\"k\":\"{}\"}}", key.replace('\n', "\\n")), "{\"k\":\"[REDACTED_PRIVATE_KEY]\"}");
    let cut = key.replace("-----END RSA PRIVATE KEY-----", "");
    check(&cut, "[REDACTED_PRIVATE_KEY]\n");
}

#[test]
fn a_bound_in_bytes_cuts_no_letter() {
    let letters = "ö".repeat(200);
    check(&format!("curl -u jo:s3cr3t{letters}"), &format!("curl -u jo:[REDACTED_PASSWORD]{}", "ö".repeat(75)));
}

#[test]
fn values_stand_beside_typography_and_other_scripts() {
    for around in ["“{}”", "‘{}’", "key：{}", "是{}。", "{}…", "—{}", "\u{a0}{}", "│{}│", "1→{}", "«{}»"]
    {
        check(&around.replace("{}", TOKEN), &around.replace("{}", "[REDACTED_GITHUB_TOKEN]"));
    }
    check(concat!("卡号40128888", "88881881。"), "卡号[REDACTED_CARD]。");
    check("电话+49 30 901820。„192.168.1.20“", "电话[REDACTED_PHONE]。„[REDACTED_IP]“");
    check("müller@example.org, 联系jo@example.org", "[REDACTED_EMAIL], 联系[REDACTED_EMAIL]");
}

#[test]
fn a_short_segwit_address_is_one() {
    check(concat!("pay BC1SW50", "QGDZ25J today"), "pay [REDACTED_CRYPTO] today");
}

#[test]
fn values_stand_in_lists_and_behind_escapes() {
    check(concat!("Jo,40128888", "88881881,12/27"), "Jo,[REDACTED_CARD],12/27");
    check("Jo,+49 30 901820,Berlin", "Jo,[REDACTED_PHONE],Berlin");
    check("jo@acme.io:secret1\nann@acme.io:secret2", "[REDACTED_EMAIL]:secret1\n[REDACTED_EMAIL]:secret2");
    for escape in ["%3D", "%20", r"\u003d", r"\u0022", r"\x3d", r"\b", r"\n", "\x1b[32m", "\x1b[0;31m"] {
        check(&format!("{escape}{TOKEN} "), &format!("{escape}[REDACTED_GITHUB_TOKEN] "));
    }
}

#[test]
fn what_only_looks_like_a_value_stays() {
    for text in [
        "logo@2x.png",
        "Mozilla/5.0 Chrome/120.0.0.0 Safari",
        "version=1.2.3.4",
        "git@host.io:owner/repo",
        "a[1]+16777216",
        "be84-7d1b518b-48b6be847d1b-518b-48b6",
        "be847d1b-518b-48b6 20d7b669-f8e3-4b61-be63-c50638cafa23",
    ] {
        check(text, text);
    }
}

#[test]
fn a_token_in_the_place_of_a_user_is_masked_with_its_password() {
    let token = "4f9d1c7ab03e5d28f6419b7ce05a83d2c41f6e90";
    check(&format!("https://{token}@host.io/x"), "https://[REDACTED_PASSWORD]@host.io/x");
    check(&format!("https://{token}:x-oauth-basic@host.io/x"), "https://[REDACTED_PASSWORD]@host.io/x");
}

#[test]
fn a_token_may_start_with_a_sign_and_stand_alone_in_a_header() {
    check("aws_secret = \"/x9K2mP7qL4vB8nR1tY6wQ3zD5f\"", "aws_secret = \"[REDACTED_SECRET]\"");
    check("Authorization: x9K2mP7qL4vB8nR1tY6wQ3", "Authorization: [REDACTED_SECRET]");
    check("author: x9K2mP7qL4vB8nR1tY6wQ3", "author: x9K2mP7qL4vB8nR1tY6wQ3");
}

#[test]
fn a_key_in_a_listing_is_masked_whole_and_the_prose_behind_it_stays() {
    let line = "MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49";
    let key = |before: &str, end: &str| {
        format!("{before}-----BEGIN EC PRIVATE KEY-----\n{before}{line}\n{before}{line}\n{end}")
    };
    check(&key("   1→", "   4→-----END EC PRIVATE KEY-----\nbye"), "   1→[REDACTED_PRIVATE_KEY]\nbye");
    check(&key("[2] ", "and so on"), "[2] [REDACTED_PRIVATE_KEY]\nand so on");
    check(&key("", "mail [REDACTED_EMAIL] now"), "[REDACTED_PRIVATE_KEY]\nmail [REDACTED_EMAIL] now");
    check(&key("", "AbC="), "[REDACTED_PRIVATE_KEY]");
}

#[test]
fn beside_a_user_a_word_for_a_password_is_one() {
    check("user = \"ann\"\npassword = \"topsecret\"", "user = \"ann\"\npassword = \"[REDACTED_PASSWORD]\"");
    check("Uid=ann;Pwd=mypassword;", "Uid=ann;Pwd=[REDACTED_PASSWORD];");
    check("username 'ann'\n password 'password'", "username 'ann'\n password '[REDACTED_PASSWORD]'");
    check("user => 'ann', password => 'mypassword'", "user => 'ann', password => '[REDACTED_PASSWORD]'");
    for text in [
        "username: string;\n  password: string;",
        "username: String,\n  password: String\n",
        "username: str\n  password: SecretStr\n",
        "usernameVariable: 'USER', passwordVariable: 'PASSWORD'",
        "user: user,\n  password: password\n",
        "user = User.find()\nuser.password = hashedPassword;",
        "e.user=t,e.password=hashedPassword;",
        "\"user\": true,\n  \"password\": false\n",
        "'username' => 'required', 'password' => 'required'",
        "errors.username = 'Username is required'; errors.password = 'Password is required';",
        "{\"username\": \"Benutzername\", \"password\": \"Passwort\"}",
        "{\"username\":\"ann\",\"password\":\"invalid\"}",
        "The user 'bob' exists but password \"field\" is empty",
        "password = \"mypassword\"",
    ] {
        check(text, text);
    }
}

#[test]
fn a_text_that_is_cut_off_within_a_value_keeps_nothing_of_it() {
    check("{\"token\": \"q7Zp2Wk9Xb4Lm6", "{\"token\": \"[REDACTED_SECRET]");
    check("password = \"a phrase of some w0rds", "password = \"a phrase of some w0rds");
}

#[test]
fn the_passphrase_of_a_public_key_is_secret() {
    check("gpg passphrase: hunter2hunter2X", "gpg passphrase: [REDACTED_PASSWORD]");
}

#[test]
fn a_list_and_the_groups_of_a_licence_are_values() {
    check("\"api_key\": [\n  \"q7Zp2Wk9Xb4Lm6\"\n]", "\"api_key\": [\n  \"[REDACTED_SECRET]\"\n]");
    check("acme_key = ABCDE12-FGHIJ34-KLMNO56-PQRST78", "acme_key = [REDACTED_SECRET]");
    check("acme_key = abcd1234-abcd-abcd-abcd-abcdefgh1234", "acme_key = [REDACTED_SECRET]");
    check("acme_key = 12345678-1234-1234-1234-123456789012", "acme_key = 12345678-1234-1234-1234-123456789012");
    check("acme_key = release1-feature2-version3-another4", "acme_key = release1-feature2-version3-another4");
    check("object_key = photos-2026-summer-beach1", "object_key = photos-2026-summer-beach1");
}

#[test]
fn an_escaped_quote_ends_no_value_of_json_within_json() {
    let inner = r#"{"passwords": ["Hunter2!xy", "S3cr\", yz"], "password": "a\\", "user": "jo"}"#;
    let outer = inner.replace('\\', r"\\").replace('"', r#"\""#);
    let masked = inner.replace("Hunter2!xy", "[REDACTED_PASSWORD]").replace(r#"S3cr\", yz"#, "[REDACTED_PASSWORD]");
    check(inner, &masked);
    check(&outer, &masked.replace('\\', r"\\").replace('"', r#"\""#));
}

#[test]
fn an_alphabet_is_no_key() {
    check("acme_key = live_abcdefghijklmnopqrst12", "acme_key = [REDACTED_SECRET]");
    for text in
        ["keyChars = \"abcdefghijklmnopqrstuvwxyz0123456789\"", "tokenAlphabet = 'abcdefghijklmnopqrstuvwxyz234567'"]
    {
        check(text, text);
    }
}

#[test]
fn a_user_without_password_may_be_a_token() {
    check("curl -u q7Zp2Wk9Xb4L: https://x.io", "curl -u [REDACTED_PASSWORD]: https://x.io");
    for text in [
        "curl -u administrator2: https://x.io",
        "curl -u $TOKEN1234567: https://x.io",
        "curl -u 'q7Zp2Wk9Xb4L:'\"$PASSWORD\"",
        "sort -u q7Zp2Wk9Xb4L: no such file",
    ] {
        check(text, text);
    }
}

#[test]
fn a_token_of_the_issuer_has_the_length_of_the_issuer() {
    let (short, whole) = ("q7Zp2Wk9Xb4L".repeat(3), "q7Zp2Wk9Xb4L".repeat(7));
    check(&format!("nvapi-{whole}"), "[REDACTED_SERVICE_TOKEN]");
    check(&format!("nvapi-{}", &short[..30]), &format!("nvapi-{}", &short[..30]));
    let anthropic = format!("sk-ant-api03-{whole}{}", &short[..9]);
    check(&format!("{anthropic}AA"), "[REDACTED_ANTHROPIC_KEY]");
    check(&anthropic, &anthropic);
}

#[test]
fn what_only_starts_like_a_token_is_none() {
    for text in ["eyJhbGciOiJIUzI1NiJ9.short.token", "mongodb://$DB_USER:$DB_PASSWORD@db.example.com/app"] {
        check(text, text);
    }
}

#[test]
fn a_payload_in_a_text_is_left_whole() {
    let payload = "q7Zp2Wk9Xb4Lm6Rt8Vn3Cy5Hd1Gs0Jf+Ku2E/Qw7Mz9".repeat(2);
    let token = format!("sk{}", payload.replace(['+', '/'], "x"));
    for before in ["+", "/", "/\n", "\r\n", "\n/+"] {
        let text = format!("![](data:image/png;base64,{payload}{before}{token}+{payload}=)");
        check(&text, &text);
    }
    for digest in ["sha512-", "sha256=", "SHA256:ab-", "sha384-ab/cd+"] {
        check(&format!("{digest}{token}"), &format!("{digest}{token}"));
    }
    check(&format!("x-{token}"), "x-[REDACTED_SANITY_TOKEN]");
    check(&format!("sha256: {token}"), "sha256: [REDACTED_SANITY_TOKEN]");
}

#[test]
fn a_mark_of_some_letters_is_one_whatever_stands_before_it() {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let drawn = "q7Zp2Wk9Xb4Lm6Rt8Vn3Cy5Hd1Gs0Jf+Ku2E/Qw7Mz9".repeat(2);
    for before in [
        format!("{hash}\n"),
        format!("{drawn}\r\n"),
        format!("Digest: sha256:{hash}\n"),
        format!("SHA256:{}\n", &drawn[..40]),
        format!("https://x.io/files/{hash}/"),
        "/home/Ann1/Projects/MyApp2/Config/keys/".to_owned(),
    ] {
        let (tokens, masked) = (format!("{TOKEN}\n{TOKEN}"), "[REDACTED_GITHUB_TOKEN]\n[REDACTED_GITHUB_TOKEN]");
        check(&format!("{before}{tokens}"), &format!("{before}{masked}"));
    }
}

#[test]
fn an_iban_is_one_in_groups_of_any_kind() {
    for iban in [
        concat!("NL91 ABNA ", "0417164300"),
        concat!("DE89 3704", "00440532013000"),
        concat!("AL47-2121-1009", "-0000-0002-3569-8741"),
    ] {
        check(iban, "[REDACTED_IBAN]");
    }
}

#[test]
fn ordinary_text_is_left_alone() {
    for text in [
        "version 1.2.3 of 2026-11-21T02:30:38Z, order 1748503543012",
        "id 123e4567-e89b-12d3-a456-426614174000",
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "git@github.com:owner/repo.git and @scope/pkg@1.2.3",
        "gpg --recv-keys 5BE8A3F6C8A5C01D106C0AD820B1A390B168D356",
        "GPG key: 3ABC01543F22DD2239285CDD818674489FBC127E",
        "see [REDACTED_EMAIL] and [REDACTED_AWS_KEY]: value",
    ] {
        check(text, text);
    }
}

#[test]
fn addresses_of_every_form_are_masked() {
    for address in [
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:192.0.2.7",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "2001:db8::1",
        "fe80:0:0::1%eth0",
        "1::2:3:4:5:6:7",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "::ffff:192.0.2.7",
        "64:ff9b::192.0.2.33",
    ] {
        check(&format!("from {address} on"), "from [REDACTED_IP] on");
    }
}
