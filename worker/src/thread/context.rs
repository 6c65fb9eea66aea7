//! The thread that a scope has, and its context: the documents that stand at the head of every prompt.

use super::call::ThreadAddress;
use super::state::{Thread, now_ms};
use crate::body::Fields;
use crate::directory::iso;
use crate::reply::{self, Reply};
use crate::store::{ContextRow, GenerationRow};
use serde_json::{Value, json};
use threadkeep_core::context::{Document, MAX_DOCUMENT_NAME_BYTES, documents_value, read_documents};
use threadkeep_core::{ErrorCode, Scope};
use worker::Response;

impl Thread {
    /// Gets the thread, or creates it with the title and metadata of the body: 201 for the one call that did.
    pub(super) fn create(&self, address: &ThreadAddress, body: &[u8]) -> Reply<Response> {
        let mut given = Fields::parse(if body.is_empty() { b"{}" } else { body })?;
        let title = given.take("title").map(|title| self.title(title)).transpose()?.flatten();
        let metadata = given.take("metadata").map(|metadata| self.metadata_text(metadata)).transpose()?;
        if let Some(generation) = self.store.generation()? {
            return self.found(address, generation);
        }
        self.atomically(address, || {
            let generation = self.store.create_generation(now_ms(), metadata.as_deref())?;
            self.store.set_title(generation, title.as_deref())
        })?;
        Ok(self.find(address)?.with_status(201))
    }

    /// `{stateKey, scope, title?, metadata?, messageCount, updatedAt, revision}`.
    ///
    /// # Errors
    /// `not_found` when there is no such thread yet.
    pub(super) fn find(&self, address: &ThreadAddress) -> Reply<Response> {
        let generation = self.store.generation()?.ok_or(ErrorCode::NotFound)?;
        self.found(address, generation)
    }

    fn found(&self, address: &ThreadAddress, generation: GenerationRow) -> Reply<Response> {
        let mut thread =
            json!({"stateKey": address.state_key.as_str(), "scope": address.scope.as_ref().map(Scope::to_value)});
        if let Some(title) = generation.title {
            thread["title"] = title.into();
        }
        if let Some(metadata) = generation.metadata.as_deref() {
            thread["metadata"] = serde_json::from_str(metadata)?;
        }
        thread["messageCount"] = generation.message_count.into();
        thread["updatedAt"] = iso(generation.updated_at).into();
        thread["revision"] = self.revision()?.into();
        Ok(reply::json(&thread)?)
    }

    /// `{revision, documents}`; revision 0 when none was ever set.
    pub(super) fn read_context(&self) -> Reply<Response> {
        let context = self.stored_context()?;
        let (revision, documents) =
            context.map_or((0, "[]".to_owned()), |context| (context.revision, context.documents));
        Ok(reply::json_text(format!("{{\"revision\":{revision},\"documents\":{documents}}}"))?)
    }

    /// Stores documents, masked, under the next revision; the same documents once more keep theirs.
    pub(super) fn set_context(&self, address: &ThreadAddress, body: &[u8]) -> Reply<Response> {
        let mut given = Fields::parse(body)?;
        let mut documents = read_documents(given.take("documents").unwrap_or_default())?;
        self.mask_documents(&mut documents);
        let documents = documents_value(&documents).to_string();
        let stored = self.stored_context()?;
        let mut revision = stored.as_ref().map_or(0, |context| context.revision);
        if given.take("expectedRevision").is_some_and(|expected| expected.as_i64() != Some(revision)) {
            return Err(ErrorCode::ThreadConflict.into());
        }
        if stored.is_none_or(|stored| stored.documents != documents) {
            revision += 1;
            let context = ContextRow { revision, documents };
            self.atomically(address, || self.store.set_context(self.generation_or_new(None)?, &context))?;
        }
        Ok(reply::json(&json!({"revision": revision}))?)
    }

    /// The documents of a turn: those of the call, else the stored ones.
    pub(super) fn documents(&self, given: Value) -> Reply<Vec<Document>> {
        let mut given = read_documents(given)?;
        if given.is_empty() {
            let stored = self.stored_context()?;
            let stored = stored.map(|context| serde_json::from_str(&context.documents)).transpose()?;
            return Ok(stored.map(read_documents).transpose()?.unwrap_or_default());
        }
        self.mask_documents(&mut given);
        Ok(given)
    }

    fn stored_context(&self) -> worker::Result<Option<ContextRow>> {
        let generation = self.store.generation()?;
        Ok(generation.map(|generation| self.store.context(generation.id)).transpose()?.flatten())
    }

    /// Like every text of a prompt: it leaves for an upstream as it would be stored.
    fn mask_documents(&self, documents: &mut [Document]) {
        for document in documents {
            document.text = self.masker.mask_text(&document.text).into_owned();
            document.name = self.masker.mask_text(&document.name).into_owned();
            // A placeholder may be longer than what it stands for, and the name is read again with every turn.
            while document.name.len() > MAX_DOCUMENT_NAME_BYTES {
                document.name.pop();
            }
        }
    }
}
