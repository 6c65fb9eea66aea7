//! Any JSON values, read as chunks, as stored messages and as a request: no panic, and the message that comes of
//! them survives storage, masking, repair and every mapper.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Deserializer, Value};
use threadkeep_core::map::{
    ModelOptions, to_openai_messages, ui_messages_to_message_dtos, ui_messages_to_model_messages,
};
use threadkeep_core::mask::Masker;
use threadkeep_core::{
    ChatRequest, Target, UiMessage, fold_chunks, repair_messages, upgrade_messages, validate_messages,
};

fuzz_target!(|input: &[u8]| {
    let _ = ChatRequest::from_json(input);
    let values: Vec<Value> = Deserializer::from_slice(input).into_iter().map_while(Result::ok).collect();
    for target in Target::ALL {
        let folded = fold_chunks(values.clone(), None, target);
        check(folded.message, target);
    }
    let upgraded = upgrade_messages(values);
    let stored = serde_json::to_value(&upgraded.messages).expect("JSON");
    if !upgraded.messages.is_empty() {
        assert_eq!(validate_messages(&stored, Target::default()), Ok(()), "what was upgraded is valid");
    }
    upgraded.messages.into_iter().for_each(|message| check(message, Target::default()));
});

fn check(message: UiMessage, target: Target) {
    let json = serde_json::to_string(&message).expect("JSON");
    assert_eq!(serde_json::from_str::<UiMessage>(&json).expect("a message"), message, "through storage");

    let masker = Masker::default();
    let mut masked = message.clone();
    masker.mask_message(&mut masked);
    let once = masked.clone();
    masker.mask_message(&mut masked);
    assert_eq!(masked, once, "masked again");

    let repaired = repair_messages(vec![message], target);
    let again = repair_messages(repaired.messages.clone(), target);
    assert_eq!((again.repairs.len(), &again.messages), (0, &repaired.messages), "repaired again");
    let _ = ui_messages_to_model_messages(&repaired.messages, ModelOptions { target, ..ModelOptions::default() });
    let _ = to_openai_messages(None, &ui_messages_to_message_dtos(&repaired.messages));
}
