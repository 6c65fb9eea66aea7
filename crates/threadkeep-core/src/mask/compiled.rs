//! The selected rules, ready to run.

use super::index::Index;
use super::pattern::{Pattern, PatternError};
use super::rule::{DetectorFn, Rule, Shape};

/// What a masker runs on: built once, shared by its clones and streams.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) rules: Vec<CompiledRule>,
    pub(super) index: Index,
    /// Literal values that are never masked.
    pub(super) allowed: Vec<String>,
}

#[derive(Debug)]
pub(super) struct CompiledRule {
    pub(super) rule: Rule,
    pub(super) placeholder: String,
    pub(super) shape: CompiledShape,
}

#[derive(Debug)]
pub(super) enum CompiledShape {
    Pattern(Pattern),
    Detector(DetectorFn),
}

impl Compiled {
    /// # Errors
    /// The pattern of a rule cannot be read.
    pub(super) fn new(rules: Vec<Rule>, allowed: Vec<String>) -> Result<Self, PatternError> {
        let rules = rules.into_iter().map(CompiledRule::new).collect::<Result<Vec<_>, _>>()?;
        let index = Index::new(&rules);
        Ok(Self { rules, index, allowed })
    }

    pub(super) fn empty() -> Self {
        Self { rules: Vec::new(), index: Index::new(&[]), allowed: Vec::new() }
    }
}

impl CompiledRule {
    fn new(rule: Rule) -> Result<Self, PatternError> {
        let shape = match &rule.shape {
            Shape::Pattern(source) => CompiledShape::Pattern(Pattern::parse(source)?),
            Shape::Detector(detector) => CompiledShape::Detector(detector.0),
        };
        Ok(Self { placeholder: rule.placeholder(), rule, shape })
    }
}
