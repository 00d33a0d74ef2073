//! The part of the timeline that is embedded in the ticket: its last entries, bounded in number and
//! size, so that what a message costs does not grow with the length of its ticket.

use crate::attachment::MediaSource;
use crate::delivery::Part;
use crate::message::{Html, Message};

/// Most entries in the window.
pub const MAX_MESSAGES: usize = 10;
/// Most bytes of the window as stored.
pub const MAX_BYTES: usize = 16 * 1024;

/// The last entries of a timeline, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window {
    messages: Vec<Message>,
}

impl Window {
    /// A window as stored.
    #[must_use]
    pub fn from_stored(messages: Vec<Message>) -> Self {
        Self { messages }
    }

    /// The entries, oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The entry at `position`, to be changed.
    pub fn at_mut(&mut self, position: u64) -> Option<&mut Message> {
        self.messages.iter_mut().find(|m| m.position == position)
    }

    /// Adds the newest entry and returns those that no longer fit, oldest first.
    pub fn push(&mut self, message: Message) -> Vec<Message> {
        self.messages.push(message);
        self.shrink()
    }

    /// Takes out, oldest first, what no longer fits; the newest always stays.
    pub fn shrink(&mut self) -> Vec<Message> {
        let mut sizes: Vec<usize> = self.messages.iter().map(stored_size).collect();
        let mut total: usize = sizes.iter().sum();
        let mut leave = 0;
        while self.messages.len() - leave > 1
            && (self.messages.len() - leave > MAX_MESSAGES || total > MAX_BYTES)
        {
            total -= std::mem::take(&mut sizes[leave]);
            leave += 1;
        }
        self.messages.drain(..leave).collect()
    }
}

fn html_size(html: &Html) -> usize {
    match html {
        Html::Here(html) => html.len(),
        Html::Kept {
            blob_key,
            size_bytes: _,
        } => blob_key.len() + 30,
    }
}

fn source_size(source: &MediaSource) -> usize {
    match source {
        MediaSource::Url(url) => url.len() + 10,
        MediaSource::Media { id, sha256 } => id.len() + sha256.as_ref().map_or(0, String::len) + 20,
    }
}

/// An upper estimate of the bytes an entry takes as stored: its texts, and a fixed part for the
/// names and numbers around them.
#[must_use]
pub fn stored_size(message: &Message) -> usize {
    const FIXED: usize = 300;
    const ATTACHMENT: usize = 200;
    const ATTEMPT: usize = 120;
    let attachments: usize = message
        .attachments
        .iter()
        .map(|a| {
            ATTACHMENT
                + [&a.blob_key, &a.name, &a.mime_type]
                    .iter()
                    .map(|t| t.as_ref().map_or(0, String::len))
                    .sum::<usize>()
                + a.source.as_ref().map_or(0, source_size)
        })
        .sum();
    let attempts: usize = message.delivery.as_ref().map_or(0, |d| {
        d.parts()
            .iter()
            .flat_map(Part::attempts)
            .map(|a| {
                ATTEMPT
                    + a.error
                        .as_ref()
                        .map_or(0, |e| e.code.len() + e.message.len() + e.hint.len())
            })
            .sum()
    });
    let data = if message.channel_specific_data.is_empty() {
        0
    } else {
        serde_json::to_string(&message.channel_specific_data).map_or(0, |t| t.len())
    };
    FIXED
        + message.content.len()
        + message.html.as_ref().map_or(0, html_size)
        + message.reply_to.as_ref().map_or(0, String::len)
        + message
            .reactions
            .iter()
            .map(|r| r.emoji.as_ref().map_or(0, String::len) + r.by.len() + 60)
            .sum::<usize>()
        + message.heard.iter().map(|key| key.len() + 3).sum::<usize>()
        + attachments
        + attempts
        + data
}
