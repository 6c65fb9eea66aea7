//! Clients of a running turn: each has a queue of bytes that its response body drains.
//!
//! What waits in a queue is sent as one piece, so a client that reads slowly costs fewer and larger writes, and one
//! that does not read at all is let go.

use futures_util::Stream;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

/// Most bytes that wait for one client: two whole replies. Beyond, the client is dropped; it can resume.
const MAX_QUEUED_BYTES: usize = 32 * 1024 * 1024;

/// Most bytes that wait for all clients of a turn: where many listen, each has an equal share of it.
const MAX_ALL_QUEUED_BYTES: usize = 256 * 1024 * 1024;

/// Most clients of one turn, each with a queue: as many as pages may follow a thread. The oldest is let go for one more.
const MAX_CLIENTS: usize = 256;

/// The clients of one turn.
#[derive(Default)]
pub(crate) struct Clients {
    queues: RefCell<Vec<Weak<RefCell<Queue>>>>,
}

#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    closed: bool,
    waker: Option<Waker>,
}

/// The body of one client's response. Dropping it (the client has left) ends its queue.
pub(crate) struct ClientStream {
    queue: Rc<RefCell<Queue>>,
}

impl Clients {
    /// Adds a client that is first sent `bytes`.
    pub(crate) fn join(&self, bytes: Vec<u8>) -> ClientStream {
        let queue = Rc::new(RefCell::new(Queue { bytes, ..Queue::default() }));
        let mut queues = self.queues.borrow_mut();
        queues.retain(|queue| queue.strong_count() > 0);
        if queues.len() >= MAX_CLIENTS {
            close(queues.remove(0));
        }
        queues.push(Rc::downgrade(&queue));
        ClientStream { queue }
    }

    /// Sends to all that are still there.
    pub(crate) fn send(&self, bytes: &[u8]) {
        let mut queues = self.queues.borrow_mut();
        let share = MAX_QUEUED_BYTES.min(MAX_ALL_QUEUED_BYTES / queues.len().max(1));
        queues.retain(|queue| {
            let Some(queue) = queue.upgrade() else { return false };
            let mut queue = queue.borrow_mut();
            let fits = queue.bytes.len() + bytes.len() <= share;
            if fits {
                queue.bytes.extend_from_slice(bytes);
            } else {
                queue.closed = true;
            }
            queue.wake();
            fits
        });
    }

    /// Ends all streams once they have been drained.
    pub(crate) fn close(&self) {
        self.queues.borrow_mut().drain(..).for_each(close);
    }
}

/// Ends a client's stream once what waits for it has been read.
fn close(queue: Weak<RefCell<Queue>>) {
    if let Some(queue) = queue.upgrade() {
        let mut queue = queue.borrow_mut();
        queue.closed = true;
        queue.wake();
    }
}

impl Queue {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Stream for ClientStream {
    type Item = worker::Result<Vec<u8>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut queue = self.queue.borrow_mut();
        if !queue.bytes.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut queue.bytes))));
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
        let mut stream = clients.join(b"a".to_vec());
        clients.send(b"b");
        assert_eq!(next(&mut stream), Some(Some(b"ab".to_vec())));
        assert_eq!(next(&mut stream), None);
        clients.close();
        assert_eq!(next(&mut stream), Some(None));
    }

    #[test]
    fn the_oldest_client_is_let_go_for_one_too_many() {
        let clients = Clients::default();
        let mut streams: Vec<_> = (0..=MAX_CLIENTS).map(|_| clients.join(Vec::new())).collect();
        clients.send(b"x");
        let got: Vec<_> = streams.iter_mut().map(next).collect();
        assert_eq!(got[0], Some(None));
        assert!(got[1..].iter().all(|piece| *piece == Some(Some(b"x".to_vec()))));
    }

    #[test]
    fn a_client_that_has_left_is_forgotten() {
        let clients = Clients::default();
        drop(clients.join(Vec::new()));
        clients.send(b"x");
        assert!(clients.queues.borrow().is_empty());
    }

    #[test]
    fn a_client_that_does_not_read_is_let_go() {
        let clients = Clients::default();
        let mut stream = clients.join(vec![0; MAX_QUEUED_BYTES]);
        clients.send(b"x");
        assert!(clients.queues.borrow().is_empty());
        assert!(next(&mut stream).flatten().is_some());
        assert_eq!(next(&mut stream), Some(None));
    }

    #[test]
    fn among_many_clients_each_may_wait_for_its_share() {
        let clients = Clients::default();
        let share = MAX_ALL_QUEUED_BYTES / MAX_CLIENTS;
        let mut streams: Vec<_> = (0..MAX_CLIENTS).map(|_| clients.join(Vec::new())).collect();
        drop(streams.pop());
        let mut slow = clients.join(vec![0; share]);
        clients.send(b"x");
        assert!(next(&mut slow).flatten().is_some());
        assert_eq!(next(&mut slow), Some(None));
        assert_eq!(next(&mut streams[0]), Some(Some(b"x".to_vec())));
    }
}
