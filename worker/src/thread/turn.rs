//! A chat turn: from the user message to the running stream.

use super::call::{ThreadAddress, TurnCall};
use super::client::{ClientStream, Clients};
use super::items::ItemFacts;
use super::state::{Thread, now_ms};
use crate::executor::Prompt;
use crate::id::id;
use crate::reply::{Failure, Reply};
use crate::store::GenerationRow;
use futures_channel::oneshot;
use futures_util::future::AbortHandle;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use threadkeep_core::answer::{ToolAnswer, approved_calls, read_answers, take_answers};
use threadkeep_core::context::context_message;
use threadkeep_core::item::{Author, Visibility};
use threadkeep_core::map::{MessageDto, ui_messages_to_message_dtos};
use threadkeep_core::mask::MaskCounts;
use threadkeep_core::replay::replay;
use threadkeep_core::request::user_message_of;
use threadkeep_core::thread::Command;
use threadkeep_core::{Accumulator, ErrorCode, UiMessage, UiMessageChunk};
use wasm_bindgen_futures::spawn_local;
use worker::{Headers, Response, ResponseBuilder};

/// Most stored bytes that a turn may start from. The prompt is in memory as messages, as a request body and as the
/// runtime's copy of it, and an isolate has 128 MB for all its objects.
const MAX_PROMPT_BYTES: usize = 24 * 1024 * 1024;

/// A running turn, as its clients and `stop` see it.
pub(crate) struct Turn {
    pub(super) run_id: String,
    pub(super) generation: i64,
    pub(super) address: ThreadAddress,
    /// `None` once the reply has been stored.
    pub(super) run: RefCell<Option<Accumulator>>,
    pub(super) clients: Clients,
    pub(super) started_ms: i64,
    /// What was masked in the question.
    pub(super) masked: MaskCounts,
    /// It goes on after answers: whoever gave them has the message that they belong to at its end.
    continues: bool,
    stop: RefCell<Option<AbortHandle>>,
    stopped: Cell<bool>,
    closed: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Thread {
    /// Runs a chat turn and answers its stream (PERSIST_AFTER_PUMP: the user message is stored before the executor is
    /// called, the reply after it has ended).
    pub(super) async fn turn(self: &Rc<Self>, address: &ThreadAddress, call: TurnCall) -> Reply<Response> {
        let slot = self.acquire().await?;
        let (turn, prompt) = self.begin(address, call)?;
        self.running.replace(Some(turn.clone()));
        let stream = turn.join(turn.continues);
        if let Err(failure) = self.changed().await {
            // Without the alarm nothing keeps the turn alive: the next wake closes it.
            self.running.replace(None);
            return Err(failure);
        }
        let (ready, opened) = oneshot::channel();
        spawn_local(self.clone().run(slot, turn, prompt, ready));
        opened.await.map_err(|_| Failure::Internal("turn"))??;
        Ok(sse(stream)?)
    }

    /// Joins the running turn: its stream from the `start` chunk on; 204 when none runs.
    ///
    /// # Errors
    /// `thread_busy` when too much waits for clients that do not read.
    pub(super) fn stream(&self) -> Reply<Response> {
        let Some(turn) = self.running() else { return Ok(Response::empty()?.with_status(204)) };
        let stream = turn.join(false);
        if stream.is_closed() { Err(ErrorCode::ThreadBusy.into()) } else { Ok(sse(stream)?) }
    }

    /// Ends the running turn and waits until its partial reply is stored; `false` when none runs.
    pub(super) async fn stop(&self) -> bool {
        let Some(turn) = self.running() else { return false };
        let closed = turn.when_closed();
        turn.stop();
        closed.await.is_ok()
    }

    /// Stores the user message and the fact that a turn runs, and gathers the prompt: all from the store
    /// (SERVER_OWNS_MESSAGES).
    fn begin(&self, address: &ThreadAddress, call: TurnCall) -> Reply<(Rc<Turn>, Prompt)> {
        let generation = self.store.generation()?;
        let answered = self.answered(generation.as_ref(), &read_answers(&call.answers))?;
        if answered.is_none() && call.texts.is_empty() {
            return Err(ErrorCode::NoUserMessage.into());
        }
        let mut message = user_message_of("", &call.texts);
        let masked = self.masked(&mut message);
        let repeated = match &answered {
            Some((position, _)) => Some(*position),
            None => self.repeated_user(generation.as_ref(), &call, &message)?,
        };
        // An answer that nobody waits for (any more), behind a question that is stored: the other tab's, or a retry's. A
        // regeneration ends with its question; this is none, and the turn it asked for has been or must not be.
        if answered.is_none() && repeated.is_some() && !call.answers.is_empty() {
            return Err(ErrorCode::ThreadConflict.into());
        }
        self.decide(&Command::Turn { repeats_last_user: repeated.is_some() })?;
        message.id = self.new_message_id(generation.as_ref(), call.message_id.as_deref())?;
        // Read before anything is written: what cannot be read refuses the turn and leaves no trace of it.
        let count = generation.as_ref().map_or(0, |generation| generation.message_count);
        let told = match (&answered, repeated) {
            (Some((position, _)), _) => *position,
            (None, Some(position)) => position + 1,
            (None, None) => count,
        };
        let mut messages = self.history(generation.as_ref().map_or(0, |generation| generation.id), told)?;
        if let Some(context) = context_message(&self.documents(call.documents)?) {
            messages.insert(0, context);
        }
        let started_ms = now_ms();
        let (run_id, message_id) = (id("run")?, id("msg")?);
        let metadata = json!({"runId": run_id, "createdAt": started_ms});
        if let Ok(author) = Author::from_value(&call.author) {
            author.sign(&mut message, started_ms);
        }
        let item = address.scope.as_ref().map(|_| ItemFacts::of_run(&run_id));
        let new = if repeated.is_some() { Vec::new() } else { vec![message] };
        let completed =
            answered.map(|(position, message)| serde_json::to_string(&message).map(|body| (position, message, body)));
        let completed = completed.transpose()?;
        let live = self.atomically(address, || {
            let live = self.generation_or_new(None)?;
            if let Some((position, _, body)) = &completed {
                self.store.complete(live, *position, body)?;
            }
            self.store_messages(live, &new, item.as_ref())?;
            self.store.begin_turn(&run_id, live, &message_id, &metadata.to_string(), started_ms)?;
            Ok(live)
        })?;
        let completed = completed.map(|(_, message, _)| message);
        messages.extend(ui_messages_to_message_dtos(completed.iter().chain(&new)));
        let prompt = Prompt {
            run_id: run_id.clone(),
            state_key: address.state_key.to_string(),
            model: call.model,
            graph_name: call.graph_name,
            messages,
            approved_calls: completed.as_ref().map(approved_calls).unwrap_or_default(),
        };
        let mut run = Accumulator::new(&message_id, Some(metadata));
        // The opening chunks are in the message from now on: a client that joins gets them by replay.
        run.start();
        let turn = Turn {
            run_id,
            generation: live,
            address: address.clone(),
            run: RefCell::new(Some(run)),
            clients: Clients::default(),
            started_ms,
            masked,
            continues: completed.is_some(),
            stop: RefCell::default(),
            stopped: Cell::default(),
            closed: RefCell::default(),
        };
        Ok((Rc::new(turn), prompt))
    }

    /// The last stored message with its pending calls completed by what the client answers, masked, and its position;
    /// `None` when the thread waits for none of it.
    ///
    /// It is changed in its place. A result belongs to the part of its call: every reader of messages, the SDK's own
    /// included, looks for it there, and a second message could only repeat the call. MESSAGES_GROW_ONLY holds for what
    /// others save; here the object itself fills in what it had left open, once, from state to state.
    fn answered(
        &self,
        generation: Option<&GenerationRow>,
        answers: &[ToolAnswer],
    ) -> Reply<Option<(usize, UiMessage)>> {
        let Some(generation) = generation.filter(|_| !answers.is_empty()) else { return Ok(None) };
        let Some(position) = generation.message_count.checked_sub(1) else { return Ok(None) };
        // What no page shows, nobody can answer.
        if self.unseen(generation.id, Visibility::is_on_page)?.contains(&position) {
            return Ok(None);
        }
        let Some(row) = self.store.message(generation.id, position)? else { return Ok(None) };
        let mut message: UiMessage = serde_json::from_str(&row.body)?;
        if take_answers(&mut message, answers) == 0 {
            return Ok(None);
        }
        self.masked(&mut message);
        Ok(Some((position, message)))
    }

    /// The position of the last stored user message, when this turn brings it once more: a retry, or a regeneration.
    fn repeated_user(
        &self,
        generation: Option<&GenerationRow>,
        call: &TurnCall,
        message: &UiMessage,
    ) -> Reply<Option<usize>> {
        let (Some(generation), Some(id)) = (generation, &call.message_id) else { return Ok(None) };
        let Some(position) = self.store.last_user_position(generation.id)? else { return Ok(None) };
        let Some(row) = self.store.message(generation.id, position)? else { return Ok(None) };
        let stored: UiMessage = serde_json::from_str(&row.body)?;
        Ok((stored.id == *id && stored.parts == message.parts).then_some(position))
    }

    /// The client's id, when no stored message has it.
    fn new_message_id(&self, generation: Option<&GenerationRow>, given: Option<&str>) -> Reply<String> {
        let taken = match (generation, given) {
            (Some(generation), Some(given)) => self.store.position_of(generation.id, given)?.is_some(),
            _ => false,
        };
        Ok(given.filter(|_| !taken).map_or_else(|| id("msg"), |given| Ok(given.to_owned()))?)
    }

    /// The first `count` messages of a generation, as an executor takes them. Row by row: a thread may be larger than
    /// what fits into memory twice.
    fn history(&self, generation: i64, count: usize) -> Reply<Vec<MessageDto>> {
        if self.store.bytes(generation)? > MAX_PROMPT_BYTES {
            return Err(ErrorCode::ThreadFull.into());
        }
        let archived = self.unseen(generation, Visibility::is_in_prompt)?;
        let mut dtos = Vec::new();
        for position in (0..count).filter(|position| !archived.contains(position)) {
            if let Some(row) = self.store.message(generation, position)? {
                let message: UiMessage = serde_json::from_str(&row.body)?;
                dtos.extend(ui_messages_to_message_dtos([&message]));
            }
        }
        Ok(dtos)
    }
}

impl Turn {
    /// A stream of the whole turn: what there is of it, then what comes. A client that goes on with the message at its
    /// end gets no id for a new one: it would show what it has a second time.
    fn join(&self, continues: bool) -> ClientStream {
        let mut chunks = self.run.borrow().as_ref().map(|run| replay(run.message())).unwrap_or_default();
        if let (true, Some(UiMessageChunk::Start { message_id, .. })) = (continues, chunks.first_mut()) {
            *message_id = None;
        }
        self.clients.join(&encode(&chunks))
    }

    pub(super) fn stop(&self) {
        self.stopped.set(true);
        if let Some(stop) = self.stop.take() {
            stop.abort();
        }
    }

    /// Sets what `stop` aborts, at once when it was asked for already.
    pub(super) fn on_stop(&self, handle: AbortHandle) {
        if self.stopped.get() {
            handle.abort();
        } else {
            self.stop.replace(Some(handle));
        }
    }

    fn when_closed(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.closed.borrow_mut().push(sender);
        receiver
    }

    /// Ends the streams and tells who waits for the end.
    pub(super) fn close(&self) {
        self.clients.close();
        for sender in self.closed.take() {
            // Whoever does not wait any more need not be told.
            let _ = sender.send(());
        }
    }
}

/// Chunks as server-sent events.
pub(super) fn encode(chunks: &[UiMessageChunk]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in chunks {
        chunk.write_sse(&mut bytes);
    }
    bytes
}

/// Headers of `UI_MESSAGE_STREAM_HEADERS` (`packages/ai/src/ui-message-stream/ui-message-stream-headers.ts`).
fn sse(stream: ClientStream) -> worker::Result<Response> {
    let headers = Headers::new();
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache"),
        ("x-vercel-ai-ui-message-stream", "v1"),
        ("x-accel-buffering", "no"),
    ] {
        headers.set(name, value)?;
    }
    ResponseBuilder::new().with_headers(headers).from_stream(stream)
}
