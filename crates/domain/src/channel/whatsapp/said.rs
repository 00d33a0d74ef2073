//! What a message of each type says.

use serde_json::{Map, Value, json};

use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::fields::{at, is_true, list, start, text};
use crate::channel::inbound::InboundAttachment;
use crate::channel::readable;
use crate::channel::whatsapp::details::{MAX_DETAIL_CHARS, kept};
use crate::message::ContentType;

/// Longest file name or media type kept, in characters.
const MAX_FILE_CHARS: usize = 255;

/// What a message says.
pub(super) struct Said {
    pub content_type: ContentType,
    /// What an agent reads.
    pub content: String,
    pub attachments: Vec<InboundAttachment>,
    /// What else is kept of it.
    pub data: Map<String, Value>,
}

impl Said {
    fn new(content_type: ContentType, content: String) -> Self {
        Self {
            content_type,
            content,
            attachments: Vec::new(),
            data: Map::new(),
        }
    }

    fn with(mut self, data: Map<String, Value>) -> Self {
        self.data.extend(data);
        self
    }
}

/// What a message of a known type says; none when the type is not known or its part is broken.
pub(super) fn said(item: &Value) -> Option<Said> {
    let kind = item.get("type").and_then(Value::as_str)?;
    let part = item.get(kind)?;
    let words = |field: &str| part.get(field).and_then(Value::as_str).map(str::to_owned);
    Some(match kind {
        "text" => Said::new(ContentType::Text, words("body")?),
        "image" => file(part, ContentType::Image, AttachmentKind::Image),
        "video" => file(part, ContentType::Video, AttachmentKind::Video),
        "audio" | "voice" => file(part, ContentType::Audio, AttachmentKind::Audio),
        "document" => file(part, ContentType::File, AttachmentKind::File),
        "sticker" => file(part, ContentType::Sticker, AttachmentKind::Image),
        "location" => location(part)?,
        "contacts" => contacts(part)?,
        "interactive" => interactive(part)?,
        "button" => answer(
            words("text").or_else(|| words("payload"))?,
            kind,
            part.get("payload"),
        ),
        "order" => Said::new(ContentType::Order, readable::order(part))
            .with(kept(Some(part), &["catalog_id"])),
        _ => return None,
    })
}

fn file(part: &Value, content_type: ContentType, kind: AttachmentKind) -> Said {
    let sha256 = text(part.get("sha256"));
    let source = text(part.get("id")).map(|id| MediaSource::Media { id, sha256 });
    let caption = part.get("caption").and_then(Value::as_str);
    let mut said = Said::new(content_type, caption.unwrap_or_default().to_owned());
    said.attachments.push(InboundAttachment {
        kind,
        source: source.or_else(|| address(part)),
        name: start(part.get("filename"), MAX_FILE_CHARS),
        mime_type: start(part.get("mime_type"), MAX_FILE_CHARS),
    });
    for flag in ["voice", "animated"] {
        if is_true(part.get(flag)) {
            said.data.insert(flag.into(), Value::Bool(true));
        }
    }
    said
}

/// Where a file is that has no id.
fn address(part: &Value) -> Option<MediaSource> {
    ["url", "link"]
        .iter()
        .find_map(|field| part.get(field).and_then(Value::as_str))
        .filter(|url| url.starts_with("https://"))
        .map(|url| MediaSource::Url(url.to_owned()))
}

fn location(part: &Value) -> Option<Said> {
    let latitude = readable::number(part.get("latitude"))?;
    let longitude = readable::number(part.get("longitude"))?;
    let words = |field: &str| part.get(field).and_then(Value::as_str);
    let content = readable::location(latitude, longitude, words("name"), words("address"));
    let mut data = kept(Some(part), &["name", "address", "url"]);
    data.insert("latitude".into(), json!(latitude));
    data.insert("longitude".into(), json!(longitude));
    Some(Said::new(ContentType::Location, content).with(data))
}

fn contacts(part: &Value) -> Option<Said> {
    let cards: Vec<String> = list(Some(part)).iter().map(readable::contact).collect();
    (!cards.is_empty()).then(|| Said::new(ContentType::Contact, cards.join("\n")))
}

/// The answer to a list, a button, a form, or whether we may call.
fn interactive(part: &Value) -> Option<Said> {
    let types = [
        "button_reply",
        "list_reply",
        "nfm_reply",
        "call_permission_reply",
    ];
    let told = part.get("type").and_then(Value::as_str);
    let kind = match told {
        Some(told) => types.into_iter().find(|kind| *kind == told)?,
        None => types.into_iter().find(|kind| part.get(kind).is_some())?,
    };
    let reply = part.get(kind)?;
    let words = |field: &str| reply.get(field).and_then(Value::as_str);
    Some(match kind {
        "nfm_reply" => {
            let fields = words("response_json")
                .map(readable::form)
                .unwrap_or_default();
            let lines = [words("body").unwrap_or_default().to_owned(), fields];
            let lines: Vec<String> = lines.into_iter().filter(|l| !l.is_empty()).collect();
            let content = if lines.is_empty() {
                "Form without answers".to_owned()
            } else {
                lines.join("\n")
            };
            answer(content, kind, None).with(kept(Some(reply), &["name"]))
        }
        "call_permission_reply" => {
            let content = match words("response")? {
                "accept" => "May be called on WhatsApp",
                _ => "May not be called on WhatsApp",
            };
            answer(content.to_owned(), kind, reply.get("response"))
        }
        _ => answer(
            words("title").or_else(|| words("id"))?.to_owned(),
            kind,
            reply.get("id"),
        )
        .with(kept(Some(reply), &["description"])),
    })
}

fn answer(content: String, kind: &str, payload: Option<&Value>) -> Said {
    let mut said = Said::new(ContentType::Interactive, content);
    said.data
        .insert("answer".into(), Value::String(kind.to_owned()));
    if let Some(payload) = start(payload, MAX_DETAIL_CHARS) {
        said.data.insert("payload".into(), Value::String(payload));
    }
    said
}

/// What stands for a message that WhatsApp does not pass on, or that is of no known type.
pub(super) fn unsupported(item: &Value, errors: Vec<Value>) -> Said {
    let kind = start(at(item, &["unsupported", "type"]), 40)
        .or_else(|| start(item.get("type"), 40))
        .filter(|kind| kind != "unsupported" && kind != "unknown");
    let told = errors.first().and_then(|error| {
        let told = error.get("details").or_else(|| error.get("title"))?;
        told.as_str().map(str::trim)
    });
    let mut content = "Message that cannot be shown here".to_owned();
    if let Some(kind) = &kind {
        content += &format!(" ({kind})");
    }
    if let Some(told) = told.filter(|told| !told.is_empty()) {
        content += &format!(". WhatsApp says: {told}");
    }
    let mut said = Said::new(ContentType::Unsupported, content);
    if let Some(kind) = kind {
        said.data.insert("type".into(), Value::String(kind));
    }
    if !errors.is_empty() {
        said.data.insert("errors".into(), Value::Array(errors));
    }
    said
}
