//! A masker from options in JSON: the same shape for `createMasker` of the npm package and for the worker's operator.

use serde_json::Value;

use super::added::RuleError;
use super::check::Check;
use super::masker::{Masker, MaskerBuilder};
use super::rule::{Kind, On, Rule, Scope, Shape, Trigger};

const FIELDS: [&str; 6] = ["only", "with", "without", "locales", "allow", "rules"];

/// Why a masker cannot be built from options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskerOptionsError {
    /// They are no object, or a field of theirs has another type.
    Shape,
    /// A rule is unknown, or one of the caller's own breaks what rules have to keep.
    Rule(RuleError),
}

impl std::fmt::Display for MaskerOptionsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape => f.write_str("the options of a masker have another shape"),
            Self::Rule(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MaskerOptionsError {}

impl Masker {
    /// From `{only?, with?, without?, locales?, allow?, rules?}`: lists of names of rules or kinds (`only`, `with`,
    /// `without`), of locales, of values that stay, and of rules of the caller's own,
    /// `{name, literals, pattern, label?, kind?, anyCase?, inside?}`.
    ///
    /// ```
    /// use serde_json::json;
    /// use threadkeep_core::mask::Masker;
    ///
    /// let masker = Masker::from_options(&json!({ "locales": ["pl"], "without": ["email"] })).unwrap();
    /// assert_eq!(masker.mask_text("jo@example.org"), "jo@example.org");
    /// ```
    ///
    /// # Errors
    /// [`MaskerOptionsError`]; also for a field of another name, so that a slip of the pen switches nothing off.
    pub fn from_options(options: &Value) -> Result<Self, MaskerOptionsError> {
        let fields = options.as_object().ok_or(MaskerOptionsError::Shape)?;
        if !fields.keys().all(|name| FIELDS.contains(&name.as_str())) {
            return Err(MaskerOptionsError::Shape);
        }
        let mut builder = Masker::builder();
        if !options["only"].is_null() {
            builder = texts(&options["only"])?.into_iter().fold(builder.none(), with);
        }
        builder = texts(&options["with"])?.into_iter().fold(builder, with);
        builder = texts(&options["locales"])?.into_iter().fold(builder, MaskerBuilder::with_locale);
        builder = texts(&options["without"])?.into_iter().fold(builder, |builder, name| match Kind::of_name(name) {
            Some(kind) => builder.without_kind(kind),
            None => builder.without(name),
        });
        builder = texts(&options["allow"])?.into_iter().fold(builder, MaskerBuilder::allow);
        for rule in list(&options["rules"])? {
            builder = builder.with_rule(read_rule(rule)?);
        }
        builder.build().map_err(MaskerOptionsError::Rule)
    }
}

/// A rule by its name, or the default ones of a kind.
fn with(builder: MaskerBuilder, name: &str) -> MaskerBuilder {
    match Kind::of_name(name) {
        Some(kind) => builder.with_kind(kind),
        None => builder.with(name),
    }
}

fn read_rule(rule: &Value) -> Result<Rule, MaskerOptionsError> {
    let name = text(&rule["name"])?.to_owned();
    let label = match &rule["label"] {
        Value::Null => None,
        label => Some(text(label)?.to_owned().into()),
    };
    let kind = match &rule["kind"] {
        Value::Null => Kind::Secret,
        own => own.as_str().and_then(Kind::of_name).ok_or(MaskerOptionsError::Rule(RuleError::UnknownRule))?,
    };
    let on = match (rule["inside"] == true, rule["anyCase"] == true) {
        (false, false) => On::Prefix,
        (false, true) => On::PrefixAnyCase,
        (true, false) => On::Inside,
        (true, true) => On::InsideAnyCase,
    };
    let literals = texts(&rule["literals"])?;
    if literals.iter().any(|literal| literal.contains('\n')) {
        return Err(MaskerOptionsError::Rule(RuleError::Literal));
    }
    Ok(Rule {
        name: name.into(),
        kind,
        label,
        scope: Scope::Default,
        generic: false,
        trigger: Trigger { on, text: literals.join("\n").into() },
        shape: Shape::Pattern(text(&rule["pattern"])?.to_owned().into()),
        check: Check::None,
    })
}

fn texts(value: &Value) -> Result<Vec<&str>, MaskerOptionsError> {
    list(value)?.iter().map(text).collect()
}

fn list(value: &Value) -> Result<&[Value], MaskerOptionsError> {
    match value {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        _ => Err(MaskerOptionsError::Shape),
    }
}

fn text(value: &Value) -> Result<&str, MaskerOptionsError> {
    value.as_str().ok_or(MaskerOptionsError::Shape)
}

#[cfg(test)]
mod tests;
