//! An entry of a ticket's timeline.

use serde_json::{Map, Value};

use crate::attachment::Attachment;
use crate::channel::Channel;
use crate::delivery::Delivery;
use crate::id::{AgentId, MessageId};
use crate::time::Timestamp;

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used outside.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of that name, if there is one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text)
            }
        }
    };
}
pub(crate) use names;

names!(
    /// Who wrote an entry.
    SenderType {
        /// The customer.
        Customer = "customer",
        /// One of our agents.
        Agent = "agent",
        /// A chatbot, before it handed the conversation over.
        Bot = "bot",
        /// The desk itself, noting what changed.
        System = "system",
    }
);

names!(
    /// Who may see an entry.
    Visibility {
        /// The customer too.
        Public = "public",
        /// Agents only.
        Internal = "internal",
    }
);

names!(
    /// What kind of content an entry has.
    ContentType {
        /// Plain text.
        Text = "text",
        /// A picture.
        Image = "image",
        /// Sound.
        Audio = "audio",
        /// Moving pictures.
        Video = "video",
        /// Any other file.
        File = "file",
        /// A sticker.
        Sticker = "sticker",
        /// A place.
        Location = "location",
        /// Contact cards.
        Contact = "contact",
        /// A button, list or form answer.
        Interactive = "interactive",
        /// A shop order.
        Order = "order",
        /// A story reply or mention.
        Story = "story",
        /// A shared post or link.
        Share = "share",
        /// A mail.
        Email = "email",
        /// The desk's own note of a change.
        EventLog = "event_log",
        /// Something the platform or we cannot show.
        Unsupported = "unsupported",
    }
);

/// The latest reaction of one person to a message. One that was taken back is kept, so that an older one
/// that comes late is known as older.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji; none when it was taken back.
    pub emoji: Option<String>,
    /// Which side reacted.
    pub sender_type: SenderType,
    /// The platform's id of who reacted.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The sanitised HTML of a mail. Its own pictures stand in it as `attachment:<attachment id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Html {
    /// Short enough to stand in the timeline.
    Here(String),
    /// In the blob store.
    Kept {
        /// Its key there.
        blob_key: String,
        /// How long it is.
        size_bytes: u64,
    },
}

impl Html {
    /// What the keys of kept HTML begin with.
    pub const PREFIX: &'static str = "html/";
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its place in commit order, from 1, without gaps.
    pub position: u64,
    /// The platform's time of it.
    pub timestamp: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The channel it came or goes on.
    pub channel: Channel,
    /// Who wrote it.
    pub sender_type: SenderType,
    /// What an agent reads; the start of it when `content_truncated`.
    pub content: String,
    /// Its kind.
    pub content_type: ContentType,
    /// Whether the whole content is a text/plain attachment.
    pub content_truncated: bool,
    /// Sanitised HTML, for mail.
    pub html: Option<Html>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The agent who wrote it or caused it.
    pub agent_id: Option<AgentId>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Reactions to it, one a person.
    pub reactions: Vec<Reaction>,
    /// How its delivery stands, for what goes out.
    pub delivery: Option<Delivery>,
    /// The platform's id of the message it answers.
    pub reply_to: Option<String>,
    /// When the platform last said it was edited.
    pub edited_at: Option<Timestamp>,
    /// The platform's count of the edit that is shown; 0 where it does not count or there is none.
    pub edit_number: u64,
    /// When the platform said it was taken back.
    pub deleted_at: Option<Timestamp>,
    /// Which changes were heard of, by their keys, so that a repetition is known as one; the latest only.
    pub heard: Vec<String>,
    /// The platform's ids and details.
    pub channel_specific_data: Map<String, Value>,
}

/// Where a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePlace {
    /// Its id.
    pub message_id: MessageId,
    /// Its position in its ticket.
    pub position: u64,
    /// Its time.
    pub timestamp: Timestamp,
}
