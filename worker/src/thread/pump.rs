//! The pump: drains the executor, whoever listens, and stores the reply at its end.

use super::call::ThreadAddress;
use super::items::ItemFacts;
use super::journal::Journal;
use super::state::{Slot, Thread, now_ms};
use super::turn::{Turn, encode};
use crate::executor::{self, EventStream, Prompt, Run};
use crate::log::{self, TurnLine};
use crate::reply::{Failure, Reply};
use crate::store::TurnRow;
use crate::timeout::within;
use futures_channel::oneshot;
use futures_util::future::{AbortHandle, Abortable, Either, select};
use futures_util::{StreamExt, pin_mut};
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;
use threadkeep_core::chunk::SSE_DONE;
use threadkeep_core::error::public_error_text;
use threadkeep_core::frame::{Frame, FrameDecoder, Framing};
use threadkeep_core::mask::MaskCounts;
use threadkeep_core::problem::ProblemCode;
use threadkeep_core::{Accumulator, AiEvent, Ending, ErrorCode, Scope, StateKey, UiMessageChunk};
use worker::Delay;

/// How often the resume buffer is written, in milliseconds: what a dying object may lose of a slow stream.
const FLUSH_MS: u64 = 250;

/// Longest silence of an executor, in milliseconds. Models think for minutes; a connection that says nothing for longer
/// is dead, and its thread must not wait for ever.
const MAX_SILENCE_MS: i64 = 10 * 60 * 1000;

/// How long an executor may take to answer at all, in milliseconds: gateways hold a request for a cold model, but the
/// thread waits with it.
const OPEN_TIMEOUT_MS: u64 = 120_000;

/// How long usage reports may come after `done` or `error`, in milliseconds, before the turn ends without them.
const MAX_TAIL_MS: i64 = 30_000;

/// Largest usage fact, in bytes of JSON. It goes into one row, which may have 2 MB; a real one has a few hundred bytes.
const MAX_FACT_BYTES: usize = 1024 * 1024;

/// What the pump holds while it drains.
struct Pump<'a> {
    thread: &'a Rc<Thread>,
    turn: &'a Rc<Turn>,
    journal: Journal,
    segments: usize,
    usage_reports: usize,
    bytes_sent: usize,
    events: u64,
    /// `done` or `error`, held back until the executor's stream has ended: usage reports may follow it.
    terminal: Option<AiEvent>,
    terminal_ms: i64,
}

impl Thread {
    /// Runs a turn to its end. `ready` is told when the executor has answered, or why it has not.
    pub(super) async fn run(
        self: Rc<Self>,
        slot: Slot,
        turn: Rc<Turn>,
        prompt: Prompt,
        ready: oneshot::Sender<Result<(), ErrorCode>>,
    ) {
        let mut pump = Pump {
            thread: &self,
            turn: &turn,
            journal: Journal::new(self.masker.clone()),
            segments: 0,
            usage_reports: 0,
            bytes_sent: 0,
            events: 0,
            terminal: None,
            terminal_ms: 0,
        };
        let (handle, registration) = AbortHandle::new_pair();
        turn.on_stop(handle);
        let answer = Abortable::new(executor::open(&self.config.executor, prompt), registration);
        let opened = within(OPEN_TIMEOUT_MS, answer).await.unwrap_or(Ok(Err(ErrorCode::UpstreamUnavailable)));
        // The caller may have left: nothing depends on it any more.
        let failed = match opened {
            Ok(Ok(Run { events, unreported })) => {
                let _ = ready.send(Ok(()));
                pump.drain(events).await;
                // What was used is due, also when the stream did not get to say it.
                if let Some(fact) = unreported.take() {
                    pump.store_usage(&fact);
                }
                None
            }
            Ok(Err(code)) => {
                pump.terminal = Some(AiEvent::Error { error: "upstream_interrupted".to_owned() });
                Some((ready, Err(code)))
            }
            Err(_stopped) => Some((ready, Ok(()))),
        };
        pump.finish();
        drop(slot);
        if let Some((ready, result)) = failed {
            let _ = ready.send(result);
        }
        self.settle().await;
    }

    /// Closes the turns that were running when the object died: their replies are what the buffer held.
    pub(super) fn recover(&self) -> Reply<bool> {
        let turns = self.store.running_turns()?;
        let object = self.store.object()?;
        let (Some(object), false) = (object, turns.is_empty()) else { return Ok(false) };
        let state_key = StateKey::parse(&object.state_key).ok_or(Failure::Internal("state key"))?;
        let scope = object.scope_type.zip(object.scope_id);
        let scope = scope.map(|(kind, id)| Scope::new(&object.owner, &kind, &id)).transpose()?;
        let address = ThreadAddress { owner: object.owner, state_key, scope };
        for turn in turns {
            if self.recover_turn(&address, &turn).is_err() {
                // Better without its partial than a thread that never opens again.
                self.store.end_turn(&turn.run_id, "error", now_ms())?;
                log::error("turn not recovered", json!({"turn": turn.run_id}));
            }
        }
        Ok(true)
    }

    fn recover_turn(&self, address: &ThreadAddress, turn: &TurnRow) -> Reply<()> {
        let mut run = Accumulator::new(&turn.message_id, serde_json::from_str(&turn.metadata).ok());
        let mut lines = FrameDecoder::new(Framing::Ndjson);
        let mut n = 0;
        // Row by row: the buffer may be as large as the reply.
        while let Some(segment) = self.store.segment(&turn.run_id, n)? {
            for frame in lines.push(segment.as_bytes()) {
                if let Frame::Text(line) = frame {
                    run.push_json(line.as_bytes());
                }
            }
            n += 1;
        }
        self.store_reply(address, turn.generation, &turn.run_id, run)?;
        Ok(())
    }

    /// Stores the reply of a run and ends its turn, in one transaction. Gives the last chunks.
    fn store_reply(&self, address: &ThreadAddress, generation: i64, run_id: &str, run: Accumulator) -> Reply<Stored> {
        let finished = run.finish();
        let mut masked = MaskCounts::default();
        let mut reply = Vec::new();
        if let Some(mut message) = finished.message {
            masked = self.masked(&mut message);
            reply.push(message);
        }
        let status = match finished.ending {
            Ending::Done => "done",
            Ending::Failed => "error",
            Ending::Aborted => "aborted",
        };
        let item = address.scope.as_ref().map(|_| ItemFacts::of_run(run_id));
        self.atomically(address, || {
            self.store_messages(generation, &reply, item.as_ref())?;
            self.store.end_turn(run_id, status, now_ms())
        })?;
        Ok(Stored { chunks: finished.chunks, status, masked, problems: finished.problems })
    }
}

struct Stored {
    chunks: Vec<UiMessageChunk>,
    status: &'static str,
    masked: MaskCounts,
    problems: Vec<threadkeep_core::Problem>,
}

impl Pump<'_> {
    async fn drain(&mut self, events: EventStream) {
        let (handle, registration) = AbortHandle::new_pair();
        self.turn.on_stop(handle);
        let events = Abortable::new(events, registration);
        pin_mut!(events);
        let mut timer = Delay::from(Duration::from_millis(FLUSH_MS));
        let mut heard_ms = now_ms();
        loop {
            match select(events.next(), &mut timer).await {
                Either::Left((Some(Ok(batch)), _)) => {
                    heard_ms = now_ms();
                    self.take(batch);
                }
                Either::Left((Some(Err(executor::Interrupted)), _)) => {
                    self.fail("upstream_interrupted");
                    return;
                }
                Either::Left((None, _)) => return,
                Either::Right(((), _)) => {
                    self.flush();
                    let silence_ms = now_ms() - heard_ms;
                    if self.terminal.is_some() && now_ms() - self.terminal_ms > MAX_TAIL_MS {
                        return;
                    }
                    if silence_ms > MAX_SILENCE_MS {
                        self.fail("timeout");
                        return;
                    }
                    timer = Delay::from(Duration::from_millis(FLUSH_MS));
                }
            }
        }
    }

    /// Takes a batch of events and sends what becomes of it in one write.
    fn take(&mut self, batch: executor::Batch) {
        let mut bytes = Vec::new();
        for event in batch {
            self.events += 1;
            match event {
                Ok(AiEvent::UsageReport { fact }) => self.store_usage(&fact),
                // A run has one end; what comes behind it is not said to anyone.
                Ok(_) | Err(_) if self.terminal.is_some() => {}
                Ok(event @ (AiEvent::Done { .. } | AiEvent::Error { .. })) => {
                    self.terminal = Some(event);
                    self.terminal_ms = now_ms();
                }
                Ok(event) => {
                    if let Some(run) = self.turn.run.borrow_mut().as_mut() {
                        self.journal.take_event(run, event, |chunk| chunk.write_sse(&mut bytes));
                    }
                    if self.journal.is_full() {
                        self.flush();
                    }
                }
                Err(code) => self.skip(code),
            }
        }
        self.send(&bytes);
    }

    /// Notes what is wrong with an event of which nothing came.
    fn skip(&self, code: ProblemCode) {
        if let Some(run) = self.turn.run.borrow_mut().as_mut() {
            run.skip(code);
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes_sent += bytes.len();
            self.turn.clients.send(bytes);
        }
    }

    /// A failure that the executor could not report itself; its own end, when it came, stands.
    fn fail(&mut self, code: &str) {
        self.terminal.get_or_insert_with(|| AiEvent::Error { error: code.to_owned() });
    }

    /// USAGE_UNCHANGED: the fact is stored as it came, then handed to the hook in order.
    fn store_usage(&mut self, fact: &serde_json::Value) {
        let fact = fact.to_string();
        if fact.len() > MAX_FACT_BYTES {
            return self.skip(ProblemCode::ReplyTooLarge);
        }
        let due_ms = self.thread.config.usage_hook.as_ref().map(|_| now_ms());
        let stored = self.thread.store.add_usage(&self.turn.run_id, self.usage_reports, &fact, due_ms);
        self.usage_reports += 1;
        if stored.is_err() {
            log::error("usage not stored", json!({"turn": self.turn.run_id}));
        }
        self.thread.settle_soon();
    }

    fn flush(&mut self) {
        let Some(segment) = self.journal.take_segment() else { return };
        match self.thread.store.append_segment(&self.turn.run_id, self.segments, &segment) {
            Ok(next) => self.segments = next,
            // Without the buffer a turn still runs; only its partial would be lost with the object.
            Err(_) => log::error("segment not stored", json!({"turn": self.turn.run_id})),
        }
    }

    /// Stores the reply, then says the last words: a client that has seen the end finds the reply in the thread.
    fn finish(&mut self) {
        let Some(mut run) = self.turn.run.take() else { return };
        let mut chunks = self.terminal.take().map(|event| run.push(event).chunks).unwrap_or_default();
        let turn = self.turn;
        let stored = self.thread.store_reply(&turn.address, turn.generation, &turn.run_id, run);
        self.thread.running.replace(None);
        match &stored {
            Ok(stored) => chunks.extend(stored.chunks.iter().cloned()),
            Err(failure) => {
                log::error("reply not stored", json!({"code": failure.code()}));
                chunks = vec![UiMessageChunk::Error { error_text: public_error_text("internal").to_owned() }];
            }
        }
        self.send(&encode(&chunks));
        self.send(SSE_DONE);
        turn.close();
        self.thread.notify();
        if let Ok(mut stored) = stored {
            stored.masked += &turn.masked;
            log::line(&TurnLine {
                turn: &turn.run_id,
                status: stored.status,
                events: self.events,
                bytes_sent: self.bytes_sent,
                ms: u64::try_from(now_ms() - turn.started_ms).unwrap_or_default(),
                masked: log::counts(&stored.masked),
                problems: stored.problems,
            });
        }
    }
}
