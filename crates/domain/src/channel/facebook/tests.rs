//! Messenger: the corpus, what it lacks, and bodies of any shape.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test fails on anything but what it expects"
)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::normalise;
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::AccountId;
use crate::channel::arbitrary::any_json;
use crate::channel::corpus;
use crate::channel::inbound::{
    Author, ChangeKind, Echo, InboundEvent, InboundKind, InboundMessage, MessageChange,
};
use crate::delivery::DeliveryState;
use crate::message::ContentType;
use crate::ports::Correlation;
use crate::time::Timestamp;

#[test]
fn every_event_of_the_corpus_is_read_as_expected() {
    corpus::check("facebook", normalise);
}

fn one(event: Value) -> InboundKind {
    let body = json!({"object": "page", "entry": [{"id": "100001", "messaging": [event]}]});
    let mut events = normalise(&body).events;
    assert_eq!(events.len(), 1, "{events:?}");
    let InboundEvent { account, kind } = events.remove(0);
    assert_eq!(account, AccountId::parse("100001").ok());
    kind
}

fn from_customer(name: &str, part: Value) -> Value {
    let mut event = json!({"sender": {"id": "7001"}, "recipient": {"id": "100001"}, "timestamp": 1_760_000_000_123_i64});
    event[name] = part;
    event
}

fn said(message: Value) -> InboundMessage {
    match one(from_customer("message", message)) {
        InboundKind::Message(message) => *message,
        other => panic!("expected a message, not {other:?}"),
    }
}

fn changed(event: Value) -> MessageChange {
    match one(event) {
        InboundKind::Change(change) => *change,
        other => panic!("expected a change, not {other:?}"),
    }
}

#[test]
fn a_text_keeps_the_platforms_ids() {
    let message = said(json!({"mid": "m_1", "text": "Hello"}));
    assert_eq!(message.person[0].to_string(), "facebook:7001");
    assert_eq!(message.content_type, ContentType::Text);
    let at = Timestamp::from_millis(1_760_000_000_123);
    assert_eq!(message.timestamp, Some(at));
    let data = json!({"mid": "m_1", "page_id": "100001"});
    assert_eq!(Value::Object(message.data), data);
}

#[test]
fn a_sticker_that_comes_as_two_attachments_is_one() {
    let url = "https://scontent.xx.fbcdn.net/sticker.png";
    let image = json!({"type": "image", "payload": {"url": url, "sticker_id": 1}});
    let sticker = json!({"type": "sticker", "payload": {"url": url, "sticker_id": 1}});
    for attachments in [json!([image, sticker]), json!([sticker]), json!([image])] {
        let message = said(json!({"mid": "m_1", "attachments": attachments}));
        assert_eq!(message.content_type, ContentType::Sticker);
        assert_eq!(message.attachments.len(), 1);
        assert_eq!(
            message.attachments[0].source,
            Some(MediaSource::Url(url.to_owned()))
        );
    }
}

#[test]
fn files_of_every_kind_are_to_be_fetched_and_a_text_beside_them_is_kept() {
    for (kind, file, content_type) in [
        ("image", AttachmentKind::Image, ContentType::Image),
        ("audio", AttachmentKind::Audio, ContentType::Audio),
        ("video", AttachmentKind::Video, ContentType::Video),
        ("file", AttachmentKind::File, ContentType::File),
    ] {
        let attachment = json!({"type": kind, "payload": {"url": "https://cdn.fbsbx.com/a"}});
        let message =
            said(json!({"mid": "m_1", "text": "Look", "attachments": [attachment, attachment]}));
        assert_eq!(
            (message.content.as_str(), message.content_type),
            ("Look", content_type)
        );
        assert_eq!(message.attachments.len(), 2);
        assert_eq!(message.attachments[0].kind, file);
    }
    let lost = said(
        json!({"mid": "m_1", "attachments": [{"type": "image", "payload": {"url": "file:///etc/passwd"}}]}),
    );
    assert_eq!(
        lost.attachments[0].source, None,
        "not an address of the web"
    );
}

#[test]
fn links_and_shares_are_read_and_not_fetched() {
    let link = json!({"type": "fallback", "title": "Shop", "url": "https://example.com/x", "payload": null});
    let message = said(json!({"mid": "m_1", "attachments": [link]}));
    assert_eq!(message.content, "Shop\nhttps://example.com/x");
    assert_eq!(message.content_type, ContentType::Share);
    let legacy = json!({"type": "fallback", "payload": "https://example.com/y"});
    assert_eq!(
        said(json!({"mid": "m_1", "attachments": [legacy]})).content,
        "https://example.com/y"
    );
    let reel = json!({"type": "reel", "payload": {"url": "https://fb.watch/r", "title": "A reel", "reel_video_id": 12}});
    let message = said(json!({"mid": "m_1", "attachments": [reel]}));
    assert_eq!(message.content, "Shared a reel: A reel\nhttps://fb.watch/r");
    assert!(message.attachments.is_empty());
    assert_eq!(message.data["shares"][0]["reel_video_id"], "12");
}

#[test]
fn what_has_neither_text_nor_file_is_described() {
    for message in [
        json!({"mid": "m_1", "text": " "}),
        json!({"mid": "m_1", "is_unsupported": true}),
        json!({"mid": "m_1", "attachments": [{"type": "new", "payload": null}]}),
        json!({"mid": "m_1", "attachments": "none", "text": 5}),
    ] {
        let message = said(message);
        assert_eq!(message.content_type, ContentType::Unsupported);
        assert!(
            message.content.contains("cannot be shown"),
            "{}",
            message.content
        );
    }
    let kind = one(from_customer("message", json!({"text": "no id"})));
    assert!(matches!(kind, InboundKind::Parked(_)));
}

#[test]
fn edits_are_counted_by_numbers_or_their_digits() {
    for count in [json!(2), json!("2")] {
        let edit = json!({"mid": "m_1", "text": "new", "num_edit": count});
        let change = changed(from_customer("message_edit", edit));
        assert_eq!(
            (change.target.as_str(), change.key.as_str()),
            ("m_1", "edit:2")
        );
        let what = ChangeKind::Edit {
            content: "new".to_owned(),
            number: Some(2),
        };
        assert_eq!(change.what, what);
    }
}

#[test]
fn a_reaction_is_on_its_target_and_taking_it_back_has_no_emoji() {
    let emoji = |event| match changed(event).what {
        ChangeKind::Reaction { emoji, by, .. } => {
            assert_eq!(by, "7001");
            emoji
        }
        other => panic!("expected a reaction, not {other:?}"),
    };
    let react = json!({"mid": "m_1", "action": "react", "emoji": "❤️", "reaction": "love"});
    assert_eq!(
        emoji(from_customer("reaction", react)).as_deref(),
        Some("❤️")
    );
    let word = json!({"mid": "m_1", "action": "react", "reaction": "love"});
    assert_eq!(
        emoji(from_customer("reaction", word)).as_deref(),
        Some("love")
    );
    let back = json!({"mid": "m_1", "action": "unreact", "reaction": "love"});
    assert_eq!(emoji(from_customer("reaction", back)), None);
}

#[test]
fn an_echo_of_ours_is_evidence_whichever_way_round_its_people_are() {
    let mark = Correlation {
        ticket_id: crate::TicketId::generate(Timestamp::from_millis(1), 1),
        message_id: crate::MessageId::generate(Timestamp::from_millis(1), 2),
        position: 7,
        attempt: 2,
    };
    for (sender, recipient) in [("100001", "7001"), ("7001", "100001")] {
        let InboundKind::Report(report) = one(json!({
            "sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": 1_760_000_000_123_i64,
            "message": {"is_echo": true, "app_id": 1, "mid": "m_1", "text": "x", "metadata": mark.as_part_text(3)}}))
        else {
            panic!("expected a report")
        };
        assert_eq!(report.correlation.as_ref(), Some(&mark));
        assert_eq!(report.recipient.as_deref(), Some("7001"));
        assert_eq!(report.state, DeliveryState::Sent);
        assert_eq!(report.echo, Some(Echo { parts: 3 }));
    }
}

#[test]
fn an_echo_without_our_mark_was_written_by_one_of_us_with_another_tool() {
    for (sender, recipient) in [("100001", "7001"), ("7001", "100001")] {
        let InboundKind::Message(message) = one(json!({
            "sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": 1_760_000_000_123_i64,
            "message": {"is_echo": true, "app_id": 263_902_037_430_900_u64, "mid": "m_1", "text": "From the inbox"}}))
        else {
            panic!("expected a message")
        };
        assert_eq!(message.author, Author::Us);
        assert_eq!(message.person[0].platform_id(), "7001");
        assert_eq!(message.data["source"], "page_inbox");
        assert_eq!(message.data["external"], true);
    }
}

#[test]
fn what_another_app_answers_is_shown_as_such() {
    let person = json!({"id": "7001"});
    let text =
        json!({"sender": person, "timestamp": 1, "message": {"mid": "m_1", "text": "Hello"}});
    let read = json!({"sender": person, "timestamp": 1, "read": {"watermark": 1}});
    let body = json!({"object": "page", "entry": [{"id": "100001", "standby": [text, read]}]});
    let events = normalise(&body).events;
    let InboundKind::Message(message) = &events[0].kind else {
        panic!("expected a message")
    };
    assert_eq!(message.data["standby"], true);
    assert!(matches!(events[1].kind, InboundKind::Receipt(_)));
    assert_eq!(events.len(), 2);
}

#[test]
fn a_button_pressed_twice_is_two_messages_and_redelivered_one() {
    let press = |at: i64| {
        let mut event = from_customer(
            "postback",
            json!({"title": "Start", "payload": "GO", "referral": {"ref": "ad1", "source": "ADS"}}),
        );
        event["timestamp"] = json!(at);
        match one(event) {
            InboundKind::Message(message) => *message,
            other => panic!("expected a message, not {other:?}"),
        }
    };
    let first = press(1_760_000_000_000);
    assert_eq!(first, press(1_760_000_000_000));
    assert_ne!(
        first.platform_message_id,
        press(1_760_000_000_001).platform_message_id
    );
    assert_eq!(
        (first.content.as_str(), &first.data["payload"]),
        ("Start", &json!("GO"))
    );
    assert_eq!(first.data["referral"]["ref"], "ad1");
}

#[test]
fn a_guest_who_signed_in_is_heard_and_what_came_before_is_left() {
    let mut event = from_customer("message", json!({"mid": "m_1", "text": "Hello"}));
    event["prior_message"] = json!({"source": "checkbox_plugin", "identifier": "x"});
    assert!(matches!(one(event), InboundKind::Message(_)));
}

#[test]
fn who_holds_the_conversation_is_noted_and_policy_is_of_the_account() {
    for kind in [
        "pass_thread_control",
        "take_thread_control",
        "request_thread_control",
    ] {
        let event = from_customer(kind, json!({"new_owner_app_id": 5, "metadata": "m"}));
        let InboundKind::Notice(notice) = one(event) else {
            panic!("expected a notice")
        };
        assert_eq!(notice.person.platform_id(), "7001");
        assert!(!notice.content.is_empty());
    }
    for (action, usable) in [("block", false), ("unblock", true)] {
        let event = json!({"recipient": {"id": "100001"}, "timestamp": 1, "policy-enforcement": {"action": action, "reason": "r"}});
        let InboundKind::Account(news) = one(event) else {
            panic!("expected news of the account")
        };
        assert_eq!(news.usable, usable);
    }
    let roles = json!({"recipient": {"id": "100001"}, "timestamp": 1, "app_roles": {"1": ["primary_receiver"]}});
    assert!(matches!(one(roles), InboundKind::Ignored(_)));
}

#[test]
fn messages_delivered_without_a_watermark_are_reports_each() {
    let delivery = json!({"sender": {"id": "7001"}, "recipient": {"id": "100001"}, "delivery": {"mids": ["m_1", "m_2"]}});
    let body = json!({"object": "page", "entry": [{"id": "100001", "messaging": [delivery]}]});
    let ids: Vec<String> = normalise(&body)
        .events
        .into_iter()
        .filter_map(|event| {
            if let InboundKind::Report(report) = event.kind {
                Some(report.platform_message_id)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(ids, ["m_1", "m_2"]);
}

const WORDS: &[&str] = &[
    "entry",
    "object",
    "page",
    "messaging",
    "standby",
    "changes",
    "field",
    "value",
    "messages",
    "message",
    "mid",
    "mids",
    "text",
    "is_echo",
    "is_deleted",
    "metadata",
    "attachments",
    "type",
    "payload",
    "url",
    "image",
    "sticker",
    "template",
    "fallback",
    "location",
    "coordinates",
    "lat",
    "long",
    "product",
    "elements",
    "message_edit",
    "num_edit",
    "reaction",
    "action",
    "emoji",
    "postback",
    "referral",
    "ads_context_data",
    "reply_to",
    "story",
    "delivery",
    "read",
    "watermark",
    "sender",
    "recipient",
    "id",
    "timestamp",
    "policy-enforcement",
    "pass_thread_control",
    "optin",
    "title",
];

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_every_event_is_counted_once(
        body in any_json(WORDS),
        events in proptest::collection::vec(any_json(WORDS), 1..6),
    ) {
        prop_assert!(!normalise(&body).events.is_empty());
        let no_reports = events.iter().all(|e| e.get("delivery").is_none());
        let count = events.len();
        let wrapped = json!({"object": "page", "entry": [{"id": "100001", "messaging": events}]});
        let found = normalise(&wrapped).events.len();
        let counted = if no_reports { found == count } else { found >= count };
        prop_assert!(counted);
    }

    #[test]
    fn any_text_comes_through_as_it_was_written(text in "\\PC{1,200}") {
        prop_assume!(!text.trim().is_empty());
        prop_assert_eq!(said(json!({"mid": "m_1", "text": text.clone()})).content, text);
    }
}
