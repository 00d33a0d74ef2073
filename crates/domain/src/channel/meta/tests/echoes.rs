use serde_json::{Value, json};

use super::messenger;
use crate::channel::inbound::{Author, InboundKind, InboundMessage};
use crate::delivery::DeliveryState;
use crate::message::ContentType;
use crate::ports::Correlation;
use crate::time::Timestamp;
use crate::{MessageId, TicketId};

fn echo(sender: &str, recipient: &str, more: Value) -> InboundKind {
    let mut said = json!({"mid": "m_1", "text": "Hello", "is_echo": true});
    said.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    messenger(
        json!({"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": 1_760_000_000_123_i64, "message": said}),
    )
}

fn external(kind: InboundKind) -> InboundMessage {
    let InboundKind::Message(message) = kind else {
        panic!("expected a message, not {kind:?}")
    };
    *message
}

#[test]
fn an_echo_of_ours_is_evidence_whichever_way_round_its_people_are() {
    let mark = Correlation {
        ticket_id: TicketId::generate(Timestamp::from_millis(1), 1),
        message_id: MessageId::generate(Timestamp::from_millis(1), 2),
        position: 7,
        attempt: 2,
        part: 0,
    };
    for (sender, recipient) in [("100001", "7001"), ("7001", "100001")] {
        let InboundKind::Report(report) = echo(
            sender,
            recipient,
            json!({"app_id": 1, "metadata": mark.as_text()}),
        ) else {
            panic!("expected a report")
        };
        assert_eq!(report.correlation.as_ref(), Some(&mark));
        assert_eq!(report.recipient.as_deref(), Some("7001"));
        assert_eq!(report.state, DeliveryState::Sent);
        assert!(report.is_echo);
    }
}

#[test]
fn what_was_sent_with_another_tool_is_ours_in_the_customers_conversation() {
    for (sender, recipient) in [
        ("100001", "7001"),
        ("7001", "100001"),
        ("other name", "7001"),
    ] {
        let more = json!({"app_id": 263_902_037_430_900_u64, "metadata": "theirs"});
        let message = external(echo(sender, recipient, more));
        assert_eq!(message.author, Author::Us);
        assert_eq!(message.person[0].platform_id(), "7001");
        assert_eq!(message.content, "Hello");
        let data = json!({"mid": "m_1", "page_id": "100001", "external": true, "source": "page_inbox",
            "app_id": "263902037430900", "metadata": "theirs"});
        assert_eq!(Value::Object(message.data.to_map()), data);
    }
    let by_app = external(echo("100001", "7001", json!({"app_id": 5})));
    assert_eq!(by_app.data.to_map()["source"], "app");
}

#[test]
fn what_our_account_sent_is_an_echo_without_the_flag_too() {
    let message = external(echo("100001", "7001", json!({"is_echo": false})));
    assert_eq!(message.author, Author::Us);
    assert_eq!(message.person[0].platform_id(), "7001");
}

#[test]
fn an_echo_of_a_card_or_a_picture_shows_it() {
    let card = json!({"type": "template", "payload": {"template_type": "button",
        "buttons": [{"type": "web_url", "url": "https://example.com/", "title": "Visit"}]}});
    let message = external(echo(
        "100001",
        "7001",
        json!({"text": null, "attachments": [card]}),
    ));
    assert_eq!(message.content, "Button: Visit https://example.com/");
    assert_eq!(message.content_type, ContentType::Interactive);
    let image = json!({"type": "image", "payload": {"url": "https://scontent.xx.fbcdn.net/a.png"}});
    let message = external(echo(
        "100001",
        "7001",
        json!({"text": null, "attachments": [image]}),
    ));
    assert_eq!(message.attachments.len(), 1);
}

#[test]
fn an_echo_about_a_story_is_about_theirs() {
    let mention =
        json!({"type": "story_mention", "payload": {"url": "https://scontent.xx.fbcdn.net/a.png"}});
    let of = |more: Value| external(echo("100001", "7001", more)).content;
    let said = of(json!({"text": null, "attachments": [mention]}));
    assert_eq!(said, "Mentioned them in a story");
    let said = of(json!({"text": null, "reply_to": {"story": {"id": "s_1"}}}));
    assert_eq!(said, "Replied to their story");
}

#[test]
fn an_echo_that_was_taken_back_is_an_unsend() {
    let InboundKind::Change(change) = echo("100001", "7001", json!({"is_deleted": true})) else {
        panic!("expected a change")
    };
    assert_eq!(change.target, "m_1");
    assert_eq!(change.person.unwrap().platform_id(), "7001");
}

#[test]
fn an_echo_without_an_id_or_to_nobody_is_parked() {
    for kind in [
        echo("100001", "7001", json!({"mid": null})),
        echo("100001", "100001", json!({})),
    ] {
        assert!(matches!(kind, InboundKind::Parked(_)));
    }
}
