//! JavaScript values for tests.

use js_sys::{JSON, Reflect};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

pub(crate) fn js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}

pub(crate) fn json(value: &JsValue) -> Value {
    serde_json::from_str(&JSON::stringify(value).unwrap().as_string().unwrap()).unwrap()
}

/// The `code` of a thrown error, which is an `Error` with words for people.
#[track_caller]
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, JsValue>) -> String {
    let error = result.expect_err("thrown");
    assert!(error.is_instance_of::<js_sys::Error>());
    let get = |name: &str| Reflect::get(&error, &name.into()).unwrap().as_string().unwrap();
    assert_eq!(get("name"), "ThreadkeepError");
    assert!(!get("message").is_empty());
    get("code")
}
