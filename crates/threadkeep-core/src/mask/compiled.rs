//! The selected rules, ready to run.

use threadkeep_scan::Index;

use super::index;
use super::rule::Rule;

/// What a masker runs on: built once, shared by its clones and streams.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) rules: Vec<Rule>,
    pub(super) index: Index,
    /// Literal values that are never masked.
    pub(super) allowed: Vec<String>,
}

impl Compiled {
    /// Rules whose patterns are known to be fine. (One that is not would never match.)
    pub(super) fn new(rules: Vec<Rule>, allowed: Vec<String>) -> Self {
        Self { index: index::of(&rules), rules, allowed }
    }
}
