//! The mails of the public samples beside what a correct reader makes of them.

use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::channel::email::{self, Mail};
use crate::content::start_chars;
use crate::time::Timestamp;

const CONTENT_TYPE: &str = "multipart/form-data; boundary=xYzZY";

#[test]
fn every_sample_is_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sendgrid");
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let mut files = BTreeSet::new();
    for line in expected.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let file = line["file"].as_str().unwrap();
        let name = file.split_once('/').unwrap().1;
        let body = Bytes::from(std::fs::read(folder.join(name)).unwrap());
        let mail = email::parse(CONTENT_TYPE, &body).unwrap();
        let want = &line["events"][0];
        assert_eq!(row(&mail, want), wished(want), "{file}");
        files.insert(name.to_owned());
    }
    let there = std::fs::read_dir(&folder).unwrap();
    let there = there.map(|f| f.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = there.filter(|n| n.ends_with(".multipart")).collect();
    assert_eq!(files, there, "every sample is compared, none is missing");
}

/// What is compared of an expected mail: all but `channel` and `direction`, which are always the same.
/// - `id`: a blank that a server folded into it is none of its characters.
/// - `subject`: trimmed.
/// - `attachments`: the corpus has some Content-IDs with their brackets.
fn wished(want: &Value) -> Value {
    let mut want = want.clone();
    let id = want["id"].as_str().map(|id| id.replace(' ', ""));
    let subject = want["subject"].as_str().map(str::trim).map(str::to_owned);
    let fields = want.as_object_mut().unwrap();
    fields.remove("channel");
    assert_eq!(fields.remove("direction"), Some(json!("in")));
    fields.insert("id".into(), json!(id));
    fields.insert("subject".into(), json!(subject));
    for file in fields["attachments"].as_array_mut().unwrap() {
        let cid = file[2].as_str().map(|cid| cid.trim_matches(['<', '>']));
        file[2] = json!(cid);
    }
    want
}

/// Our mail in the words of the corpus.
fn row(mail: &Mail, want: &Value) -> Value {
    let files: Vec<Value> = mail
        .files
        .iter()
        .map(|file| json!([file.mime_type, file.name, file.content_id]))
        .collect();
    let kind = match (&mail.bounce, mail.automatic) {
        (Some(_), _) => "bounce",
        (None, Some(_)) => "auto_reply",
        (None, None) => "email",
    };
    let text = mail
        .text
        .as_deref()
        .map(|text| match text.chars().nth(160) {
            Some(_) => format!("{}…[cut]", start_chars(text, 160)),
            None => text.to_owned(),
        });
    let has_envelope = !want["envelope_to"].is_null();
    let mut row = json!({
        "kind": kind, "id": mail.message_id, "subject": mail.subject, "text": text, "attachments": files,
        "sender": mail.from.as_ref().map(|from| &from.address),
        "envelope_from": mail.envelope_from,
        "envelope_to": has_envelope.then_some(&mail.envelope_to),
        "in_reply_to": mail.in_reply_to, "references": mail.references,
        "ts_ms": mail.date.map(Timestamp::as_millis),
    });
    // The corpus tells the HTML of the default mode only, and its start.
    if let Some(html) = want.get("html") {
        let length = html.as_str().map_or(0, |html| html.chars().count());
        row["html"] = json!(mail.html.as_deref().map(|html| start_chars(html, length)));
    }
    assert!(!mail.is_cut);
    row
}
