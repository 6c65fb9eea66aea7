//! How often each rule hit: names and numbers, never values.

use std::borrow::Cow;
use std::ops::AddAssign;

use super::rule::Rule;

/// Hits per rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaskCounts {
    /// Sorted by name. A text hits few rules.
    hits: Vec<(Cow<'static, str>, u64)>,
}

impl MaskCounts {
    pub(super) fn hit(&mut self, rule: &Rule) {
        self.add(rule.name.clone(), 1);
    }

    fn add(&mut self, name: Cow<'static, str>, hits: u64) {
        let at = self.hits.iter().take_while(|(own, _)| own.as_bytes() < name.as_bytes()).count();
        match self.hits.get_mut(at) {
            Some((own, sum)) if own.as_bytes() == name.as_bytes() => *sum += hits,
            _ => self.hits.insert(at, (name, hits)),
        }
    }

    /// (rule name, hits), sorted by name; rules without a hit are absent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.hits.iter().map(|(name, hits)| (name.as_ref(), *hits))
    }

    /// All hits together.
    pub fn total(&self) -> u64 {
        self.hits.iter().map(|(_, hits)| hits).sum()
    }

    /// Nothing was masked.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }
}

impl AddAssign<&MaskCounts> for MaskCounts {
    fn add_assign(&mut self, other: &MaskCounts) {
        for (name, hits) in &other.hits {
            self.add(name.clone(), *hits);
        }
    }
}
