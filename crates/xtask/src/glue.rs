//! The changes made to the JavaScript that wasm-bindgen writes.
//!
//! They are exact text replacements. wasm-bindgen's version is pinned, so a text that is not
//! found means that the pin moved: the build stops, and someone looks again.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A closure, and a method of an exported class, first check that they belong to the running
/// instance. The call guard that follows replaces an instance that has died. In this order
/// the first stale call after a death passes the check, and then runs in the *new* instance
/// with pointers of the old one. With the guard first it is refused, as was meant.
const STALE_CHECKS: [&str; 2] = [
    "if (state.instance !== __wbg_instance_id) {",
    "if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {",
];

/// Where the glue learns of a death, whatever its kind: a panic, a trap, a full stack, or an
/// exception that passed through Rust. worker/entry.js has to hear of it at once.
const DEATH: &str = "__wbg_called_abort = true;";

/// `criticalError` is what the Rust runtime's panic hook sets too; entry.js makes it a setter.
const DEATH_NOTICE: &str = "globalThis.__worker_init_state.criticalError = true;";

/// Stage 3 syntax that neither workerd nor esbuild reads yet; the plain import means the same there.
const SOURCE_IMPORT: &str = "import source wasmModule from";

/// Part of the key under which repaired glue is kept: this very file.
pub(crate) const VERSION: &str = include_str!("glue.rs");

/// Sources of streamed bodies. The glue keeps these classes to itself when it has them;
/// worker/entry.js has to know when a body's next bytes will never come.
const BODY_SOURCES: [&str; 2] = ["\nclass IntoUnderlyingSource {", "\nclass IntoUnderlyingByteSource {"];

/// Classes that other crates export and this worker makes no object of, and calls of a Durable Object that
/// worker/entry.js does not pass on. What only they reach is half a hundred functions; see `prune` in bundle.rs.
const UNUSED_CLASSES: [&str; 4] = ["ContainerStartupOptions", "IntoUnderlyingSink", "MinifyConfig", "R2Range"];
const UNUSED_METHODS: [&str; 4] = ["connect", "webSocketClose", "webSocketError", "webSocketMessage"];

/// Where the npm package's glue makes its instance: as soon as it is loaded, of a module that it names.
const FIRST_INSTANCE: &str = "let wasmInstance = new WebAssembly.Instance(wasmModule, __wbg_get_imports());
let wasm = wasmInstance.exports;
wasm.__wbindgen_start();";

/// What pkg/src/core.ts does instead: the entry of each runtime brings the module, and the first call makes the
/// instance, by the function that also replaces one that has died.
const NO_INSTANCE: &str = "let wasmInstance, wasm;
export function __wbg_set_module(module) { wasmModule = module; }";

/// Freeing an object of an instance that has died would free whatever lies there in the new one.
const FREE: &str = "    free() {\n";
const FREE_OF_ITS_OWN: &str = "    free() {\n        if (this.__wbg_inst !== __wbg_instance_id) return;\n";

/// Makes the glue of the npm package safe to use after an instance has died, and free of any one runtime.
pub(crate) fn repair_for_package(glue: &str, wasm: &str) -> Result<String> {
    let text = replace(glue, &format!("{SOURCE_IMPORT} \"./{wasm}\";"), "let wasmModule;")?;
    let text = replace(&text, FIRST_INSTANCE, NO_INSTANCE)?;
    replace(&text, FREE, FREE_OF_ITS_OWN)
}

/// Makes the glue safe to use after an instance has died, and readable for esbuild.
pub(crate) fn repair(glue: &str) -> Result<String> {
    let mut text = replace(glue, SOURCE_IMPORT, "import wasmModule from")?;
    text = replace(&text, DEATH, &format!("{DEATH}\n    {DEATH_NOTICE}"))?;
    for check in STALE_CHECKS {
        text = replace(&text, check, &format!("__wbg_call_guard();\n        {check}"))?;
    }
    for class in BODY_SOURCES {
        text = text.replace(class, &format!("\nexport {}", class.trim_start()));
    }
    for class in UNUSED_CLASSES {
        text = text.replace(&format!("export class {class} {{"), &format!("class {class} {{"));
        let dispose = format!("if (Symbol.dispose) {class}.prototype[Symbol.dispose] = {class}.prototype.free;\n");
        text = without(&text, &format!("class {class} {{"), &dispose)?;
        text = without(&text, &format!("const {class}Finalization ="), "\n});\n")?;
    }
    for method in UNUSED_METHODS {
        text = without(&text, &format!("    {method}("), "\n    }\n")?;
    }
    Ok(text)
}

/// With the names that wasm-opt has given to the module's imports and exports:
/// `{"imports": [[module, name, short]], "exports": [[name, short]]}`; its one module is called `a` then.
pub(crate) fn rename(glue: &str, names: &Value) -> Result<String> {
    let rows = |kind: &str| names[kind].as_array().cloned().unwrap_or_default();
    let mut text = replace(glue, "\"./index_bg.js\": import0", "\"a\": import0")?;
    for import in rows("imports") {
        let (name, short) = (import[1].as_str().unwrap_or_default(), import[2].as_str().unwrap_or_default());
        text = replace(&text, &format!("\n        {name}: "), &format!("\n        {short}: "))?;
    }
    let exports: HashMap<String, String> =
        rows("exports").into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect();
    let mut renamed = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, name) in self::exports(&text) {
        let short = exports.get(name).with_context(|| format!("the module does not export `{name}`"))?;
        renamed += &text[copied..at];
        renamed += short;
        copied = at + name.len();
    }
    Ok(renamed + &text[copied..])
}

/// What the glue reads of the module, each with its place.
pub(crate) fn exports(glue: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
    glue.match_indices("wasm.").filter(move |(at, _)| !glue[..*at].ends_with(is_name)).map(move |(at, found)| {
        let rest = &glue[at + found.len()..];
        (at + found.len(), &rest[..rest.find(|letter| !is_name(letter)).unwrap_or(rest.len())])
    })
}

/// Without each part that begins a line with `start`, up to the next `end`.
fn without(text: &str, start: &str, end: &str) -> Result<String> {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&format!("\n{start}")) {
        let len = rest[at..].find(end).with_context(|| format!("the glue has `{start}` without its end"))?;
        let part = &rest[at + 1..at + len];
        // What ends in another way now would take its neighbour along.
        ensure!(!part.contains("\nclass ") && !part.contains("\nconst "), "the glue ends `{start}` differently now");
        kept.push_str(&rest[..=at]);
        rest = &rest[at + len + end.len()..];
    }
    Ok(kept + rest)
}

fn replace(text: &str, old: &str, new: &str) -> Result<String> {
    ensure!(
        text.contains(old),
        "wasm-bindgen writes its glue differently now: `{old}` is gone (crates/xtask/src/glue.rs)"
    );
    Ok(text.replace(old, new))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_repair_is_made() {
        let [closure, method] = STALE_CHECKS;
        let glue = format!("{SOURCE_IMPORT} 'x';\n{closure}}}\n{method}}}\n{DEATH}{}", BODY_SOURCES[0]);
        let text = repair(&glue).unwrap();
        assert!(text.starts_with("import wasmModule from 'x'"));
        assert_eq!(text.matches("__wbg_call_guard();\n").count(), 2);
        assert!(text.contains(DEATH_NOTICE));
        assert!(text.contains("\nexport class IntoUnderlyingSource {"));
    }

    #[test]
    fn what_the_worker_does_not_use_is_left_out() {
        let class = |name: &str| {
            format!(
                "export class {name} {{\n    free() {{\n    }}\n}}\n\
                 if (Symbol.dispose) {name}.prototype[Symbol.dispose] = {name}.prototype.free;\n\
                 const {name}Finalization = 1 ?\n    2 : new FinalizationRegistry(() => {{\n}});\n"
            )
        };
        let object = "class Object {\n    connect(socket) {\n        a();\n    }\n    fetch(request) {\n    }\n    connect() {\n    }\n}\n";
        let [closure, method] = STALE_CHECKS;
        let glue =
            format!("{SOURCE_IMPORT}{closure}{method}{DEATH}\n{}{object}{}", class("MinifyConfig"), class("Used"));
        let text = repair(&glue).unwrap();
        assert!(
            text.ends_with(&format!("class Object {{\n    fetch(request) {{\n    }}\n}}\n{}", class("Used"))),
            "{text}"
        );
        assert!(!text.contains("MinifyConfig"));
    }

    #[test]
    fn the_glue_says_what_the_module_is_called() {
        let glue = "x = {\n        __wbg_now_1: function() { wasm.fetch(a.fetch); },\n    };\n\"./index_bg.js\": import0, wasm.memory";
        let names =
            json!({ "imports": [["./index_bg.js", "__wbg_now_1", "$"]], "exports": [["fetch", "b"], ["memory", "c"]] });
        let renamed = "x = {\n        $: function() { wasm.b(a.fetch); },\n    };\n\"a\": import0, wasm.c";
        assert_eq!(rename(glue, &names).unwrap(), renamed);
        assert!(rename(&format!("{glue} wasm.gone()"), &names).is_err());
    }

    #[test]
    fn the_package_makes_its_instance_later() {
        let glue = format!("{SOURCE_IMPORT} \"./x.wasm\";\n{FREE}    }}\n{FIRST_INSTANCE}");
        let text = repair_for_package(&glue, "x.wasm").unwrap();
        assert!(text.starts_with("let wasmModule;") && !text.contains(FIRST_INSTANCE));
        assert!(text.contains("if (this.__wbg_inst !== __wbg_instance_id) return;"));
    }

    #[test]
    fn unknown_glue_is_refused() {
        assert!(repair_for_package("export {}", "x.wasm").is_err());
        assert!(repair("export {}").is_err());
    }
}
