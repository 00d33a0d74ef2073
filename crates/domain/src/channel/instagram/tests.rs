//! Instagram: the corpus, and what it lacks.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test fails on anything but what it expects"
)]

use serde_json::{Value, json};

use super::normalise;
use crate::attachment::MediaSource;
use crate::channel::corpus;
use crate::channel::inbound::{Author, ChangeKind, InboundKind, InboundMessage};
use crate::delivery::DeliveryState;
use crate::message::ContentType;

#[test]
fn every_event_of_the_corpus_is_read_as_expected() {
    corpus::check("instagram", normalise);
}

fn one(event: Value) -> InboundKind {
    let body = json!({"object": "instagram", "entry": [{"id": "200001", "messaging": [event]}]});
    let mut events = normalise(&body).events;
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0).kind
}

fn event(name: &str, part: Value) -> Value {
    let mut event = json!({"sender": {"id": "5001"}, "recipient": {"id": "200001"}, "timestamp": 1_760_000_000_123_i64});
    event[name] = part;
    event
}

fn said(message: Value) -> InboundMessage {
    match one(event("message", message)) {
        InboundKind::Message(message) => *message,
        other => panic!("expected a message, not {other:?}"),
    }
}

#[test]
fn a_reply_to_a_story_is_of_the_story() {
    let story = json!({"url": "https://lookaside.fbsbx.com/s", "id": "178"});
    let message = said(json!({"mid": "m", "text": "Nice", "reply_to": {"story": story}}));
    assert_eq!(
        (message.content.as_str(), message.content_type),
        ("Nice", ContentType::Story)
    );
    assert_eq!(message.data["story"]["id"], "178");
    assert_eq!(message.reply_to, None);
}

#[test]
fn a_mention_in_a_story_keeps_the_story_before_it_is_gone() {
    let url = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=s";
    let mention = json!({"type": "story_mention", "payload": {"url": url}});
    let message = said(json!({"mid": "m", "attachments": [mention]}));
    assert_eq!(message.content, "Mentioned you in a story");
    assert_eq!(message.content_type, ContentType::Story);
    assert_eq!(
        message.attachments[0].source,
        Some(MediaSource::Url(url.to_owned()))
    );
}

#[test]
fn two_pictures_and_a_text_are_one_message() {
    let image = |n: u8| json!({"type": "image", "payload": {"url": format!("https://lookaside.fbsbx.com/{n}")}});
    let message = said(json!({"mid": "m", "text": "Both", "attachments": [image(1), image(2)]}));
    assert_eq!(
        (message.content.as_str(), message.attachments.len()),
        ("Both", 2)
    );
}

#[test]
fn a_post_is_shared_by_its_title_and_id() {
    let post = json!({"type": "ig_post", "payload": {"ig_post_media_id": "99", "title": "Sale", "url": "https://www.instagram.com/p/1"}});
    let message = said(json!({"mid": "m", "attachments": [post]}));
    assert_eq!(
        message.content,
        "Shared a post: Sale\nhttps://www.instagram.com/p/1"
    );
    assert_eq!(message.data["shares"][0]["ig_post_media_id"], "99");
}

#[test]
fn unsending_and_taking_back_a_reaction_change_their_message() {
    let InboundKind::Change(change) =
        one(event("message", json!({"mid": "m", "is_deleted": true})))
    else {
        panic!("expected a change")
    };
    assert_eq!(
        (change.target.as_str(), change.what),
        ("m", ChangeKind::Unsend)
    );
    let InboundKind::Change(change) =
        one(event("reaction", json!({"mid": "m", "action": "unreact"})))
    else {
        panic!("expected a change")
    };
    assert!(matches!(
        change.what,
        ChangeKind::Reaction { emoji: None, .. }
    ));
}

#[test]
fn seen_speaks_of_one_message() {
    let InboundKind::Report(report) = one(event("read", json!({"mid": "m9"}))) else {
        panic!("expected a report")
    };
    assert_eq!(
        (report.platform_message_id.as_str(), report.state),
        ("m9", DeliveryState::Read)
    );
    assert_eq!(report.recipient.as_deref(), Some("5001"));
}

#[test]
fn what_the_account_writes_to_itself_is_nobodys_question() {
    let own = json!({"sender": {"id": "200001"}, "recipient": {"id": "200001"}, "timestamp": 1, "message": {"mid": "m", "text": "x", "is_self": true, "is_echo": true}});
    assert!(matches!(one(own), InboundKind::Ignored(_)));
}

#[test]
fn what_the_app_on_the_phone_sends_is_ours() {
    let own = json!({"sender": {"id": "200001"}, "recipient": {"id": "5001"}, "timestamp": 1, "message": {"mid": "m", "text": "Hi", "is_echo": true}});
    let InboundKind::Message(message) = one(own) else {
        panic!("expected a message")
    };
    assert_eq!(
        (message.author, message.person[0].platform_id()),
        (Author::Us, "5001")
    );
}

#[test]
fn a_link_that_was_followed_is_noted_and_told_apart_by_its_time() {
    let referral = json!({"ref": "summer", "source": "IGME", "type": "OPEN_THREAD"});
    let key = |at: i64| {
        let mut event = event("referral", referral.clone());
        event["timestamp"] = json!(at);
        match one(event) {
            InboundKind::Notice(notice) => notice.key,
            other => panic!("expected a notice, not {other:?}"),
        }
    };
    assert_eq!(key(1_760_000_000_000), key(1_760_000_000_000));
    assert_ne!(key(1_760_000_000_000), key(1_760_000_000_001));
}

#[test]
fn a_messenger_body_is_none_of_instagrams() {
    let body = json!({"object": "page", "entry": [{"id": "1", "messaging": [event("message", json!({"mid": "m", "text": "x"}))]}]});
    assert!(matches!(
        normalise(&body).events[0].kind,
        InboundKind::Parked(_)
    ));
}
