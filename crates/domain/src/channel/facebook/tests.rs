#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/facebook")
}

/// The events of each sample, beside what the corpus expects of it.
fn corpus() -> Vec<(String, Vec<InboundEvent>, Vec<Value>)> {
    let expected = std::fs::read_to_string(fixtures().join("expected.jsonl")).unwrap();
    let of = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let file = line["file"].as_str().unwrap();
        let path = fixtures().join(file.trim_start_matches("facebook/"));
        let body = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let events = normalise(&body).events;
        (
            file.to_owned(),
            events,
            line["events"].as_array().unwrap().clone(),
        )
    };
    expected.lines().map(of).collect()
}

fn one(event: Value) -> InboundKind {
    let body = json!({"object": "page", "entry": [{"id": "100001", "messaging": [event]}]});
    let mut events = normalise(&body).events;
    assert_eq!(events.len(), 1);
    let InboundEvent { account, kind } = events.remove(0);
    assert_eq!(account, AccountId::parse("100001").ok());
    kind
}

/// Each event of the corpus becomes one of ours: what people wrote is a message, receipts are
/// receipts, what others sent for the page is ignored, and the rest is parked.
#[test]
fn every_event_of_the_corpus_ends_as_what_it_is() {
    let mut compared = 0;
    for (file, events, expected) in corpus() {
        assert_eq!(events.len(), expected.len(), "{file}");
        for (event, want) in events.iter().zip(&expected) {
            let account = event.account.as_ref().map(AccountId::as_str);
            assert_eq!(want["account"].as_str(), account, "{file}");
            let kind = want["kind"].as_str().unwrap();
            let is_echo = want["direction"] == "out_echo";
            match &event.kind {
                InboundKind::Message(got) => {
                    assert!(
                        ["text", "quick_reply"].contains(&kind) && !is_echo,
                        "{file}"
                    );
                    assert_eq!(want["id"], json!(got.platform_message_id), "{file}");
                    assert_eq!(want["sender"], json!(got.person[0].platform_id()), "{file}");
                    assert_eq!(want["text"], json!(got.content), "{file}");
                    let millis = got.timestamp.map(Timestamp::as_millis);
                    assert_eq!(want["ts_ms"], json!(millis), "{file}");
                    let reply_to = want.get("reply_to").and_then(Value::as_str);
                    assert_eq!(reply_to, got.reply_to.as_deref(), "{file}");
                    let payload = want.get("payload");
                    assert_eq!(payload, got.data.get("quick_reply_payload"), "{file}");
                }
                InboundKind::Receipt(got) => {
                    let is = match got.kind {
                        ReceiptKind::Delivered => "delivered",
                        ReceiptKind::Read => "read",
                    };
                    assert_eq!(kind, is, "{file}");
                    assert_eq!(want["sender"], json!(got.person.platform_id()), "{file}");
                    let until = got.until.as_millis().to_string();
                    assert_eq!(want["watermark"], json!(until), "{file}");
                    let first = got.platform_message_ids.first();
                    assert_eq!(want["id"], json!(first), "{file}");
                }
                InboundKind::Ignored(_) => assert!(is_echo, "{file}"),
                InboundKind::Parked(_) => assert!(
                    !is_echo && !["text", "quick_reply", "delivered", "read"].contains(&kind),
                    "{file}"
                ),
                InboundKind::Report(_)
                | InboundKind::Change(_)
                | InboundKind::Notice(_)
                | InboundKind::Renamed(_)
                | InboundKind::Account(_) => panic!("{file} is not understood yet"),
            }
            compared += 1;
        }
    }
    assert!(compared >= 26, "only {compared} events were compared");
}

#[test]
fn a_text_keeps_the_platforms_ids() {
    let InboundKind::Message(message) = one(json!({
        "sender": {"id": "7001"}, "recipient": {"id": "100001"}, "timestamp": 1_760_000_000_123_i64,
        "message": {"mid": "m_1", "text": "Hello"}}))
    else {
        panic!("expected a message")
    };
    assert_eq!(message.person[0].to_string(), "facebook:7001");
    assert_eq!(message.content_type, ContentType::Text);
    assert_eq!(
        message.timestamp,
        Some(Timestamp::from_millis(1_760_000_000_123))
    );
    let data = json!({"mid": "m_1", "page_id": "100001"});
    assert_eq!(Value::Object(message.data), data);
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
fn what_cannot_be_shown_yet_is_parked_and_not_shown_in_part() {
    let said = |message: Value| json!({"sender": {"id": "7001"}, "recipient": {"id": "100001"}, "timestamp": 1_760_000_000_123_i64, "message": message});
    let image = json!([{"type": "image", "payload": {"url": "https://example.com/a.png"}}]);
    for message in [
        json!({"mid": "m_1", "text": " "}),
        json!({"mid": "m_1", "text": "Look", "attachments": image}),
        json!({"mid": "m_1", "text": "Hello", "is_deleted": true}),
        json!({"text": "Hello"}),
    ] {
        let kind = one(said(message.clone()));
        assert!(matches!(kind, InboundKind::Parked(_)), "{message}");
    }
}

#[test]
fn while_another_app_holds_the_conversation_texts_are_parked_and_receipts_still_count() {
    let person = json!({"id": "7001"});
    let text =
        json!({"sender": person, "timestamp": 1, "message": {"mid": "m_1", "text": "Hello"}});
    let read = json!({"sender": person, "timestamp": 1, "read": {"watermark": 1}});
    let body = json!({"object": "page", "entry": [{"id": "100001", "standby": [text, read]}]});
    let events = normalise(&body).events;
    assert!(matches!(events[0].kind, InboundKind::Parked(_)));
    assert!(matches!(events[1].kind, InboundKind::Receipt(_)));
    assert_eq!(events.len(), 2);
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

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::String),
        Just(json!("page")),
        Just(json!("messages")),
    ];
    let key = prop_oneof![
        Just("entry"),
        Just("object"),
        Just("messaging"),
        Just("standby"),
        Just("changes"),
        Just("field"),
        Just("value"),
        Just("message"),
        Just("mid"),
        Just("mids"),
        Just("text"),
        Just("is_echo"),
        Just("metadata"),
        Just("attachments"),
        Just("delivery"),
        Just("read"),
        Just("watermark"),
        Just("sender"),
        Just("recipient"),
        Just("id"),
        Just("timestamp"),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| Value::Object(
                pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_every_body_counts_for_something(body in any_json()) {
        prop_assert!(!normalise(&body).events.is_empty());
        let wrapped = json!({"object": "page", "entry": [{"id": "100001", "messaging": [body]}]});
        prop_assert!(!normalise(&wrapped).events.is_empty());
    }
}
