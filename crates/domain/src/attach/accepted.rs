//! Which files the platforms take.

use crate::channel::Channel;

const MB: u64 = 1024 * 1024;
/// The largest all files of a mail together: a third more as base64, below what SendGrid takes (30 MB).
pub(super) const MOST_OF_MAIL: u64 = 20 * MB;

/// Files of one kind that a platform takes.
struct Taken {
    /// How the media types begin.
    types: &'static [&'static str],
    /// The largest, in bytes.
    most: u64,
    told: &'static str,
}

const fn taken(types: &'static [&'static str], most: u64, told: &'static str) -> Taken {
    Taken { types, most, told }
}

/// Instagram Platform, Send API, "Supported media".
const INSTAGRAM: &[Taken] = &[
    taken(
        &["image/png", "image/jpeg"],
        8 * MB,
        "pictures (PNG, JPEG) up to 8 MB",
    ),
    taken(&["audio/"], 25 * MB, "sound up to 25 MB"),
    taken(&["video/"], 25 * MB, "clips up to 25 MB"),
    taken(&["application/pdf"], 25 * MB, "PDF up to 25 MB"),
];

/// Cloud API reference, "Supported media types".
const WHATSAPP: &[Taken] = &[
    taken(&["image/"], 5 * MB, "pictures up to 5 MB"),
    taken(
        &["audio/", "video/"],
        16 * MB,
        "sound and clips up to 16 MB",
    ),
    taken(&[""], 25 * MB, "other files up to 25 MB"),
];

/// X API v2, "Upload media": pictures, and clips for direct messages.
const TWITTER: &[Taken] = &[
    taken(&["image/gif"], 15 * MB, "GIF up to 15 MB"),
    taken(
        &["image/png", "image/jpeg", "image/webp"],
        5 * MB,
        "pictures (PNG, JPEG, WebP) up to 5 MB",
    ),
    taken(
        &["video/mp4", "video/quicktime"],
        25 * MB,
        "MP4 clips up to 25 MB",
    ),
];

/// Messenger Platform, Send API, attachments; and mail, whose files count together.
const ANYTHING: &[Taken] = &[taken(&[""], 25 * MB, "files up to 25 MB")];

/// Why a channel's platform does not take a file of this type and size, to follow the name of its field.
pub(super) fn refusal(channel: Channel, mime_type: &str, size: u64) -> Option<String> {
    let (name, all) = match channel {
        Channel::Instagram => ("Instagram", INSTAGRAM),
        Channel::WhatsApp => ("WhatsApp", WHATSAPP),
        Channel::Twitter => ("X", TWITTER),
        Channel::Facebook => ("Messenger", ANYTHING),
        Channel::Email | Channel::WebChat => ("mail", ANYTHING),
    };
    let of_type = |taken: &&Taken| taken.types.iter().any(|start| mime_type.starts_with(start));
    match all.iter().find(of_type) {
        Some(taken) if size <= taken.most => None,
        Some(taken) => Some(format!("is too large: {name} takes {}", taken.told)),
        None => {
            let told: Vec<&str> = all.iter().map(|taken| taken.told).collect();
            Some(format!(
                "is of a type that {name} does not take: it takes {}",
                told.join(", ")
            ))
        }
    }
}
