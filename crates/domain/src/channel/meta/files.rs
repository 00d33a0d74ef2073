//! The files of a message, which the platform has and gives for a while.

use serde_json::Value;

use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::fields::{at, text};
use crate::channel::inbound::InboundAttachment;
use crate::channel::meta::details::{address, words};
use crate::limits::MAX_ATTACHMENTS;
use crate::message::ContentType;

/// Longest address a file is fetched from, in bytes; one that is cut would lead nowhere.
const MAX_SOURCE_BYTES: usize = 4096;

/// The files so far.
#[derive(Default)]
pub(super) struct Files {
    pub(super) list: Vec<InboundAttachment>,
    /// The kind of the first.
    pub(super) content_type: Option<ContentType>,
    /// How many came that an entry has no room for.
    pub(super) left_out: usize,
    /// The stickers among them: their ids, and which file each is.
    stickers: Vec<(Option<String>, usize)>,
}

impl Files {
    /// Adds a file; returns whether it can be fetched.
    pub(super) fn add(
        &mut self,
        attachment: &Value,
        kind: AttachmentKind,
        content_type: ContentType,
    ) -> bool {
        self.content_type.get_or_insert(content_type);
        if self.list.len() == MAX_ATTACHMENTS {
            self.left_out += 1;
            return true;
        }
        let of = |field: &str| {
            let inside = words(at(attachment, &["payload", field]));
            inside.or_else(|| words(attachment.get(field)))
        };
        let source = source(attachment);
        let is_there = source.is_some();
        self.list.push(InboundAttachment {
            kind,
            source,
            name: of("name").or_else(|| of("filename")),
            mime_type: of("mime_type"),
        });
        is_there
    }

    /// Adds a sticker, unless it is told of again: Messenger once sent each as an image and as itself.
    /// Returns whether it can be fetched.
    pub(super) fn add_sticker(&mut self, attachment: &Value, id: Option<&Value>) -> bool {
        let id = text(id);
        let mut stickers = self.stickers.iter();
        let known = stickers.find(|(other, _)| id.is_none() || other.is_none() || *other == id);
        let Some(file) = known.and_then(|(_, index)| self.list.get_mut(*index)) else {
            self.stickers.push((id, self.list.len()));
            return self.add(attachment, AttachmentKind::Image, ContentType::Sticker);
        };
        file.source = file.source.take().or_else(|| source(attachment));
        file.source.is_some()
    }
}

/// Where a file is: an address on the web, or nothing.
fn source(attachment: &Value) -> Option<MediaSource> {
    let url = address(attachment)?;
    let is_web = ["https://", "http://"].iter().any(|scheme| {
        let start = url.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let is_clean = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    let is_whole = url.len() <= MAX_SOURCE_BYTES;
    (is_web && is_clean && is_whole).then(|| MediaSource::Url(url.to_owned()))
}
