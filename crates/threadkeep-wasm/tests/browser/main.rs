//! The npm door in a real browser: `wasm-pack test --headless --chrome --mode no-install crates/threadkeep-wasm`.

#![cfg(target_arch = "wasm32")]
// Helpers of tests stand outside of test functions, where clippy.toml's leave does not reach.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accumulator;
mod functions;
mod golden;
mod history;
mod js;
mod mask;
mod thread;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
