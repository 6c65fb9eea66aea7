//! Errors for JavaScript.

use js_sys::{Error, Reflect};
use threadkeep_core::ErrorCode;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// An `Error` to throw, with the `code` of the core's table.
pub(crate) fn throw(code: ErrorCode) -> JsValue {
    with_code(code.as_str(), code.message())
}

/// A file part has a URL that is none.
pub(crate) fn invalid_url() -> JsValue {
    with_code("invalid_url", "the url of a file part is no URL")
}

/// A masker was asked for a rule that there is not, or given one that breaks what rules have to keep.
pub(crate) fn invalid_rule() -> JsValue {
    with_code("invalid_rule", "a rule of a masker is unknown, or breaks what rules have to keep")
}

fn with_code(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    error.set_name("ThreadkeepError");
    // A new object takes a new property.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}

/// The text that a client is shown for the code of a run's error.
#[wasm_bindgen(js_name = publicErrorText)]
#[must_use]
pub fn public_error_text(code: &str) -> String {
    threadkeep_core::error::public_error_text(code).to_owned()
}
