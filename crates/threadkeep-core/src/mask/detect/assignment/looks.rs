//! How a value looks, whoever it belongs to: drawn at random, typed by a person, or written by a programmer.

use super::name::{contains, words};
use crate::mask::check::entropy;

/// Shortest token without a digit, in bytes.
const LETTERS_BYTES: usize = 20;

/// Longest value of signs, in bytes.
pub(super) const SOUP_BYTES: usize = 64;

/// A literal that someone compares a password with.
pub(in crate::mask::detect) fn is_literal_secret(text: &[u8]) -> bool {
    is_soup(text) || !is_placeholder(text) && !is_reference(text) && is_token(text)
}

/// Kinds of signs of a soup, and letters.
const SOUP_SIGNS: usize = 9;
const SOUP_LETTERS: usize = 8;

/// Neither a token nor a soup, told by counting: without a digit, shorter than any token of letters alone.
pub(super) fn is_spelled(text: &[u8]) -> bool {
    text.len() < LETTERS_BYTES
        && !text.iter().any(u8::is_ascii_digit)
        && text.iter().filter(|byte| byte.is_ascii_punctuation()).count() < SOUP_SIGNS
}

/// Signs of so many kinds that no template looks like it.
pub(super) fn is_soup(text: &[u8]) -> bool {
    if text.len() < SOUP_SIGNS + SOUP_LETTERS || text.len() > SOUP_BYTES {
        return false;
    }
    let mut kinds = [false; 128];
    for byte in text.iter().filter(|byte| byte.is_ascii_punctuation()) {
        kinds[usize::from(*byte)] = true;
    }
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let spaces = text.iter().filter(|byte| **byte == b' ').count();
    let is_code = [&b"()"[..], b")}"].iter().any(|part| contains(text, part));
    !is_code && kinds.iter().filter(|kind| **kind).count() >= SOUP_SIGNS && letters >= SOUP_LETTERS && spaces <= 3
}

/// One word in lower case, or camel case of some length.
pub(super) fn is_plain_word(text: &[u8]) -> bool {
    text.len() >= 6
        && text.iter().all(u8::is_ascii_alphabetic)
        && text.iter().any(u8::is_ascii_lowercase)
        && !text.first().is_some_and(u8::is_ascii_uppercase)
}

/// Labels, messages, types and states that stand beside a password field. `beside_user`: a user is named, so that one word
/// like `mypassword` is one.
pub(super) fn is_form_text(text: &[u8], beside_user: bool) -> bool {
    const NAMES: &[u8] = b"passw pwd secret";
    const WORDS: &[u8] = b"\
        required invalid enter string hidden optional default forgot reset confirm change current \
        field input error label valid undefined boolean function number process.env true false login prompt \
        incorrect minimum must please none null fake value";
    let has_digit = text.iter().any(u8::is_ascii_digit);
    let spaces = text.iter().filter(|byte| **byte == b' ').count();
    let lower = text.to_ascii_lowercase();
    let is_word = text.iter().all(u8::is_ascii_alphanumeric) && text.first().is_some_and(u8::is_ascii_lowercase);
    let is_name = !(beside_user && is_word) && words(NAMES).any(|name| contains(&lower, name));
    !has_digit && (is_name || words(WORDS).any(|word| contains(&lower, word)))
        || spaces > 2
        || text.contains(&b':') && spaces > 0
}

/// Base64 beyond doubt: one in thirty starts with a sign that paths start with, too.
fn is_drawn_base64(text: &[u8]) -> bool {
    text.len() >= 20
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=~".contains(byte))
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_lowercase)
        && entropy::shannon(text) >= 3.8
}

/// Starts with a mark of its own (`vtwn_…`, `AQ.…`): its issuer has a rule, which has refused it.
pub(super) fn is_marked(text: &[u8]) -> bool {
    let is_word = [&b"test_"[..], b"live_", b"api_"].iter().any(|word| text.starts_with(word));
    has_mark(text) && !is_word && entropy::longest_sequence(text) >= 6
}

pub(super) fn has_mark(text: &[u8]) -> bool {
    let mark = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    matches!(mark, 2..=6) && matches!(text.get(mark), Some(b'_' | b'.'))
}

/// As [`is_token`], but the alphabet in order and letters alone are let through.
pub(super) fn is_loose_token(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = text
        .iter()
        .filter(|byte| {
            !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'=' | b'+' | b'/' | b'.' | b'%' | b':')
        })
        .count();
    // No word is hexadecimal for so long, and manuals write the alphabet where a token belongs.
    let letters_alone = digits == 0
        && text.len() >= LETTERS_BYTES
        && (entropy::longest_sequence(text) >= 12 || text.iter().all(u8::is_ascii_hexdigit));
    signs == 0
        && !text.ends_with(b"--")
        && (digits > 1 || letters_alone)
        && !is_words(text)
        && !is_path(text)
        && entropy::is_random(text, 2.5)
}

/// Looks drawn at random: digits among letters, or a long mix of cases; not words, not a number, not a path.
pub(super) fn is_token(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let mixed = text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
    if text.iter().any(|byte| byte.is_ascii_whitespace() || *byte >= 0x80) || digits + letters < text.len() / 2 {
        return false;
    }
    let drawn =
        digits > 0 && letters > 1 || mixed && letters >= LETTERS_BYTES && entropy::shannon(text) >= 4.0 || digits >= 24;
    // An exclamation mark belongs to a password or a sentence.
    let exclaims = text.contains(&b'!') && entropy::shannon(text) < 4.0;
    drawn
        && !exclaims
        && !is_words(text)
        && !is_path(text)
        && entropy::longest_sequence(text) < 12
        && entropy::is_random(text, 2.6)
}

/// Words and numbers with separators or in camel case: `my-secret-name-1`, `us-east-1`, `GetTokenOptions`.
fn is_words(text: &[u8]) -> bool {
    !is_grouped(text)
        && text
            .split(|byte| !byte.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
            .all(|part| is_word(part) || is_camel(part))
}

/// Groups of a licence key, in capitals and all of one length, or those of a UUID; with letters and digits.
fn is_grouped(text: &[u8]) -> bool {
    let groups = || text.split(|byte| *byte == b'-').map(<[u8]>::len);
    let len = groups().next().unwrap_or_default();
    let is_licence = len > 6 && groups().all(|group| group == len) && !text.iter().any(u8::is_ascii_lowercase);
    groups().count() > 3
        && (is_licence || groups().eq([8, 4, 4, 4, 12]))
        && text.iter().any(u8::is_ascii_alphabetic)
        && text.iter().any(u8::is_ascii_digit)
}

/// Letters of one case, then a few digits; or digits alone.
fn is_word(part: &[u8]) -> bool {
    let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, digits) = part.split_at(letters);
    let one_case = word.iter().skip(1).all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase);
    let most_digits = if letters == 0 { 12 } else { 5 };
    part.len() <= 19
        && digits.len() <= most_digits
        && digits.iter().all(u8::is_ascii_digit)
        && (one_case || letters < 3)
}

/// Humps of three letters and more on average, hardly a digit.
fn is_camel(part: &[u8]) -> bool {
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    let starts = part.windows(2).filter(|pair| !pair[0].is_ascii_uppercase() && pair[1].is_ascii_uppercase()).count();
    let vowels = part.iter().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
    let capitals = part.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let groups = part.windows(2).filter(|pair| !pair[0].is_ascii_digit() && pair[1].is_ascii_digit()).count();
    digits <= 4
        && groups < 2
        && capitals <= starts + 3
        && starts > 0
        && !is_unspeakable(part)
        && part.len() >= 3 * (starts + 1)
        && vowels * 5 >= part.len()
}

/// Five small consonants in a row: hardly a word has them.
fn is_unspeakable(part: &[u8]) -> bool {
    part.windows(5).any(|run| run.iter().all(|byte| byte.is_ascii_lowercase() && !b"aeiouy".contains(byte)))
}

/// Segments with a plain word among them: `prod/app/4f3a91c2`.
fn is_path(text: &[u8]) -> bool {
    let is_plain = |part: &[u8]| part.len() >= 4 && part.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-');
    text.contains(&b'/') && text.split(|byte| *byte == b'/').any(is_plain)
}

/// Source text: a call, a member, an index, a type, a constant. `spaced`: there was white space before it.
pub(super) fn is_code(text: &[u8], quoted: bool, spaced: bool) -> bool {
    if quoted {
        return text.contains(&b'(') && text.contains(&b')');
    }
    let call = text.contains(&b'(') || text.contains(&b'[') || text.contains(&b'{') || contains(text, b"::");
    let member = text.split(|byte| *byte == b'.').count() > 1 && text.split(|byte| *byte == b'.').all(is_identifier);
    let negation = text.first() == Some(&b'!') && text.iter().skip(1).all(|byte| is_identifier(&[*byte]));
    let constant = spaced
        && text.first().is_some_and(u8::is_ascii_uppercase)
        && text.contains(&b'_')
        && text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
    call || member || negation || constant
}

fn is_identifier(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && text.len() < 24
        && text.iter().filter(|byte| byte.is_ascii_digit()).count() <= 2
}

/// Numbers with dots between them: `"pgpass": "^1.0.5"`.
pub(super) fn is_version(text: &[u8]) -> bool {
    text.contains(&b'.') && text.iter().all(|byte| byte.is_ascii_digit() || b".^~<>=* ".contains(byte))
}

/// A stand-in that documentation uses.
pub(super) fn is_placeholder(text: &[u8]) -> bool {
    const WORDS: &[u8] = b"\
        example your placeholder insert changeme redacted dummy sample xxxx **** .... #### todo replace \
        base64";
    let lower = text.to_ascii_lowercase();
    words(WORDS).any(|word| contains(&lower, word))
}

/// A variable, a template, a file, an address: it names the secret and is none.
pub(super) fn is_reference(text: &[u8]) -> bool {
    let first = text.first().copied().unwrap_or(b' ');
    let template = matches!(first, b'$' | b'<' | b'{' | b'%' | b'&' | b'@' | b'#' | b'*' | b'(' | b'[')
        || matches!(first, b'+' | b'/' | b'~') && !is_drawn_base64(text);
    let inner =
        [&b"${"[..], b"{{", b"$(", b"://", b"%(", b"<%", b"#{", b"process.env", b"os.environ", b"getenv", b"ENV["]
            .iter()
            .any(|part| contains(text, part));
    // A constant of a graphics or system interface.
    let constant = text.starts_with(b"0x") && text.len() < 24;
    template || inner || constant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_look_drawn_at_random() {
        for token in ["q8Zx2Lm9Rt4Yw7Kp", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "df490bc6-ef6e-4f6a-99a0-b03d26cb56f9"] {
            assert!(is_token(token.as_bytes()), "{token}");
        }
        for text in [
            "my-secret-name-1",
            "us-east-1",
            "GetTokenOptionsOfTheSession",
            "prod/app/4f3a91c2",
            "12345678",
            "xxxxxxxxxxxxxxx1",
        ] {
            assert!(!is_token(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn variables_and_templates_are_references() {
        for text in ["${SECRET}", "{{ secret }}", "process.env.SECRET", "<your-key>", "%(token)s", "0x0B96"] {
            assert!(is_reference(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn labels_of_forms_are_no_passwords() {
        for text in ["Enter your password", "required", "Forgot?", "string"] {
            assert!(is_form_text(text.as_bytes(), false), "{text}");
        }
        assert!(!is_form_text(b"hunter22", false));
        assert!(is_form_text(b"mypassword", false) && !is_form_text(b"mypassword", true));
    }
}
