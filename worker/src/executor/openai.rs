//! The `openai` executor: any server with the chat-completions API, streaming.

use super::completions::Completion;
use super::{EventStream, Interrupted, Prompt, Unreported, upstream};
use crate::config::OpenaiConfig;
use futures_util::{StreamExt, stream};
use serde_json::json;
use threadkeep_core::ErrorCode;
use threadkeep_core::frame::Framing;
use threadkeep_core::map::to_openai_messages;

pub(super) async fn run(
    config: &OpenaiConfig,
    prompt: Prompt,
    unreported: Unreported,
) -> Result<EventStream, ErrorCode> {
    let model = prompt.model.as_deref().unwrap_or(&config.model);
    let body = json!({
        "model": model,
        "messages": to_openai_messages(config.system_prompt.as_deref(), &prompt.messages),
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    let url = format!("{}/chat/completions", config.base_url);
    let frames = upstream::post(&url, config.api_key.as_deref(), &body, |_| Framing::Sse).await?;
    let reading = (frames, Some(Completion::new(&prompt.run_id, model, unreported)));
    let events = stream::unfold(reading, |(mut frames, completion)| async move {
        let mut completion = completion?;
        match frames.next().await {
            Some(Ok(batch)) => {
                let events = batch.iter().flat_map(|frame| completion.push(frame)).collect();
                Some((Ok(events), (frames, Some(completion))))
            }
            // Behind the finish reason a broken connection is an end like any other; `finish` knows.
            Some(Err(Interrupted)) | None => Some((Ok(completion.finish()), (frames, None))),
        }
    });
    Ok(events.boxed_local())
}
