//! Clients of a running turn: each has a queue of bytes that its response body drains.
//!
//! What waits in a queue is sent as one piece, so a client that reads slowly costs fewer and larger writes, and one
//! that does not read at all is let go.

use futures_util::Stream;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

/// Most bytes that wait for the clients of all turns of this isolate, which has 128 MB for everything. What the runtime has
/// been handed waits too, until it asks for more. A queue may be as
/// long as what is still free: a single one takes half, which is the largest reply as chunks, and however many do not
/// read, something is left for those who do. A client over that is let go; it can resume.
const MAX_QUEUED_BYTES: usize = 36 * 1024 * 1024;

/// Most clients of one turn, each with a queue: as many as pages may follow a thread. The oldest is let go for one more.
const MAX_CLIENTS: usize = 256;

thread_local! {
    /// What waits for all clients.
    static QUEUED_BYTES: Cell<usize> = const { Cell::new(0) };
}

/// The clients of one turn.
#[derive(Default)]
pub(crate) struct Clients {
    queues: RefCell<Vec<Weak<RefCell<Queue>>>>,
}

#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    /// How much the runtime was handed last.
    handed: usize,
    closed: bool,
    waker: Option<Waker>,
}

/// The body of one client's response. Dropping it (the client has left) ends its queue.
pub(crate) struct ClientStream {
    queue: Rc<RefCell<Queue>>,
}

impl Clients {
    /// Adds a client that is first sent `bytes`. When there is no room for them, it is let go at once.
    pub(crate) fn join(&self, bytes: &[u8]) -> ClientStream {
        let queue = Rc::new(RefCell::new(Queue::default()));
        if !queue.borrow_mut().add(bytes) {
            queue.borrow_mut().let_go();
            return ClientStream { queue };
        }
        let mut queues = self.queues.borrow_mut();
        queues.retain(|queue| queue.strong_count() > 0);
        if queues.len() >= MAX_CLIENTS {
            end(&queues.remove(0), Queue::let_go);
        }
        queues.push(Rc::downgrade(&queue));
        ClientStream { queue }
    }

    /// Sends to all that are still there.
    pub(crate) fn send(&self, bytes: &[u8]) {
        self.queues.borrow_mut().retain(|queue| {
            let Some(queue) = queue.upgrade() else { return false };
            let mut queue = queue.borrow_mut();
            let fits = queue.add(bytes);
            if fits {
                queue.wake();
            } else {
                queue.let_go();
            }
            fits
        });
    }

    /// Ends all streams once they have been drained.
    pub(crate) fn close(&self) {
        self.queues.borrow_mut().drain(..).for_each(|queue| end(&queue, Queue::close));
    }
}

fn end(queue: &Weak<RefCell<Queue>>, how: fn(&mut Queue)) {
    if let Some(queue) = queue.upgrade() {
        how(&mut queue.borrow_mut());
    }
}

impl ClientStream {
    /// Whether the client was let go.
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.borrow().closed
    }
}

impl Queue {
    /// Adds bytes, unless the queue would be longer than what is then free.
    fn add(&mut self, bytes: &[u8]) -> bool {
        let queued = QUEUED_BYTES.get() + bytes.len();
        let fits = self.handed + self.bytes.len() + bytes.len() <= MAX_QUEUED_BYTES.saturating_sub(queued);
        if fits {
            self.bytes.extend_from_slice(bytes);
            QUEUED_BYTES.set(queued);
        }
        fits
    }

    /// All that waits, for the runtime, which has sent what it got before.
    fn hand_over(&mut self) -> Vec<u8> {
        QUEUED_BYTES.set(QUEUED_BYTES.get() - self.handed);
        self.handed = self.bytes.len();
        std::mem::take(&mut self.bytes)
    }

    fn clear(&mut self) {
        QUEUED_BYTES.set(QUEUED_BYTES.get() - self.bytes.len());
        self.bytes = Vec::new();
    }

    /// Ends the stream once what waits has been read.
    fn close(&mut self) {
        self.closed = true;
        self.wake();
    }

    /// Ends the stream now: a client that does not read would keep its bytes for as long as its connection lives.
    fn let_go(&mut self) {
        self.clear();
        self.close();
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.clear();
        drop(self.hand_over());
    }
}

impl Stream for ClientStream {
    type Item = worker::Result<Vec<u8>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut queue = self.queue.borrow_mut();
        let bytes = queue.hand_over();
        if !bytes.is_empty() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        if queue.closed {
            return Poll::Ready(None);
        }
        queue.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt};

    fn next(stream: &mut ClientStream) -> Option<Option<Vec<u8>>> {
        stream.next().now_or_never().map(|item| item.and_then(Result::ok))
    }

    #[test]
    fn what_waits_is_sent_as_one_piece() {
        let clients = Clients::default();
        let mut stream = clients.join(b"a");
        clients.send(b"b");
        assert_eq!(next(&mut stream), Some(Some(b"ab".to_vec())));
        assert_eq!(next(&mut stream), None);
        clients.close();
        assert_eq!(next(&mut stream), Some(None));
    }

    #[test]
    fn the_oldest_client_is_let_go_for_one_too_many() {
        let clients = Clients::default();
        let mut streams: Vec<_> = (0..=MAX_CLIENTS).map(|_| clients.join(b"")).collect();
        clients.send(b"x");
        let got: Vec<_> = streams.iter_mut().map(next).collect();
        assert_eq!(got[0], Some(None));
        assert!(got[1..].iter().all(|piece| *piece == Some(Some(b"x".to_vec()))));
    }

    #[test]
    fn a_client_that_has_left_is_forgotten_and_so_is_what_waited_for_it() {
        let clients = Clients::default();
        drop(clients.join(b"abc"));
        clients.send(b"x");
        assert!(clients.queues.borrow().is_empty());
        assert_eq!(QUEUED_BYTES.get(), 0);
    }

    #[test]
    fn a_client_that_does_not_read_is_let_go_and_keeps_nothing() {
        let clients = Clients::default();
        let mut stream = clients.join(&vec![0; MAX_QUEUED_BYTES / 2]);
        clients.send(b"x");
        assert_eq!(QUEUED_BYTES.get(), 0);
        assert_eq!(next(&mut stream), Some(None));
    }

    #[test]
    fn all_clients_of_all_turns_share_one_budget() {
        let turns = [Clients::default(), Clients::default()];
        let replay = vec![0; MAX_QUEUED_BYTES / 8];
        let all = |_| turns.iter().map(|turn| turn.join(&replay));
        let mut streams: Vec<_> = (0..MAX_CLIENTS).flat_map(all).filter(|stream| !stream.is_closed()).collect();
        assert_eq!(streams.len(), 7);
        assert!(QUEUED_BYTES.get() <= MAX_QUEUED_BYTES);
        // What was handed over and not sent on still counts.
        assert!(next(&mut streams[1]).flatten().is_some());
        assert!(turns[1].join(&replay).is_closed());
        // Whoever reads goes on, however many do not.
        let mut quick = turns[0].join(b"a");
        for _ in 0..100 {
            turns[0].send(b"x");
            assert!(next(&mut quick).flatten().is_some());
        }
        streams.clear();
        assert!(!turns[1].join(&replay).is_closed());
    }
}
