//! What a message of WhatsApp's says: a text, a file that was handed over, or a template.
use serde_json::Value;

use super::templates::filled;
use super::text;
use crate::provider_double::files::Files;
use crate::provider_double::graph::Refusal;
use crate::sandbox::model::{Kind, SentFile};

const LONGEST_TEXT: usize = 4_096;
const LONGEST_CAPTION: usize = 1_024;

/// What was understood.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) files: Vec<SentFile>,
    pub(super) is_template: bool,
}

impl Said {
    pub(super) fn read(message: &Value, files: &Files) -> Result<Self, Refusal> {
        // `type` may be left out for text.
        let kind = text(&message["type"]).unwrap_or("text");
        let content = &message[kind];
        if !content.is_object() {
            return Err(Refusal::missing(kind));
        }
        let shown = match kind {
            "text" => return Self::of_text(content),
            "template" => {
                return Ok(Self {
                    text: filled(content)?,
                    files: Vec::new(),
                    is_template: true,
                });
            }
            "image" => Kind::Image,
            "video" => Kind::Video,
            "audio" => Kind::Audio,
            "document" => Kind::File,
            _ => {
                let text = "(#131051) Unsupported message type";
                return Err(Refusal::parameter(131_051, text, "type is none of ours"));
            }
        };
        Self::of_file(kind, shown, content, files)
    }

    fn of_text(content: &Value) -> Result<Self, Refusal> {
        let body = text(&content["body"]).ok_or_else(|| Refusal::missing("text.body"))?;
        if body.chars().count() > LONGEST_TEXT {
            let text = "(#100) Param text['body'] must be at most 4096 characters long.";
            return Err(Refusal::parameter(100, text, "text.body is too long"));
        }
        Ok(Self {
            text: body.to_owned(),
            files: Vec::new(),
            is_template: false,
        })
    }

    fn of_file(kind: &str, shown: Kind, content: &Value, files: &Files) -> Result<Self, Refusal> {
        let id = text(&content["id"]).ok_or_else(|| Refusal::missing(&format!("{kind}.id")))?;
        let uploaded = files.get(id);
        let uploaded = uploaded.ok_or_else(|| {
            Refusal::invalid(format!("{kind}.id names no file that was uploaded"))
        })?;
        if shown != Kind::File && uploaded.kind() != shown {
            let text = "(#131053) Media upload error";
            let details = format!("{} is not supported as {kind}", uploaded.mime_type);
            return Err(Refusal::parameter(131_053, text, details));
        }
        let caption = content["caption"].as_str().unwrap_or_default();
        if shown == Kind::Audio && !caption.is_empty() {
            return Err(Refusal::invalid("audio has no caption"));
        }
        if caption.chars().count() > LONGEST_CAPTION {
            return Err(Refusal::invalid(format!("{kind}.caption is too long")));
        }
        let name = text(&content["filename"]).map(str::to_owned);
        let file = SentFile {
            kind: shown,
            name: name.unwrap_or(uploaded.name),
            url: None,
        };
        Ok(Self {
            text: caption.to_owned(),
            files: vec![file],
            is_template: false,
        })
    }
}
