//! What customers can send on each channel.

use serde::{Deserialize, Serialize};

use super::Channel;

/// What a customer can send, or a platform tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    #[default]
    Text,
    /// A picture, with the words as its caption where there is one.
    Image,
    /// Sound.
    Audio,
    /// A clip.
    Video,
    /// A document.
    File,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// A contact card.
    Contact,
    /// A button that was pressed.
    Button,
    /// A form that was filled in.
    Form,
    /// An order of the catalogue.
    Order,
    /// A question about a product.
    Product,
    /// A link.
    Link,
    /// A shared reel.
    Reel,
    /// A reply to our story.
    StoryReply,
    /// A mention in the customer's story.
    StoryMention,
    /// Words after an ad was clicked.
    Ad,
    /// A reaction, the words being the emoji.
    Reaction,
    /// The reaction is taken back.
    Unreaction,
    /// A message says something else.
    Edit,
    /// A message is taken back.
    Unsend,
    /// Something the platform cannot pass on.
    Unsupported,
    /// One of us answers with another tool.
    External,
    /// The conversation is passed to another app.
    Handover,
    /// The customer has another number.
    NewNumber,
    /// An encrypted chat.
    Encrypted,
    /// Our account may no longer be used.
    Revoked,
    /// A formatted mail.
    Html,
    /// A mail as SendGrid posts it when it has parsed it, in an old charset.
    Parsed,
    /// An answer to our last mail as Gmail writes it.
    ReplyGmail,
    /// An answer to our last mail as Outlook writes it.
    ReplyOutlook,
    /// An answer to our last mail as Apple Mail writes it.
    ReplyApple,
    /// Somebody else answers our last mail.
    Stranger,
    /// A machine answers our last mail.
    AutoReply,
    /// Our last mail comes back.
    Bounce,
}

const ANSWERS: [Kind; 6] = [
    Kind::ReplyGmail,
    Kind::ReplyOutlook,
    Kind::ReplyApple,
    Kind::Stranger,
    Kind::AutoReply,
    Kind::Bounce,
];

impl Kind {
    /// Whether it speaks of an earlier message.
    #[must_use]
    pub fn needs_target(self) -> bool {
        matches!(
            self,
            Self::Reaction | Self::Unreaction | Self::Edit | Self::Unsend
        )
    }

    /// Whether it is a mail that speaks of one of ours.
    #[must_use]
    pub fn answers_mail(self) -> bool {
        ANSWERS.contains(&self)
    }

    /// Whether it is nothing without words.
    #[must_use]
    pub fn needs_text(self) -> bool {
        matches!(self, Self::Text | Self::Edit | Self::Html)
    }

    /// What a channel's customers and platform can do.
    #[must_use]
    pub fn of(channel: Channel) -> &'static [Self] {
        match channel {
            Channel::Whatsapp => &[
                Self::Text,
                Self::Image,
                Self::Audio,
                Self::Video,
                Self::File,
                Self::Sticker,
                Self::Location,
                Self::Contact,
                Self::Button,
                Self::Form,
                Self::Order,
                Self::Ad,
                Self::Reaction,
                Self::Unreaction,
                Self::Edit,
                Self::Unsend,
                Self::Unsupported,
                Self::External,
                Self::NewNumber,
            ],
            Channel::Facebook => &[
                Self::Text,
                Self::Image,
                Self::Audio,
                Self::Video,
                Self::File,
                Self::Sticker,
                Self::Location,
                Self::Button,
                Self::Product,
                Self::Link,
                Self::Ad,
                Self::Reaction,
                Self::Unreaction,
                Self::Edit,
                Self::Unsend,
                Self::Unsupported,
                Self::External,
                Self::Handover,
                Self::Revoked,
            ],
            Channel::Instagram => &[
                Self::Text,
                Self::Image,
                Self::Audio,
                Self::Video,
                Self::Button,
                Self::Reel,
                Self::StoryReply,
                Self::StoryMention,
                Self::Ad,
                Self::Reaction,
                Self::Unreaction,
                Self::Edit,
                Self::Unsend,
                Self::Unsupported,
                Self::External,
            ],
            Channel::Twitter => &[
                Self::Text,
                Self::Image,
                Self::Video,
                Self::Button,
                Self::External,
                Self::Encrypted,
                Self::Revoked,
            ],
            Channel::WebChat => &[
                Self::Text,
                Self::ReplyGmail,
                Self::ReplyOutlook,
                Self::ReplyApple,
                Self::Stranger,
                Self::AutoReply,
                Self::Bounce,
            ],
            Channel::Email => &[
                Self::Text,
                Self::Html,
                Self::Image,
                Self::File,
                Self::Parsed,
                Self::ReplyGmail,
                Self::ReplyOutlook,
                Self::ReplyApple,
                Self::Stranger,
                Self::AutoReply,
                Self::Bounce,
            ],
        }
    }
}
