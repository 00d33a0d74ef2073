//! Whatever a body holds.

use crate::channel::{Channel, all_of, raw};
use proptest::prelude::*;

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let words = [
        "messages",
        "text",
        "image",
        "interactive",
        "system",
        "edit",
        "revoke",
        "reaction",
        "contacts",
        "order",
        "location",
        "unsupported",
        "user_changed_number",
        "user_changed_user_id",
        "button_reply",
        "nfm_reply",
        "failed",
        "sent",
        "1749416383",
        "US.1",
        "whatsapp_business_account",
        "User changed from 1 to 2",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::String),
        proptest::sample::select(words.to_vec()).prop_map(Value::from),
    ];
    let keys = [
        "type",
        "id",
        "from",
        "to",
        "from_user_id",
        "timestamp",
        "text",
        "body",
        "image",
        "sha256",
        "caption",
        "location",
        "latitude",
        "longitude",
        "contacts",
        "phones",
        "phone",
        "vcard",
        "name",
        "interactive",
        "button_reply",
        "nfm_reply",
        "response_json",
        "order",
        "product_items",
        "reaction",
        "message_id",
        "emoji",
        "edit",
        "revoke",
        "original_message_id",
        "message",
        "system",
        "wa_id",
        "user_id",
        "previous",
        "current",
        "context",
        "referral",
        "errors",
        "code",
        "status",
        "recipient_id",
        "profile",
        "metadata",
        "phone_number_id",
        "messages",
        "message_echoes",
        "statuses",
        "user_id_update",
        "entry",
        "changes",
        "value",
        "field",
        "object",
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        let key = proptest::sample::select(keys.to_vec());
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((key, inner), 0..8).prop_map(|pairs| Value::Object(
                pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

fn any_field() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(
        &[
            "messages",
            "smb_message_echoes",
            "user_id_update",
            "account_update",
            "history",
            "odd",
        ][..],
    )
}

/// How many events a body holds, counted apart from how they are read: the items of the four lists of
/// each change, where a lone object is a list of one; at least one a change, an entry and a body.
fn count(body: &Value) -> usize {
    let of_change = |change: &Value| -> usize {
        ["messages", "message_echoes", "statuses", "user_id_update"]
            .map(|list| match change.get("value").and_then(|v| v.get(list)) {
                Some(Value::Array(items)) => items.len(),
                Some(Value::Object(_)) => 1,
                _ => 0,
            })
            .iter()
            .sum::<usize>()
            .max(1)
    };
    let of_entry = |entry: &Value| match entry.get("changes").and_then(Value::as_array) {
        Some(changes) => changes.iter().map(of_change).sum::<usize>().max(1),
        None => 1,
    };
    match body.get("entry").and_then(Value::as_array) {
        Some(entries) if body["object"] == "whatsapp_business_account" => {
            entries.iter().map(of_entry).sum::<usize>().max(1)
        }
        _ => 1,
    }
}

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_each_event_counts_once(body in any_json()) {
        prop_assert_eq!(all_of(Channel::WhatsApp, &raw(&body)).len(), count(&body));
    }

    #[test]
    fn no_change_makes_it_panic_and_each_event_counts_once(
        values in proptest::collection::vec((any_field(), any_json()), 0..4)
    ) {
        let changes: Vec<Value> = values.iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}, {}]});
        prop_assert_eq!(all_of(Channel::WhatsApp, &raw(&body)).len(), count(&body));
    }

    #[test]
    fn no_item_makes_it_panic_and_each_counts_once(
        kind in proptest::sample::select(&["text", "image", "location", "contacts", "interactive", "button",
            "order", "reaction", "edit", "revoke", "system", "unsupported", "sticker", "status"][..]),
        parts in proptest::collection::vec(any_json(), 1..4),
        field in any_field(),
    ) {
        let items: Vec<Value> = parts.iter().map(|part| json!({
            "type": kind, kind: part, "id": "wamid.1", "from": "1", "to": "2", "errors": part, "context": part})).collect();
        let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": field,
            "value": {"messages": items, "message_echoes": items, "statuses": items, "user_id_update": parts, "contacts": parts}}]}]});
        prop_assert_eq!(all_of(Channel::WhatsApp, &raw(&body)).len(), 4 * parts.len());
        prop_assert_eq!(count(&body), 4 * parts.len());
    }

    #[test]
    fn texts_and_captions_come_through_as_they_are(words in any::<String>()) {
        let text = message(sent(json!({"type": "text", "text": {"body": words}})));
        prop_assert_eq!(&text.content, &words);
        let caption = message(sent(json!({"type": "image", "image": {"id": "1", "caption": words}})));
        prop_assert_eq!(&caption.content, &words);
    }
}
