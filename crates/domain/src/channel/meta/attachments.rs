//! Attachments: files are fetched, everything else is put into words and data.

use serde_json::{Map, Value, json};

use crate::attachment::AttachmentKind;
use crate::channel::fields::at;
use crate::channel::inbound::{Author, InboundAttachment};
use crate::channel::meta::details::{address, link, told, words};
use crate::channel::meta::files::Files;
use crate::channel::meta::{Platform, share, template};
use crate::channel::readable;
use crate::message::ContentType;

/// What is attached to a message.
pub(super) struct Attached {
    pub(super) files: Vec<InboundAttachment>,
    /// What the files are, where a file alone does not tell. Said when nobody wrote anything.
    pub(super) labels: Vec<String>,
    /// What the attachments that are no files say.
    pub(super) lines: Vec<String>,
    /// The kind of the first file, or else of the first other attachment that says anything.
    pub(super) content_type: Option<ContentType>,
    pub(super) data: Map<String, Value>,
}

/// The members of a list; anything else that is there counts as the only one.
fn items(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_))) => {
            std::slice::from_ref(other)
        }
    }
}

/// Reads the attachments of a message; `written` is what was written beside them.
pub(super) fn read(
    platform: &Platform,
    said: &Value,
    written: Option<&str>,
    author: Author,
) -> Attached {
    let mention = match author {
        Author::Customer => "Mentioned you in a story",
        Author::Us => "Mentioned them in a story",
    };
    let mut reader = Reader {
        mention,
        ..Reader::default()
    };
    let attachments = items(said.get("attachments"));
    for attachment in attachments {
        // Old ones tell the id of the sticker beside the attachments.
        let sticker = at(attachment, &["payload", "sticker_id"])
            .or_else(|| said.get("sticker_id").filter(|_| attachments.len() == 1));
        reader.read(platform, attachment, sticker, written);
    }
    let Reader {
        mention: _,
        files,
        labels,
        mut lines,
        content_type,
        data,
    } = reader;
    if files.left_out > 0 {
        lines.push(format!("{} more files are not shown", files.left_out));
    }
    Attached {
        files: files.list,
        labels,
        lines,
        content_type: files.content_type.or(content_type),
        data,
    }
}

#[derive(Default)]
struct Reader {
    /// What an agent reads of a story that mentions somebody.
    mention: &'static str,
    files: Files,
    labels: Vec<String>,
    lines: Vec<String>,
    content_type: Option<ContentType>,
    data: Map<String, Value>,
}

impl Reader {
    fn read(
        &mut self,
        platform: &Platform,
        attachment: &Value,
        sticker: Option<&Value>,
        written: Option<&str>,
    ) {
        let kind = attachment.get("type").and_then(Value::as_str);
        match kind.unwrap_or_default() {
            "sticker" => self.sticker(attachment, sticker),
            "image" if sticker.is_some() => self.sticker(attachment, sticker),
            "image" => self.file(attachment, AttachmentKind::Image, ContentType::Image),
            "audio" => self.file(attachment, AttachmentKind::Audio, ContentType::Audio),
            "video" => self.file(attachment, AttachmentKind::Video, ContentType::Video),
            "file" | "media" => self.file(attachment, AttachmentKind::File, ContentType::File),
            "story_mention" => self.story(attachment, "mention", self.mention),
            "story" | "ig_story" => self.story(attachment, "share", "Shared a story"),
            "reel" | "ig_reel" => {
                self.shared_file(attachment, AttachmentKind::Video, "Shared a reel");
            }
            "share" => self.shared_file(attachment, AttachmentKind::File, "Shared a post"),
            "post" | "ig_post" => {
                let post = share::shared(attachment);
                self.say(share::line("Shared a post", &post), ContentType::Share);
                self.share(post);
            }
            "fallback" => self.link(attachment, written),
            "location" => self.location(attachment),
            "template" => self.template(platform, attachment),
            "appointment_booking" => {
                let (line, booking) = share::appointment(attachment);
                self.data.insert("appointment".into(), booking.into());
                self.say(line, ContentType::Interactive);
            }
            _ => self.unknown(platform, attachment),
        }
    }

    fn file(&mut self, attachment: &Value, kind: AttachmentKind, content_type: ContentType) {
        if !self.files.add(attachment, kind, content_type) {
            let what = content_type.as_str();
            self.labels
                .push(format!("Sent something ({what}) that cannot be fetched"));
        }
    }

    fn sticker(&mut self, attachment: &Value, id: Option<&Value>) {
        if !self.files.add_sticker(attachment, id) {
            self.labels
                .push("Sent a sticker that cannot be fetched".to_owned());
        }
        self.data.extend(told([("sticker_id", words(id))]));
    }

    fn story(&mut self, attachment: &Value, how: &str, what: &str) {
        let payload = attachment.get("payload").unwrap_or(&Value::Null);
        let story = share::story(how, payload);
        self.labels.push(share::label(what, &story));
        self.data.insert("story".into(), story.into());
        self.shown(attachment, AttachmentKind::File, ContentType::Story);
    }

    /// Something shared: a file where the platform keeps its media for a while, else words and a link.
    fn shared_file(&mut self, attachment: &Value, kind: AttachmentKind, what: &str) {
        let shared = share::shared(attachment);
        if address(attachment).is_some_and(share::is_file) {
            self.labels.push(share::label(what, &shared));
            self.files.add(attachment, kind, ContentType::Share);
        } else {
            self.say(share::line(what, &shared), ContentType::Share);
        }
        self.share(shared);
    }

    /// The file behind something shared, if it has an address: that leads to the media, and expires.
    fn shown(&mut self, attachment: &Value, kind: AttachmentKind, content_type: ContentType) {
        if address(attachment).is_some() {
            self.files.add(attachment, kind, content_type);
        } else {
            self.content_type.get_or_insert(content_type);
        }
    }

    /// A link in the text comes as an attachment too, and says nothing new.
    fn link(&mut self, attachment: &Value, written: Option<&str>) {
        let link = share::shared(attachment);
        let is_new = match (written, link.get("url").and_then(Value::as_str)) {
            (Some(written), Some(url)) => !share::says(written, url),
            (Some(_), None) => link.contains_key("title"),
            (None, _) => true,
        };
        if is_new {
            self.say(share::line("Shared a link", &link), ContentType::Share);
        }
        self.share(link);
    }

    fn location(&mut self, attachment: &Value) {
        let place = at(attachment, &["payload", "coordinates"]).unwrap_or(&Value::Null);
        let of = |names: [&str; 2]| names.iter().find_map(|n| readable::number(place.get(n)));
        let title = words(attachment.get("title"));
        let url = link(attachment.get("url"));
        let mut location = told([("title", title.clone()), ("url", url)]);
        let coordinates = of(["lat", "latitude"]).zip(of(["long", "longitude"]));
        let line = if let Some((latitude, longitude)) = coordinates {
            location.insert("latitude".into(), json!(latitude));
            location.insert("longitude".into(), json!(longitude));
            readable::location(latitude, longitude, title.as_deref(), None)
        } else {
            share::line("Sent a location", &location)
        };
        self.data.insert("location".into(), location.into());
        self.say(line, ContentType::Location);
    }

    fn template(&mut self, platform: &Platform, attachment: &Value) {
        let products = template::products(attachment);
        if !products.is_empty() {
            let line = |product| template::product_line(product);
            let lines: Vec<String> = products.iter().map(line).collect();
            self.say(lines.join("\n"), ContentType::Share);
            let products = products.into_iter().map(Value::Object).collect();
            self.data.insert("products".into(), products);
            return;
        }
        let lines = template::lines(attachment);
        if lines.is_empty() {
            // A comment that is shared comes as a template with nothing in it.
            let name = platform.name;
            let line = format!("Shared a comment or a card that {name} does not pass on");
            self.say(line, ContentType::Unsupported);
        } else {
            self.say(lines.join("\n"), ContentType::Interactive);
        }
        let kind = words(at(attachment, &["payload", "template_type"]));
        self.data.extend(told([("template_type", kind)]));
    }

    /// What the platform itself calls unsupported has an address all the same.
    fn unknown(&mut self, platform: &Platform, attachment: &Value) {
        let line = format!("Sent something that {} does not pass on", platform.name);
        if address(attachment).is_some() {
            self.files
                .add(attachment, AttachmentKind::File, ContentType::Unsupported);
            self.labels.push(line);
        } else {
            self.say(line, ContentType::Unsupported);
        }
        let kind = words(attachment.get("type"));
        self.data.extend(told([("attachment_type", kind)]));
    }

    fn say(&mut self, line: String, content_type: ContentType) {
        self.lines.push(line);
        self.content_type.get_or_insert(content_type);
    }

    fn share(&mut self, shared: Map<String, Value>) {
        let shares = self.data.entry("shares").or_insert_with(|| json!([]));
        if let Some(shares) = shares.as_array_mut()
            && shares.len() < share::MAX_SHARES
        {
            shares.push(shared.into());
        }
    }
}
