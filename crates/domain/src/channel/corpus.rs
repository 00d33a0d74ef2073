//! Holds the normalisers to the corpus: what each sample's events are, field by field.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test fails on anything but what it expects"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::attachment::MediaSource;
use crate::channel::inbound::{
    Author, ChangeKind, DeliveryReport, InboundAttachment, InboundBatch, InboundEvent, InboundKind,
    InboundMessage, MessageChange, Receipt,
};
use crate::channel::{AccountId, ChannelIdentity};
use crate::delivery::ReceiptKind;
use crate::message::ContentType;
use crate::time::Timestamp;

/// The folder of a platform's samples.
pub(super) fn fixtures(platform: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    tests.join(platform)
}

/// A sample as JSON.
pub(super) fn fixture(platform: &str, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(fixtures(platform).join(name)).unwrap()).unwrap()
}

/// Compares every event of every sample of a platform with what is expected of it.
pub(super) fn check(platform: &str, normalise: fn(&Value) -> InboundBatch) {
    let expected = std::fs::read_to_string(fixtures(platform).join("expected.jsonl")).unwrap();
    let mut seen = 0;
    for line in expected.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let file = line["file"].as_str().unwrap();
        let (_, name) = file.split_once('/').unwrap();
        let events = normalise(&fixture(platform, name)).events;
        let wanted = line["events"].as_array().unwrap();
        assert_eq!(events.len(), wanted.len(), "{file}: {events:?}");
        for (event, want) in events.iter().zip(wanted) {
            compare(file, event, want);
        }
        seen += 1;
    }
    let samples = std::fs::read_dir(fixtures(platform)).unwrap();
    let samples = samples.filter(|f| f.as_ref().unwrap().path().extension().unwrap() == "json");
    assert_eq!(seen, samples.count(), "every sample has its line");
}

fn same(file: &str, want: &Value, field: &str, got: Value) {
    assert_eq!(
        want.get(field).unwrap_or(&Value::Null),
        &got,
        "{file}: {field}"
    );
}

/// Compares a field that is only expected where it is named.
fn same_if_named(file: &str, want: &Value, field: &str, got: Option<&Value>) {
    if let Some(wanted) = want.get(field).filter(|w| !w.is_null()) {
        assert_eq!(Some(wanted), got, "{file}: {field}");
    }
}

fn millis(at: Option<Timestamp>) -> Value {
    json!(at.map(Timestamp::as_millis))
}

fn compare(file: &str, event: &InboundEvent, want: &Value) {
    let account = event.account.as_ref().map(AccountId::as_str);
    let kind = want["kind"].as_str().unwrap();
    if !kind.starts_with("ignored") {
        same(file, want, "account", json!(account));
    }
    match &event.kind {
        InboundKind::Message(got) => message(file, want, kind, got),
        InboundKind::Change(got) => change(file, want, kind, got),
        InboundKind::Report(got) => report(file, want, kind, got),
        InboundKind::Receipt(got) => receipt(file, want, kind, got),
        InboundKind::Notice(got) => {
            let is = ["referral", "optin", "handover:", "system:"];
            assert!(is.iter().any(|k| kind.starts_with(k)), "{file}: {kind}");
            same(file, want, "sender", json!(got.person.platform_id()));
            same(file, want, "ts_ms", millis(got.at));
        }
        InboundKind::Renamed(got) => {
            assert!(kind.starts_with("system:user_changed"), "{file}: {kind}");
            same(file, want, "text", json!(got.content));
            same(file, want, "ts_ms", millis(got.at));
            let current = json!(got.current[0].platform_id());
            same_if_named(file, want, "new_id", Some(&current));
            if let Some(sender) = want["sender"].as_str() {
                assert_eq!(got.former[0].platform_id(), sender, "{file}");
            }
        }
        InboundKind::Account(got) => {
            let usable = kind == "policy:unblock";
            assert!(
                kind.starts_with("policy:") || kind == "account:revoke",
                "{file}"
            );
            assert_eq!(got.usable, usable, "{file}");
        }
        InboundKind::Ignored(_) => {
            assert!(
                kind == "typing" || kind.starts_with("ignored:"),
                "{file}: {kind}"
            );
        }
        InboundKind::Parked(why) => panic!("{file}: {kind} is parked: {why}"),
    }
}

fn message(file: &str, want: &Value, kind: &str, got: &InboundMessage) {
    let told = |name: &str| got.data.get(name);
    let direction = match got.author {
        Author::Customer => "in",
        Author::Us => "out_echo",
    };
    same(file, want, "direction", json!(direction));
    same_if_named(file, want, "id", Some(&json!(got.platform_message_id)));
    // Old echoes have sender and recipient the wrong way round: whoever is not the account is meant.
    let whom = match got.author {
        Author::Customer => want["sender"].as_str(),
        Author::Us => ["recipient", "sender"]
            .iter()
            .filter_map(|side| want[side].as_str())
            .find(|id| Some(*id) != want["account"].as_str()),
    };
    let names: Vec<&str> = got
        .person
        .iter()
        .map(ChannelIdentity::platform_id)
        .collect();
    assert_eq!(Some(names[0]), whom, "{file}");
    if let (Author::Customer, Some(user_id)) = (got.author, want["sender_user_id"].as_str()) {
        assert!(names.contains(&user_id), "{file}: {names:?}");
    }
    if want["created_at"].is_null() {
        same(file, want, "ts_ms", millis(got.timestamp));
    } else {
        assert_eq!(
            got.timestamp.map(|at| at.to_string()),
            want["created_at"].as_str().map(str::to_owned)
        );
    }
    if got.author == Author::Customer {
        same_if_named(file, want, "name", Some(&json!(got.person_name)));
        same_if_named(file, want, "handle", told("username"));
    }
    match want["text"].as_str() {
        Some(text) if kind == "nfm_reply" => assert!(got.content.starts_with(text), "{file}"),
        Some(text) => assert_eq!(got.content, text, "{file}"),
        None => assert!(
            !got.content.is_empty() || !got.attachments.is_empty(),
            "{file}"
        ),
    }
    same_if_named(file, want, "reply_to", Some(&json!(got.reply_to)));
    same_if_named(file, want, "payload", told("payload"));
    same_if_named(file, want, "app_id", told("app_id"));
    same_if_named(file, want, "group", told("group_id"));
    same_if_named(file, want, "forwarded", told("forwarded"));
    same_if_named(file, want, "conversation", told("conversation_id"));
    if want["standby"] == true {
        assert_eq!(told("standby"), Some(&json!(true)), "{file}");
    }
    if let Some(referral) = want["referral"].as_str() {
        let told = told("referral").unwrap();
        assert!(
            told["ad_id"] == referral || told["ref"] == referral || told["source_id"] == referral,
            "{file}"
        );
    }
    if let Some(errors) = want["errors"].as_array() {
        let codes: Vec<Value> = told("errors")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["code"].as_str().unwrap().parse::<u64>().unwrap().into())
            .collect();
        assert_eq!(*errors, codes, "{file}");
    }
    files(file, want, got);
    is_of_kind(file, kind, want, got);
}

/// Files are attachments; what is expected beside them (places, cards, shares) is in the content.
fn files(file: &str, want: &Value, got: &InboundMessage) {
    let wanted = want["attachments"].as_array().unwrap();
    let is_file = |a: &&Value| {
        let file = [
            "image",
            "audio",
            "video",
            "document",
            "file",
            "sticker",
            "photo",
            "animated_gif",
            "story_mention",
            "ig_story",
            "story",
            "media",
            "unsupported_type",
            "media_key",
        ];
        file.contains(&a[0].as_str().unwrap())
    };
    let (files, others): (Vec<&Value>, Vec<&Value>) = wanted.iter().partition(is_file);
    assert_eq!(
        files.len(),
        got.attachments.len(),
        "{file}: {:?}",
        got.attachments
    );
    for (
        want,
        InboundAttachment {
            source,
            name,
            mime_type,
            ..
        },
    ) in files.iter().zip(&got.attachments)
    {
        let place = match source {
            Some(MediaSource::Url(url)) => Some(url),
            Some(MediaSource::Media { id, .. }) => {
                assert_eq!(want[2], json!(mime_type), "{file}");
                assert_eq!(want[3], json!(name), "{file}");
                Some(id)
            }
            None => None,
        };
        if want[0] != "media_key" {
            assert_eq!(want[1], json!(place), "{file}");
        }
    }
    for other in others {
        let told: Vec<&str> = match (&other[1], &other[2]) {
            (Value::String(text), _) if other[0] == "location" => text.split(',').collect(),
            (Value::String(name), Value::Array(numbers)) if !name.starts_with("BEGIN:") => {
                std::iter::once(name.as_str())
                    .chain(numbers.iter().filter_map(Value::as_str))
                    .collect()
            }
            (_, Value::Array(numbers)) => numbers.iter().filter_map(Value::as_str).collect(),
            (Value::String(text), _) => vec![text],
            _ => Vec::new(),
        };
        for part in told {
            assert!(
                got.content.contains(part),
                "{file}: {part} is not in {:?}",
                got.content
            );
        }
    }
}

fn is_of_kind(file: &str, kind: &str, want: &Value, got: &InboundMessage) {
    use ContentType as C;
    let first = want["attachments"][0][0].as_str().unwrap_or_default();
    let expected: &[C] = match (kind, first) {
        ("text", "photo") => &[C::Image],
        ("text", _) => &[C::Text],
        ("attachment", "image") => &[C::Image, C::Sticker],
        ("attachment", "audio") => &[C::Audio],
        ("attachment", "video") => &[C::Video],
        ("attachment", "document" | "unsupported_type" | "file") => &[C::File],
        ("attachment", "sticker") => &[C::Sticker],
        ("attachment" | "location", "location") => &[C::Location],
        ("attachment", "ig_story" | "story") => &[C::Story],
        ("attachment", "template" | "ig_reel" | "reel" | "share" | "fallback" | "ig_post") => {
            &[C::Share]
        }
        ("contacts", _) => &[C::Contact],
        ("order", _) => &[C::Order],
        ("quick_reply" | "postback" | "button_reply" | "list_reply" | "nfm_reply", _) => {
            &[C::Interactive]
        }
        ("story_mention" | "story_reply", _) => &[C::Story],
        ("unsupported" | "encrypted_chat", _) => &[C::Unsupported],
        (other, _) => panic!("{file}: {other} is no message"),
    };
    assert!(
        expected.contains(&got.content_type),
        "{file}: {:?}",
        got.content_type
    );
}

fn change(file: &str, want: &Value, kind: &str, got: &MessageChange) {
    same(file, want, "ts_ms", millis(got.at));
    let target = want.get("target").unwrap_or(&want["id"]);
    assert_eq!(target, &json!(got.target), "{file}");
    match &got.what {
        ChangeKind::Edit { content, number } => {
            assert_eq!(kind, "edit", "{file}");
            same(file, want, "text", json!(content));
            same_if_named(file, want, "edit_no", Some(&json!(number)));
        }
        ChangeKind::Unsend => assert_eq!(kind, "delete", "{file}"),
        ChangeKind::Reaction { emoji, by, .. } => {
            let is = if emoji.is_some() {
                "reaction"
            } else {
                "unreaction"
            };
            assert_eq!(kind, is, "{file}");
            same(file, want, "text", json!(emoji));
            same(file, want, "sender", json!(by));
        }
    }
}

fn report(file: &str, want: &Value, kind: &str, got: &DeliveryReport) {
    same(file, want, "id", json!(got.platform_message_id));
    same(file, want, "ts_ms", millis(got.at));
    let is = kind.trim_start_matches("status:").replace("played", "read");
    assert_eq!(is, got.state.as_str(), "{file}");
    // Who read is the sender of that, and the recipient of what was read.
    let side = if kind == "read" {
        "sender"
    } else {
        "recipient"
    };
    same_if_named(file, want, side, Some(&json!(got.recipient)));
    if let Some(code) = want["errors"].as_array().and_then(|e| e.first()) {
        let told = got.error.as_ref().map(|e| e.code.clone());
        assert_eq!(told, Some(code.to_string()), "{file}");
    }
}

fn receipt(file: &str, want: &Value, kind: &str, got: &Receipt) {
    let is = match got.kind {
        ReceiptKind::Delivered => "delivered",
        ReceiptKind::Read => "read",
    };
    assert_eq!(kind, is, "{file}");
    same(file, want, "sender", json!(got.person.platform_id()));
    let until = got.until.as_millis().to_string();
    same(file, want, "watermark", json!(until));
    same_if_named(
        file,
        want,
        "id",
        got.platform_message_ids
            .first()
            .map(|id| json!(id))
            .as_ref(),
    );
}
