//! WhatsApp: the corpus, what it lacks, and bodies of any shape.

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
use crate::channel::inbound::{
    Author, ChangeKind, InboundEvent, InboundKind, InboundMessage, MessageChange, Renamed,
};
use crate::delivery::DeliveryState;
use crate::message::ContentType;
use crate::ports::Correlation;
use crate::time::Timestamp;

#[test]
fn every_event_of_the_corpus_is_read_as_expected() {
    corpus::check("whatsapp", normalise);
}

fn body(field: &str, mut value: Value) -> Value {
    value["metadata"] = json!({"phone_number_id": "300001", "display_phone_number": "1555"});
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]})
}

fn events(field: &str, value: Value) -> Vec<InboundEvent> {
    normalise(&body(field, value)).events
}

/// One message of Ann's of this type with these parts.
fn one(kind: &str, parts: Value) -> InboundKind {
    let mut message =
        json!({"from": "15550100", "id": "wamid.1", "timestamp": "1749416383", "type": kind});
    for (name, part) in parts.as_object().into_iter().flatten() {
        message[name] = part.clone();
    }
    let mut events = events("messages", json!({"messages": [message]}));
    assert_eq!(events.len(), 1);
    events.remove(0).kind
}

fn said(kind: &str, parts: Value) -> InboundMessage {
    match one(kind, parts) {
        InboundKind::Message(message) => *message,
        other => panic!("expected a message, not {other:?}"),
    }
}

fn changed(kind: &str, parts: Value) -> MessageChange {
    match one(kind, parts) {
        InboundKind::Change(change) => *change,
        other => panic!("expected a change, not {other:?}"),
    }
}

fn renamed(kind: InboundKind) -> Renamed {
    match kind {
        InboundKind::Renamed(renamed) => *renamed,
        other => panic!("expected other names, not {other:?}"),
    }
}

#[test]
fn a_person_with_phone_and_user_id_has_both_identities_and_the_phone_first() {
    let message = json!({"from": "15550100", "id": "wamid.1", "timestamp": "1749416383", "type": "text", "text": {"body": "hi"}});
    let contacts = json!([
        {"profile": {"name": "Other"}, "wa_id": "15550000"},
        {"profile": {"name": " Ann ", "username": "@ann"}, "wa_id": "15550100", "user_id": "US.13Ab"}]);
    let events = events(
        "messages",
        json!({"contacts": contacts, "messages": [message]}),
    );
    let InboundKind::Message(message) = &events[0].kind else {
        panic!("expected a message")
    };
    let names: Vec<String> = message.person.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["whatsapp:15550100", "whatsapp:US.13Ab"]);
    assert_eq!(message.person_name.as_deref(), Some("Ann"));
    assert_eq!(message.data["username"], "@ann");
}

#[test]
fn a_message_that_names_nobody_is_the_lone_contacts() {
    let message =
        json!({"id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "hi"}});
    let contact = json!({"profile": {"name": "Ann"}, "user_id": "US.13"});
    let lone = events(
        "messages",
        json!({"contacts": [contact], "messages": [message]}),
    );
    assert!(
        matches!(&lone[0].kind, InboundKind::Message(m) if m.person[0].platform_id() == "US.13")
    );
    let two = events(
        "messages",
        json!({"contacts": [contact], "messages": [message, message]}),
    );
    assert!(
        two.iter().all(|e| matches!(e.kind, InboundKind::Parked(_))),
        "whose is which?"
    );
}

#[test]
fn files_are_named_by_id_and_proven_by_their_digest() {
    let image = json!({"id": 123, "mime_type": "image/jpeg", "sha256": "c2hh", "caption": "Look", "url": "https://lookaside.fbsbx.com/x"});
    let message = said("image", json!({"image": image}));
    assert_eq!(
        (message.content.as_str(), message.content_type),
        ("Look", ContentType::Image)
    );
    let source = MediaSource::Media {
        id: "123".to_owned(),
        sha256: Some("c2hh".to_owned()),
    };
    assert_eq!(message.attachments[0].source, Some(source));
    let voice = said("audio", json!({"audio": {"id": "1", "voice": true}}));
    assert_eq!(voice.attachments[0].kind, AttachmentKind::Audio);
    assert_eq!(voice.data["voice"], true);
}

#[test]
fn a_place_has_name_address_and_a_map() {
    let place = json!({"latitude": "37.4", "longitude": -122.5, "name": "Shop", "address": "1 Main St", "url": "https://x"});
    let message = said("location", json!({"location": place}));
    let lines: Vec<&str> = message.content.lines().collect();
    assert_eq!(&lines[..3], ["Shop", "1 Main St", "37.4, -122.5"]);
    assert!(lines[3].starts_with("https://www.openstreetmap.org/"));
}

#[test]
fn a_form_shows_its_answers_and_an_order_its_goods() {
    let reply = json!({"body": "Sent", "name": "flow", "response_json": "{\"flow_token\":\"x\",\"rating\":\"4\",\"tags\":[1]}"});
    let message = said(
        "interactive",
        json!({"interactive": {"type": "nfm_reply", "nfm_reply": reply}}),
    );
    assert_eq!(message.content, "Sent\nrating: 4\ntags: [1]");
    let items =
        json!([{"product_retailer_id": "a1", "quantity": 2, "item_price": 30, "currency": "USD"}]);
    let message = said(
        "order",
        json!({"order": {"catalog_id": "9", "text": "Soon please", "product_items": items}}),
    );
    assert_eq!(message.content, "Soon please\n2 × a1, 30 USD each");
    assert_eq!(message.content_type, ContentType::Order);
}

#[test]
fn an_edit_a_reaction_and_taking_back_are_of_their_message() {
    let edit = json!({"original_message_id": "wamid.0", "message": {"type": "image", "image": {"id": "1", "caption": "New"}}});
    let change = changed("edit", json!({"edit": edit}));
    assert_eq!(
        (change.target.as_str(), change.key.as_str()),
        ("wamid.0", "wamid.1")
    );
    assert!(matches!(change.what, ChangeKind::Edit { content, .. } if content == "New"));
    for reaction in [
        json!({"message_id": "wamid.0", "emoji": ""}),
        json!({"message_id": "wamid.0"}),
    ] {
        let change = changed("reaction", json!({"reaction": reaction}));
        assert!(matches!(
            change.what,
            ChangeKind::Reaction { emoji: None, .. }
        ));
    }
    let change = changed(
        "revoke",
        json!({"revoke": {"original_message_id": "wamid.0"}}),
    );
    assert_eq!(change.what, ChangeKind::Unsend);
}

#[test]
fn what_is_broken_or_new_is_shown_as_such_with_its_errors() {
    let errors = json!([{"code": 131_000, "title": "Something went wrong", "error_data": {"details": "Try later"}}]);
    let message = said("interactive", json!({"errors": errors}));
    assert_eq!(message.content_type, ContentType::Unsupported);
    assert!(message.content.ends_with("Try later"));
    assert_eq!(message.data["errors"][0]["code"], "131000");
    let message = said("unsupported", json!({"unsupported": {"type": "poll"}}));
    assert_eq!(
        message.content,
        "A message that cannot be shown here (poll)"
    );
    let message = said("hologram", json!({}));
    assert_eq!(
        message.content,
        "A message that cannot be shown here (hologram)"
    );
    assert!(matches!(
        one("request_welcome", json!({})),
        InboundKind::Ignored(_)
    ));
}

#[test]
fn new_numbers_and_user_ids_are_other_names_of_the_same_person() {
    let system = json!({"type": "user_changed_number", "body": "Ann changed", "wa_id": "15550101", "user_id": "US.2"});
    let change = renamed(one("system", json!({"system": system})));
    let ids = |names: &[crate::ChannelIdentity]| -> Vec<String> {
        names.iter().map(|n| n.platform_id().to_owned()).collect()
    };
    assert_eq!(
        (ids(&change.former), ids(&change.current)),
        (
            vec!["15550100".to_owned()],
            vec!["15550101".to_owned(), "US.2".to_owned()]
        )
    );
    let update = json!({"user_id": {"previous": "US.1", "current": "US.2"}, "wa_id": "15550100", "timestamp": "5"});
    let mut found = events("user_id_update", json!({"user_id_update": [update]}));
    let change = renamed(found.remove(0).kind);
    assert_eq!(ids(&change.former), ["US.1"]);
    assert_eq!(ids(&change.current), ["US.2", "15550100"]);
    let identity = json!({"type": "customer_identity_changed", "body": "New phone"});
    assert!(
        matches!(one("system", json!({"system": identity})), InboundKind::Notice(n) if n.content == "New phone")
    );
}

#[test]
fn what_one_of_us_writes_on_the_phone_is_ours_and_can_be_taken_back() {
    let echo = |kind: &str, part: Value| {
        let mut echo = json!({"from": "1555", "to": "15550100", "id": "wamid.e", "timestamp": "5", "type": kind});
        echo[kind] = part;
        events("smb_message_echoes", json!({"message_echoes": [echo]}))
            .remove(0)
            .kind
    };
    let InboundKind::Message(message) = echo("text", json!({"body": "On it"})) else {
        panic!("expected a message")
    };
    assert_eq!(
        (message.author, message.person[0].platform_id()),
        (Author::Us, "15550100")
    );
    assert_eq!(message.data["external"], true);
    let InboundKind::Change(change) = echo("revoke", json!({"original_message_id": "wamid.0"}))
    else {
        panic!("expected a change")
    };
    assert_eq!(
        (change.target.as_str(), change.what),
        ("wamid.0", ChangeKind::Unsend)
    );
}

#[test]
fn statuses_say_how_far_a_message_is_and_bring_our_mark_back() {
    let mark = Correlation {
        ticket_id: crate::TicketId::generate(Timestamp::from_millis(1), 1),
        message_id: crate::MessageId::generate(Timestamp::from_millis(1), 2),
        position: 7,
        attempt: 2,
    };
    let status = |status: &str| {
        let status = json!({"id": "wamid.9", "status": status, "timestamp": "1", "recipient_user_id": "US.1", "biz_opaque_callback_data": mark.as_text()});
        events("messages", json!({"statuses": [status]}))
            .remove(0)
            .kind
    };
    for (name, state) in [
        ("sent", DeliveryState::Sent),
        ("played", DeliveryState::Read),
        ("failed", DeliveryState::Failed),
    ] {
        let InboundKind::Report(report) = status(name) else {
            panic!("expected a report")
        };
        assert_eq!(
            (report.state, report.correlation),
            (state, Some(mark.clone()))
        );
        assert_eq!(report.recipient.as_deref(), Some("US.1"));
    }
    assert!(matches!(status("pondered"), InboundKind::Parked(_)));
}

#[test]
fn a_ban_is_of_the_account_and_templates_are_no_matter_of_conversations() {
    let ban = json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}});
    assert!(
        matches!(&events("account_update", ban)[0].kind, InboundKind::Account(news) if !news.usable)
    );
    for field in super::NOT_CONVERSATIONS {
        let found = events(field, json!({}));
        assert!(
            matches!(
                found[..],
                [InboundEvent {
                    kind: InboundKind::Ignored(_),
                    ..
                }]
            ),
            "{field}"
        );
    }
    assert!(matches!(
        events("brand_new", json!({}))[0].kind,
        InboundKind::Parked(_)
    ));
}

const WORDS: &[&str] = &[
    "entry",
    "object",
    "whatsapp_business_account",
    "changes",
    "value",
    "field",
    "messages",
    "statuses",
    "contacts",
    "id",
    "from",
    "from_user_id",
    "type",
    "text",
    "body",
    "timestamp",
    "status",
    "errors",
    "metadata",
    "image",
    "caption",
    "location",
    "latitude",
    "longitude",
    "interactive",
    "nfm_reply",
    "response_json",
    "button_reply",
    "title",
    "order",
    "product_items",
    "reaction",
    "emoji",
    "message_id",
    "edit",
    "original_message_id",
    "message",
    "revoke",
    "system",
    "user_changed_number",
    "wa_id",
    "user_id",
    "vcard",
    "name",
    "phones",
    "message_echoes",
    "to",
    "context",
    "referral",
    "unsupported",
];

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_every_event_is_counted_once(
        any in any_json(WORDS),
        messages in proptest::collection::vec(any_json(WORDS), 0..5),
        statuses in proptest::collection::vec(any_json(WORDS), 0..5),
        contacts in any_json(WORDS),
    ) {
        prop_assert!(!normalise(&any).events.is_empty());
        let count = messages.len() + statuses.len();
        let value = json!({"messages": messages, "statuses": statuses, "contacts": contacts});
        prop_assert_eq!(events("messages", value).len(), count.max(1));
    }

    #[test]
    fn any_text_comes_through_as_it_was_written(text in "\\PC{1,200}") {
        prop_assume!(!text.trim().is_empty());
        prop_assert_eq!(said("text", json!({"text": {"body": text.clone()}})).content, text);
    }
}
