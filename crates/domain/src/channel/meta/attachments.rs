//! `attachments[]`: files to be fetched, and what is not a file in words.

use serde_json::{Map, Value, json};

use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::fields::{self, at, detail, list, words};
use crate::channel::inbound::InboundAttachment;
use crate::channel::readable::{location, number};
use crate::message::ContentType;

/// Attachments that are looked at; the platforms send ten at most.
const MAX_ATTACHMENTS: usize = 40;
/// Products of a template that are listed.
const MAX_PRODUCTS: usize = 20;
/// Longest address of a file that is kept; signed ones have some 700 bytes.
const MAX_URL_BYTES: usize = 4_000;

/// What the attachments of a message come to.
#[derive(Default)]
pub(super) struct Seen {
    /// The kind of the message, if an attachment decides it.
    pub(super) content_type: Option<ContentType>,
    /// Files to be fetched.
    pub(super) files: Vec<InboundAttachment>,
    /// What an agent reads of the others.
    pub(super) lines: Vec<String>,
    /// Ids and addresses of what was shared.
    pub(super) shares: Option<Value>,
}

/// Looks at all attachments of a message with this text. `has_sticker`: the message says that it is one.
pub(super) fn see(attachments: &[Value], text: Option<&str>, has_sticker: bool) -> Seen {
    let mut seen = Seen::default();
    let mut shares = Vec::new();
    let is_sticker = |a: &Value| {
        kind_of(a) == "sticker" || at(a, &["payload", "sticker_id"]).is_some() || has_sticker
    };
    let mut stickers = 0;
    for attachment in attachments.iter().take(MAX_ATTACHMENTS) {
        let kind = kind_of(attachment);
        // Until 30 August 2026 a sticker came as an image and as a sticker, which are one.
        if matches!(kind, "sticker" | "image") && is_sticker(attachment) {
            stickers += 1;
            if stickers == 1 {
                seen.file(attachment, AttachmentKind::Image, ContentType::Sticker);
            }
            continue;
        }
        match kind {
            "image" => seen.file(attachment, AttachmentKind::Image, ContentType::Image),
            "audio" => seen.file(attachment, AttachmentKind::Audio, ContentType::Audio),
            "video" => seen.file(attachment, AttachmentKind::Video, ContentType::Video),
            "file" | "media" => seen.file(attachment, AttachmentKind::File, ContentType::File),
            "reel" | "ig_reel" => seen.shared(attachment, "Shared a reel"),
            "post" | "ig_post" | "share" => seen.shared(attachment, "Shared a post"),
            "story_mention" => seen.story(attachment, "Mentioned you in a story"),
            "story" | "ig_story" => seen.story(attachment, "Shared a story"),
            "fallback" => seen.link(attachment, text),
            "location" => seen.place(attachment),
            "template" => seen.template(attachment),
            "appointment_booking" => seen.say(ContentType::Interactive, "Booked an appointment"),
            _ => seen.unknown(attachment),
        }
        if let Some(share) = share(attachment, kind) {
            shares.push(share);
        }
    }
    if !shares.is_empty() {
        seen.shares = Some(Value::Array(shares));
    }
    seen
}

fn kind_of(attachment: &Value) -> &str {
    attachment
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The address of what is attached, wherever the kind keeps it; a payload may be the address itself.
fn url_of(attachment: &Value) -> Option<String> {
    let payload = attachment.get("payload");
    let places = [
        payload.and_then(|p| p.get("url")),
        payload.and_then(|p| p.get("story_media_url")),
        payload.filter(|p| p.is_string()),
        attachment.get("url"),
    ];
    let url = places
        .into_iter()
        .flatten()
        .find_map(|place| words(Some(place)))?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (is_web && url.len() <= MAX_URL_BYTES).then(|| url.to_owned())
}

fn title_of(attachment: &Value) -> Option<String> {
    detail(at(attachment, &["payload", "title"])).or_else(|| detail(attachment.get("title")))
}

/// Ids of what was shared, for people who want to look it up.
fn share(attachment: &Value, kind: &str) -> Option<Value> {
    let ids = [
        "reel_video_id",
        "ig_post_media_id",
        "story_media_id",
        "sticker_id",
    ];
    let mut kept = Map::new();
    for name in ids {
        if let Some(id) = fields::text(at(attachment, &["payload", name])) {
            kept.insert(name.to_owned(), Value::String(id));
        }
    }
    if kept.is_empty() {
        return None;
    }
    kept.insert("type".to_owned(), json!(kind));
    Some(Value::Object(kept))
}

impl Seen {
    /// The first attachment decides the kind of the message.
    fn is(&mut self, content_type: ContentType) {
        self.content_type.get_or_insert(content_type);
    }

    fn say(&mut self, content_type: ContentType, line: impl Into<String>) {
        self.is(content_type);
        self.lines.push(line.into());
    }

    fn file(&mut self, attachment: &Value, kind: AttachmentKind, content_type: ContentType) {
        self.is(content_type);
        self.files.push(InboundAttachment {
            kind,
            source: url_of(attachment).map(MediaSource::Url),
            name: title_of(attachment),
            mime_type: None,
        });
    }

    /// Something shared, which stays where it is.
    fn shared(&mut self, attachment: &Value, what: &str) {
        let line = match title_of(attachment) {
            Some(title) => format!("{what}: {title}"),
            None => what.to_owned(),
        };
        self.say(ContentType::Share, line);
        self.lines.extend(url_of(attachment));
    }

    /// Stories are gone after a day, so their file is fetched at once.
    fn story(&mut self, attachment: &Value, what: &str) {
        self.say(ContentType::Story, what);
        if url_of(attachment).is_some() {
            self.file(attachment, AttachmentKind::Image, ContentType::Story);
        }
    }

    /// A link in the text comes as an attachment too, and says nothing new.
    fn link(&mut self, attachment: &Value, text: Option<&str>) {
        let url = url_of(attachment);
        if let (Some(url), Some(text)) = (&url, text)
            && text.contains(url.as_str())
        {
            return;
        }
        if text.is_none() {
            self.is(ContentType::Share);
        }
        let told = [title_of(attachment), url];
        self.lines.extend(told.into_iter().flatten());
    }

    fn place(&mut self, attachment: &Value) {
        let coordinate = |name| number(at(attachment, &["payload", "coordinates", name]));
        let title = title_of(attachment);
        match (coordinate("lat"), coordinate("long")) {
            (Some(latitude), Some(longitude)) => {
                let line = location(latitude, longitude, title.as_deref(), None);
                self.say(ContentType::Location, line);
            }
            (_, _) => self.say(
                ContentType::Location,
                title.unwrap_or_else(|| "A place".to_owned()),
            ),
        }
    }

    /// Products asked about; a shared comment comes as a template with nothing in it.
    fn template(&mut self, attachment: &Value) {
        let products = list(at(attachment, &["payload", "product", "elements"]));
        let lines: Vec<String> = products
            .iter()
            .take(MAX_PRODUCTS)
            .map(|product| {
                let told =
                    ["title", "subtitle", "retailer_id"].map(|field| detail(product.get(field)));
                let told: Vec<String> = told.into_iter().flatten().collect();
                format!("Product: {}", told.join(", "))
            })
            .collect();
        if lines.is_empty() {
            let line = title_of(attachment).unwrap_or_else(|| {
                "Shared something that cannot be shown here (a comment, as a rule)".to_owned()
            });
            return self.say(ContentType::Share, line);
        }
        self.is(ContentType::Share);
        self.lines.extend(lines);
    }

    fn unknown(&mut self, attachment: &Value) {
        if url_of(attachment).is_some() {
            self.file(attachment, AttachmentKind::File, ContentType::File);
        } else {
            self.say(
                ContentType::Unsupported,
                "Something that cannot be shown here",
            );
        }
    }
}
