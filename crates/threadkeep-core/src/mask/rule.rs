//! A rule is data: what to look for, how to verify it, what to put in its place.

use std::borrow::Cow;
use std::ops::Range;

#[cfg(feature = "regex")]
use super::added::RuleError;
use super::check::Check;
use super::window::Window;

/// One kind of value that must not be stored.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable, kebab-case, unique in the table.
    pub name: Cow<'static, str>,
    /// The family it belongs to.
    pub kind: Kind,
    /// What stands in for the value, without the frame: `AWS_KEY` for `[REDACTED_AWS_KEY]`. `None`: the name, as one.
    pub label: Option<Cow<'static, str>>,
    /// Whether it applies without being asked for.
    pub scope: Scope,
    /// It knows the value by what stands around it. A rule that knows the very same value by its own look, and comes
    /// earlier in the table, gives it its name.
    pub generic: bool,
    /// What must be there before anything else is looked at.
    pub trigger: Trigger,
    /// How the value is recognised from there on.
    pub shape: Shape,
    /// What must hold of the characters found.
    pub check: Check,
}

/// Families of rules, for selection and for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Grants access: keys, tokens, passwords.
    Secret,
    /// Names or reaches a person.
    Personal,
    /// Names a machine or a network.
    Network,
    /// Money: cards, accounts, wallets.
    Financial,
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Kind; 4] = [Kind::Secret, Kind::Personal, Kind::Network, Kind::Financial];

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Secret => "secret",
            Kind::Personal => "personal",
            Kind::Network => "network",
            Kind::Financial => "financial",
        }
    }

    /// The kind of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// When a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Always, unless switched off.
    Default,
    /// Only when its locale (lower-case ISO 3166 code) or the rule itself is asked for: its check is weak, one bare
    /// number in ten would pass.
    Locale(&'static str),
    /// Only when the rule itself is asked for.
    OptIn,
}

/// The required part of a value: cheap to find, so that clean text costs one scan.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// What the text is.
    pub on: On,
    /// One a line: literals, which may hold spaces, or kinds of runs of digits.
    pub text: Cow<'static, str>,
}

impl Trigger {
    /// The lines of its text that hold anything.
    pub(super) fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.text.as_bytes().split(|byte| *byte == b'\n').filter(|word| !word.is_empty())
    }
}

/// What the text of a [`Trigger`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Literals; one of them starts the value, at a word boundary.
    Prefix,
    /// As `Prefix`, in any case, and written in lower case.
    PrefixAnyCase,
    /// As `Prefix`, for values that start with sixteen characters of tokens at least; a literal that holds another one is looked
    /// for everywhere. What a `Prefix` of the table is, where its pattern tells so much.
    Word,
    /// Literals that stand anywhere.
    Inside,
    /// As `Inside`, in any case, and written in lower case.
    InsideAnyCase,
    /// As `InsideAnyCase`, for detectors whose value holds a token (`token.rs`) at most 64 bytes behind the literal's start: no other
    /// place is looked at.
    BeforeToken,
    /// Runs of digits: their lengths (`9`, `2-20`; 20 stands for more), and the classes (letters of the pattern
    /// language) that the characters around must be of: `+<1-15`, `3>-`. `>>`: two more groups of digits follow, `>>>`:
    /// and the first of them has four digits at least. `!`: the run starts with neither 0 nor 1. `^<`: the run starts a
    /// word; `a<`: two letters that start a word precede it.
    Digits,
    /// A colon, hyphen or dot between the groups of an address in hexadecimal. No text.
    HexGroups,
    /// The first colon of what may be an IPv6 address. No text.
    HexColon,
}

/// The rest of the value.
#[derive(Clone)]
pub enum Shape {
    /// What follows the anchor, in the language of `pattern.rs`.
    Pattern(Cow<'static, str>),
    /// A detector of its own.
    Detector(Detector),
    /// From the anchor's start on, a regular expression of a caller's own: see [`Shape::regex`].
    #[cfg(feature = "regex")]
    Regex(regex::bytes::Regex),
}

/// Gets the range of the anchor, gives the span to replace.
pub(super) type DetectorFn = fn(&Window<'_>, Range<usize>) -> Option<Range<usize>>;

/// A built-in detector. Callers cannot write one: its bounds are part of the linear-time promise.
#[derive(Clone, Copy)]
pub struct Detector(pub(super) DetectorFn);

#[cfg(feature = "regex")]
impl Shape {
    /// A value as a regular expression describes it (the `regex` crate's syntax: linear, without look-around), its trigger's
    /// literal included: it has to match where the literal starts, within [`MAX_REGEX_BYTES`].
    ///
    /// # Errors
    /// [`RuleError::Regex`] when it cannot be read or would be too large.
    pub fn regex(expression: &str) -> Result<Self, RuleError> {
        regex::bytes::RegexBuilder::new(&format!(r"\A(?:{expression})"))
            // ASCII classes: the tables of Unicode would be larger than the masker.
            .unicode(false)
            .size_limit(1 << 20)
            .build()
            .map(Shape::Regex)
            .map_err(|_| RuleError::Regex)
    }
}

/// Longest value that a regular expression of a caller's own may find, in bytes.
#[cfg(feature = "regex")]
pub const MAX_REGEX_BYTES: usize = 512;

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Shape::Pattern(pattern) => f.debug_tuple("Pattern").field(pattern).finish(),
            Shape::Detector(detector) => detector.fmt(f),
            #[cfg(feature = "regex")]
            Shape::Regex(regex) => f.debug_tuple("Regex").field(regex).finish(),
        }
    }
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Detector")
    }
}

impl Rule {
    /// `[REDACTED_AWS_KEY]`.
    pub fn placeholder(&self) -> String {
        let mut placeholder = String::new();
        self.write_placeholder(&mut placeholder);
        placeholder
    }

    pub(super) fn write_placeholder(&self, out: &mut String) {
        out.push_str("[REDACTED_");
        out.push_str(&self.label());
        out.push(']');
    }

    /// The name of its placeholder.
    pub(super) fn label(&self) -> Cow<'_, str> {
        match &self.label {
            Some(label) => Cow::Borrowed(label),
            None => Cow::Owned(self.name.to_ascii_uppercase().replace('-', "_")),
        }
    }
}
