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
pub enum FrameRef<'b> {
    Text(&'b str),
    /// As [`Frame::Unreadable`].
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

#[derive(Debug, Default)]
struct Lines {
    line: Vec<u8>,
    too_long: bool,
}

#[derive(Debug)]
struct Events {
    decoder: SseDecoder,
    /// It has just given an event, and nothing of the next one has come.
    between: bool,
}

impl FrameDecoder {
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        let decoder = match framing {
            Framing::Ndjson => Decoder::Ndjson(Lines::default()),
            Framing::Sse => {
                let limit = NonZeroUsize::new(MAX_FRAME_BYTES).unwrap_or(NonZeroUsize::MAX);
                Decoder::Sse(Box::new(Events { decoder: SseDecoder::with_limit(limit), between: false }))
            }
        };
        Self { decoder }
    }

    /// Takes the next bytes and gives the frames that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        let mut frames = Vec::new();
        self.each(bytes, |frame| {
            frames.push(match frame {
                FrameRef::Text(text) => Frame::Text(text.to_owned()),
                FrameRef::Unreadable => Frame::Unreadable,
            });
        });
        frames
    }

    /// As [`FrameDecoder::push`], and keeps no frame.
    pub fn each(&mut self, bytes: &[u8], visit: impl FnMut(FrameRef<'_>)) {
        match &mut self.decoder {
            Decoder::Ndjson(lines) => lines.each(bytes, visit),
            Decoder::Sse(events) => events.each(bytes, visit),
        }
    }

    /// The last frame, when the stream ended without a line feed behind it.
    pub fn finish(&mut self) -> Vec<Frame> {
        self.push(END)
    }
}

/// Ends a frame in either framing.
pub(crate) const END: &[u8] = b"\n\n";

impl Lines {
    fn each(&mut self, bytes: &[u8], mut visit: impl FnMut(FrameRef<'_>)) {
        let mut rest = bytes;
        while let Some((line, behind)) = cut(rest) {
            rest = behind;
            if self.line.is_empty() && !self.too_long {
                visit_line(line, &mut visit);
            } else {
                self.extend(line);
                self.take(&mut visit);
            }
        }
        self.extend(rest);
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

    fn take(&mut self, visit: &mut impl FnMut(FrameRef<'_>)) {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.too_long) {
            visit(FrameRef::Unreadable);
        } else {
            visit_line(&line, visit);
        }
    }
}

/// The bytes before the first line feed, and those behind it.
fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, behind) = bytes.split_at(at);
    Some((line, behind.get(1..).unwrap_or_default()))
}

fn visit_line(line: &[u8], visit: &mut impl FnMut(FrameRef<'_>)) {
    match std::str::from_utf8(line) {
        Ok(text) if line.len() <= MAX_FRAME_BYTES => visit_text(text, visit),
        Ok(_) | Err(_) => visit(FrameRef::Unreadable),
    }
}

fn visit_text(text: &str, visit: &mut impl FnMut(FrameRef<'_>)) {
    if !text.trim().is_empty() {
        visit(FrameRef::Text(text));
    }
}

impl Events {
    fn each(&mut self, bytes: &[u8], mut visit: impl FnMut(FrameRef<'_>)) {
        let mut rest = bytes;
        loop {
            while let Some((data, behind)) = self.between.then(|| plain_event(rest)).flatten() {
                rest = behind;
                visit_text(data, &mut visit);
            }
            if rest.is_empty() {
                return;
            }
            self.between = false;
            let before = rest;
            match self.decoder.next(&mut rest) {
                None => return,
                Some(Ok(SseEvent::Message(message))) => {
                    visit_text(&message.data, &mut visit);
                    let taken = before.len() - rest.len();
                    // A carriage return in the place of the last line feed may go on with a line feed.
                    self.between = before.get(..taken).is_some_and(|taken| taken.ends_with(END));
                }
                Some(Ok(SseEvent::Retry(_))) => {}
                Some(Err(_)) => visit(FrameRef::Unreadable),
            }
        }
    }
}

/// The data of an event that stands whole at the head of the bytes and has nothing but data, on one line: what nearly
/// every event is. Anything else is for the decoder.
fn plain_event(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (data, behind) = cut(bytes.strip_prefix(b"data: ")?)?;
    let behind = behind.strip_prefix(b"\n")?;
    let data = std::str::from_utf8(data).ok()?;
    (data.len() <= MAX_FRAME_BYTES && !data.contains('\r')).then_some((data, behind))
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
