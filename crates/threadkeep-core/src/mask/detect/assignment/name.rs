//! The name: an identifier that holds a telling word.

use std::ops::Range;

use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Longest part of a name before and after its word, in bytes.
const PART_BYTES: usize = 48;

/// How far before a word its owner may be named, in bytes.
const OWNER_BYTES: usize = 48;

/// What names are made of.
const NAME: Class = Class::ALNUM.or(b"_.$-");

/// Words of names that name no one.
const COMMON: &[u8] = b"secret token access private client other auth user api app key my";

/// What a word promises about the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mask) enum Strength {
    Password,
    Secret,
    Key,
    Issuer,
}

#[derive(Debug)]
pub(super) struct Name<'t> {
    pub(super) strength: Strength,
    /// What precedes the word in the identifier.
    pub(super) head: &'t [u8],
    pub(super) word: Range<usize>,
    /// What follows it.
    pub(super) tail: Range<usize>,
}

impl<'t> Name<'t> {
    /// `None` when the word is part of another one (`keyboard`, `passenger`), or the name says that the value is none
    /// (`public_key`, `token_type`).
    pub(super) fn read(window: &Window<'t>, word: Range<usize>, strength: Strength) -> Option<Self> {
        let tail = word.end..word.end + window.run(word.end, PART_BYTES, &NAME);
        // First of all: most words that are no name are told by how they go on.
        if !Self::word_ends(window, &word, &tail, strength) {
            return None;
        }
        let before = window.back(word.start, PART_BYTES);
        let head_len = before.iter().rev().take_while(|byte| NAME.has(**byte)).count();
        let head = &before[before.len() - head_len..];
        let name = Name { strength, head, tail, word };
        name.word_starts(window).then_some(name)
    }

    /// The word does not go on as another one.
    fn word_ends(window: &Window<'_>, word: &Range<usize>, tail: &Range<usize>, strength: Strength) -> bool {
        let word = window.slice(word.start, word.end);
        let tail = window.slice(tail.start, tail.end);
        let glued = tail.first().is_some_and(|byte| continues(word[word.len() - 1], *byte));
        let goes_on = |ends: &[&str]| starts_with_any(tail, ends);
        match strength {
            Strength::Password if word.eq_ignore_ascii_case(b"pass") => {
                tail.is_empty() || goes_on(&["word", "wd", "phrase", "code", "_secure", "1", "2"])
            }
            Strength::Password if word.eq_ignore_ascii_case(b"pw") => tail.is_empty(),
            Strength::Password => !glued || goes_on(&["o", "wd", "phrase", "s"]),
            Strength::Secret => !glued || goes_on(&["key", "value", "access", "s", "sauce", "token", "hash", "text"]),
            Strength::Issuer => !glued,
            Strength::Key => !glued || goes_on(&["s", "value", "pair", "token", "key", "secret", "orization", "entic"]),
        }
    }

    /// The word does not end another one: `monkey`, `compass`.
    fn word_starts(&self, window: &Window<'_>) -> bool {
        let glued = self
            .head
            .last()
            .is_some_and(|byte| window.at(self.word.start).is_some_and(|first| continues(*byte, first)));
        let others = &["mon", "tur", "don", "hoc", "joc", "whis", "hot", "les", "mas", "k", "un"];
        match self.strength {
            Strength::Issuer => !glued,
            Strength::Key => !(glued && ends_with_any(self.head, others)),
            Strength::Password | Strength::Secret => true,
        }
    }

    /// Someone is named in the identifier or before it in the line: `acme_key`, `acme SECRET`.
    pub(super) fn names_owner(&self, window: &Window<'_>) -> bool {
        let before = window.back(self.word.start, OWNER_BYTES);
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let own = window.slice(self.word.start, self.tail.end);
        let text = [line, own].concat().to_ascii_lowercase();
        let (mut at, mut letters) = (0, 0);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty() && letters < 3) {
            let common = words(COMMON).find(|word| rest.starts_with(word));
            letters += usize::from(common.is_none() && rest[0].is_ascii_alphabetic());
            at += common.map_or(1, |word| word.len());
        }
        letters >= 3
    }

    /// A user is named just before: `user = …`, `Uid=…;`.
    pub(super) fn follows_user(&self, window: &Window<'_>) -> bool {
        let before = self.before(window, OWNER_BYTES * 2).to_ascii_lowercase();
        let named = |word: &[u8]| {
            before.windows(word.len()).enumerate().any(|(at, part)| {
                let rest = before.get(at + word.len()..).unwrap_or_default();
                let name =
                    rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b" _'\"".contains(byte)).count();
                part == word && name < 8 && matches!(rest.get(name), Some(b'=' | b':'))
            })
        };
        named(b"user") || named(b"uid")
    }

    /// A user is named right before, without an operator: `username 'ann'`.
    pub(super) fn follows_quoted_user(&self, window: &Window<'_>) -> bool {
        let before = self.before(window, OWNER_BYTES * 2).trim_ascii_end();
        let Some((quote @ (b'"' | b'\''), before)) = before.split_last() else { return false };
        let Some(opens) = before.iter().rposition(|byte| byte == quote) else { return false };
        let name = before.get(..opens).unwrap_or_default().trim_ascii_end();
        name.len() < opens && ends_with_any(name, &["user", "username"])
    }

    /// What precedes the identifier.
    fn before<'w>(&self, window: &Window<'w>, count: usize) -> &'w [u8] {
        window.back(self.word.start - self.head.len(), count)
    }

    /// A field of something: `user.password`.
    pub(super) fn is_member(&self) -> bool {
        self.head.contains(&b'.')
    }

    /// The header of that name, or a field that is called like it.
    pub(super) fn is_authorization(&self, window: &Window<'_>) -> bool {
        window.slice(self.tail.start, self.tail.end).eq_ignore_ascii_case(b"orization")
    }

    /// An option of a command: `--token`.
    pub(super) fn is_option(&self) -> bool {
        self.head.starts_with(b"--")
    }

    /// `<token …`.
    pub(super) fn opens_element(&self, window: &Window<'_>) -> bool {
        window.before(self.word.start - self.head.len()) == Some(b'<')
    }

    /// A space and a letter follow.
    pub(super) fn goes_on_as_prose(&self, window: &Window<'_>) -> bool {
        window.at(self.tail.end) == Some(b' ')
            && window.at(self.tail.end + 1).is_some_and(|byte| byte.is_ascii_alphabetic())
            && !self.is_option()
            && !self.opens_element(window)
    }

    /// `pw`: two letters, which other programs use for other things.
    pub(super) fn is_short(&self, window: &Window<'_>) -> bool {
        self.word.len() == 2 && window.slice(self.word.start, self.word.end).eq_ignore_ascii_case(b"pw")
    }

    /// The value is the name again, or a part of it.
    pub(super) fn is_repeated_in(&self, window: &Window<'_>, value: &[u8]) -> bool {
        let own = window.slice(self.word.start - self.head.len(), self.tail.end).to_ascii_lowercase();
        let value = value.to_ascii_lowercase();
        let letters = value.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
        contains(&own, value.get(..letters.max(1)).unwrap_or(&value))
    }

    /// Written in capitals: a constant.
    pub(super) fn is_constant(&self, window: &Window<'_>) -> bool {
        let name = window.slice(self.word.start, self.tail.end);
        self.head.contains(&b'_') && self.head.iter().chain(name).all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
    }

    /// The name says that the value is public, a number or another name.
    pub(super) fn is_harmless(&self, window: &Window<'_>) -> bool {
        let mut whole = [0u8; 2 * PART_BYTES + 24];
        let word = window.slice(self.word.start, self.word.end);
        let tail = window.slice(self.tail.start, self.tail.end);
        let bytes = self.head.iter().chain(word).chain(tail).filter(|byte| byte.is_ascii_alphanumeric());
        let mut len = 0;
        for (slot, byte) in whole.iter_mut().zip(bytes) {
            *slot = byte.to_ascii_lowercase();
            len += 1;
        }
        let whole = whole.get(..len).unwrap_or_default();
        let before = self.before(window, 8).to_ascii_lowercase();
        before.ends_with(b"public ")
            || self.strength == Strength::Key && before.ends_with(b"gpg ")
            // `author`, but not `authorization`.
            || contains(whole, b"author") && !whole.ends_with(b"authorization")
            || words(HARMLESS).any(|part| contains(whole, part))
            || !tail.is_empty()
                && words(HARMLESS_ENDS).any(|end| whole.ends_with(end))
                && !whole.ends_with(b"accesskeyid")
    }
}

/// Parts of names whose value is public, a number or a name of its own.
const HARMLESS: &[u8] = b"\
    public publish pubkey tokentype tokenizer maxtoken tokencount counttoken tokenlimit tokenusage \
    inputtokens outputtokens totaltokens keyid keyname keytype keycode keyword keyboard keyframe keydown \
    keyup keypress keyevent keyring keystore keyspace keyhash keyvault keyalias keypath keyfile keylength \
    keysize primarykey foreignkey hotkey shortcutkey cachekey sortkey rangekey partitionkey objectkey rowkey \
    i18nkey datakey secretname secretarn secretref secretid secretkeyref secretversion tokenurl tokenuri \
    tokenendpoint tokenname tokenid tokenexpir authurl authuri authtype authmethod accessor accessib \
    accesslevel accesscontrol accessmode accesslog accesstime passwordfield passwordpolicy passwordlength \
    passwordhash passwordreset integrity checksum fingerprint thumbprint csrf xsrf nonce bypass compass \
    passthrough passed passive passenger passport websocketkey authenticitytoken privateip privatelink \
    privatednsname dashboardkey recvkey";

/// Ends of names that say: an address, a size, a date, another name.
const HARMLESS_ENDS: &[u8] = b"\
    id ids url uri host endpoint path file dir name domain region email user type count length size ttl \
    expiry expires timeout algorithm version label class format index column prefix header meshing status \
    date param";

/// Two letters of one word: no change from lower to upper case, no separator.
fn continues(first: u8, second: u8) -> bool {
    first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
        && !(first.is_ascii_lowercase() && second.is_ascii_uppercase())
}

fn starts_with_any(text: &[u8], starts: &[&str]) -> bool {
    starts.iter().any(|start| text.len() >= start.len() && text[..start.len()].eq_ignore_ascii_case(start.as_bytes()))
}

fn ends_with_any(text: &[u8], ends: &[&str]) -> bool {
    ends.iter()
        .any(|end| text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes()))
}

/// The words of a list, which spaces separate: references to each would cost more than the words.
pub(super) fn words(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b' ')
}

pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window.first() == part.first() && window == part)
}
