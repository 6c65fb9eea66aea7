//! The masker: a selection of rules, applied to text.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use threadkeep_scan::{Sought, Text, utf16_len};

use super::added::{MAX_ADDED_RULES, RuleError, check_added};
use super::compiled::Compiled;
use super::counts::MaskCounts;
use super::engine::{self, Cursor, Step};
use super::index;
use super::rule::{Kind, Rule, Scope};
use super::rules;
use super::stream::MaskStream;

/// Replaces secrets and personal data in text by placeholders such as `[REDACTED_AWS_KEY]`.
///
/// Built once and shared: a clone costs a reference count. Linear in the text, idempotent, and it cannot fail.
///
/// ```
/// use threadkeep_core::mask::Masker;
///
/// let masker = Masker::default();
/// assert_eq!(masker.mask_text("write to jo@example.org"), "write to [REDACTED_EMAIL]");
/// assert_eq!(masker.mask_text("nothing here"), "nothing here");
/// ```
#[derive(Clone)]
pub struct Masker {
    pub(super) compiled: Arc<Compiled>,
}

/// Where a rule hit. It never holds the value.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'m> {
    /// The rule that hit.
    pub rule: &'m Rule,
    /// Its place in [`Masker::rules`].
    pub number: usize,
    /// Offset of the value, in bytes of the text.
    pub start: usize,
    /// Length of the value, in bytes.
    pub len: usize,
}

impl Default for Masker {
    /// Every rule that is on by default.
    fn default() -> Self {
        static DEFAULT: LazyLock<Arc<Compiled>> = LazyLock::new(|| {
            let mut rules = Vec::with_capacity(rules::DEFAULT_COUNT);
            rules.extend(rules::default());
            Arc::new(Compiled::new(rules, Vec::new()))
        });
        Self { compiled: Arc::clone(&DEFAULT) }
    }
}

impl Masker {
    /// Starts from the rules that are on by default.
    pub fn builder() -> MaskerBuilder {
        MaskerBuilder {
            rules: rules::all().map(|rule| (rule.scope == Scope::Default, rule)).collect(),
            added: Vec::new(),
            allowed: Vec::new(),
            fault: None,
        }
    }

    /// The text with every value replaced; borrowed when nothing was found.
    pub fn mask_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.mask_counting(text, &mut MaskCounts::default())
    }

    /// [`Masker::mask_text`] that also counts the hits.
    pub fn mask_counting<'t>(&self, text: &'t str, counts: &mut MaskCounts) -> Cow<'t, str> {
        let mut masked = String::new();
        let mut copied = 0;
        let mut cursor = Cursor::default();
        while let Some((span, rule)) = self.next(text.as_bytes(), &mut cursor) {
            masked.push_str(text.get(copied..span.start).unwrap_or_default());
            copied = span.end;
            if let Some(rule) = self.compiled.rules.get(rule) {
                rule.write_placeholder(&mut masked);
                counts.hit(rule);
            }
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(masked)
    }

    /// What [`Masker::mask_text`] replaces, in order and without overlap.
    pub fn find(&self, text: &str) -> Vec<Finding<'_>> {
        self.find_bytes(text.as_bytes()).collect()
    }

    /// [`Masker::find`] one by one, in bytes that are known to be UTF-8, or treated as if.
    pub fn find_bytes(&self, text: &[u8]) -> impl Iterator<Item = Finding<'_>> {
        let mut cursor = Cursor::default();
        std::iter::from_fn(move || {
            loop {
                let (span, number) = self.next(text, &mut cursor)?;
                if let Some(rule) = self.compiled.rules.get(number) {
                    return Some(Finding { rule, number, start: span.start, len: span.len() });
                }
            }
        })
    }

    /// The texts in which there may be something to mask, among many that are joined by NUL: where each starts, in UTF-16
    /// units. What is not among them is clean; far cheaper than one by one when they are short. `None` when there are not
    /// `count` of them, because one holds a NUL itself.
    pub fn suspects(&self, texts: &[u8], count: usize) -> Option<Vec<usize>> {
        if threadkeep_scan::count(texts, 0) + 1 != count {
            return None;
        }
        let is_end = |byte: &u8| *byte == 0;
        let mut suspects = Vec::new();
        // Of the text at hand; how far the units are counted.
        let (mut start, mut end, mut suspected) = (0, 0, false);
        let (mut counted, mut units) = (0, 0);
        for (at, candidate) in self.compiled.index.scan(Text { bytes: texts, floor: 0, open: false }, 0) {
            if at >= end {
                start = texts.get(..at).unwrap_or_default().iter().rposition(is_end).map_or(0, |nul| nul + 1);
                let rest = texts.get(at..).unwrap_or_default();
                end = at + rest.iter().position(is_end).unwrap_or(rest.len());
                suspected = false;
            }
            let text = texts.get(start..end).unwrap_or_default();
            if !suspected && engine::may_hold(&self.compiled, text, candidate.behind(start)) {
                units += utf16_len(texts.get(counted..start).unwrap_or_default());
                suspects.push(units);
                (counted, suspected) = (start, true);
            }
        }
        Some(suspects)
    }

    /// A masker for a text that arrives in pieces. It owns what it needs.
    pub fn stream(&self) -> MaskStream {
        MaskStream::new(Arc::clone(&self.compiled))
    }

    /// Every built-in rule, those that are off by default among them.
    pub fn every_rule() -> impl Iterator<Item = Rule> {
        rules::all()
    }

    /// Where the format of a built-in rule is described, by the name of the rule.
    pub fn source(rule: &str) -> Option<&'static str> {
        rules::source(rule)
    }

    /// The rules in force, in the order in which they are tried.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.compiled.rules.iter()
    }

    /// The literals that the first pass looks for everywhere, or only before a token, and whether each stands for every case:
    /// what the example `mask_prints` chooses fingerprints for.
    pub fn searched(&self, before_token: bool) -> Vec<(Vec<u8>, bool)> {
        index::searched(&self.compiled.rules, if before_token { Sought::BeforeToken } else { Sought::Anywhere })
    }

    /// How many places of the text the first pass does not rule out: what a benchmark compares the whole with.
    pub fn count_places(&self, text: &[u8]) -> usize {
        self.compiled.index.scan(Text { bytes: text, floor: 0, open: false }, 0).count()
    }

    /// A value that a rule knows by its start begins the text.
    pub(super) fn is_value(&self, text: &str) -> bool {
        engine::starts_with_value(&self.compiled, text.as_bytes())
    }

    fn next(&self, text: &[u8], cursor: &mut Cursor) -> Option<(Range<usize>, usize)> {
        match engine::next(&self.compiled, text, cursor, true) {
            Step::Found(span, rule) => Some((span, rule)),
            Step::Pending => None,
        }
    }
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Masker").field("rules", &self.compiled.rules.len()).finish_non_exhaustive()
    }
}

/// Selects the rules of a [`Masker`].
///
/// ```
/// use threadkeep_core::mask::Masker;
///
/// let masker = Masker::builder().without("email").allow("10.0.0.1").build().unwrap();
/// let text = "jo@example.org at 10.0.0.1";
/// assert_eq!(masker.mask_text(text), text);
/// ```
#[derive(Clone)]
pub struct MaskerBuilder {
    /// The built-in rules, and whether each is on.
    rules: Vec<(bool, Rule)>,
    added: Vec<Rule>,
    allowed: Vec<String>,
    fault: Option<RuleError>,
}

impl MaskerBuilder {
    /// Switches every built-in rule off, to name the wanted ones after.
    #[must_use]
    pub fn none(self) -> Self {
        self.switch(false, RuleError::UnknownRule, |_| true)
    }

    /// Switches the rule of this name on, opt-in ones included.
    #[must_use]
    pub fn with(self, name: &str) -> Self {
        self.switch(true, RuleError::UnknownRule, |rule| rule.name == name)
    }

    /// Switches the rule of this name off.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        self.switch(false, RuleError::UnknownRule, |rule| rule.name == name)
    }

    /// Switches the default rules of a kind on.
    #[must_use]
    pub fn with_kind(self, kind: Kind) -> Self {
        self.switch(true, RuleError::UnknownRule, |rule| rule.kind == kind && rule.scope == Scope::Default)
    }

    /// Switches every rule of a kind off.
    #[must_use]
    pub fn without_kind(self, kind: Kind) -> Self {
        self.switch(false, RuleError::UnknownRule, |rule| rule.kind == kind)
    }

    /// Switches the rules of a locale on (lower-case ISO 3166 code: `de`, `us`; `uk` is known, too).
    #[must_use]
    pub fn with_locale(self, locale: &str) -> Self {
        let locale = if locale == "gb" { "uk" } else { locale };
        self.switch(true, RuleError::UnknownLocale, |rule| matches!(rule.scope, Scope::Locale(own) if own == locale))
    }

    /// Adds a rule of the caller's own; it is tried after the built-in ones.
    #[must_use]
    pub fn with_rule(mut self, rule: Rule) -> Self {
        self.added.push(rule);
        self
    }

    /// Never masks a value that equals this literal.
    #[must_use]
    pub fn allow(mut self, literal: &str) -> Self {
        self.allowed.push(literal.to_owned());
        self
    }

    /// # Errors
    /// The first thing that was wrong: a name or locale that no built-in rule has, or an added rule that would break the
    /// masker's promises (see [`RuleError`]).
    pub fn build(self) -> Result<Masker, RuleError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if self.added.len() > MAX_ADDED_RULES {
            return Err(RuleError::TooMany);
        }
        self.added.iter().try_for_each(check_added)?;
        let built_in = self.rules.into_iter().filter(|(on, _)| *on).map(|(_, rule)| rule);
        Ok(Masker { compiled: Arc::new(Compiled::new(built_in.chain(self.added).collect(), self.allowed)) })
    }

    fn switch(mut self, on: bool, unknown: RuleError, which: impl Fn(&Rule) -> bool) -> Self {
        let mut any = false;
        for (is_on, _) in self.rules.iter_mut().filter(|(_, rule)| which(rule)) {
            *is_on = on;
            any = true;
        }
        self.fault = self.fault.or((!any).then_some(unknown));
        self
    }
}

impl std::fmt::Debug for MaskerBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let on = self.rules.iter().filter(|(on, _)| *on).count() + self.added.len();
        f.debug_struct("MaskerBuilder").field("rules", &on).finish_non_exhaustive()
    }
}
