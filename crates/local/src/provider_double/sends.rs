//! What was sent through the doubles, for the sandbox and for tests.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use super::Doubles;
use crate::sandbox::clock::now_ms;

const KEPT: usize = 1_000;

/// Which double accepted a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// WhatsApp Cloud API.
    Whatsapp,
    /// Messenger's Send API.
    Facebook,
    /// Instagram's messages.
    Instagram,
    /// X's direct messages.
    Twitter,
    /// SendGrid v3 Mail Send.
    Sendgrid,
}

/// One accepted send.
#[derive(Debug, Clone, Serialize)]
pub struct Send {
    /// The provider's id of the message.
    pub id: String,
    /// Who accepted it.
    pub provider: Provider,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// The request's body, without the content of attachments.
    pub body: Value,
}

/// The last sends, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Sends(Arc<Mutex<VecDeque<Send>>>);

impl Sends {
    pub(super) fn keep(&self, id: &str, provider: Provider, body: Value) {
        // A panic while the lock was held cannot have left a half-kept send.
        let mut sends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sends.len() == KEPT {
            sends.pop_front();
        }
        sends.push_back(Send {
            id: id.to_owned(),
            provider,
            at_ms: now_ms(),
            body,
        });
    }
}

pub(super) async fn list(State(doubles): State<Doubles>) -> Json<Value> {
    let sends = doubles
        .sends
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    Json(json!({ "sends": *sends }))
}
