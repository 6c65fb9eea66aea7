//! Stored messages as what executors and models take.

use crate::error::{invalid_url, throw};
use crate::target::read_target;
use crate::value::{give, read, read_messages};
use js_sys::{Array, Reflect};
use threadkeep_core as core;
use threadkeep_core::map::{ModelOptions, read_messages_to_map};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// Maps `UIMessage[]` to `MessageDto[]`.
///
/// # Errors
/// `invalid_request` when it is no array of `UIMessage`s.
#[wasm_bindgen(js_name = uiMessagesToMessageDtos)]
pub fn ui_messages_to_message_dtos(messages_json: &str) -> Result<JsValue, JsValue> {
    give(&core::map::ui_messages_to_message_dtos(&read_messages(messages_json)?))
}

/// Maps `UIMessage[]` to the messages of the chat-completions API, with `system` at their head when given.
///
/// # Errors
/// `invalid_request` when it is no array of `UIMessage`s.
#[wasm_bindgen(js_name = toOpenAiMessages)]
pub fn to_openai_messages(messages_json: &str, system: Option<String>) -> Result<JsValue, JsValue> {
    let dtos = core::map::ui_messages_to_message_dtos(&read_messages(messages_json)?);
    give(&core::map::to_openai_messages(system.as_deref(), &dtos))
}

/// Maps `UIMessage[]` to `ModelMessage[]`, as `convertToModelMessages` of `target` (`ai@5`, `ai@6`, `ai@7`) does.
/// For `ai@7` the URL of a file is a `URL`, as it is there.
///
/// # Errors
/// `invalid_request` when it is no array of `UIMessage`s or `target` is none of the three; `invalid_url` when,
/// for `ai@7`, the URL of a file is no URL.
#[wasm_bindgen(js_name = uiMessagesToModelMessages)]
pub fn ui_messages_to_model_messages(
    messages_json: &str,
    target: Option<String>,
    ignore_incomplete_tool_calls: bool,
) -> Result<JsValue, JsValue> {
    let messages = read_messages_to_map(read(messages_json)?).map_err(throw)?;
    let target = read_target(target)?;
    let options = ModelOptions { target, ignore_incomplete_tool_calls };
    let mapped = give(&core::map::ui_messages_to_model_messages(&messages, options))?;
    revive_urls(&mapped)?;
    Ok(mapped)
}

#[wasm_bindgen]
extern "C" {
    type URL;

    #[wasm_bindgen(constructor, catch)]
    fn new(url: &JsValue) -> Result<URL, JsValue>;
}

/// Puts a `URL` where model messages have one; JSON has only its text.
fn revive_urls(messages: &JsValue) -> Result<(), JsValue> {
    for message in Array::from(messages).iter() {
        let Ok(content) = Reflect::get(&message, &"content".into())?.dyn_into::<Array>() else { continue };
        for part in content.iter() {
            let data = Reflect::get(&part, &"data".into())?;
            if data.is_object() && Reflect::get(&data, &"type".into())? == "url" {
                let url = URL::new(&Reflect::get(&data, &"url".into())?);
                let url = url.map_err(|_| invalid_url())?;
                Reflect::set(&data, &"url".into(), &url)?;
            }
        }
    }
    Ok(())
}
