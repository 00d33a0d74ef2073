//! Whatever a body holds.

use crate::channel::{Channel, all_of, raw};
use proptest::prelude::*;

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let words = [
        "message_create",
        "options",
        "media",
        "photo",
        "video",
        "dm.received",
        "chat.sent",
        "MessageCreate",
        "https://t.co/abc",
        "1:2",
        US,
        ANN,
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
        "for_user_id",
        "direct_message_events",
        "direct_message_mark_read_events",
        "user_event",
        "revoke",
        "tweet_create_events",
        "odd_events",
        "users",
        "data",
        "includes",
        "event_type",
        "payload",
        "filter",
        "event_uuid",
        "user_id",
        "type",
        "id",
        "sender_id",
        "target",
        "recipient_id",
        "message_create",
        "message_data",
        "text",
        "attachment",
        "media",
        "url",
        "media_url_https",
        "video_info",
        "variants",
        "quick_reply_response",
        "metadata",
        "conversation_id",
        "last_read_event_id",
        "created_timestamp",
        "attachments",
        "location",
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

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_every_body_counts_for_something(body in any_json(), item in any_json()) {
        prop_assert!(!all_of(Channel::Twitter, &raw(&body)).is_empty());
        let wrapped = json!({"data": {"filter": {"user_id": US}, "event_type": item, "payload": body}});
        prop_assert!(!all_of(Channel::Twitter, &raw(&wrapped)).is_empty());
    }

    /// Counted apart from how they are read: each item of a list is one, and so is anything else.
    #[test]
    fn each_event_beside_an_account_counts_once(
        dms in proptest::collection::vec(any_json(), 0..4),
        reads in proptest::collection::vec(any_json(), 0..4),
        odd in any_json(),
    ) {
        let body = json!({"for_user_id": US, "direct_message_events": dms, "apps": {}, "users": odd,
            "direct_message_mark_read_events": reads, "odd": odd, "user_event": {"revoke": odd}});
        let of_odd = odd.as_array().map_or(1, Vec::len);
        prop_assert_eq!(all_of(Channel::Twitter, &raw(&body)).len(), dms.len() + reads.len() + of_odd + 1);
    }

    #[test]
    fn each_event_of_an_activity_counts_once(
        name in proptest::sample::select(&["dm.received", "dm.sent", "dm.read", "dm.indicate_typing",
            "chat.received", "chat.sent", "oauth.revoke", "post.create", "odd"][..]),
        payload in any_json(),
        dms in proptest::collection::vec(any_json(), 1..4),
    ) {
        let filter = json!({"user_id": US});
        let lone = json!({"event_type": name, "filter": filter, "payload": {"odd": payload}});
        let list = json!({"event_type": "dm.received", "filter": filter, "payload": {"direct_message_events": dms, "users": payload}});
        let lookup = json!({"event_type": "MessageCreate", "text": payload});
        let body = json!({"data": [lone, list, lookup, payload]});
        let last = all_of(Channel::Twitter, &raw(&json!({"data": [payload]}))).len();
        prop_assert_eq!(all_of(Channel::Twitter, &raw(&body)).len(), 1 + dms.len() + 1 + last);
    }

    #[test]
    fn texts_come_through_as_they_are(words in any::<String>().prop_filter("says something", |w| !w.is_empty())) {
        let escaped = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let got = from_ann(json!({"text": escaped}));
        prop_assert_eq!(got.content, words);
    }
}
