//! Channels, our accounts on them, and who somebody is on one.

use std::fmt;

pub use details::Details;
use inbound::{Events, InboundBatch};
use serde_json::value::RawValue;

mod details;
pub mod email;
pub mod facebook;
mod fields;
pub mod inbound;
pub mod instagram;
mod meta;
mod readable;
mod text;
pub mod twitter;
pub mod web_chat;
pub mod whatsapp;

/// Where a conversation takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Facebook Messenger.
    Facebook,
    /// Instagram direct messages.
    Instagram,
    /// WhatsApp Business Cloud API.
    WhatsApp,
    /// X direct messages.
    Twitter,
    /// Mail.
    Email,
    /// A website's chatbot.
    WebChat,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 6] = [
        Self::Facebook,
        Self::Instagram,
        Self::WhatsApp,
        Self::Twitter,
        Self::Email,
        Self::WebChat,
    ];

    /// The channel's name outside.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Facebook => "facebook",
            Self::Instagram => "instagram",
            Self::WhatsApp => "whatsapp",
            Self::Twitter => "twitter",
            Self::Email => "email",
            Self::WebChat => "web_chat",
        }
    }

    /// Whether events carry only ids of people, and the platform is asked for their names (Messenger Platform
    /// and Instagram Platform, user profile API).
    #[must_use]
    pub fn names_are_asked_for(self) -> bool {
        match self {
            Self::Facebook | Self::Instagram => true,
            Self::WhatsApp | Self::Twitter | Self::Email | Self::WebChat => false,
        }
    }

    /// Whether the platform tells, when it is asked, what our account wrote to a person (X API v2, "Direct Messages
    /// lookup").
    #[must_use]
    pub fn tells_what_was_sent(self) -> bool {
        match self {
            Self::Twitter => true,
            Self::Facebook | Self::Instagram | Self::WhatsApp | Self::Email | Self::WebChat => {
                false
            }
        }
    }

    /// Whether the platform shows a customer that an agent types (Messenger Platform and Instagram Platform, sender
    /// actions; WhatsApp Cloud API, typing indicators).
    #[must_use]
    pub fn shows_typing(self) -> bool {
        match self {
            Self::Facebook | Self::Instagram | Self::WhatsApp => true,
            Self::Twitter | Self::Email | Self::WebChat => false,
        }
    }

    /// The channel of that name, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

/// The events of a platform's JSON body; none for channels that have none. Of mail, only what becomes of
/// ours comes as JSON.
#[must_use]
pub fn events(channel: Channel, body: &RawValue) -> Option<Events<'_>> {
    match channel {
        Channel::Facebook => Some(facebook::events(body)),
        Channel::Instagram => Some(instagram::events(body)),
        Channel::WhatsApp => Some(whatsapp::events(body)),
        Channel::Twitter => Some(twitter::events(body)),
        Channel::Email => Some(email::events::events(body)),
        Channel::WebChat => None,
    }
}

/// [`events`], all at once.
#[must_use]
pub fn normalise(channel: Channel, body: &RawValue) -> Option<InboundBatch> {
    let events = events(channel, body)?.collect();
    Some(InboundBatch { channel, events })
}

/// The events of a body of a platform that sends JSON.
#[cfg(test)]
pub(crate) fn all_of(channel: Channel, body: &RawValue) -> Vec<inbound::InboundEvent> {
    let batch = normalise(channel, body).expect("a platform that sends JSON");
    assert_eq!(batch.channel, channel);
    batch.events
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Our page, number, mailbox or user that a message came to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Box<str>);

/// The account or platform id is empty, too long, or has control characters.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected 1 to {max} characters without control characters")]
pub struct InvalidPlatformId {
    /// The longest allowed, in bytes.
    pub max: usize,
}

fn check(text: &str, max: usize) -> Result<(), InvalidPlatformId> {
    if text.is_empty() || text.len() > max || text.chars().any(char::is_control) {
        return Err(InvalidPlatformId { max });
    }
    Ok(())
}

impl AccountId {
    /// Takes a platform's id of one of our accounts, at most 256 bytes.
    ///
    /// # Errors
    /// [`InvalidPlatformId`] when it is empty, longer, or has control characters.
    pub fn parse(text: &str) -> Result<Self, InvalidPlatformId> {
        check(text, 256)?;
        Ok(Self(text.into()))
    }

    /// The account that chats and mail belong to: neither names one by itself.
    #[must_use]
    pub fn constant(channel: Channel) -> Self {
        Self(channel.as_str().into())
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who somebody is on a channel: `<channel>:<platform id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelIdentity {
    channel: Channel,
    platform_id: Box<str>,
}

impl ChannelIdentity {
    /// Names somebody on a channel; mail addresses are lower-cased. At most 512 bytes.
    ///
    /// # Errors
    /// [`InvalidPlatformId`] when the id is empty, too long, or has control characters.
    pub fn new(channel: Channel, platform_id: &str) -> Result<Self, InvalidPlatformId> {
        check(platform_id, 512)?;
        let platform_id = if channel == Channel::Email {
            platform_id.to_lowercase()
        } else {
            platform_id.to_owned()
        };
        Ok(Self {
            channel,
            platform_id: platform_id.into(),
        })
    }

    /// Reads `<channel>:<platform id>`.
    ///
    /// # Errors
    /// [`InvalidPlatformId`] when the channel is unknown or the id is not valid.
    pub fn parse(text: &str) -> Result<Self, InvalidPlatformId> {
        let (channel, id) = text.split_once(':').ok_or(InvalidPlatformId { max: 512 })?;
        Self::new(
            Channel::parse(channel).ok_or(InvalidPlatformId { max: 512 })?,
            id,
        )
    }

    /// The channel.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The platform's id of the person.
    #[must_use]
    pub fn platform_id(&self) -> &str {
        &self.platform_id
    }
}

impl fmt::Display for ChannelIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.channel, self.platform_id)
    }
}

/// A body of a test, as text.
#[cfg(test)]
pub(crate) fn raw(body: &serde_json::Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(body).expect("a value is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mail_identities_ignore_case_and_others_keep_it() {
        assert_eq!(
            ChannelIdentity::new(Channel::Email, "Ann@Example.COM")
                .expect("valid")
                .to_string(),
            "email:ann@example.com"
        );
        assert_eq!(
            ChannelIdentity::new(Channel::WhatsApp, "US.13Ab")
                .expect("valid")
                .to_string(),
            "whatsapp:US.13Ab"
        );
    }

    proptest! {
        #[test]
        fn an_identity_reads_back(index in 0usize..6, id in "[a-z0-9:.@+#]{1,40}") {
            let identity = ChannelIdentity::new(Channel::ALL[index], &id).expect("valid");
            prop_assert_eq!(ChannelIdentity::parse(&identity.to_string()), Ok(identity));
        }
    }
}
