//! The public sample, compared with what the corpus expects of it.

use std::path::Path;

use super::*;

fn fixtures(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sendgrid_events");
    std::fs::read_to_string(folder.join(name)).expect("the fixture is there")
}

fn sample() -> (Value, Vec<Value>) {
    let lines = fixtures("expected.jsonl");
    let mut lines = lines.lines();
    let line: Value = serde_json::from_str(lines.next().expect("a line")).expect("JSON");
    assert_eq!(lines.next(), None);
    let file = line["file"].as_str().expect("a file");
    let (_, name) = file.split_once('/').expect("a folder");
    let body = serde_json::from_str(&fixtures(name)).expect("JSON");
    let expected = line["events"].as_array().expect("events").clone();
    (body, expected)
}

#[test]
fn events_of_mails_that_the_desk_did_not_send_are_counted_and_ignored() {
    let (body, expected) = sample();
    let events = events(&body);
    assert_eq!(events.len(), expected.len());
    assert!(events.iter().all(|e| matches!(e, InboundKind::Ignored(_))));
}

#[test]
fn the_same_events_of_a_mail_of_ours_say_what_the_corpus_expects() {
    let (mut body, expected) = sample();
    for event in body.as_array_mut().expect("a list") {
        event[MARK] = json!(mark().as_text());
    }
    for (got, expected) in events(&body).iter().zip(&expected) {
        let kind = expected["kind"].as_str().expect("a kind");
        let state = match kind {
            "status:processed" => Some(DeliveryState::Sent),
            "status:delivered" | "status:spamreport" => Some(DeliveryState::Delivered),
            "status:bounce" | "status:dropped" => Some(DeliveryState::Failed),
            "status:deferred" | "status:unsubscribe" => None,
            other => panic!("an unknown kind: {other}"),
        };
        let InboundKind::Report(report) = got else {
            assert!(matches!(got, InboundKind::Ignored(_)) && state.is_none());
            continue;
        };
        assert_eq!(Some(report.state), state, "{kind}");
        let millis = expected["ts_ms"].as_i64().expect("a time");
        assert_eq!(report.at, Some(Timestamp::from_millis(millis)));
        assert_eq!(report.recipient.as_deref(), expected["recipient"].as_str());
        let id = expected["id"].as_str().expect("an id");
        assert!(id.starts_with(&report.platform_message_id));
        // What the server wrote stays in the body.
        if let Some(text) = expected["text"].as_str() {
            assert!(!format!("{report:?}").contains(text), "{kind}");
        }
    }
}
