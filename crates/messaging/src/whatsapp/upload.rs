//! A file on its way to WhatsApp (Cloud API reference, media, "Upload media" and "Supported media types").

use reqwest::Body;
use reqwest::multipart::{Form, Part};
use tributary_domain::ports::OutgoingFile;

use crate::file_name::plain_file_name;
use crate::verdict::{OTHER_FILE, Verdict, refused};

/// As what WhatsApp shows a file. What it does not show goes as a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    Image,
    Audio,
    Video,
    Document,
}

impl Media {
    pub(super) fn of(file: &OutgoingFile) -> Self {
        match essence(&file.mime_type) {
            "image/jpeg" | "image/png" => Self::Image,
            "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" | "audio/opus" => {
                Self::Audio
            }
            "video/mp4" | "video/3gpp" => Self::Video,
            _ => Self::Document,
        }
    }
}

/// A media type without its parameters.
fn essence(mime_type: &str) -> &str {
    let essence = mime_type.split(';').next();
    essence.unwrap_or_default().trim()
}

/// The form of an upload.
///
/// # Errors
/// When the file's media type is none.
pub(super) fn form(file: &OutgoingFile) -> Result<Form, Verdict> {
    let mime_type = essence(&file.mime_type);
    let length = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    let part = Part::stream_with_length(Body::from(file.bytes.clone()), length)
        .file_name(plain_file_name(&file.name))
        .mime_str(mime_type)
        .map_err(|_| {
            let message = "Nobody knows what kind of file it is.";
            Verdict::from(refused("no-media-type", message, OTHER_FILE))
        })?;
    Ok(Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", mime_type.to_owned())
        .part("file", part))
}
