//! What one call to a provider takes: a message that is longer, or has more files, goes in parts.

use crate::attachment::{Attachment, AttachmentKind};
use crate::channel::Channel;

mod split;

use split::{Limit, split};

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartPlan<'m> {
    /// Its text; empty only beside files.
    pub text: &'m str,
    /// The files that go with it.
    pub files: &'m [Attachment],
}

/// The parts of a message on its way through a channel's provider, in order and never none. The same message makes
/// the same parts whenever it is asked for.
#[must_use]
pub fn parts<'m>(channel: Channel, text: &'m str, files: &'m [Attachment]) -> Vec<PartPlan<'m>> {
    let Shape { longest, with_text } = shape(channel);
    if channel == Channel::Email || channel == Channel::WebChat {
        return vec![PartPlan { text, files }];
    }
    let mut parts: Vec<PartPlan<'m>> = Vec::new();
    if !text.is_empty() || files.is_empty() {
        let texts = split(text, longest).into_iter();
        parts.extend(texts.map(|text| PartPlan { text, files: &[] }));
    }
    let mut files = files;
    if let (Some((first, rest)), [.., last]) = (files.split_first(), &mut parts[..])
        && with_text(first, last.text, rest.is_empty())
    {
        last.files = std::slice::from_ref(first);
        files = rest;
    }
    parts.extend(files.iter().map(|file| PartPlan {
        text: "",
        files: std::slice::from_ref(file),
    }));
    parts
}

/// How a channel's messages are cut.
struct Shape {
    longest: Limit,
    /// Whether a file goes with the last text, when it is the first file, or the only one.
    with_text: fn(&Attachment, &str, bool) -> bool,
}

fn shape(channel: Channel) -> Shape {
    let never = |_: &Attachment, _: &str, _: bool| false;
    match channel {
        // Send API reference, message object.
        Channel::Facebook => Shape {
            longest: Limit::Chars(2000),
            with_text: never,
        },
        // Instagram Platform, Send API: counted in bytes of UTF-8.
        Channel::Instagram => Shape {
            longest: Limit::Bytes(1000),
            with_text: never,
        },
        // Cloud API reference, text object and media captions, which sound has none of.
        Channel::WhatsApp => Shape {
            longest: Limit::Chars(4096),
            with_text: |file, text, is_only| {
                is_only && file.kind != AttachmentKind::Audio && text.chars().count() <= 1024
            },
        },
        // X API v2, "Create a DM": a text and one file.
        Channel::Twitter => Shape {
            longest: Limit::Chars(10_000),
            with_text: |_, _, _| true,
        },
        Channel::Email | Channel::WebChat => Shape {
            longest: Limit::Chars(usize::MAX),
            with_text: never,
        },
    }
}

#[cfg(test)]
mod tests;
