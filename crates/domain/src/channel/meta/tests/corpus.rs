//! The events of the public samples beside what a correct normaliser makes of them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::attachment::MediaSource;
use crate::channel::inbound::{Author, ChangeKind, InboundKind, InboundMessage};
use crate::channel::{AccountId, Channel, ChannelIdentity, all_of};
use crate::delivery::{DeliveryState, ReceiptKind};
use crate::message::{ContentType, SenderType};
use crate::time::Timestamp;

/// Compares every file of a platform's samples; returns how many events were compared.
pub(in crate::channel) fn compare(channel: Channel) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures")
        .join(channel.as_str());
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let mut compared = 0;
    let mut files = BTreeSet::new();
    for line in expected.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let file = line["file"].as_str().unwrap();
        let name = file.split_once('/').unwrap().1;
        let body = std::fs::read(folder.join(name)).unwrap();
        let events = all_of(channel, serde_json::from_slice(&body).unwrap());
        let wanted = line["events"].as_array().unwrap();
        assert_eq!(events.len(), wanted.len(), "{file}");
        for (event, want) in events.iter().zip(wanted) {
            let account = event.account.as_ref().map(AccountId::as_str);
            assert_eq!(json!(account), want["account"], "{file}");
            assert_eq!(row(&event.kind, want), wished(want), "{file}");
            compared += 1;
        }
        files.insert(name.to_owned());
    }
    let there = std::fs::read_dir(&folder).unwrap();
    let there = there.map(|f| f.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = there.filter(|name| name.ends_with(".json")).collect();
    assert_eq!(files, there, "every sample is compared, none is missing");
    compared
}

/// What is compared of an expected event: all of it but what we do not keep.
/// - `channel`: the batch has it. `account`: compared apart, also where the event is parked.
/// - `sender` and `recipient`: we keep who of the two is the customer. In echoes that is the recipient,
///   but for an old sample that has them the wrong way round.
/// - `ts_ms` of receipts: a receipt is about its watermark; when it was said does not matter.
/// - `text` where nothing was written: what an agent reads instead is checked to be there.
fn wished(want: &Value) -> Value {
    let mut want = want.clone();
    let customer = match want["direction"] == "out_echo" && want["recipient"] != want["account"] {
        true => want["recipient"].take(),
        false => want["sender"].take(),
    };
    let fields = want.as_object_mut().unwrap();
    for field in ["channel", "account", "recipient"] {
        fields.remove(field);
    }
    if fields.get("watermark").is_some_and(|w| !w.is_null()) {
        fields.remove("ts_ms");
    }
    fields.insert("sender".into(), customer);
    want
}

/// Our event in the words of the corpus.
fn row(kind: &InboundKind, want: &Value) -> Value {
    let name = |person: &ChannelIdentity| json!(person.platform_id());
    let time = |at: Option<Timestamp>| json!(at.map(Timestamp::as_millis));
    let base =
        json!({"direction": "in", "id": null, "text": null, "attachments": [], "standby": false});
    let of = |more: Value| {
        let mut row = base.as_object().unwrap().clone();
        row.extend(more.as_object().unwrap().clone());
        Value::Object(row)
    };
    match kind {
        InboundKind::Message(message) => of(message_row(message, want)),
        InboundKind::Change(change) => {
            let mut row = json!({"sender": change.person.as_ref().map(name), "ts_ms": time(change.at), "id": change.target});
            match &change.what {
                ChangeKind::Edit { content, number } => {
                    row["kind"] = json!("edit");
                    row["text"] = json!(content);
                    row["edit_no"] = json!(number);
                }
                ChangeKind::Unsend => row["kind"] = json!("delete"),
                ChangeKind::Reaction {
                    emoji,
                    by,
                    sender_type,
                } => {
                    assert_eq!(*sender_type, SenderType::Customer);
                    row["kind"] = json!("reaction");
                    row["text"] = json!(emoji);
                    row["sender"] = json!(by);
                }
            }
            of(row)
        }
        InboundKind::Report(report) => {
            // Instagram names the message that was read and gives no watermark.
            assert_eq!(report.state, DeliveryState::Read);
            of(
                json!({"kind": "read", "sender": report.recipient, "ts_ms": time(report.at),
                "id": report.platform_message_id, "watermark": null}),
            )
        }
        InboundKind::Receipt(receipt) => {
            let kind = match receipt.kind {
                ReceiptKind::Delivered => "delivered",
                ReceiptKind::Read => "read",
            };
            of(
                json!({"kind": kind, "sender": name(&receipt.person), "id": receipt.platform_message_ids.first(),
                "watermark": receipt.until.as_millis().to_string()}),
            )
        }
        InboundKind::Notice(notice) => {
            assert!(!notice.content.is_empty());
            let data = notice.data.to_map();
            let kind = data["kind"].as_str().unwrap();
            let mut row =
                json!({"kind": kind, "sender": name(&notice.person), "ts_ms": time(notice.at)});
            match kind {
                "optin" => row["payload"] = notice.data.to_map()["optin"]["ref"].clone(),
                "referral" => row["referral"] = notice.data.to_map()["referral"]["ref"].clone(),
                _ => row["kind"] = json!(format!("handover:{kind}")),
            }
            of(row)
        }
        InboundKind::Account(news) => {
            let action = if news.usable { "unblock" } else { "block" };
            of(
                json!({"kind": format!("policy:{action}"), "sender": null, "ts_ms": time(Some(news.at))}),
            )
        }
        InboundKind::Renamed(_) | InboundKind::Ignored(_) | InboundKind::Parked(_) => {
            panic!("{kind:?} is not understood")
        }
    }
}

fn message_row(message: &InboundMessage, want: &Value) -> Value {
    let data = &message.data.to_map();
    let is_mention = data
        .get("story")
        .is_some_and(|story| story["type"] == "mention");
    let kind = match message.content_type {
        ContentType::Text => "text",
        ContentType::Interactive if want["kind"] == "postback" => "postback",
        ContentType::Interactive => "quick_reply",
        ContentType::Story if is_mention => "story_mention",
        ContentType::Unsupported if want["attachments"] == json!([]) => "unsupported",
        ContentType::Image
        | ContentType::Audio
        | ContentType::Video
        | ContentType::File
        | ContentType::Sticker
        | ContentType::Location
        | ContentType::Story
        | ContentType::Share
        | ContentType::Unsupported => "attachment",
        ContentType::Contact | ContentType::Order | ContentType::Email | ContentType::EventLog => {
            panic!("neither platform has these")
        }
    };
    // A postback without an id has one that is made up, so that a repetition is known.
    let id = message.platform_message_id.clone();
    let is_made_up = id.starts_with("postback:");
    let text = match want["text"].is_null() {
        true => {
            assert!(!message.content.is_empty() || !message.attachments.is_empty());
            Value::Null
        }
        false => json!(message.content),
    };
    let mut row = json!({
        "kind": kind, "sender": message.person[0].platform_id(), "id": (!is_made_up).then_some(id), "text": text,
        "ts_ms": message.timestamp.map(Timestamp::as_millis),
        "direction": match message.author { Author::Customer => "in", Author::Us => "out_echo" },
        "standby": data.contains_key("standby"),
        "attachments": attachments(message, want),
    });
    if let Some(id) = &message.reply_to {
        row["reply_to"] = json!(id);
    }
    if let Some(payload) = data.get("payload") {
        row["payload"] = payload.clone();
    }
    if message.author == Author::Us {
        row["app_id"] = json!(data.get("app_id"));
    }
    if let Some(referral) = data.get("referral") {
        let told = referral.get("ad_id").or_else(|| referral.get("ref"));
        row["referral"] = json!(told);
    }
    row
}

/// Files under the type they came as, everything else from the data.
fn attachments(message: &InboundMessage, want: &Value) -> Value {
    let mut files = message.attachments.iter();
    let types = want["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a[0].as_str().unwrap());
    let seen = types.map(|kind| match kind {
        // What was shared from somewhere else than the platform's own files stays where it is.
        "fallback" | "share" | "reel" | "ig_reel" => {
            json!([kind, message.data.to_map()["shares"][0]["url"]])
        }
        "location" => {
            let place = &message.data.to_map()["location"];
            json!([
                kind,
                format!("{},{}", place["latitude"], place["longitude"])
            ])
        }
        "template" => json!([kind, null]),
        _ => match files.next().and_then(|file| file.source.as_ref()) {
            Some(MediaSource::Url(url)) => json!([kind, url]),
            other => panic!("expected the address of a {kind}, not {other:?}"),
        },
    });
    let seen: Vec<Value> = seen.collect();
    assert!(files.next().is_none(), "more files than were sent");
    Value::Array(seen)
}
