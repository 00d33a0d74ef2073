//! Every sample of the corpus, compared with what the corpus expects in every field that it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::inbound::Author;
use crate::channel::{Channel, all_of};
use crate::message::ContentType;

/// Where we differ on purpose: the sample, the field, what we say, and why.
const DIFFERENT: [(&str, &str, &str, &str); 4] = [
    (
        "aaa_dm_own_echo.json",
        "name",
        r#""Customer One""#,
        "the name is that of the customer whose conversation it is, not ours",
    ),
    (
        "aaa_dm_own_echo.json",
        "handle",
        r#""customer_one""#,
        "likewise",
    ),
    (
        "v2_dm_events_list.json",
        "attachments",
        r#"[["photo","https://ton.x.com/x.jpg",null]]"#,
        "the key is looked up among the files beside it",
    ),
    (
        "v2_dm_events_list.json",
        "ts_ms",
        "1666213080000",
        "the time is told as created_at, which can be read",
    ),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/twitter")
}

/// An event in the words of the corpus, and the fields that such an event has no place for.
fn seen(event: &InboundEvent) -> (Value, &'static [&'static str]) {
    let account = event.account.as_ref().map(AccountId::as_str);
    match &event.kind {
        InboundKind::Message(got) => {
            let data = |key: &str| got.data.to_map().get(key).cloned().unwrap_or(Value::Null);
            assert_eq!(data("dm_event_id"), json!(got.platform_message_id));
            let person = Some(got.person[0].platform_id());
            let (direction, sender, recipient) = match got.author {
                Author::Customer => ("in", person, account),
                Author::Us => ("out_echo", account, person),
            };
            let attachments: Vec<Value> = got
                .attachments
                .iter()
                .map(|file| {
                    let Some(MediaSource::Url(url)) = &file.source else {
                        panic!("a file without an address")
                    };
                    assert_eq!(file.kind, AttachmentKind::Image);
                    json!(["photo", url, data("media_id")])
                })
                .collect();
            let (kind, text) = if data("encrypted") == true {
                assert_eq!(got.content_type, ContentType::Unsupported);
                ("encrypted_chat", None)
            } else {
                assert_eq!(got.content_type, ContentType::Text);
                ("text", Some(&got.content))
            };
            let seen = json!({"kind": kind, "direction": direction, "id": got.platform_message_id,
                "sender": sender, "recipient": recipient, "ts_ms": got.timestamp.map(Timestamp::as_millis),
                "text": text, "attachments": attachments, "name": got.person_name, "handle": data("username"),
                "event_uuid": data("event_uuid"), "conversation": data("conversation_id")});
            (seen, &["created_at"])
        }
        InboundKind::Report(got) => {
            let seen = json!({"kind": got.state.as_str(), "direction": "in", "id": got.platform_message_id,
                "sender": got.recipient, "ts_ms": got.at.map(Timestamp::as_millis), "attachments": []});
            (seen, &[])
        }
        InboundKind::Account(got) => {
            assert!(!got.usable);
            (
                json!({"kind": "account:revoke", "direction": "in", "attachments": []}),
                &[],
            )
        }
        InboundKind::Ignored(why) => (
            json!({"kind": *why, "direction": "in", "attachments": []}),
            &[
                "id",
                "sender",
                "ts_ms",
                "created_at",
                "conversation",
                "attachments",
            ],
        ),
        InboundKind::Change(_)
        | InboundKind::Receipt(_)
        | InboundKind::Notice(_)
        | InboundKind::Renamed(_)
        | InboundKind::Parked(_) => panic!("not in the corpus: {event:?}"),
    }
}

/// Our words for what the corpus ignores.
fn ignored(kind: &str) -> &str {
    match kind {
        "ignored:replay_job_status" => "end of a replay",
        "ignored:tweet_delete_events" => "not about a conversation",
        "ignored:ParticipantsJoin" | "ignored:ParticipantsLeave" => "somebody joined or left",
        other => other,
    }
}

#[test]
fn every_sample_of_the_corpus_is_extracted_as_expected_in_every_field() {
    let expected = std::fs::read_to_string(fixtures().join("expected.jsonl")).unwrap();
    let mut seen_files = BTreeSet::new();
    for line in expected.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let name = line["file"].as_str().unwrap().trim_start_matches("x/");
        let body = std::fs::read(fixtures().join(name)).unwrap();
        let events = all_of(Channel::Twitter, serde_json::from_slice(&body).unwrap());
        let wanted = line["events"].as_array().unwrap();
        assert_eq!(events.len(), wanted.len(), "{name}");
        for (event, want) in events.iter().zip(wanted) {
            let (mut got, no_place) = seen(event);
            got["channel"] = json!("x");
            got["account"] = json!(event.account.as_ref().map(AccountId::as_str));
            for (field, value) in want.as_object().unwrap() {
                let ours = DIFFERENT.iter().find(|d| d.0 == name && d.1 == field);
                let value = match (ours, field.as_str()) {
                    (Some(ours), _) => serde_json::from_str(ours.2).unwrap(),
                    (None, "kind") => json!(ignored(value.as_str().unwrap())),
                    (None, _) => value.clone(),
                };
                if !no_place.contains(&field.as_str()) {
                    assert_eq!(got[field], value, "{field} of {name}");
                }
            }
        }
        seen_files.insert(name.to_owned());
    }
    let files = std::fs::read_dir(fixtures()).unwrap();
    let files = files.map(|f| f.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|f| f != "expected.jsonl").collect();
    assert_eq!(seen_files, files);
}
