//! How often each rule hit: names and numbers, never values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::rule::Rule;

/// Hits per rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaskCounts {
    hits: BTreeMap<Cow<'static, str>, u64>,
}

impl MaskCounts {
    pub(super) fn hit(&mut self, rule: &Rule) {
        *self.hits.entry(rule.name.clone()).or_default() += 1;
    }

    /// (rule name, hits), sorted by name; rules without a hit are absent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.hits.iter().map(|(name, hits)| (name.as_ref(), *hits))
    }

    /// All hits together.
    pub fn total(&self) -> u64 {
        self.hits.values().sum()
    }

    /// Nothing was masked.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }
}

impl AddAssign<&MaskCounts> for MaskCounts {
    fn add_assign(&mut self, other: &MaskCounts) {
        for (name, hits) in &other.hits {
            *self.hits.entry(name.clone()).or_default() += hits;
        }
    }
}
