//! Server-authoritative chat threads for AI SDK apps: the Cloudflare Worker.
//!
//! An edge on `threadkeep-core`: it decodes requests, asks the core, stores and sends. One Durable Object keeps each
//! thread (`thread`), one per owner keeps the list of them (`directory`), and the entry (`entry`) in front of
//! both authenticates, routes and logs.
//!
//! What it does not do: no rule about messages lives here; those are the core's.

mod auth;
mod body;
mod config;
mod cors;
mod directory;
mod entry;
mod executor;
mod id;
mod log;
mod outgoing;
mod project;
mod query;
mod reply;
mod route;
mod store;
mod thread;
mod timeout;
