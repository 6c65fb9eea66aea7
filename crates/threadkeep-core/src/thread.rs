//! The rules of a thread. They decide; the thread object stores.
//!
//! [`decide`] takes what is known of the thread and a [`Command`], and gives [`Effects`] or a typed refusal. It does
//! not count, read or write: an adapter that applies the effects in one transaction keeps every rule.

use crate::error::ErrorCode;
use crate::json::{JsonMap, same};
use crate::mask::Masker;
use crate::message::{Role, UiMessage};
use serde_json::Value;

/// MAX_THREAD_MESSAGES: what a client can load and a model can read at once; deployments may set another.
pub const MAX_THREAD_MESSAGES: usize = 200;

/// Turns that may wait on one thread while another runs: a person with two tabs needs one or two; more is a loop.
pub const MAX_WAITING_TURNS: usize = 8;

/// Longest title, in characters: one line of a thread list.
pub const MAX_TITLE_CHARS: usize = 100;

/// How much of a text is looked at for its title, in bytes: the longest title, and room for what masking takes out.
const TITLE_BYTES: usize = 16 * MAX_TITLE_CHARS;

/// Largest metadata of a thread, in bytes of JSON: it travels with every row of a thread list.
pub const MAX_METADATA_BYTES: usize = 16 * 1024;

/// Longest id of a message that a service brings, in bytes.
pub const MAX_ID_BYTES: usize = 256;

/// What a decision needs to know of a thread.
#[derive(Debug, Clone, Copy)]
pub struct ThreadState {
    pub message_count: usize,
    /// Replies that running turns will still append.
    pub reserved: usize,
    pub waiting_turns: usize,
    pub max_messages: usize,
}

/// What somebody wants of a thread.
#[derive(Debug)]
pub enum Command<'a> {
    /// A chat turn wants to queue up behind the running one.
    Wait,
    /// A chat turn starts: its user message now, its reply at its end. One that repeats the last stored user message
    /// (a retry, a regeneration) stores only the reply.
    Turn { repeats_last_user: bool },
    /// Messages to be added at the end, with room for `reserve` more behind them; built on `expected` stored messages
    /// when the caller says so.
    Append { count: usize, expected: Option<usize>, reserve: usize },
    /// The whole thread as the caller has it, built on `expected` stored messages.
    Save { stored: &'a [Value], saved: &'a [Value], expected: usize },
    /// The same by its numbers alone, before anything is loaded. Whether the first of the `saved` messages are the
    /// stored ones is then for the caller to compare ([`same_messages`]).
    Grow { saved: usize, expected: usize },
}

/// What is to be done, all in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effects {
    /// How many of the given messages, counted from the end, are to be appended.
    pub append: usize,
    /// How many replies are to be kept room for.
    pub reserve: usize,
}

/// Decides a command.
///
/// # Errors
/// [`ErrorCode::ThreadBusy`] when too many turns wait; [`ErrorCode::ThreadFull`] when the append would pass the message
/// limit (a turn needs room for its reply too); [`ErrorCode::ThreadConflict`] when `expected` is not the stored count;
/// [`ErrorCode::ThreadDiverged`] when a save is shorter than what is stored or changes it.
pub fn decide(state: &ThreadState, command: &Command<'_>) -> Result<Effects, ErrorCode> {
    match *command {
        Command::Wait if state.waiting_turns >= MAX_WAITING_TURNS => Err(ErrorCode::ThreadBusy),
        Command::Wait => Ok(Effects::default()),
        Command::Turn { repeats_last_user } => {
            fit(state, Effects { append: usize::from(!repeats_last_user), reserve: 1 })
        }
        Command::Append { expected: Some(expected), .. } if expected != state.message_count => {
            Err(ErrorCode::ThreadConflict)
        }
        Command::Append { count, reserve, .. } => fit(state, Effects { append: count, reserve }),
        Command::Save { stored, saved, expected } => {
            let effects = grow(state, saved.len(), expected)?;
            let grows = saved.get(..stored.len()).is_some_and(|head| same_messages(stored, head));
            if grows { Ok(effects) } else { Err(ErrorCode::ThreadDiverged) }
        }
        Command::Grow { saved, expected } => grow(state, saved, expected),
    }
}

/// Whether two lists of messages are the same to a JavaScript reader: neither key order nor `1.0` for `1` counts.
#[must_use]
pub fn same_messages(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

fn grow(state: &ThreadState, saved: usize, expected: usize) -> Result<Effects, ErrorCode> {
    if expected != state.message_count {
        return Err(ErrorCode::ThreadConflict);
    }
    let append = saved.checked_sub(state.message_count).ok_or(ErrorCode::ThreadDiverged)?;
    fit(state, Effects { append, reserve: 0 })
}

fn fit(state: &ThreadState, effects: Effects) -> Result<Effects, ErrorCode> {
    // Either may be any number that somebody sent.
    let asked = effects.append.saturating_add(effects.reserve);
    let count = (state.message_count + state.reserved).saturating_add(asked);
    if count > state.max_messages { Err(ErrorCode::ThreadFull) } else { Ok(effects) }
}

/// The title of a thread that nobody has named: its first user text, as [`shorten_title`] makes one of it. `None` when
/// `message` (masked) is no user message with text.
#[must_use]
pub fn title_of(message: &UiMessage, masker: &Masker) -> Option<String> {
    if message.role != Role::User {
        return None;
    }
    message.texts().find_map(|text| shorten_title(text, masker))
}

/// A title as it is kept: white space folded, masked, at most [`MAX_TITLE_CHARS`] characters. `None` when nothing is
/// left.
///
/// `text` is masked already, on the lines that it had. Once more on one line, and before it is cut: a number that goes
/// over two lines is no card before, and half of one is none after.
#[must_use]
pub fn shorten_title(text: &str, masker: &Masker) -> Option<String> {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.len() > TITLE_BYTES {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let title: String = masker.mask_text(&line).chars().take(MAX_TITLE_CHARS).collect();
    let title = title.trim_end();
    (!title.is_empty()).then(|| title.to_owned())
}

/// Reads messages that a service brings.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] when the value is no array of `UIMessage`s, or an id is empty or longer than
/// [`MAX_ID_BYTES`].
pub fn read_messages(value: Value) -> Result<Vec<UiMessage>, ErrorCode> {
    let Value::Array(items) = value else { return Err(ErrorCode::InvalidRequest) };
    let messages = items.into_iter().map(UiMessage::from_value);
    let messages: Vec<_> = messages.collect::<Option<_>>().ok_or(ErrorCode::InvalidRequest)?;
    let ids_fit = messages.iter().all(|message| (1..=MAX_ID_BYTES).contains(&message.id.len()));
    if ids_fit { Ok(messages) } else { Err(ErrorCode::InvalidRequest) }
}

/// Reads the metadata of a thread.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] when it is no object or larger than [`MAX_METADATA_BYTES`].
pub fn read_metadata(value: Value) -> Result<JsonMap, ErrorCode> {
    match value {
        Value::Object(map) if Value::Object(map.clone()).to_string().len() <= MAX_METADATA_BYTES => Ok(map),
        _ => Err(ErrorCode::InvalidRequest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const EMPTY: ThreadState =
        ThreadState { message_count: 0, reserved: 0, waiting_turns: 0, max_messages: MAX_THREAD_MESSAGES };

    fn with_count(message_count: usize) -> ThreadState {
        ThreadState { message_count, ..EMPTY }
    }

    #[track_caller]
    fn check(state: ThreadState, command: &Command<'_>, expected: Result<(usize, usize), ErrorCode>) {
        assert_eq!(decide(&state, command), expected.map(|(append, reserve)| Effects { append, reserve }));
    }

    const fn append(count: usize) -> Command<'static> {
        Command::Append { count, expected: None, reserve: 0 }
    }

    #[test]
    fn max_thread_messages_refuses_the_append_that_would_pass_it() {
        check(with_count(199), &append(1), Ok((1, 0)));
        check(with_count(200), &append(1), Err(ErrorCode::ThreadFull));
        check(with_count(199), &append(2), Err(ErrorCode::ThreadFull));
    }

    #[test]
    fn an_append_can_ask_for_room_behind_it() {
        let reserving = |reserve| Command::Append { count: 1, expected: None, reserve };
        check(with_count(198), &reserving(1), Ok((1, 1)));
        check(with_count(199), &reserving(1), Err(ErrorCode::ThreadFull));
        check(EMPTY, &reserving(usize::MAX), Err(ErrorCode::ThreadFull));
    }

    #[test]
    fn an_append_can_name_the_count_it_is_built_on() {
        let expecting = |expected| Command::Append { count: 1, expected: Some(expected), reserve: 0 };
        check(with_count(2), &expecting(2), Ok((1, 0)));
        check(with_count(2), &expecting(1), Err(ErrorCode::ThreadConflict));
    }

    #[test]
    fn a_turn_needs_room_for_its_reply() {
        check(with_count(198), &Command::Turn { repeats_last_user: false }, Ok((1, 1)));
        check(with_count(199), &Command::Turn { repeats_last_user: false }, Err(ErrorCode::ThreadFull));
        check(with_count(199), &Command::Turn { repeats_last_user: true }, Ok((0, 1)));
        let running = ThreadState { reserved: 1, ..with_count(199) };
        check(running, &append(1), Err(ErrorCode::ThreadFull));
    }

    #[test]
    fn expected_count_must_be_the_stored_one() {
        let stored = [json!({"id": "1"})];
        check(
            with_count(1),
            &Command::Save { stored: &stored, saved: &stored, expected: 0 },
            Err(ErrorCode::ThreadConflict),
        );
        check(with_count(1), &Command::Save { stored: &stored, saved: &stored, expected: 1 }, Ok((0, 0)));
    }

    #[test]
    fn messages_grow_only_a_shorter_or_changed_save_is_refused() {
        let stored = [json!({"id": "1", "n": 1}), json!({"id": "2"})];
        let save = |saved: &[Value]| decide(&with_count(2), &Command::Save { stored: &stored, saved, expected: 2 });
        assert_eq!(save(&stored[..1]), Err(ErrorCode::ThreadDiverged));
        assert_eq!(save(&[json!({"id": "1", "n": 2}), json!({"id": "2"})]), Err(ErrorCode::ThreadDiverged));
        let grown = [json!({"n": 1.0, "id": "1"}), json!({"id": "2"}), json!({"id": "3"})];
        assert_eq!(save(&grown), Ok(Effects { append: 1, reserve: 0 }));
    }

    #[test]
    fn a_save_is_refused_by_its_numbers_before_anything_is_compared() {
        let grow = |saved, expected| Command::Grow { saved, expected };
        check(with_count(2), &grow(3, 2), Ok((1, 0)));
        check(with_count(2), &grow(2, 1), Err(ErrorCode::ThreadConflict));
        check(with_count(2), &grow(1, 2), Err(ErrorCode::ThreadDiverged));
        check(with_count(2), &grow(MAX_THREAD_MESSAGES + 1, 2), Err(ErrorCode::ThreadFull));
    }

    #[test]
    fn serialized_appends_the_queue_of_turns_is_bounded() {
        check(ThreadState { waiting_turns: MAX_WAITING_TURNS - 1, ..EMPTY }, &Command::Wait, Ok((0, 0)));
        check(ThreadState { waiting_turns: MAX_WAITING_TURNS, ..EMPTY }, &Command::Wait, Err(ErrorCode::ThreadBusy));
    }

    #[test]
    fn the_title_is_the_first_user_text_on_one_line() {
        let message = |role: &str, text: &str| {
            UiMessage::from_value(json!({"id": "1", "role": role, "parts": [{"type": "text", "text": text}]})).unwrap()
        };
        let title = |role, text| title_of(&message(role, text), &Masker::default());
        assert_eq!(title("user", "  Hello\n\tworld "), Some("Hello world".into()));
        assert_eq!(title("user", " "), None);
        assert_eq!(title("assistant", "Hello"), None);
        assert_eq!(title("user", &"é".repeat(3000)).map(|title| title.chars().count()), Some(MAX_TITLE_CHARS));
    }

    #[test]
    fn redact_before_persist_a_title_is_masked_on_one_line_and_before_it_is_cut() {
        let title = |text: &str| shorten_title(text, &Masker::default());
        assert_eq!(title("4012 8888\n8888 1881"), Some("[REDACTED_CARD]".into()));
        for before in 80..100 {
            let cut = title(&format!("{} 4012 8888 8888 1881", "x".repeat(before))).unwrap();
            assert!(!cut.contains("40"), "{before}");
            assert!(cut.chars().count() <= MAX_TITLE_CHARS);
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(read_messages(json!([{"id": "1", "role": "robot", "parts": []}])), Err(ErrorCode::InvalidRequest));
        assert_eq!(read_messages(json!({})), Err(ErrorCode::InvalidRequest));
        for id in [String::new(), "x".repeat(MAX_ID_BYTES + 1)] {
            assert_eq!(read_messages(json!([{"id": id, "role": "user", "parts": []}])), Err(ErrorCode::InvalidRequest));
        }
        assert_eq!(read_messages(json!([])), Ok(vec![]));
        assert_eq!(read_metadata(json!([])), Err(ErrorCode::InvalidRequest));
        assert_eq!(read_metadata(json!({"k": "x".repeat(MAX_METADATA_BYTES)})), Err(ErrorCode::InvalidRequest));
    }
}
