use crate::channel::{Channel, all_of, raw};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::message;
use crate::channel::inbound::InboundKind;

const KEYS: [&str; 66] = [
    "entry",
    "object",
    "messaging",
    "standby",
    "changes",
    "field",
    "value",
    "message",
    "mid",
    "mids",
    "text",
    "is_echo",
    "is_self",
    "is_deleted",
    "is_unsupported",
    "metadata",
    "app_id",
    "attachments",
    "type",
    "payload",
    "url",
    "title",
    "sticker_id",
    "coordinates",
    "lat",
    "long",
    "product",
    "elements",
    "buttons",
    "generic",
    "story",
    "story_media_url",
    "reply_to",
    "quick_reply",
    "referral",
    "ad_id",
    "ads_context_data",
    "delivery",
    "read",
    "watermark",
    "sender",
    "recipient",
    "id",
    "user_ref",
    "timestamp",
    "postback",
    "message_edit",
    "num_edit",
    "reaction",
    "action",
    "emoji",
    "optin",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
    "app_roles",
    "policy-enforcement",
    "reason",
    "account_linking",
    "status",
    "prior_message",
    "typing",
    "ref",
    "source",
    "template_type",
    "new_owner_app_id",
];

const WORDS: [&str; 34] = [
    "page",
    "instagram",
    "messages",
    "feed",
    "standby",
    "0",
    "100001",
    "7001",
    "m_1",
    "1760000000123",
    "image",
    "audio",
    "video",
    "file",
    "media",
    "sticker",
    "location",
    "template",
    "fallback",
    "reel",
    "ig_reel",
    "post",
    "ig_post",
    "story",
    "ig_story",
    "story_mention",
    "share",
    "appointment_booking",
    "unsupported_type",
    "react",
    "unreact",
    "block",
    "linked",
    "https://example.com/a.png",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::String),
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 6, |inner| {
        let key = proptest::sample::select(&KEYS[..]);
        let fields = proptest::collection::vec((key, inner.clone()), 0..7);
        let object = fields.prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)));
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(Value::Array),
            object.prop_map(|pairs| Value::Object(pairs.collect())),
        ]
    })
}

/// Something that looks like an event: people, a time, and any parts.
fn any_event() -> impl Strategy<Value = Value> {
    let id = || proptest::sample::select(&["7001", "100001", "200001"][..]);
    (id(), id(), any_json(), any_json()).prop_map(|(from, to, part, more)| {
        let mut event = json!({"sender": {"id": from}, "recipient": {"id": to}, "timestamp": 1_760_000_000_123_i64});
        for part in [part, more] {
            if let (Value::Object(event), Value::Object(part)) = (&mut event, part) {
                event.extend(part);
            }
        }
        event
    })
}

/// A body of entries with lists of events, now and then with anything else in their place.
fn any_body(object: &'static str) -> impl Strategy<Value = Value> {
    let list = || {
        prop_oneof![
            6 => proptest::collection::vec(any_event(), 0..4).prop_map(Value::Array),
            1 => any_json(),
        ]
    };
    let entry = (list(), list(), list()).prop_map(|(messaging, standby, changes)| {
        let events = changes.as_array().map(|values| values.iter());
        let of = |value: &Value| json!({"field": "messages", "value": value});
        let changes = events.map_or(changes.clone(), |values| values.map(of).collect());
        json!({"id": "100001", "messaging": messaging, "standby": standby, "changes": changes})
    });
    let entries = prop_oneof![
        8 => proptest::collection::vec(entry, 0..4).prop_map(Value::Array),
        1 => any_json(),
    ];
    entries.prop_map(move |entries| json!({"object": object, "entry": entries}))
}

/// The members of a list; anything else but null is one.
fn items(value: &Value) -> Vec<&Value> {
    if let Some(items) = value.as_array() {
        return items.iter().collect();
    }
    (!value.is_null()).then_some(value).into_iter().collect()
}

/// How many events a body has, counted without reading any: the items of all lists, and one for each
/// envelope and entry that has none.
fn counted(body: &Value, object: &str) -> usize {
    let events = |entry: &Value| -> usize {
        let lists = ["messaging", "standby", "changes"];
        let count = lists
            .iter()
            .map(|list| items(&entry[*list]).len())
            .sum::<usize>();
        count.max(1)
    };
    let envelope = |body: &Value| match body["object"] == object {
        true => items(&body["entry"])
            .into_iter()
            .map(events)
            .sum::<usize>()
            .max(1),
        false => 1,
    };
    items(body).into_iter().map(envelope).sum::<usize>().max(1)
}

/// A delivery without a watermark is as many reports as it names messages; that has a test of its own.
fn without_bare_deliveries(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Object(delivery)) = fields.get_mut("delivery") {
                delivery.remove("mids");
                delivery.remove("mid");
            }
            fields.values_mut().for_each(without_bare_deliveries);
        }
        Value::Array(items) => items.iter_mut().for_each(without_bare_deliveries),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #[test]
    fn no_value_makes_it_panic_and_every_body_counts_for_something(body in any_json()) {
        prop_assert!(!all_of(Channel::Facebook, &raw(&body)).is_empty());
        prop_assert!(!all_of(Channel::Instagram, &raw(&body)).is_empty());
    }

    #[test]
    fn every_event_of_a_body_is_counted_exactly_once(page in any_body("page"), media in any_body("instagram")) {
        let (mut page, mut media) = (page, media);
        without_bare_deliveries(&mut page);
        without_bare_deliveries(&mut media);
        prop_assert_eq!(all_of(Channel::Facebook, &raw(&page)).len(), counted(&page, "page"));
        prop_assert_eq!(all_of(Channel::Instagram, &raw(&media)).len(), counted(&media, "instagram"));
        let both = json!([page, media]);
        prop_assert_eq!(all_of(Channel::Facebook, &raw(&both)).len(), counted(&both, "page"));
    }

    #[test]
    fn any_text_comes_through_unchanged(text in any::<String>()) {
        prop_assume!(!text.trim().is_empty());
        prop_assert_eq!(message(json!({"mid": "m_1", "text": text})).content, text);
    }

    #[test]
    fn no_message_is_without_anything_to_read_or_see(event in any_event()) {
        let body = json!({"object": "page", "entry": [{"id": "100001", "messaging": [event]}]});
        for event in all_of(Channel::Facebook, &raw(&body)) {
            if let InboundKind::Message(message) = event.kind {
                let is_readable = !message.content.trim().is_empty();
                let has_files = message.attachments.iter().any(|file| file.source.is_some());
                prop_assert!(is_readable || has_files);
            }
        }
    }
}
