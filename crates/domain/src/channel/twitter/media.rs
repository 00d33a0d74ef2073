//! Pictures and videos of messages.

use serde_json::Value;

use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::fields::{at, list, start};
use crate::channel::inbound::InboundAttachment;
use crate::message::ContentType;

/// A picture, video or animated picture, in the words of v1.1 or v2; none when it is something else.
/// A video whose film is not told is shown by its still picture.
pub(super) fn attachment(media: &Value) -> Option<InboundAttachment> {
    let of = |kind, url: Option<String>, mime_type| InboundAttachment {
        kind,
        source: url.map(MediaSource::Url),
        name: None,
        mime_type,
    };
    match media.get("type").and_then(Value::as_str)? {
        "photo" => Some(of(AttachmentKind::Image, still(media), None)),
        "video" | "animated_gif" => Some(match film(media) {
            Some((url, mime)) => of(AttachmentKind::Video, Some(url), mime),
            None => of(AttachmentKind::Image, still(media), None),
        }),
        _ => None,
    }
}

/// The kind of a message that is nothing but these files.
pub(super) fn content_type(attachments: &[InboundAttachment]) -> Option<ContentType> {
    Some(match attachments.first()?.kind {
        AttachmentKind::Image => ContentType::Image,
        AttachmentKind::Audio => ContentType::Audio,
        AttachmentKind::Video => ContentType::Video,
        AttachmentKind::File => ContentType::File,
    })
}

fn address(value: Option<&Value>) -> Option<String> {
    // Which of them may be asked is decided where files are fetched: the local stack has no certificate.
    let url = value?.as_str()?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web.then(|| url.to_owned())
}

fn still(media: &Value) -> Option<String> {
    // In v1.1 `url` is the short link that stands in the text, and no picture.
    let fields: &[&str] = if media.get("media_url").is_some() {
        &["media_url_https", "media_url"]
    } else {
        &["media_url_https", "url", "preview_image_url"]
    };
    fields
        .iter()
        .find_map(|field| address(media.get(field)))
        .filter(|url| !url.starts_with("https://t.co/"))
}

/// The film of the highest bit rate in MP4, by HTTPS if it is offered so, and its media type.
fn film(media: &Value) -> Option<(String, Option<String>)> {
    let variants = list(at(media, &["video_info", "variants"]));
    let variants = variants.iter().chain(list(media.get("variants")));
    variants
        .filter(|v| v.get("content_type").and_then(Value::as_str) == Some("video/mp4"))
        .filter_map(|v| Some((v, address(v.get("url"))?)))
        .max_by_key(|(v, url)| {
            let rate = v.get("bitrate").or_else(|| v.get("bit_rate"));
            (url.starts_with("https://"), rate.and_then(Value::as_u64))
        })
        .map(|(v, url)| (url, start(v.get("content_type"), 255)))
}
