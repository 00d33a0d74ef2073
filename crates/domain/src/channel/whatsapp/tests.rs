#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/whatsapp")
}

fn fixture(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(fixtures().join(name)).unwrap()).unwrap()
}

/// What the corpus expects of the texts and statuses of every sample is what is extracted.
#[test]
fn texts_and_statuses_of_the_corpus_are_extracted_as_expected() {
    let expected = std::fs::read_to_string(fixtures().join("expected.jsonl")).unwrap();
    let mut compared = 0;
    for line in expected.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let file = line["file"]
            .as_str()
            .unwrap()
            .trim_start_matches("whatsapp/")
            .to_owned();
        let batch = normalise(&fixture(&file));
        let wanted = line["events"].as_array().unwrap();
        let texts: Vec<&Value> = wanted
            .iter()
            .filter(|e| e["kind"] == "text" && e["direction"] == "in")
            .collect();
        let found: Vec<_> = batch
            .events
            .iter()
            .filter_map(|e| {
                if let InboundKind::Message(m) = &e.kind {
                    Some((e, m))
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(texts.len(), found.len(), "{file}");
        for (want, (event, got)) in texts.iter().zip(&found) {
            assert_eq!(want["id"], json!(got.platform_message_id), "{file}");
            assert_eq!(
                want["account"],
                json!(event.account.as_ref().map(AccountId::as_str)),
                "{file}"
            );
            assert_eq!(want["text"], json!(got.content), "{file}");
            assert_eq!(
                want["ts_ms"],
                json!(got.timestamp.map(Timestamp::as_millis)),
                "{file}"
            );
            assert_eq!(want["name"], json!(got.person_name), "{file}");
            let sender = want["sender"].as_str().or(want["sender_user_id"].as_str());
            assert_eq!(sender, Some(got.person[0].platform_id()), "{file}");
            assert_eq!(
                want.get("reply_to").and_then(Value::as_str),
                got.reply_to.as_deref(),
                "{file}"
            );
            compared += 1;
        }
        let statuses: Vec<&Value> = wanted
            .iter()
            .filter(|e| e["direction"] == "status")
            .collect();
        let found: Vec<_> = batch
            .events
            .iter()
            .filter_map(|e| {
                if let InboundKind::Report(r) = &e.kind {
                    Some(r)
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(statuses.len(), found.len(), "{file}");
        for (want, got) in statuses.iter().zip(&found) {
            assert_eq!(want["id"], json!(got.platform_message_id), "{file}");
            assert_eq!(
                want["kind"].as_str().unwrap().trim_start_matches("status:"),
                got.state.as_str(),
                "{file}"
            );
            assert_eq!(
                want["ts_ms"],
                json!(got.at.map(Timestamp::as_millis)),
                "{file}"
            );
            compared += 1;
        }
    }
    assert!(compared >= 10, "only {compared} events were compared");
}

#[test]
fn a_person_with_phone_and_user_id_has_both_identities_and_the_phone_first() {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "metadata": {"phone_number_id": "300001"},
        "contacts": [
            {"profile": {"name": "Other"}, "wa_id": "15550000"},
            {"profile": {"name": " Ann "}, "wa_id": "15550100", "user_id": "US.13Ab"}],
        "messages": [{"from": "15550100", "id": "wamid.1", "timestamp": "1749416383", "type": "text", "text": {"body": "hi"}}]}}]}]});
    let batch = normalise(&body);
    let InboundKind::Message(message) = &batch.events[0].kind else {
        panic!("expected a message")
    };
    let names: Vec<String> = message.person.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["whatsapp:15550100", "whatsapp:US.13Ab"]);
    assert_eq!(message.person_name.as_deref(), Some("Ann"));
}

#[test]
fn our_own_mark_comes_back_with_a_status() {
    let mark = Correlation {
        ticket_id: crate::TicketId::generate(Timestamp::from_millis(1), 1),
        message_id: crate::MessageId::generate(Timestamp::from_millis(1), 2),
        position: 7,
        attempt: 2,
    };
    let body = json!({"id": "wamid.9", "status": "sent", "timestamp": "1", "biz_opaque_callback_data": mark.as_text()});
    assert_eq!(status(&body).unwrap().correlation, Some(mark));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::String),
        Just(json!("messages")),
        Just(json!("text")),
        Just(json!("whatsapp_business_account")),
    ];
    let key = prop_oneof![
        Just("entry"),
        Just("object"),
        Just("changes"),
        Just("value"),
        Just("field"),
        Just("messages"),
        Just("statuses"),
        Just("contacts"),
        Just("id"),
        Just("from"),
        Just("type"),
        Just("text"),
        Just("body"),
        Just("timestamp"),
        Just("status"),
        Just("errors"),
        Just("metadata"),
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
        let wrapped = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": body}]}]});
        prop_assert!(!normalise(&wrapped).events.is_empty());
    }
}
