//! X: the corpus, what it lacks, and bodies of any shape.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test fails on anything but what it expects"
)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::normalise;
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::arbitrary::any_json;
use crate::channel::corpus;
use crate::channel::inbound::{Author, InboundKind, InboundMessage};
use crate::message::ContentType;

#[test]
fn every_event_of_the_corpus_is_read_as_expected() {
    corpus::check("twitter", normalise);
}

fn dm(sender: &str, recipient: &str, data: Value) -> Value {
    json!({"type": "message_create", "id": "1", "created_timestamp": "1516403560557",
        "message_create": {"target": {"recipient_id": recipient}, "sender_id": sender, "message_data": data}})
}

fn said(data: Value) -> InboundMessage {
    let body = json!({"for_user_id": "900001", "direct_message_events": [dm("5", "900001", data)],
        "users": {"5": {"id": "5", "name": " Ann ", "screen_name": "ann"}}});
    match normalise(&body).events.remove(0).kind {
        InboundKind::Message(message) => *message,
        other => panic!("expected a message, not {other:?}"),
    }
}

#[test]
fn a_text_is_unescaped_once() {
    let message = said(json!({"text": "a &amp;lt; b &lt;3 &gt; & &amp;"}));
    assert_eq!(message.content, "a &lt; b <3 > & &");
    assert_eq!(message.person_name.as_deref(), Some("Ann"));
    assert_eq!(message.data["username"], "ann");
}

#[test]
fn a_video_is_its_best_file_and_its_link_is_not_in_the_text() {
    let variant = |bitrate: u64, url: &str| json!({"bitrate": bitrate, "content_type": "video/mp4", "url": url});
    let media = json!({"type": "video", "url": "https://t.co/x", "media_url_https": "https://pbs.twimg.com/still.jpg",
        "video_info": {"variants": [
            {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/list"},
            variant(1, "https://video.twimg.com/small.mp4"), variant(9, "https://video.twimg.com/large.mp4")]}});
    let message = said(
        json!({"text": "Look https://t.co/x", "attachment": {"type": "media", "media": media}}),
    );
    assert_eq!(
        (message.content.as_str(), message.content_type),
        ("Look", ContentType::Video)
    );
    assert_eq!(message.attachments[0].kind, AttachmentKind::Video);
    let url = "https://video.twimg.com/large.mp4".to_owned();
    assert_eq!(message.attachments[0].source, Some(MediaSource::Url(url)));
}

#[test]
fn an_option_that_was_chosen_is_an_answer_with_its_payload() {
    let response = json!({"type": "options", "metadata": "opt_1"});
    let message = said(json!({"text": "Yes", "quick_reply_response": response}));
    assert_eq!(message.content_type, ContentType::Interactive);
    assert_eq!(message.data["payload"], "opt_1");
}

#[test]
fn what_was_sent_in_the_activity_envelope_is_ours() {
    let body = json!({"data": {"event_uuid": "u", "filter": {"user_id": 900_001}, "event_type": "dm.sent",
        "payload": {"direct_message_events": [dm("900001", "5", json!({"text": "Hi"}))],
            "users": {"5": {"data": {"name": "Ann", "username": "ann"}}}}}});
    let event = normalise(&body).events.remove(0);
    assert_eq!(
        event.account.map(|a| a.as_str().to_owned()).as_deref(),
        Some("900001")
    );
    let InboundKind::Message(message) = event.kind else {
        panic!("expected a message")
    };
    assert_eq!(
        (message.author, message.person[0].platform_id()),
        (Author::Us, "5")
    );
    assert_eq!(message.person_name.as_deref(), Some("Ann"));
}

#[test]
fn an_encrypted_chat_is_shown_on_both_sides() {
    let chat = |kind: &str, sender: &str| {
        let body = json!({"data": {"filter": {"user_id": "900001"}, "event_type": kind,
            "payload": {"id": "c1", "sender_id": sender, "conversation_id": "5:900001", "created_at_msec": "1784841183370", "encoded_event": "…"}}});
        match normalise(&body).events.remove(0).kind {
            InboundKind::Message(message) => *message,
            other => panic!("expected a message, not {other:?}"),
        }
    };
    for (kind, sender, author) in [
        ("chat.received", "5", Author::Customer),
        ("chat.sent", "900001", Author::Us),
    ] {
        let message = chat(kind, sender);
        assert_eq!(
            (message.author, message.person[0].platform_id()),
            (author, "5")
        );
        assert_eq!(message.content_type, ContentType::Unsupported);
        assert_eq!(message.data["encrypted"], true);
    }
}

#[test]
fn typing_and_joining_are_of_no_use_and_new_kinds_are_kept() {
    let of = |kind: &str| {
        let body =
            json!({"data": {"filter": {"user_id": "900001"}, "event_type": kind, "payload": {}}});
        normalise(&body).events.remove(0).kind
    };
    for kind in ["dm.indicate_typing", "chat.conversation_join"] {
        assert!(matches!(of(kind), InboundKind::Ignored(_)), "{kind}");
    }
    assert!(matches!(of("dm.new"), InboundKind::Parked(_)));
    let body = json!({"for_user_id": "900001", "new_events": [{}, {}]});
    assert!(matches!(
        normalise(&body).events[0].kind,
        InboundKind::Parked(_)
    ));
}

const WORDS: &[&str] = &[
    "for_user_id",
    "direct_message_events",
    "message_create",
    "type",
    "id",
    "created_timestamp",
    "target",
    "recipient_id",
    "sender_id",
    "message_data",
    "text",
    "attachment",
    "media",
    "url",
    "media_url_https",
    "video_info",
    "variants",
    "users",
    "data",
    "event_type",
    "filter",
    "user_id",
    "payload",
    "dm.received",
    "chat.received",
    "conversation_id",
    "direct_message_mark_read_events",
    "last_read_event_id",
    "user_event",
    "revoke",
    "source",
    "MessageCreate",
    "attachments",
    "media_keys",
    "tweet_create_events",
];

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_every_event_is_counted_once(
        body in any_json(WORDS),
        events in proptest::collection::vec(any_json(WORDS), 1..6),
    ) {
        prop_assert!(!normalise(&body).events.is_empty());
        let count = events.len();
        let wrapped = json!({"for_user_id": "900001", "direct_message_events": events});
        prop_assert_eq!(normalise(&wrapped).events.len(), count);
    }

    #[test]
    fn a_text_without_escapes_comes_through_as_it_was_written(text in "[^&]{1,200}") {
        prop_assume!(!text.is_empty());
        prop_assert_eq!(said(json!({"text": text.clone()})).content, text);
    }
}
