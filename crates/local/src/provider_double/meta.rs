//! What Messenger and Instagram take alike: one text or one file at an address for one person (Messenger Platform,
//! Send API reference; Instagram Platform, "Send messages").
use reqwest::Url;
use serde_json::Value;

use super::files::name_at;
use super::graph::Refusal;
use crate::sandbox::model::{Kind, SentFile};

/// What differs.
pub(super) struct Rules {
    /// Whether a text is short enough.
    pub(super) fits: fn(&str) -> bool,
    /// What is said of one that is not.
    pub(super) too_long: &'static str,
    /// Whether each message says on what ground it is sent.
    pub(super) needs_ground: bool,
}

/// A message that was understood.
pub(super) struct Said {
    pub(super) recipient: String,
    pub(super) text: String,
    pub(super) files: Vec<SentFile>,
}

impl Said {
    pub(super) fn read(message: &Value, rules: &Rules) -> Result<Self, Refusal> {
        let recipient = required(&message["recipient"]["id"], "recipient[id]")?;
        let said = &message["message"];
        let (text, files) = match (&said["text"], &said["attachment"]) {
            (text, Value::Null) => (required(text, "message[text]")?, Vec::new()),
            (Value::Null, attachment) => (String::new(), vec![file(attachment)?]),
            (_, _) => {
                let words = "(#100) Only one of text and attachment may be given";
                return Err(Refusal::parameter(100, words, "message"));
            }
        };
        if !(rules.fits)(&text) {
            return Err(Refusal::parameter(100, rules.too_long, "message[text]"));
        }
        let reply_to = &message["reply_to"];
        if !reply_to.is_null() {
            required(&reply_to["mid"], "reply_to[mid]")?;
        }
        ground(message, rules.needs_ground)?;
        Ok(Self {
            recipient,
            text,
            files,
        })
    }
}

fn ground(message: &Value, is_needed: bool) -> Result<(), Refusal> {
    let kind = message["messaging_type"].as_str();
    let is_known = match (kind, message["tag"].as_str()) {
        (None, None) => !is_needed,
        (Some("RESPONSE" | "UPDATE"), None) | (Some("MESSAGE_TAG"), Some("HUMAN_AGENT")) => true,
        (_, _) => false,
    };
    let words = "(#100) Invalid messaging_type or tag";
    let refusal = || Refusal::parameter(100, words, "messaging_type");
    is_known.then_some(()).ok_or_else(refusal)
}

fn file(attachment: &Value) -> Result<SentFile, Refusal> {
    let kind = match attachment["type"].as_str() {
        Some("image") => Kind::Image,
        Some("audio") => Kind::Audio,
        Some("video") => Kind::Video,
        Some("file") => Kind::File,
        Some(_) | None => {
            let words = "(#100) Param message[attachment][type] must be one of {audio, file, image, template, video}";
            return Err(Refusal::parameter(100, words, "message[attachment][type]"));
        }
    };
    let url = required(
        &attachment["payload"]["url"],
        "message[attachment][payload][url]",
    )?;
    let words = "(#100) Failed to fetch the file from the url";
    let parsed = Url::parse(&url).ok().filter(Url::has_host);
    let parsed = parsed.ok_or_else(|| Refusal {
        subcode: Some(2_018_008),
        ..Refusal::parameter(100, words, "message[attachment][payload][url]")
    })?;
    Ok(SentFile {
        kind,
        name: name_at(&parsed),
        url: Some(url),
    })
}

fn required(value: &Value, name: &str) -> Result<String, Refusal> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| {
        let words = "(#100) A required parameter is missing";
        Refusal::parameter(100, words, format!("{name} is required"))
    })
}
