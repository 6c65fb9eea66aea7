//! What is read from outside: never a panic, and kept as it came.

use crate::json::{any_json, any_text, near_body, near_message, near_part};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use threadkeep_core::request::{MAX_NAME_BYTES, MAX_USER_TEXT_BYTES, is_message_id};
use threadkeep_core::thread::read_messages;
use threadkeep_core::{AiEvent, ChatRequest, ErrorCode, Part, StateKey, UiMessage, UiMessageChunk};

fn read(body: &Value) -> Result<ChatRequest, ErrorCode> {
    ChatRequest::from_json(body.to_string().as_bytes())
}

proptest! {
    #[test]
    fn a_number_is_the_same_after_every_trip(number in any::<f64>()) {
        let value = json!(number);
        prop_assert_eq!(serde_json::from_str::<Value>(&value.to_string()).unwrap(), value);
    }

    #[test]
    fn any_part_is_kept_as_it_came(value in prop_oneof![near_part(), any_json()]) {
        let Value::Object(map) = &value else { return Ok(()) };
        let part = Part::from_map(map.clone());
        prop_assert_eq!(&serde_json::to_value(&part).unwrap(), &value);
    }

    #[test]
    fn any_message_is_kept_as_it_came(value in prop_oneof![4 => near_message(), 1 => any_json()]) {
        if let Some(message) = UiMessage::from_value(value.clone()) {
            prop_assert_eq!(serde_json::to_value(&message).unwrap(), value);
        }
    }

    #[test]
    fn a_message_needs_an_id_a_role_and_parts_and_nothing_else(value in near_message()) {
        let role_is_known = value["role"].as_str().is_some_and(|role| ["user", "assistant", "system"].contains(&role));
        prop_assert_eq!(UiMessage::from_value(value).is_some(), role_is_known);
    }

    #[test]
    fn reading_never_panics(value in any_json(), bytes in vec(any::<u8>(), 0..64)) {
        let _ = read_messages(value.clone());
        for bytes in [value.to_string().into_bytes(), bytes] {
            let _ = AiEvent::from_json(&bytes);
            let _ = ChatRequest::from_json(&bytes);
            let _ = serde_json::from_slice::<UiMessageChunk>(&bytes);
        }
    }

    #[test]
    fn client_sends_user_only_what_is_read_of_a_request_is_in_bounds(body in near_body()) {
        if let Ok(request) = read(&body) {
            // A request that only answers pending calls says nothing itself.
            let is_answer = request.texts.is_empty() && !request.answers.is_empty();
            prop_assert!(is_answer || request.texts.iter().any(|text| !text.trim().is_empty()));
            prop_assert!(request.texts.iter().map(String::len).sum::<usize>() <= MAX_USER_TEXT_BYTES);
            prop_assert!(request.message_id.iter().all(|id| is_message_id(id)));
            prop_assert!(request.state_key.iter().all(|key| StateKey::parse(key.as_str()).is_some()));
            prop_assert!([&request.model, &request.graph_name].into_iter().flatten().all(|name| name.len() <= MAX_NAME_BYTES));
            let message = request.user_message("fallback");
            prop_assert!(message.parts.iter().all(|part| matches!(part, Part::Text(_))));
        }
    }

    #[test]
    fn server_owns_messages_nothing_but_the_last_user_entry_changes_what_is_read(
        text in any_text(),
        before in vec(prop_oneof![near_message(), any_json()], 0..4),
        behind in vec(prop_oneof![near_message(), any_json()], 0..4),
        system in any_json(),
    ) {
        let user = json!({"id": "u1", "role": "user", "parts": [{"type": "text", "text": text}]});
        let behind = behind.into_iter().filter(|entry| entry["role"] != "user");
        let messages: Vec<_> = before.into_iter().chain([user.clone()]).chain(behind).collect();
        // Answers to pending calls are read beside it; what they are worth, the stored thread decides.
        let read = |body: Value| read(&body).map(|request| ChatRequest { answers: Vec::new(), ..request });
        let alone = read(json!({"messages": [user]})).ok();
        let read = read(json!({"messages": messages, "system": system, "tools": system})).ok();
        prop_assert_eq!(read.filter(|request| !request.texts.is_empty()), alone);
    }
}
