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

/// As [`Frame`], borrowed: most frames lie whole in the bytes that came, and need no copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameRef<'b> {
    Text(&'b str),
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
    Sse(Box<Events>),
}

/// Ends a frame in either framing.
pub(crate) const END: &[u8] = b"\n\n";

impl FrameDecoder {
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        let decoder = match framing {
            Framing::Ndjson => Decoder::Ndjson(Lines::default()),
            Framing::Sse => Decoder::Sse(Box::new(Events::new())),
        };
        Self { decoder }
    }

    /// Takes the next bytes and gives the frames that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        let mut rest = bytes;
        let mut frames = Vec::new();
        while let Some(frame) = self.next(&mut rest) {
            frames.push(match frame {
                FrameRef::Text(text) => Frame::Text(text.to_owned()),
                FrameRef::Unreadable => Frame::Unreadable,
            });
        }
        frames
    }

    /// The last frame, when the stream ended without a line feed behind it.
    pub fn finish(&mut self) -> Vec<Frame> {
        self.push(END)
    }

    /// Takes bytes up to the end of the next frame, and all of them when none ends there.
    pub(crate) fn next<'f, 'b: 'f>(&'f mut self, bytes: &mut &'b [u8]) -> Option<FrameRef<'f>> {
        match &mut self.decoder {
            Decoder::Ndjson(lines) => lines.next(bytes),
            Decoder::Sse(events) => events.next(bytes),
        }
    }

    /// What is behind the opening of a frame at the head of the bytes; `None` when no frame opens there, or when that is
    /// for [`FrameDecoder::next`] to see.
    #[inline(always)]
    pub(crate) fn open<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        match &self.decoder {
            Decoder::Ndjson(lines) => lines.is_between().then_some(bytes),
            Decoder::Sse(events) => match bytes {
                [b'd', b'a', b't', b'a', b':', b' ', behind @ ..] if events.between => Some(behind),
                _ => None,
            },
        }
    }

    /// What is behind the end of a frame that opened by [`FrameDecoder::open`]; `None` when it does not end there.
    #[inline(always)]
    pub(crate) fn close<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        match &self.decoder {
            Decoder::Ndjson(_) => match bytes {
                [b'\n', behind @ ..] | [b'\r', b'\n', behind @ ..] => Some(behind),
                _ => None,
            },
            Decoder::Sse(_) => match bytes {
                [b'\n', b'\n', behind @ ..] => Some(behind),
                _ => None,
            },
        }
    }
}

#[derive(Debug, Default)]
struct Lines {
    line: Vec<u8>,
    too_long: bool,
    /// The line that was given last.
    given: Vec<u8>,
}

impl Lines {
    #[inline(always)]
    fn is_between(&self) -> bool {
        self.line.is_empty() && !self.too_long
    }

    fn next<'f, 'b: 'f>(&'f mut self, bytes: &mut &'b [u8]) -> Option<FrameRef<'f>> {
        let line = loop {
            let Some((line, behind)) = cut(bytes) else {
                self.extend(bytes);
                *bytes = &[];
                return None;
            };
            *bytes = behind;
            let whole = self.is_between().then_some(line).filter(|line| line.len() <= MAX_FRAME_BYTES);
            if whole.is_none() {
                self.extend(line);
                self.given = std::mem::take(&mut self.line);
            }
            if std::mem::take(&mut self.too_long) {
                return Some(FrameRef::Unreadable);
            }
            if !is_blank(whole.unwrap_or(&self.given)) {
                break whole;
            }
        };
        Some(std::str::from_utf8(line.unwrap_or(&self.given)).map_or(FrameRef::Unreadable, FrameRef::Text))
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
}

/// The bytes before the first line feed, and those behind it.
fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, behind) = bytes.split_at(at);
    Some((line, behind.get(1..).unwrap_or_default()))
}

fn is_blank(line: &[u8]) -> bool {
    // White space of Unicode too: it says as little.
    line.trim_ascii().is_empty() || std::str::from_utf8(line).is_ok_and(|text| text.trim().is_empty())
}

#[derive(Debug)]
struct Events {
    decoder: SseDecoder,
    /// The data that was given last.
    given: String,
    /// An event has just been given, and nothing of the next one has come.
    between: bool,
}

impl Events {
    fn new() -> Self {
        let limit = NonZeroUsize::new(MAX_FRAME_BYTES).unwrap_or(NonZeroUsize::MAX);
        Self { decoder: SseDecoder::with_limit(limit), given: String::new(), between: false }
    }

    fn next<'f, 'b: 'f>(&'f mut self, bytes: &mut &'b [u8]) -> Option<FrameRef<'f>> {
        if bytes.is_empty() {
            return None;
        }
        self.between = false;
        loop {
            let before = *bytes;
            match self.decoder.next(bytes)? {
                Ok(SseEvent::Message(message)) => {
                    let taken = before.len() - bytes.len();
                    // A carriage return in the place of the last line feed may go on with a line feed.
                    self.between = before.get(..taken).is_some_and(|taken| taken.ends_with(END));
                    self.given = message.data;
                    if !is_blank(self.given.as_bytes()) {
                        return Some(FrameRef::Text(&self.given));
                    }
                }
                Ok(SseEvent::Retry(_)) => {}
                Err(_) => return Some(FrameRef::Unreadable),
            }
        }
    }
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
    fn events_that_are_not_plain_are_whole_between_plain_ones() {
        check(
            Framing::Sse,
            "data: 1\n\ndata: 2\n\ndata: 3\ndata: 4\n\ndata: 5\r\n\r\ndata: 6\n\n: ping\n\ndata:7\n\ndata: 8\n\n\u{feff}data: 9\n\n",
            &["1", "2", "3\n4", "5", "6", "7", "8"],
        );
        check(Framing::Sse, "\u{feff}data: 1\n\ndata: \n\ndata: 2\n\n", &["1", "2"]);
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
