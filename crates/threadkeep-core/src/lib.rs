//! Server-authoritative chat threads for AI SDK apps: the pure core.
pub mod mask;
