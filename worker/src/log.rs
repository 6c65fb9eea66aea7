//! Logs: one structured line per request and per turn. Routes, codes, sizes and timings; never content, keys or owners.

use serde::Serialize;
use serde_json::{Value, json};
use threadkeep_core::mask::MaskCounts;
use worker::{console_error, console_log};

/// One finished request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestLine<'a> {
    pub(crate) route: &'a str,
    pub(crate) method: &'a str,
    pub(crate) status: u16,
    /// Of an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'a Value>,
    /// Values masked in what was stored, by rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) masked: Option<&'a Value>,
    /// Size of the request's body, as its header says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<u64>,
    /// Until the response was ready; a stream goes on after it.
    pub(crate) ms: u64,
}

/// One finished turn.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnLine<'a> {
    pub(crate) turn: &'a str,
    pub(crate) status: &'a str,
    pub(crate) events: u64,
    pub(crate) bytes_sent: usize,
    pub(crate) ms: u64,
    /// Values masked in the question and in the reply, by rule.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) masked: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<threadkeep_core::Problem>,
}

/// Counts as a line has them; null when nothing was masked.
pub(crate) fn counts(counts: &MaskCounts) -> Value {
    if counts.is_empty() {
        return Value::Null;
    }
    counts.iter().collect()
}

/// Something of ours failed: its kind, and what else may be told of it. Never an error's own text, it may quote anything.
pub(crate) fn error(kind: &str, details: Value) {
    let mut line = json!({"level": "error", "kind": kind});
    if let (Value::Object(line), Value::Object(details)) = (&mut line, details) {
        line.extend(details);
    }
    console_error!("{line}");
}

pub(crate) fn line(line: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(line) {
        console_log!("{text}");
    }
}
