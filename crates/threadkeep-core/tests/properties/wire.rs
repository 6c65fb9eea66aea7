//! The wire profile: what every client since `ai@5.0.0` accepts, stated by hand from its strict schemas.

use crate::run::{any_run, run};
use proptest::prelude::*;
use serde_json::Value;
use threadkeep_core::UiMessageChunk;

/// (type, fields that must be there, fields that may). `dynamic` and `transient` are always `true` here.
const PROFILE: [(&str, &[&str], &[&str]); 18] = [
    ("start", &["messageId"], &["messageMetadata"]),
    ("start-step", &[], &[]),
    ("text-start", &["id"], &[]),
    ("text-delta", &["id", "delta"], &[]),
    ("text-end", &["id"], &[]),
    ("reasoning-start", &["id"], &[]),
    ("reasoning-delta", &["id", "delta"], &[]),
    ("reasoning-end", &["id"], &[]),
    ("tool-input-start", &["toolCallId", "toolName", "dynamic"], &[]),
    ("tool-input-available", &["toolCallId", "toolName", "dynamic", "input"], &[]),
    ("tool-output-available", &["toolCallId", "dynamic", "output"], &[]),
    ("tool-output-error", &["toolCallId", "dynamic", "errorText"], &[]),
    ("data-status", &["data", "transient"], &[]),
    ("message-metadata", &["messageMetadata"], &[]),
    ("finish-step", &[], &[]),
    ("finish", &[], &["messageMetadata"]),
    ("abort", &[], &[]),
    ("error", &["errorText"], &[]),
];

/// The chunk as it stands on the wire; panics when an old client would throw at it.
pub(crate) fn check_profile(chunk: &UiMessageChunk) -> Value {
    let value = serde_json::to_value(chunk).unwrap();
    let fields = value.as_object().unwrap();
    let kind = fields["type"].as_str().unwrap();
    let (_, needed, allowed) =
        PROFILE.iter().find(|(known, ..)| *known == kind).unwrap_or_else(|| panic!("type {kind}"));
    for name in *needed {
        assert!(fields.contains_key(*name), "{kind} lacks {name}");
    }
    for (name, value) in fields {
        let name = name.as_str();
        assert!(name == "type" || needed.contains(&name) || allowed.contains(&name), "{kind} has {name}");
        if ["dynamic", "transient"].contains(&name) {
            assert_eq!(value, true, "{kind}.{name}");
        }
        if ["id", "delta", "toolCallId", "toolName", "errorText", "messageId"].contains(&name) {
            assert!(value.is_string(), "{kind}.{name}");
        }
    }
    value
}

/// The order that clients rely on: `start` and `start-step` first, one ending last, steps and blocks well nested, a
/// call named before it ends.
fn check_order(sent: &[Value]) {
    let kinds: Vec<&str> = sent.iter().map(|chunk| chunk["type"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["start", "start-step"]);
    let is_end = |kind: &&str| ["finish", "abort", "error"].contains(kind);
    assert_eq!(kinds.iter().position(is_end), Some(kinds.len() - 1), "one ending, and it is the last chunk");
    assert_eq!(kinds.iter().filter(|kind| **kind == "start").count(), 1);
    let (mut step, mut block, mut blocks, mut calls) = (false, None, Vec::new(), Vec::new());
    for chunk in sent {
        match chunk["type"].as_str().unwrap() {
            "start-step" => assert!(!std::mem::replace(&mut step, true), "a step in a step"),
            "finish-step" => {
                assert!(std::mem::replace(&mut step, false), "no step is open");
                assert_eq!(block, None, "a step ends with an open block");
            }
            "text-start" | "reasoning-start" => {
                assert!(!blocks.contains(&&chunk["id"]), "a block id is used twice");
                blocks.push(&chunk["id"]);
                assert_eq!(block.replace(&chunk["id"]), None, "a block in a block");
            }
            "text-delta" | "reasoning-delta" => assert_eq!(block, Some(&chunk["id"])),
            "text-end" | "reasoning-end" => assert_eq!(block.take(), Some(&chunk["id"])),
            "tool-input-start" => {
                assert_eq!(block, None, "a call in a block");
                assert!(
                    !calls.contains(&(&chunk["toolCallId"], false)) && !calls.contains(&(&chunk["toolCallId"], true))
                );
                calls.push((&chunk["toolCallId"], false));
            }
            "tool-output-available" | "tool-output-error" => {
                assert_eq!(block, None, "a result in a block");
                let call = calls.iter_mut().find(|(id, ended)| *id == &chunk["toolCallId"] && !ended);
                call.expect("a call that is pending").1 = true;
            }
            _ => {}
        }
        let in_step =
            ["text-", "reasoning-", "tool-"].iter().any(|kind| chunk["type"].as_str().unwrap().starts_with(kind));
        assert!(step || !in_step, "content outside of a step");
    }
    assert!(!step && block.is_none() && calls.iter().all(|(_, ended)| *ended), "something is left open");
}

proptest! {
    #[test]
    fn only_what_every_client_accepts_is_sent_and_in_order(lines in any_run()) {
        let sent: Vec<Value> = run(&lines).sent().iter().map(check_profile).collect();
        check_order(&sent);
    }

    #[test]
    fn every_chunk_survives_the_wire(lines in any_run()) {
        for chunk in run(&lines).sent() {
            let mut sse = Vec::new();
            chunk.write_sse(&mut sse);
            let text = String::from_utf8(sse).unwrap();
            let json = text.strip_prefix("data: ").and_then(|text| text.strip_suffix("\n\n")).unwrap();
            prop_assert!(!json.contains(['\n', '\r']), "one line");
            prop_assert_eq!(&serde_json::from_str::<UiMessageChunk>(json).unwrap(), &chunk);
        }
    }
}
