//! The selected rules, ready to run.

use super::index::Index;
use super::pattern::{Pattern, PatternError};
use super::rule::{Rule, Shape};

/// What a masker runs on: built once, shared by its clones and streams.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) rules: Vec<Rule>,
    pub(super) index: Index,
    /// Literal values that are never masked.
    pub(super) allowed: Vec<String>,
}

impl Compiled {
    /// # Errors
    /// The pattern of a rule cannot be read.
    pub(super) fn new(rules: Vec<Rule>, allowed: Vec<String>) -> Result<Self, PatternError> {
        for rule in &rules {
            if let Shape::Pattern(pattern) = &rule.shape {
                Pattern::new(pattern).check()?;
            }
        }
        Ok(Self::unchecked(rules, allowed))
    }

    /// Rules whose patterns are known to be fine. (One that is not would never match.)
    pub(super) fn unchecked(rules: Vec<Rule>, allowed: Vec<String>) -> Self {
        Self { index: Index::new(&rules), rules, allowed }
    }
}
