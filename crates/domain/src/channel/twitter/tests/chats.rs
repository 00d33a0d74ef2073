//! Encrypted chats, and the names of the Activity API's events.

use super::*;
use crate::channel::inbound::Author;
use crate::message::ContentType;

fn chat(name: &str, sender: &str, conversation: &str) -> InboundKind {
    let payload = json!({"id": "e4f4", "created_at_msec": "1784841183370", "sender_id": sender,
        "conversation_id": conversation, "encoded_event": "CwAB"});
    let mut kinds = kinds(&activity(name, payload));
    assert_eq!(kinds.len(), 1);
    kinds.remove(0)
}

#[test]
fn an_encrypted_message_is_shown_as_one() {
    for name in ["chat.received", "ChatReceived"] {
        let got = message(chat(name, ANN, &format!("{ANN}:{US}")));
        assert_eq!(got.author, Author::Customer);
        assert_eq!(got.content_type, ContentType::Unsupported);
        assert_eq!(
            got.content,
            "Encrypted X chat: open X to read and answer it."
        );
        assert_eq!(got.person[0].platform_id(), ANN);
        assert_eq!(
            (
                &got.data.to_map()["encrypted"],
                &got.data.to_map()["event_uuid"]
            ),
            (&json!(true), &json!("-77"))
        );
        assert_eq!(got.data.to_map().get("encoded_event"), None);
    }
}

#[test]
fn what_we_wrote_encrypted_is_in_the_conversation_of_the_other() {
    for conversation in [
        format!("{ANN}:{US}"),
        format!("{US}:{ANN}"),
        format!("{US}-{ANN}"),
    ] {
        for name in ["chat.sent", "chat.received"] {
            let got = message(chat(name, US, &conversation));
            assert_eq!(got.author, Author::Us);
            assert_eq!(got.person[0].platform_id(), ANN);
            assert_eq!(got.data.to_map()["external"], json!(true));
        }
    }
    for conversation in ["g123", "1:2", "4337869213", "4337869213:", "4337869213:1:2"] {
        assert!(matches!(
            chat("chat.sent", US, conversation),
            InboundKind::Parked(_)
        ));
    }
}

#[test]
fn joining_an_encrypted_chat_says_nothing() {
    assert!(matches!(
        chat("chat.conversation_join", ANN, "1:2"),
        InboundKind::Ignored(_)
    ));
}

#[test]
fn direct_messages_are_read_under_the_old_names_and_in_a_list() {
    let payload = json!({"direct_message_events": [dm(ANN, US, json!({"text": "hi"})), dm(US, ANN, json!({"text": "yo"}))],
        "users": {ANN: {"data": {"id": ANN, "name": "Ann", "username": "ann_x"}}}});
    for name in [
        "dm.received",
        "dm.sent",
        "DmReceived",
        "DMReceived",
        "DmSent",
    ] {
        let mut event = activity(name, payload.clone());
        let data = event["data"].take();
        for body in [json!({"data": data}), json!({"data": [data]})] {
            let kinds = kinds(&body);
            assert_eq!(kinds.len(), 2);
            for (kind, author) in kinds.into_iter().zip([Author::Customer, Author::Us]) {
                let got = message(kind);
                assert_eq!((got.author, got.person[0].platform_id()), (author, ANN));
                assert_eq!(got.data.to_map()["event_uuid"], json!("-77"));
            }
        }
    }
}

#[test]
fn a_lone_message_in_the_payload_is_read_too() {
    let got = kinds(&activity("dm.received", dm(ANN, US, json!({"text": "hi"})))).remove(0);
    assert_eq!(message(got).content, "hi");
    assert!(matches!(
        kinds(&activity("dm.received", json!({})))[..],
        [InboundKind::Parked(_)]
    ));
}
