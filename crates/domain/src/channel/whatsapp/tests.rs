#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

use crate::channel::{Channel, all_of, raw};
use serde_json::{Value, json};

use super::*;
use crate::channel::inbound::{InboundMessage, MessageChange};

mod bodies;
mod changes;
mod corpus;
mod kinds;
mod people;
mod statuses;

/// The events of one change.
fn events(field: &str, value: Value) -> Vec<InboundEvent> {
    let body = json!({"object": "whatsapp_business_account", "entry": [
        {"id": "100001", "time": 1_749_416_383, "changes": [{"field": field, "value": value}]}]});
    all_of(Channel::WhatsApp, &raw(&body))
}

/// The event of one item of one list, beside the contact Ann.
fn one_of(field: &str, list: &str, item: Value) -> InboundKind {
    let mut events = events(
        field,
        json!({
            "metadata": {"phone_number_id": "300001", "display_phone_number": "15550001"},
            "contacts": [{"profile": {"name": "Ann"}, "wa_id": "15550100", "user_id": "US.13Ab"}],
            list: [item]}),
    );
    assert_eq!(events.len(), 1);
    let InboundEvent { account, kind } = events.remove(0);
    assert_eq!(account, AccountId::parse("300001").ok());
    kind
}

/// What a message of Ann's is, given what it has beside its id, time and sender.
fn sent(mut item: Value) -> InboundKind {
    for (key, value) in [
        ("from", "15550100"),
        ("id", "wamid.1"),
        ("timestamp", "1749416383"),
    ] {
        item[key] = json!(value);
    }
    one_of("messages", "messages", item)
}

/// What a message from our phone app to Ann is.
fn echoed(mut item: Value) -> InboundKind {
    for (key, value) in [
        ("from", "15550001"),
        ("to", "15550100"),
        ("id", "wamid.2"),
        ("timestamp", "1749416383"),
    ] {
        item[key] = json!(value);
    }
    one_of("smb_message_echoes", "message_echoes", item)
}

fn message(kind: InboundKind) -> InboundMessage {
    let InboundKind::Message(message) = kind else {
        panic!("expected a message, not {kind:?}")
    };
    *message
}

fn change_of(kind: InboundKind) -> MessageChange {
    let InboundKind::Change(change) = kind else {
        panic!("expected a change, not {kind:?}")
    };
    *change
}

fn names(names: &[crate::channel::ChannelIdentity]) -> Vec<&str> {
    names.iter().map(|name| name.platform_id()).collect()
}
