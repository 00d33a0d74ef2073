#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

use crate::channel::{Channel, all_of, raw};
use serde_json::{Value, json};

use super::*;
use crate::channel::inbound::InboundMessage;

mod bodies;
mod chats;
mod corpus;
mod messages;
mod others;

const US: &str = "4337869213";
const ANN: &str = "3001969357";

/// The kinds of the events of a body that is for us.
fn kinds(body: &Value) -> Vec<InboundKind> {
    let us = AccountId::parse(US).ok();
    let events = all_of(Channel::Twitter, &raw(body)).into_iter();
    events
        .map(|event| {
            assert_eq!(event.account, us);
            event.kind
        })
        .collect()
}

/// A direct message as both webhook APIs write it.
fn dm(sender: &str, recipient: &str, said: Value) -> Value {
    json!({"type": "message_create", "id": "900", "created_timestamp": "1516403560557",
        "message_create": {"target": {"recipient_id": recipient}, "sender_id": sender, "message_data": said}})
}

fn users() -> Value {
    json!({ANN: {"id": ANN, "name": "Ann", "screen_name": "ann_x"}, US: {"id": US, "name": "Brand", "screen_name": "brand"}})
}

/// What a body with this one message for us is.
fn one(event: Value) -> InboundKind {
    let body =
        json!({"for_user_id": US, "direct_message_events": [event], "users": users(), "apps": {}});
    let mut kinds = kinds(&body);
    assert_eq!(kinds.len(), 1);
    kinds.remove(0)
}

/// What Ann wrote.
fn from_ann(said: Value) -> InboundMessage {
    message(one(dm(ANN, US, said)))
}

fn message(kind: InboundKind) -> InboundMessage {
    let InboundKind::Message(message) = kind else {
        panic!("expected a message, not {kind:?}")
    };
    *message
}

/// An event of the Activity API.
fn activity(name: &str, payload: Value) -> Value {
    json!({"data": {"event_uuid": "-77", "filter": {"user_id": US}, "event_type": name, "tag": "t", "payload": payload}})
}
