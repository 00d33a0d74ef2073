//! Every sample of the corpus, compared with what the corpus expects in every field that it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::inbound::{Author, ChangeKind, InboundAttachment};
use crate::channel::{Channel, all_of};
use crate::message::ContentType;
use crate::time::Timestamp;

/// Where we differ on purpose: the sample, the field, what we say, and why.
const DIFFERENT: [(&str, &str, &str, &str); 2] = [
    (
        "restfb_contacts_request_bsuid.json",
        "attachments",
        r#"[["contact","Test User",["15551234567"]]]"#,
        "the corpus gives the start of the vCard where we read the name in it",
    ),
    (
        "pywa_outgoing_message_text.json",
        "sender_user_id",
        r#""<BSUID>""#,
        "the message itself says whom it went to; the contact beside it is only the name's",
    ),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/whatsapp")
}

fn millis(at: Option<Timestamp>) -> Value {
    json!(at.map(Timestamp::as_millis))
}

fn file(file: &InboundAttachment, content_type: ContentType) -> Value {
    let kind = match file.kind {
        AttachmentKind::Image if content_type == ContentType::Sticker => "sticker",
        AttachmentKind::Image => "image",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Video => "video",
        AttachmentKind::File => "document",
    };
    let Some(MediaSource::Media { id, sha256 }) = &file.source else {
        panic!("a file without an id")
    };
    assert!(sha256.is_some());
    json!([kind, id, file.mime_type, file.name])
}

/// A message in the words of the corpus.
fn message_seen(got: &InboundMessage) -> Value {
    let data = |key: &str| got.data.to_map().get(key).cloned().unwrap_or(Value::Null);
    assert_eq!(data("wamid"), json!(got.platform_message_id));
    let text = Some(&got.content).filter(|content| !content.is_empty());
    let answer = data("answer");
    let (kind, text) = match got.content_type {
        ContentType::Text => ("text", text),
        ContentType::Image
        | ContentType::Audio
        | ContentType::Video
        | ContentType::File
        | ContentType::Sticker => ("attachment", text),
        // These have a text of ours where the corpus has none.
        ContentType::Location => ("location", None),
        ContentType::Contact => ("contacts", None),
        ContentType::Order => ("order", None),
        ContentType::Unsupported => ("unsupported", None),
        ContentType::Interactive if answer == "button" => ("button_reply", text),
        ContentType::Interactive => (answer.as_str().unwrap(), text),
        ContentType::Story | ContentType::Share | ContentType::Email | ContentType::EventLog => {
            panic!("never on WhatsApp")
        }
    };
    // The answers of a form stand below its text.
    let text = text.map(|text| text.lines().next().unwrap());
    let attachments: Vec<Value> = if got.content_type == ContentType::Location {
        vec![json!([
            "location",
            format!("{},{}", data("latitude"), data("longitude"))
        ])]
    } else if got.content_type == ContentType::Contact {
        let (name, numbers) = got.content.split_once(", ").unwrap();
        vec![json!([
            "contact",
            name,
            numbers.split(", ").collect::<Vec<_>>()
        ])]
    } else {
        let files = got.attachments.iter();
        files.map(|a| file(a, got.content_type)).collect()
    };
    let errors = data("errors");
    let errors: Vec<_> = errors
        .as_array()
        .into_iter()
        .flatten()
        .map(|e| &e["code"])
        .collect();
    let person = got.person[0].platform_id();
    let (direction, sender, recipient) = match got.author {
        Author::Customer => ("in", json!(person), Value::Null),
        Author::Us => (
            "out_echo",
            json!("<BUSINESS_DISPLAY_PHONE_NUMBER>"),
            json!(person),
        ),
    };
    json!({"kind": kind, "id": got.platform_message_id, "direction": direction, "sender": sender,
        "recipient": recipient, "sender_user_id": data("user_id"), "name": got.person_name,
        "ts_ms": millis(got.timestamp), "text": text, "attachments": attachments,
        "payload": data("payload"), "reply_to": got.reply_to, "errors": errors,
        "forwarded": data("forwarded"), "group": data("group_id")})
}

/// An event in the words of the corpus, and the fields that such an event has no place for.
fn seen(event: &InboundEvent) -> (Value, &'static [&'static str]) {
    match &event.kind {
        InboundKind::Message(got) => (message_seen(got), &[]),
        InboundKind::Change(got) => {
            let (kind, text) = match &got.what {
                ChangeKind::Edit { content, number: _ } => ("edit", Some(content)),
                ChangeKind::Unsend => ("delete", None),
                ChangeKind::Reaction {
                    emoji,
                    by,
                    sender_type: _,
                } => {
                    assert_eq!(
                        Some(by.as_str()),
                        got.person.as_ref().map(|p| p.platform_id())
                    );
                    (
                        if emoji.is_some() {
                            "reaction"
                        } else {
                            "unreaction"
                        },
                        emoji.as_ref(),
                    )
                }
            };
            let sender = got.person.as_ref().map(|p| p.platform_id());
            let seen = json!({"kind": kind, "id": got.key, "direction": "in", "sender": sender,
                "target": got.target, "ts_ms": millis(got.at), "text": text, "attachments": []});
            (seen, &["name", "sender_user_id"])
        }
        InboundKind::Renamed(got) => {
            let new = got.current[0].platform_id();
            let (kind, sender) = if new.starts_with("US.") {
                ("system:user_changed_user_id", None)
            } else {
                (
                    "system:user_changed_number",
                    Some(got.former[0].platform_id()),
                )
            };
            let seen = json!({"kind": kind, "id": got.key, "direction": "in", "sender": sender,
                "new_id": new, "ts_ms": millis(got.at), "text": got.content, "attachments": []});
            (seen, &["name", "sender_user_id"])
        }
        InboundKind::Report(got) => {
            let code = got.error.as_ref().map(|e| e.code.parse::<i64>().unwrap());
            let errors: Vec<i64> = code.into_iter().collect();
            let seen = json!({"kind": format!("status:{}", got.state.as_str()), "direction": "status",
                "id": got.platform_message_id, "recipient": got.recipient, "ts_ms": millis(got.at),
                "errors": errors, "text": null, "attachments": [], "callback": null});
            (seen, &[])
        }
        InboundKind::Ignored(_) => {
            let seen = json!({"kind": "ignored:group_lifecycle_update", "direction": "in", "attachments": []});
            (seen, &["account"])
        }
        InboundKind::Receipt(_)
        | InboundKind::Notice(_)
        | InboundKind::Account(_)
        | InboundKind::Parked(_) => panic!("not in the corpus: {event:?}"),
    }
}

#[test]
fn every_sample_of_the_corpus_is_extracted_as_expected_in_every_field() {
    let expected = std::fs::read_to_string(fixtures().join("expected.jsonl")).unwrap();
    let mut seen_files = BTreeSet::new();
    for line in expected.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let name = line["file"]
            .as_str()
            .unwrap()
            .trim_start_matches("whatsapp/");
        let body = std::fs::read(fixtures().join(name)).unwrap();
        let events = all_of(Channel::WhatsApp, serde_json::from_slice(&body).unwrap());
        let wanted = line["events"].as_array().unwrap();
        assert_eq!(events.len(), wanted.len(), "{name}");
        for (event, want) in events.iter().zip(wanted) {
            let (mut got, no_place) = seen(event);
            got["channel"] = json!(Channel::WhatsApp.as_str());
            got["account"] = json!(event.account.as_ref().map(AccountId::as_str));
            for (field, value) in want.as_object().unwrap() {
                let ours = DIFFERENT.iter().find(|d| d.0 == name && d.1 == field);
                let value = ours.map_or(value.clone(), |d| serde_json::from_str(d.2).unwrap());
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
