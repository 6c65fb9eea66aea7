//! The thread object: one thread, its storage, its running turn.
//!
//! [`call`] is its contract, [`object`] its door. [`state::Thread`] holds what all calls share; [`turn`] runs a turn
//! ([`pump`]), sends it to whoever listens ([`client`]) and keeps what a restart needs ([`journal`]). [`mod@write`] and
//! [`read`] are the calls of plain storage, [`items`], [`context`] and [`live`] those of a scope's thread, [`outbox`] tells the directory and the usage hook.

pub(crate) mod call;
mod client;
mod context;
mod items;
mod journal;
pub(crate) mod live;
mod object;
mod outbox;
mod pump;
mod read;
mod state;
mod turn;
mod write;
