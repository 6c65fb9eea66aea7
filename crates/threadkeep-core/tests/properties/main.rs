//! What holds of every run, message, request and cut, looked for by machine.
//!
//! A failing case is printed in its smallest form; `PROPTEST_CASES=10000 cargo test --test properties` looks longer.

// Helpers of tests stand outside of test functions, where clippy.toml's leave does not reach.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// A test looks at the variants that it is about.
#![allow(clippy::wildcard_enum_match_arm)]

mod json;
mod partial;
mod read;
mod repair;
mod replay;
mod reply;
mod run;
mod size;
mod upgrade;
mod ways;
mod wire;
