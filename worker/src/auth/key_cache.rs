use std::rc::Rc;

/// How long a key set is used without asking again, in milliseconds. A key that its provider withdraws is
/// refused after at most this long; a new one is found at once by its `kid`.
pub(crate) const FRESH_MS: u64 = 10 * 60 * 1000;

/// How long a key set is used while it cannot be fetched anew, in milliseconds: an hour's outage of the
/// identity provider does not lock everybody out.
pub(crate) const STALE_MS: u64 = 60 * 60 * 1000;

/// Pause between two fetches that an unknown `kid` causes, in milliseconds. Anybody can send unknown ones.
pub(crate) const UNKNOWN_KEY_PAUSE_MS: u64 = 10 * 1000;

/// Pause after a fetch that failed, in milliseconds, so that a burst of requests does not each wait for a dead host.
pub(crate) const FAILURE_PAUSE_MS: u64 = 1000;

/// Pause between two refreshes of a set that is past [`FRESH_MS`], in milliseconds: one request
/// refreshes, those beside it go on with the old set.
pub(crate) const REFRESH_PAUSE_MS: u64 = 10 * 1000;

/// The key set of one URL and what is known about its age. Times come from the caller, in milliseconds since 1970.
#[derive(Debug)]
pub(crate) struct KeyCache<K> {
    keys: Option<Rc<[K]>>,
    fetched_at_ms: u64,
    asked_at_ms: Option<u64>,
    failed_at_ms: Option<u64>,
    unknown_key_at_ms: Option<u64>,
}

/// What to do for keys.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan<K> {
    Use(Rc<[K]>),
    Fetch,
    /// A fetch has just failed and there is nothing to fall back on.
    Fail,
}

impl<K> KeyCache<K> {
    pub(crate) fn new() -> Self {
        Self { keys: None, fetched_at_ms: 0, asked_at_ms: None, failed_at_ms: None, unknown_key_at_ms: None }
    }

    /// For a token that needs a public key. [`Plan::Fetch`] counts as asked: call it only to follow the plan.
    pub(crate) fn plan(&mut self, now_ms: u64) -> Plan<K> {
        let plan = match self.usable(now_ms) {
            Some(keys) if now_ms.saturating_sub(self.fetched_at_ms) < FRESH_MS => Plan::Use(keys),
            Some(keys) if within(self.asked_at_ms, REFRESH_PAUSE_MS, now_ms) => Plan::Use(keys),
            None if within(self.failed_at_ms, FAILURE_PAUSE_MS, now_ms) => Plan::Fail,
            // A first fetch in flight belongs to another request, whose I/O this one may not await: ask too.
            Some(_) | None => Plan::Fetch,
        };
        if matches!(plan, Plan::Fetch) {
            self.asked_at_ms = Some(now_ms);
        }
        plan
    }

    /// For a token whose key is not in the set: whether to fetch once more now.
    pub(crate) fn may_fetch_for_unknown_key(&mut self, now_ms: u64) -> bool {
        let may = !within(self.unknown_key_at_ms, UNKNOWN_KEY_PAUSE_MS, now_ms);
        if may {
            self.unknown_key_at_ms = Some(now_ms);
        }
        may
    }

    pub(crate) fn fetched(&mut self, keys: Rc<[K]>, now_ms: u64) {
        self.keys = Some(keys);
        self.fetched_at_ms = now_ms;
        self.failed_at_ms = None;
    }

    /// Records a fetch that failed; gives the old keys while they are not too old.
    pub(crate) fn failed(&mut self, now_ms: u64) -> Option<Rc<[K]>> {
        self.failed_at_ms = Some(now_ms);
        self.usable(now_ms)
    }

    fn usable(&self, now_ms: u64) -> Option<Rc<[K]>> {
        let age_ms = now_ms.saturating_sub(self.fetched_at_ms);
        self.keys.as_ref().filter(|_| age_ms < STALE_MS).map(Rc::clone)
    }
}

fn within(since_ms: Option<u64>, pause_ms: u64, now_ms: u64) -> bool {
    since_ms.is_some_and(|since_ms| now_ms.saturating_sub(since_ms) < pause_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: u64 = 1_800_000_000_000;

    fn keys(key: u8) -> Rc<[u8]> {
        Rc::from([key])
    }

    fn filled() -> KeyCache<u8> {
        let mut cache = KeyCache::new();
        assert_eq!(cache.plan(START_MS), Plan::Fetch);
        cache.fetched(keys(1), START_MS);
        cache
    }

    #[test]
    fn an_empty_cache_fetches_for_every_request_in_flight() {
        let mut cache = KeyCache::<u8>::new();
        assert_eq!(cache.plan(START_MS), Plan::Fetch);
        assert_eq!(cache.plan(START_MS), Plan::Fetch);
    }

    #[test]
    fn a_fresh_set_is_used() {
        assert_eq!(filled().plan(START_MS + FRESH_MS - 1), Plan::Use(keys(1)));
    }

    #[test]
    fn one_request_refreshes_while_the_others_go_on() {
        let (mut cache, now_ms) = (filled(), START_MS + FRESH_MS);
        assert_eq!(cache.plan(now_ms), Plan::Fetch);
        assert_eq!(cache.plan(now_ms + 1), Plan::Use(keys(1)));
        cache.fetched(keys(2), now_ms + 2);
        assert_eq!(cache.plan(now_ms + FRESH_MS), Plan::Use(keys(2)));
    }

    #[test]
    fn an_outage_is_bridged_with_the_old_set_for_an_hour() {
        let (mut cache, last_ms) = (filled(), START_MS + STALE_MS - 1);
        assert_eq!(cache.plan(last_ms), Plan::Fetch);
        assert_eq!(cache.failed(last_ms), Some(keys(1)));
        assert_eq!(cache.failed(last_ms + 1), None);
        assert_eq!(cache.plan(last_ms + 1), Plan::Fail);
    }

    #[test]
    fn a_failed_first_fetch_is_not_repeated_at_once() {
        let mut cache = KeyCache::<u8>::new();
        assert_eq!(cache.plan(START_MS), Plan::Fetch);
        assert_eq!(cache.failed(START_MS), None);
        assert_eq!(cache.plan(START_MS + FAILURE_PAUSE_MS - 1), Plan::Fail);
        assert_eq!(cache.plan(START_MS + FAILURE_PAUSE_MS), Plan::Fetch);
    }

    #[test]
    fn an_unknown_key_fetches_once_in_ten_seconds() {
        let mut cache = filled();
        assert!(cache.may_fetch_for_unknown_key(START_MS + 1));
        assert!(!cache.may_fetch_for_unknown_key(START_MS + UNKNOWN_KEY_PAUSE_MS));
        assert!(cache.may_fetch_for_unknown_key(START_MS + 1 + UNKNOWN_KEY_PAUSE_MS));
    }

    #[test]
    fn a_clock_that_runs_backwards_does_no_harm() {
        assert_eq!(filled().plan(START_MS - FRESH_MS), Plan::Use(keys(1)));
    }
}
