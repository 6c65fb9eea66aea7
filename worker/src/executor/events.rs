//! The `events` executor: the app's own service, which streams [`AiEvent`]s as NDJSON or server-sent events.

use super::{EventStream, Prompt, upstream};
use crate::config::EventsConfig;
use futures_util::StreamExt;
use threadkeep_core::frame::{Frame, Framing};
use threadkeep_core::problem::ProblemCode;
use threadkeep_core::{AiEvent, ErrorCode, EventReader};

pub(super) async fn run(config: &EventsConfig, prompt: Prompt) -> Result<EventStream, ErrorCode> {
    let frames = upstream::post(&config.url, config.token.as_deref(), &prompt, Framing::of_content_type).await?;
    let mut reader = EventReader::default();
    let events = frames.map(move |frames| {
        frames.map(|frames| frames.into_iter().filter_map(|frame| event(&mut reader, frame)).collect())
    });
    Ok(events.boxed_local())
}

fn event(reader: &mut EventReader, frame: Frame) -> Option<Result<AiEvent, ProblemCode>> {
    match frame {
        // Event streams of the field end with this line; it is no event.
        Frame::Text(text) if text.trim() == "[DONE]" => None,
        Frame::Text(text) => Some(reader.read(&text)),
        Frame::Unreadable => Some(Err(ProblemCode::MalformedEvent)),
    }
}
