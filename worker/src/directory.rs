//! The directory object: the list of one owner's threads. An index that the thread objects feed: it may lag, and what
//! it says is corrected by the next feed.

use crate::body;
use crate::outgoing;
use crate::query;
use crate::reply::{self, Failure, Reply};
use crate::store::{DirectoryStore, EntryRow};
use js_sys::Date;
use serde_json::{Value, json};
use threadkeep_core::scope::is_scope_type;
use threadkeep_core::{ErrorCode, StateKey};
use wasm_bindgen::JsValue;
use worker::{DurableObject, Env, Method, Request, Response, State, durable_object};

const BINDING: &str = "DIRECTORY";

/// Threads per page when the client does not say, and at most.
const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

/// Objects are called by URL; the host is never looked up.
const PUT_URL: &str = "https://directory.internal/put";
const LIST_URL: &str = "https://directory.internal/list";

/// Which page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListQuery {
    limit: usize,
    after: Option<Cursor>,
    scope_type: Option<String>,
}

/// The last entry of the page before: `{updatedAt in ms}.{stateKey}`, URL-safe as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cursor {
    updated_at_ms: i64,
    state_key: StateKey,
}

impl ListQuery {
    /// Reads `?limit&cursor&scopeType` of a URL; other parameters are ignored.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] for a limit outside 1 to 100 and for a cursor that we did not give;
    /// [`ErrorCode::InvalidScope`] for a scope type that is none.
    pub(crate) fn parse(url: &str) -> Result<Self, ErrorCode> {
        let mut list = Self { limit: DEFAULT_LIMIT, after: None, scope_type: None };
        for (name, value) in query::parameters(url)? {
            match name {
                "limit" => list.limit = query::limit(&value, MAX_LIMIT)?,
                "cursor" if !value.is_empty() => {
                    list.after = Some(Cursor::parse(&value).ok_or(ErrorCode::InvalidRequest)?);
                }
                "scopeType" if !value.is_empty() => {
                    list.scope_type = Some(value).filter(|text| is_scope_type(text));
                    list.scope_type.as_ref().ok_or(ErrorCode::InvalidScope)?;
                }
                _ => {}
            }
        }
        Ok(list)
    }

    fn url(&self) -> String {
        let cursor = self.after.as_ref().map(|after| format!("{}.{}", after.updated_at_ms, after.state_key));
        let scope_type = self.scope_type.as_deref().unwrap_or_default();
        format!("{LIST_URL}?limit={}&cursor={}&scopeType={scope_type}", self.limit, cursor.unwrap_or_default())
    }
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (updated_at_ms, state_key) = text.split_once('.')?;
        Some(Self { updated_at_ms: updated_at_ms.parse().ok()?, state_key: StateKey::parse(state_key)? })
    }
}

/// Whose list of threads: its name is the object's.
pub(crate) enum Tenant<'a> {
    User(&'a str),
    Project(&'a str),
}

impl Tenant<'_> {
    /// No user's name is a project's: it has no line feed.
    fn object_name(&self) -> String {
        match self {
            Self::User(owner) => (*owner).to_owned(),
            Self::Project(project) => format!("project\n{project}"),
        }
    }
}

/// Answers with a page of a tenant's threads.
pub(crate) async fn list(env: &Env, tenant: &Tenant<'_>, query: &ListQuery) -> Reply<Response> {
    let stub = env.durable_object(BINDING)?.get_by_name(&tenant.object_name())?;
    Ok(stub.fetch_with_request(Request::new(&query.url(), Method::Get)?).await?)
}

/// Feeds one thread's entry into its tenant's directory.
pub(crate) async fn put(env: &Env, tenant: &Tenant<'_>, entry: &EntryRow) -> worker::Result<()> {
    let body = entry.to_value().to_string().into_bytes();
    let request = outgoing::post(PUT_URL, &[], Some(&body))?;
    let response = env.durable_object(BINDING)?.get_by_name(&tenant.object_name())?.fetch_with_request(request).await?;
    if response.status_code() == 200 { Ok(()) } else { Err(worker::Error::RustError("directory refused".to_owned())) }
}

/// The object: one table, two calls.
#[durable_object]
#[expect(missing_debug_implementations, reason = "the runtime alone holds it")]
pub struct DirectoryObject {
    store: worker::Result<DirectoryStore>,
}

impl DurableObject for DirectoryObject {
    fn new(state: State, _env: Env) -> Self {
        Self { store: DirectoryStore::open(state.storage().sql()) }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let result = match request.path().as_str() {
            "/put" => self.put(&mut request).await,
            _ => self.list(&request.inner().url()),
        };
        result.or_else(Failure::into_response)
    }
}

impl DirectoryObject {
    fn store(&self) -> Reply<&DirectoryStore> {
        self.store.as_ref().map_err(|error| Failure::Internal(reply::kind(error)))
    }

    async fn put(&self, request: &mut Request) -> Reply<Response> {
        let entry = EntryRow::from_value(body::parse(&request.bytes().await?)?).ok_or(ErrorCode::InvalidRequest)?;
        self.store()?.put(&entry)?;
        Ok(reply::json(&true)?)
    }

    fn list(&self, url: &str) -> Reply<Response> {
        let query = ListQuery::parse(url)?;
        let after = query.after.as_ref().map(|after| (after.updated_at_ms, after.state_key.as_str()));
        // One more than asked for tells whether there is a next page.
        let mut rows = self.store()?.list(query.limit + 1, after, query.scope_type.as_deref())?;
        let more = rows.len() > query.limit;
        rows.truncate(query.limit);
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|last| format!("{}.{}", last.updated_at, last.state_key));
        let threads: Vec<_> = rows.into_iter().map(entry_value).collect();
        let mut page = json!({"threads": threads});
        if let Some(cursor) = next_cursor {
            page["nextCursor"] = cursor.into();
        }
        Ok(reply::json(&page)?)
    }
}

/// `{stateKey, title?, updatedAt, messageCount, metadata?, scope?}`, the scope within the project whose list it is.
fn entry_value(row: EntryRow) -> Value {
    let mut entry = json!({
        "stateKey": row.state_key,
        "updatedAt": iso(row.updated_at),
        "messageCount": row.message_count,
    });
    if let Some(title) = row.title {
        entry["title"] = title.into();
    }
    if let Some(metadata) = row.metadata.and_then(|text| serde_json::from_str(&text).ok()) {
        entry["metadata"] = metadata;
    }
    if let (Some(scope_type), Some(scope_id)) = (row.scope_type, row.scope_id) {
        entry["scope"] = json!({"scopeType": scope_type, "scopeId": scope_id});
    }
    entry
}

/// A time as the API writes it: ISO 8601, UTC.
pub(crate) fn iso(ms: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let date = Date::new(&JsValue::from_f64(ms as f64));
    date.to_iso_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(url: &str) -> Result<String, ErrorCode> {
        ListQuery::parse(url).map(|query| query.url())
    }

    #[test]
    fn limit_and_cursor_are_read_and_checked() {
        assert_eq!(query("https://x/threads"), Ok(format!("{LIST_URL}?limit={DEFAULT_LIMIT}&cursor=&scopeType=")));
        assert_eq!(
            query("https://x/?limit=5&cursor=17.a-b&x=1#f"),
            Ok(format!("{LIST_URL}?limit=5&cursor=17.a-b&scopeType="))
        );
        assert_eq!(query("https://x/?scopeType=a%20b"), Err(ErrorCode::InvalidScope));
        for bad in ["limit=0", "limit=101", "limit=x", "limit=", "cursor=x", "cursor=1.", "cursor=1.a%20b"] {
            assert_eq!(query(&format!("https://x/threads?{bad}")), Err(ErrorCode::InvalidRequest), "{bad}");
        }
    }

    #[test]
    fn a_query_survives_its_own_url() {
        let query = ListQuery::parse("https://x/?limit=5&cursor=17.a-b&scopeType=spec").unwrap();
        assert_eq!(ListQuery::parse(&query.url()), Ok(query));
    }
}
