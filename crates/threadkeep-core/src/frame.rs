//! Frames: the JSON texts in a byte stream, cut anywhere on its way.

use sse_core::{SseDecoder, SseEvent};
use std::num::NonZeroUsize;

/// Largest frame, in bytes. A tool output of some megabytes must pass; what is larger has no place in a message.
pub const MAX_FRAME_BYTES: usize = 16 * 1024 * 1024;

/// How a stream separates its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// One frame a line (`application/x-ndjson`).
    Ndjson,
    /// The `data` of each server-sent event (`text/event-stream`, WHATWG HTML 9.2).
    Sse,
}

impl Framing {
    /// The framing that a `Content-Type` names; anything but an event stream is read as lines.
    #[must_use]
    pub fn of_content_type(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("text/event-stream") { Self::Sse } else { Self::Ndjson }
    }
}

/// One frame, or the place of one that was too large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    Text(String),
    /// Not UTF-8, or over [`MAX_FRAME_BYTES`]: left out.
    Unreadable,
}

/// Takes bytes as they come and gives whole frames. Empty lines and comments give nothing.
#[derive(Debug)]
pub struct FrameDecoder {
    decoder: Decoder,
}

#[derive(Debug)]
enum Decoder {
    Ndjson(Lines),
    Sse(Box<SseDecoder>),
}

#[derive(Debug, Default)]
struct Lines {
    line: Vec<u8>,
    too_long: bool,
}

impl FrameDecoder {
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        let decoder = match framing {
            Framing::Ndjson => Decoder::Ndjson(Lines::default()),
            Framing::Sse => {
                let limit = NonZeroUsize::new(MAX_FRAME_BYTES).unwrap_or(NonZeroUsize::MAX);
                Decoder::Sse(Box::new(SseDecoder::with_limit(limit)))
            }
        };
        Self { decoder }
    }

    /// Takes the next bytes and gives the frames that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        match &mut self.decoder {
            Decoder::Ndjson(lines) => lines.push(bytes),
            Decoder::Sse(decoder) => push_sse(decoder, bytes),
        }
    }

    /// The last frame, when the stream ended without a line feed behind it.
    pub fn finish(&mut self) -> Vec<Frame> {
        self.push(b"\n\n")
    }
}

impl Lines {
    fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, behind) = rest.split_at(at);
            self.extend(line);
            frames.extend(self.take());
            rest = behind.get(1..).unwrap_or_default();
        }
        self.extend(rest);
        frames
    }

    fn extend(&mut self, bytes: &[u8]) {
        if self.line.len() + bytes.len() > MAX_FRAME_BYTES {
            self.too_long = true;
            self.line = Vec::new();
        }
        if !self.too_long {
            self.line.extend_from_slice(bytes);
        }
    }

    fn take(&mut self) -> Option<Frame> {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.too_long) {
            return Some(Frame::Unreadable);
        }
        match String::from_utf8(line) {
            Ok(text) if text.trim().is_empty() => None,
            Ok(text) => Some(Frame::Text(text)),
            Err(_) => Some(Frame::Unreadable),
        }
    }
}

fn push_sse(decoder: &mut SseDecoder, mut bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some(event) = decoder.next(&mut bytes) {
        match event {
            Ok(SseEvent::Message(message)) if message.data.trim().is_empty() => {}
            Ok(SseEvent::Message(message)) => frames.push(Frame::Text(message.data)),
            Ok(SseEvent::Retry(_)) => {}
            Err(_) => frames.push(Frame::Unreadable),
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(framing: Framing, stream: &str, expected: &[&str]) {
        let bytes = stream.as_bytes();
        for cut in 0..=bytes.len() {
            let mut decoder = FrameDecoder::new(framing);
            let mut frames = decoder.push(&bytes[..cut]);
            frames.extend(decoder.push(&bytes[cut..]));
            frames.extend(decoder.finish());
            let texts: Vec<_> = expected.iter().map(|text| Frame::Text((*text).to_owned())).collect();
            assert_eq!(frames, texts, "cut at {cut}");
        }
    }

    #[test]
    fn lines_are_whole_wherever_the_stream_is_cut() {
        check(Framing::Ndjson, "{\"a\":\"é\"}\r\n\n  \n{\"b\":2}", &["{\"a\":\"é\"}\r", "{\"b\":2}"]);
    }

    #[test]
    fn server_sent_events_are_whole_wherever_the_stream_is_cut() {
        check(
            Framing::Sse,
            ": hello\n\nevent: x\nid: 1\ndata: {\"a\":\"é\"}\n\nretry: 5\r\ndata: 1\r\ndata: 2\r\n\r\ndata: [DONE]",
            &["{\"a\":\"é\"}", "1\n2", "[DONE]"],
        );
    }

    #[test]
    fn every_byte_alone_gives_the_same_frames() {
        let mut decoder = FrameDecoder::new(Framing::Sse);
        let frames: Vec<_> = b"data: a\r\n\r\ndata: b\n\n".chunks(1).flat_map(|byte| decoder.push(byte)).collect();
        assert_eq!(frames, [Frame::Text("a".into()), Frame::Text("b".into())]);
    }

    #[test]
    fn what_is_unreadable_is_told_and_the_next_frame_is_whole() {
        let mut decoder = FrameDecoder::new(Framing::Ndjson);
        let mut frames = decoder.push(b"\xff\xfe\n");
        for _ in 0..=16 {
            frames.extend(decoder.push(&vec![b'x'; 1024 * 1024]));
        }
        frames.extend(decoder.push(b"\nnext\n"));
        assert_eq!(frames, [Frame::Unreadable, Frame::Unreadable, Frame::Text("next".into())]);
    }

    #[test]
    fn the_content_type_names_the_framing() {
        assert_eq!(Framing::of_content_type("text/event-stream; charset=utf-8"), Framing::Sse);
        assert_eq!(Framing::of_content_type("Text/Event-Stream"), Framing::Sse);
        assert_eq!(Framing::of_content_type("application/x-ndjson"), Framing::Ndjson);
        assert_eq!(Framing::of_content_type(""), Framing::Ndjson);
    }
}
