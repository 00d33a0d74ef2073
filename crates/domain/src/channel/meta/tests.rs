#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

mod attachments;
mod changes;
pub(in crate::channel) mod corpus;
mod echoes;
mod envelopes;
mod messages;
mod notices;
mod properties;
mod receipts;

use crate::channel::{Channel, all_of, raw};
use serde_json::{Value, json};

use crate::channel::AccountId;
use crate::channel::inbound::{InboundEvent, InboundKind, InboundMessage, MessageChange, Notice};

/// What Messenger tells the page 100001 about one event.
fn messenger(event: Value) -> InboundKind {
    let body = json!({"object": "page", "entry": [{"id": "100001", "messaging": [event]}]});
    one(all_of(Channel::Facebook, &raw(&body)), "100001")
}

/// What Instagram tells the account 200001 about one event.
fn instagram(event: Value) -> InboundKind {
    let body = json!({"object": "instagram", "entry": [{"id": "200001", "messaging": [event]}]});
    one(all_of(Channel::Instagram, &raw(&body)), "200001")
}

fn one(events: Vec<InboundEvent>, account: &str) -> InboundKind {
    let [event] = <[InboundEvent; 1]>::try_from(events).unwrap();
    assert_eq!(event.account, AccountId::parse(account).ok());
    event.kind
}

/// An event from the customer 7001 to the page.
fn from_customer(kind: &str, told: Value) -> Value {
    json!({"sender": {"id": "7001"}, "recipient": {"id": "100001"}, "timestamp": 1_760_000_000_123_i64, kind: told})
}

/// The message that a `message` from the customer is.
fn message(said: Value) -> InboundMessage {
    let kind = messenger(from_customer("message", said));
    let InboundKind::Message(message) = kind else {
        panic!("expected a message, not {kind:?}")
    };
    *message
}

/// The message that a single attachment from the customer is.
fn attached(attachment: Value) -> InboundMessage {
    message(json!({"mid": "m_1", "attachments": [attachment]}))
}

fn change(kind: InboundKind) -> MessageChange {
    let InboundKind::Change(change) = kind else {
        panic!("expected a change, not {kind:?}")
    };
    *change
}

fn notice(kind: InboundKind) -> Notice {
    let InboundKind::Notice(notice) = kind else {
        panic!("expected a notice, not {kind:?}")
    };
    *notice
}
