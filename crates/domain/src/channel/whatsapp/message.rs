//! Messages: what kind each is, what an agent reads of it, and its file.

use serde_json::{Map, Value};

use super::people::Contacts;
use super::{data, seconds};
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::fields::{at, detail, keep, list, text, words};
use crate::channel::inbound::{Author, InboundAttachment, InboundKind, InboundMessage};
use crate::channel::readable::{contact, location, number};
use crate::content::start_chars;
use crate::message::ContentType;

/// Items of an order, and fields of a form, that are listed.
const MAX_LISTED: usize = 50;
/// Characters of one answer of a form that are shown.
const MAX_ANSWER_CHARS: usize = 500;

/// What a message says.
struct Said {
    content: String,
    content_type: ContentType,
    attachment: Option<InboundAttachment>,
    data: Map<String, Value>,
}

impl Said {
    fn new(content_type: ContentType, content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            content_type,
            attachment: None,
            data: Map::new(),
        }
    }

    fn with(mut self, name: &str, value: Option<String>) -> Self {
        keep(&mut self.data, name, value);
        self
    }
}

/// One message of the customer, or of one of us with the phone's app.
pub(super) fn message(
    item: &Value,
    contacts: &Contacts<'_>,
    author: Author,
) -> Result<InboundKind, &'static str> {
    let id = text(item.get("id")).ok_or("message without id")?;
    let person = contacts.person(item, author)?;
    let said = said(item);
    let mut data = data::of(item, &id, &person);
    data.extend(said.data);
    if author == Author::Us {
        data.insert("external".into(), Value::Bool(true));
        data.insert(
            "source".into(),
            Value::String("whatsapp_business_app".into()),
        );
    }
    Ok(InboundKind::Message(Box::new(InboundMessage {
        platform_message_id: id,
        author,
        person_name: person.name(),
        person: person.names,
        timestamp: seconds(item.get("timestamp")),
        content: said.content,
        content_type: said.content_type,
        attachments: said.attachment.into_iter().collect(),
        reply_to: text(at(item, &["context", "id"])),
        data,
    })))
}

/// The text of a message or the caption of its file; empty when it has none.
pub(super) fn text_of(item: &Value) -> String {
    said(item).content
}

fn said(item: &Value) -> Said {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let body = item.get(kind).unwrap_or(&Value::Null);
    let understood = match kind {
        "text" => words(body.get("body")).map(|body| Said::new(ContentType::Text, body)),
        "image" => file(body, AttachmentKind::Image, ContentType::Image),
        "video" => file(body, AttachmentKind::Video, ContentType::Video),
        "audio" | "voice" => file(body, AttachmentKind::Audio, ContentType::Audio),
        "document" => file(body, AttachmentKind::File, ContentType::File),
        "sticker" => file(body, AttachmentKind::Image, ContentType::Sticker),
        "location" => place(body),
        "contacts" => cards(list(item.get("contacts"))),
        "interactive" => interactive(body),
        "button" => words(body.get("text")).map(|text| {
            Said::new(ContentType::Interactive, text).with("payload", detail(body.get("payload")))
        }),
        "order" => order(body),
        _ => None,
    };
    understood.unwrap_or_else(|| unsupported(item, kind))
}

fn file(body: &Value, kind: AttachmentKind, content_type: ContentType) -> Option<Said> {
    let source = match (text(body.get("id")), words(body.get("url"))) {
        (Some(id), _) => Some(MediaSource::Media {
            id,
            sha256: text(body.get("sha256")),
        }),
        (None, Some(url)) => Some(MediaSource::Url(url.to_owned())),
        (None, None) => None,
    };
    if source.is_none() && !body.is_object() {
        return None;
    }
    let mut said = Said::new(content_type, words(body.get("caption")).unwrap_or_default());
    for flag in ["voice", "animated"] {
        if body.get(flag).and_then(Value::as_bool) == Some(true) {
            said.data.insert(flag.into(), Value::Bool(true));
        }
    }
    said.attachment = Some(InboundAttachment {
        kind,
        source,
        name: detail(body.get("filename")),
        mime_type: detail(body.get("mime_type")),
    });
    Some(said)
}

fn place(body: &Value) -> Option<Said> {
    let (latitude, longitude) = (
        number(body.get("latitude"))?,
        number(body.get("longitude"))?,
    );
    let (name, address) = (detail(body.get("name")), detail(body.get("address")));
    let content = location(latitude, longitude, name.as_deref(), address.as_deref());
    let mut said = Said::new(ContentType::Location, content).with("url", detail(body.get("url")));
    said.data.insert("latitude".into(), latitude.into());
    said.data.insert("longitude".into(), longitude.into());
    Some(said)
}

fn cards(cards: &[Value]) -> Option<Said> {
    let lines: Vec<String> = cards
        .iter()
        .map(|card| {
            let readable = contact(card);
            if card.get("name").is_some() || card.get("vcard").is_none() {
                return readable;
            }
            vcard(
                card.get("vcard")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            )
            .unwrap_or(readable)
        })
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| Said::new(ContentType::Contact, lines.join("\n")))
}

/// Name and numbers of a vCard (RFC 6350): `FN:…` and `TEL;…:…`.
fn vcard(card: &str) -> Option<String> {
    let of = |wanted: &str| {
        let wanted = wanted.to_owned();
        card.lines().filter_map(move |line| {
            let (property, value) = line.split_once(':')?;
            let name = property.split(';').next()?;
            name.eq_ignore_ascii_case(&wanted)
                .then(|| value.trim().to_owned())
        })
    };
    let parts: Vec<String> = of("FN")
        .take(1)
        .chain(of("TEL"))
        .filter(|p| !p.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn interactive(body: &Value) -> Option<Said> {
    let kind = body.get("type").and_then(Value::as_str)?;
    let reply = body.get(kind)?;
    let said = match kind {
        "nfm_reply" => form(reply),
        _ => {
            let title = words(reply.get("title"))?;
            let description = words(reply.get("description"));
            Said::new(ContentType::Interactive, title)
                .with("description", description.map(str::to_owned))
        }
    };
    Some(
        said.with("interactive", Some(kind.to_owned()))
            .with("payload", detail(reply.get("id"))),
    )
}

/// The answer to a form (a flow): what WhatsApp says of it, then each answer on a line of its own.
fn form(reply: &Value) -> Said {
    let body = words(reply.get("body")).unwrap_or_default().to_owned();
    let answers = reply
        .get("response_json")
        .and_then(Value::as_str)
        .and_then(|json| serde_json::from_str::<Map<String, Value>>(json).ok())
        .unwrap_or_default();
    let lines = answers
        .iter()
        .filter(|(name, _)| *name != "flow_token")
        .take(MAX_LISTED)
        .map(|(name, answer)| {
            let answer = match answer {
                Value::String(text) => text.clone(),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_) => answer.to_string(),
            };
            format!("{name}: {}", start_chars(&answer, MAX_ANSWER_CHARS))
        });
    let lines: Vec<String> = std::iter::once(body)
        .filter(|b| !b.is_empty())
        .chain(lines)
        .collect();
    let content = if lines.is_empty() {
        "Answered a form".to_owned()
    } else {
        lines.join("\n")
    };
    Said::new(ContentType::Interactive, content).with("form", detail(reply.get("name")))
}

fn order(body: &Value) -> Option<Said> {
    let items = list(body.get("product_items"));
    let note = words(body.get("text")).map(str::to_owned);
    let lines = items.iter().take(MAX_LISTED).map(|item| {
        let told = |field: &str| detail(item.get(field)).unwrap_or_default();
        format!(
            "{} × {}, {} {} each",
            told("quantity"),
            told("product_retailer_id"),
            told("item_price"),
            told("currency")
        )
    });
    let more = items.len().checked_sub(MAX_LISTED).filter(|more| *more > 0);
    let more = more.map(|more| format!("and {more} more"));
    let lines: Vec<String> = note.into_iter().chain(lines).chain(more).collect();
    let said = Said::new(ContentType::Order, lines.join("\n"));
    (!said.content.is_empty()).then(|| said.with("catalog_id", detail(body.get("catalog_id"))))
}

/// What WhatsApp itself could not pass on, and what we do not know.
fn unsupported(item: &Value, kind: &str) -> Said {
    let why = list(item.get("errors")).first();
    let why = why
        .and_then(|e| detail(at(e, &["error_data", "details"])).or_else(|| detail(e.get("title"))));
    let what = text(at(item, &["unsupported", "type"]))
        .or_else(|| (!kind.is_empty() && kind != "unsupported").then(|| kind.to_owned()));
    let content = match (&what, why) {
        (_, Some(why)) => format!("A message that cannot be shown here: {why}"),
        (Some(what), None) => format!(
            "A message that cannot be shown here ({})",
            start_chars(what, 60)
        ),
        (None, None) => "A message that cannot be shown here".to_owned(),
    };
    Said::new(ContentType::Unsupported, content).with("type", what)
}
