//! What all calls on one thread share: storage, configuration, the running turn and the alarm.

use super::call::ThreadAddress;
use super::items::ItemFacts;
use super::outbox::USAGE_HOOK_TIMEOUT_MS;
use super::turn::Turn;
use crate::config::{Config, ConfigError};
use crate::reply::Reply;
use crate::store::{MessageRow, ThreadStore, atomically};
use futures_channel::oneshot;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use threadkeep_core::mask::{MaskCounts, Masker};
use threadkeep_core::thread::{Command, Effects, ThreadState, decide, title_of};
use threadkeep_core::{ErrorCode, UiMessage};
use wasm_bindgen_futures::spawn_local;
use worker::{Date, Env, State};

/// How often the alarm ticks while a turn runs, in milliseconds. An object without an event in flight is evicted after
/// about 70 s, even while it drains a stream.
const KEEP_ALIVE_MS: i64 = 20_000;

/// When the alarm looks after an outbox whose first try may have been cut off, in milliseconds; doubled for each time
/// that the directory did not take it, up to the longest.
const OUTBOX_MS: i64 = 5_000;
const LONGEST_OUTBOX_MS: i64 = 10 * 60 * 1000;

/// Nearest alarm for a fact that is due, in milliseconds.
const SHORTEST_ALARM_MS: i64 = 100;

/// How long deleted messages are kept, in milliseconds: 30 days.
const RETENTION_MS: i64 = 30 * 24 * 60 * 60 * 1000;

pub(crate) struct Thread {
    pub(super) state: Rc<State>,
    pub(super) env: Env,
    pub(super) config: Config,
    pub(super) store: ThreadStore,
    pub(super) masker: Masker,
    pub(super) running: RefCell<Option<Rc<Turn>>>,
    /// Held from before a turn's user message is stored until its reply is: SERIALIZED_APPENDS.
    busy: Cell<bool>,
    waiting: RefCell<VecDeque<oneshot::Sender<()>>>,
    alarm_ms: Cell<Option<i64>>,
    /// While the directory is fed: who waits for the end of it.
    pub(super) feeding: RefCell<Option<Vec<oneshot::Sender<()>>>>,
    /// How often in a row the directory has not taken what it was fed.
    pub(super) unfed: Cell<u32>,
    pub(super) delivering: Cell<bool>,
    purged: Cell<bool>,
}

/// The right to run a turn; the next one in the queue gets it when this is dropped.
pub(super) struct Slot {
    thread: Rc<Thread>,
}

thread_local! {
    /// The masker of these options, which all threads of the isolate share.
    static MASKER: RefCell<Option<(String, Masker)>> = const { RefCell::new(None) };
}

/// What the operator has chosen to be masked.
///
/// # Errors
/// `MASKER` is no JSON, or no options of a masker: then nothing is stored at all.
fn masker(config: &Config) -> Result<Masker, ConfigError> {
    let Some(options) = &config.masker else { return Ok(Masker::default()) };
    MASKER.with_borrow_mut(|kept| {
        if let Some((_, masker)) = kept.as_ref().filter(|(own, _)| own == options) {
            return Ok(masker.clone());
        }
        let read = serde_json::from_str(options).ok();
        let masker = read.and_then(|options| Masker::from_options(&options).ok()).ok_or(ConfigError("MASKER"))?;
        *kept = Some((options.clone(), masker.clone()));
        Ok(masker)
    })
}

impl Thread {
    /// Opens the storage, and closes the turns that a former life of the object left running.
    pub(super) fn open(state: Rc<State>, env: Env) -> Reply<Rc<Self>> {
        let config = Config::from_env(&env)?;
        let masker = masker(&config)?;
        let store = ThreadStore::open(state.storage().sql())?;
        let thread = Rc::new(Self {
            state,
            env,
            config,
            store,
            masker,
            running: RefCell::default(),
            busy: Cell::default(),
            waiting: RefCell::default(),
            alarm_ms: Cell::default(),
            feeding: RefCell::default(),
            unfed: Cell::default(),
            delivering: Cell::default(),
            purged: Cell::default(),
        });
        // What an earlier life left undone is done now, or its alarm set again.
        let recovered = thread.recover()?;
        if recovered {
            thread.notify();
        }
        if recovered || thread.due_ms()?.is_some() {
            thread.settle_soon();
        }
        Ok(thread)
    }

    pub(super) fn running(&self) -> Option<Rc<Turn>> {
        self.running.borrow().clone()
    }

    /// Takes the turns that wait out of the queue; they are refused.
    pub(super) fn dismiss_waiting(&self) {
        self.waiting.borrow_mut().clear();
    }

    /// Waits until no other turn runs.
    ///
    /// # Errors
    /// `thread_busy` when too many wait already; `thread_conflict` when the thread is deleted meanwhile.
    pub(super) async fn acquire(self: &Rc<Self>) -> Reply<Slot> {
        if self.busy.replace(true) {
            self.decide(&Command::Wait)?;
            let (sender, receiver) = oneshot::channel();
            self.waiting.borrow_mut().push_back(sender);
            // Dropped by a deletion: what this turn was to go on with is gone.
            receiver.await.map_err(|_| ErrorCode::ThreadConflict)?;
        }
        Ok(Slot { thread: self.clone() })
    }

    /// Asks the rules of the thread, with the state as it is now.
    pub(super) fn decide(&self, command: &Command<'_>) -> Reply<Effects> {
        let message_count = self.store.generation()?.map_or(0, |generation| generation.message_count);
        let state = ThreadState {
            message_count,
            reserved: usize::from(self.running.borrow().is_some()),
            waiting_turns: self.waiting.borrow().len(),
            max_messages: self.config.max_thread_messages,
        };
        Ok(decide(&state, command)?)
    }

    /// Masks a message and makes it ready to be stored.
    pub(super) fn masked(&self, message: &mut UiMessage) -> MaskCounts {
        self.masker.mask_message(message)
    }

    /// Stores masked messages at the end of a generation. Call it inside [`Thread::atomically`].
    pub(super) fn store_messages(
        &self,
        generation: i64,
        messages: &[UiMessage],
        item: Option<&ItemFacts>,
    ) -> worker::Result<()> {
        let is_on_page = item.is_none_or(|item| item.visibility.is_on_page());
        for message in messages {
            let row = MessageRow {
                id: message.id.clone(),
                role: role(message).to_owned(),
                body: serde_json::to_string(message)?,
            };
            let title = title_of(message, &self.masker).filter(|_| is_on_page);
            let position = self.store.append(generation, &row, title.as_deref(), now_ms())?;
            if let Some(item) = item {
                self.store.add_item(generation, &item.row(position))?;
            }
        }
        Ok(())
    }

    /// Runs statements as one change of this thread.
    pub(super) fn atomically<T>(
        &self,
        address: &ThreadAddress,
        mut body: impl FnMut() -> worker::Result<T>,
    ) -> Reply<T> {
        self.store.prepare()?;
        let changed = atomically(&self.state, || {
            let scope = address.scope.as_ref().map(|scope| (scope.scope_type(), scope.scope_id()));
            self.store.touch(&address.owner, address.state_key.as_str(), scope)?;
            body()
        });
        Ok(changed?)
    }

    /// The live generation, or a new one.
    pub(super) fn generation_or_new(&self, metadata: Option<&str>) -> worker::Result<i64> {
        match self.store.generation()? {
            Some(generation) => Ok(generation.id),
            None => self.store.create_generation(now_ms(), metadata),
        }
    }

    /// After a change: makes sure that the alarm comes, and tells the directory and the usage hook in the background.
    pub(super) async fn changed(self: &Rc<Self>) -> Reply<()> {
        self.notify();
        self.schedule().await?;
        self.settle_soon();
        Ok(())
    }

    /// [`Thread::settle`] in the background.
    pub(super) fn settle_soon(self: &Rc<Self>) {
        let thread = self.clone();
        spawn_local(async move { thread.settle().await });
    }

    /// Tells whoever has to know; what fails is tried again by the alarm.
    pub(super) async fn settle(&self) {
        self.feed_directory().await;
        self.deliver_usage().await;
        // A failure to set the alarm is a failure of the storage: the next call meets it too.
        let _ = self.schedule().await;
    }

    /// The alarm: keeps the object alive while a turn runs, and does what is due.
    pub(super) async fn alarm(self: &Rc<Self>) -> worker::Result<()> {
        self.alarm_ms.set(None);
        // Before anything that may take long or fail: a running turn must not lose its keep-alive.
        self.schedule().await?;
        let limit_ms = now_ms() - RETENTION_MS;
        let due = self.store.oldest_deletion_ms()?.is_some_and(|deleted_ms| deleted_ms < limit_ms);
        // It reads every row: when a deletion is due, and else once in a life of the object.
        if due || !self.purged.replace(true) {
            self.store.purge(limit_ms)?;
        }
        self.settle().await;
        Ok(())
    }

    /// Sets the alarm to whatever is due first.
    pub(super) async fn schedule(&self) -> worker::Result<()> {
        let Some(due_ms) = self.due_ms()? else { return Ok(()) };
        if self.alarm_ms.get().is_none_or(|alarm_ms| due_ms < alarm_ms) {
            self.alarm_ms.set(Some(due_ms));
            let set = self.state.storage().set_alarm((due_ms - now_ms()).max(0)).await;
            if set.is_err() {
                self.alarm_ms.set(None);
            }
            set?;
        }
        Ok(())
    }

    fn due_ms(&self) -> worker::Result<Option<i64>> {
        let now_ms = now_ms();
        let running = self.running.borrow().is_some().then_some(now_ms + KEEP_ALIVE_MS);
        let unindexed = self.store.object()?.filter(|object| object.indexed_revision < object.revision);
        let usage = match &self.config.usage_hook {
            // The one that delivers schedules what is left.
            Some(_) if self.delivering.get() => Some(now_ms + USAGE_HOOK_TIMEOUT_MS),
            Some(_) => self.store.next_usage()?.map(|usage| usage.due_at.max(now_ms + SHORTEST_ALARM_MS)),
            None => None,
        };
        let purge = self.store.oldest_deletion_ms()?.map(|deleted_ms| (deleted_ms + RETENTION_MS + 1).max(now_ms));
        let outbox = unindexed.map(|_| now_ms + (OUTBOX_MS << self.unfed.get().min(10)).min(LONGEST_OUTBOX_MS));
        Ok([running, outbox, usage, purge].into_iter().flatten().min())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let thread = &self.thread;
        while let Some(next) = thread.waiting.borrow_mut().pop_front() {
            // A waiter that is gone takes no turn.
            if next.send(()).is_ok() {
                return;
            }
        }
        thread.busy.set(false);
    }
}

/// The role as it is stored in its own column.
fn role(message: &UiMessage) -> &'static str {
    match message.role {
        threadkeep_core::Role::System => "system",
        threadkeep_core::Role::User => "user",
        threadkeep_core::Role::Assistant => "assistant",
    }
}

/// The clock of this object, in milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}
