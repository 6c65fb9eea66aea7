//! A rule is data: what to look for, how to verify it, what to put in its place.

use std::borrow::Cow;
use std::ops::Range;

use super::check::Check;
use super::window::Window;

/// One kind of value that must not be stored.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable, kebab-case, unique in the table.
    pub name: Cow<'static, str>,
    /// The family it belongs to.
    pub kind: Kind,
    /// What stands in for the value, without the frame: `AWS_KEY` for `[REDACTED_AWS_KEY]`.
    pub label: Cow<'static, str>,
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
    /// Where the format is described.
    pub source: Cow<'static, str>,
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
    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Secret => "secret",
            Kind::Personal => "personal",
            Kind::Network => "network",
            Kind::Financial => "financial",
        }
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
pub enum Trigger {
    /// Any of these literals, separated by spaces; `␣` stands for a space. At least two bytes each. They start at a
    /// word boundary.
    Prefix(Cow<'static, str>),
    /// As `Prefix`, in any case, and written here in lower case.
    PrefixAnyCase(Cow<'static, str>),
    /// As `Prefix`, at any place.
    Inside(Cow<'static, str>),
    /// As `Inside`, in any case, and written here in lower case.
    InsideAnyCase(Cow<'static, str>),
    /// The first digit of a run of digits whose length is within these bounds; 20 stands for more.
    Digits(usize, usize),
    /// A byte pair for which this holds; the position is that of the first.
    Pair(fn(u8, u8) -> bool),
    /// As `Pair`, behind a hexadecimal digit, or a colon that follows itself.
    PairAfterHex(fn(u8, u8) -> bool),
}

/// The rest of the value.
#[derive(Clone)]
pub enum Shape {
    /// What follows the anchor, in the language of `pattern.rs`.
    Pattern(Cow<'static, str>),
    /// A detector of its own.
    Detector(Detector),
}

/// Gets the range of the anchor, gives the span to replace.
pub(super) type DetectorFn = fn(&Window<'_>, Range<usize>) -> Option<Range<usize>>;

/// A built-in detector. Callers cannot write one: its bounds are part of the linear-time promise.
#[derive(Clone, Copy)]
pub struct Detector(pub(super) DetectorFn);

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Shape::Pattern(pattern) => f.debug_tuple("Pattern").field(pattern).finish(),
            Shape::Detector(detector) => detector.fmt(f),
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
        format!("[REDACTED_{}]", self.label)
    }
}
