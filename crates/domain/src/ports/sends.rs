//! Messages on their way out: the intent to send, the message as it goes, and the providers.

use std::time::Duration;

use crate::channel::AccountId;
use crate::channel::Channel;
use crate::delivery::DeliveryError;
use crate::id::MessageId;
use crate::id::TicketId;
use crate::ticket::ReplyWindow;
use crate::time::Timestamp;

/// How far a message's way to the provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendState {
    /// To be sent at this time or later.
    Queued {
        /// Not before.
        not_before: Timestamp,
    },
    /// A call is under way; after `until` nobody is working on it any more.
    Sending {
        /// The end of the lease.
        until: Timestamp,
    },
}

/// The intent to send one message, kept until its outcome is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendIntent {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The message.
    pub message_id: MessageId,
    /// Its position.
    pub position: u64,
    /// The attempt it stands for, from 1.
    pub attempt: u32,
    /// When the message was first queued.
    pub queued_at: Timestamp,
    /// Where it stands.
    pub state: SendState,
}

/// How a commit touches an intent to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendWrite {
    /// A new intent; there must be none at that position.
    Create(SendIntent),
    /// It moves on; the stored one must still be `from`.
    Replace {
        /// What it must be.
        from: SendIntent,
        /// What it becomes.
        to: SendIntent,
    },
    /// It is finished; the stored one must still be this.
    Finish(SendIntent),
}

/// A message as it goes to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// The channel.
    pub channel: Channel,
    /// Our account there.
    pub account: AccountId,
    /// The platform's id of the customer; for mail and chats the mail address.
    pub to: String,
    /// The customer's name, if known.
    pub to_name: Option<String>,
    /// The whole text.
    pub text: String,
    /// The ticket's subject, for mail.
    pub subject: String,
    /// The ticket's reference, for mail.
    pub reference: String,
    /// What a mail answers, if it answers one.
    pub answers: Option<Answered>,
    /// Comes back in the provider's reports.
    pub correlation: Correlation,
    /// When the message was first queued.
    pub queued_at: Timestamp,
    /// How the platform lets us answer now.
    pub reply_window: ReplyWindow,
}

/// The mail that a mail answers, so that every mail program shows both as one conversation (RFC 5322, section
/// 3.6.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its Message-ID.
    pub message_id: String,
    /// The ids it had in its own References.
    pub references: Vec<String>,
}

/// Names one attempt to send one message, in 100 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The message.
    pub message_id: MessageId,
    /// Its position.
    pub position: u64,
    /// The attempt.
    pub attempt: u32,
}

/// What a provider did with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// It took it, under these ids of its own.
    Accepted {
        /// The provider's ids, one a part.
        platform_message_ids: Vec<String>,
    },
    /// It certainly did not take it, and may later.
    Retryable {
        /// Why.
        error: DeliveryError,
        /// When it asked us to come back.
        retry_after: Option<Duration>,
    },
    /// It certainly did not take it and never will.
    Refused {
        /// Why.
        error: DeliveryError,
    },
    /// Nobody knows.
    Unknown {
        /// What happened.
        error: DeliveryError,
    },
}

/// The providers.
pub trait Messenger: Send + Sync {
    /// Hands one message over, waiting 10 s at most.
    fn send(&self, message: &OutgoingMessage) -> impl Future<Output = SendOutcome> + Send;
}

impl Correlation {
    /// As text that a provider carries: `tributary:<ticket>:<message>:<position>:<attempt>`.
    #[must_use]
    pub fn as_text(&self) -> String {
        format!(
            "tributary:{}:{}:{}:{}",
            self.ticket_id, self.message_id, self.position, self.attempt
        )
    }

    /// As text on one of several parts, where a platform tells of each by itself: how many they are is
    /// added, unless there is only one.
    #[must_use]
    pub fn as_part_text(&self, parts: usize) -> String {
        let whole = self.as_text();
        if parts > 1 {
            format!("{whole}#{parts}")
        } else {
            whole
        }
    }

    /// Reads it back with the number of parts; none for anything that is not ours.
    #[must_use]
    pub fn parse_part(text: &str) -> Option<(Self, usize)> {
        match text.split_once('#') {
            Some((whole, parts)) => Some((Self::parse(whole)?, parts.parse().ok()?)),
            None => Some((Self::parse(text)?, 1)),
        }
    }

    /// Reads it back; none for anything that is not ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("tributary:")?.split(':');
        let correlation = Self {
            ticket_id: TicketId::parse(parts.next()?).ok()?,
            message_id: MessageId::parse(parts.next()?).ok()?,
            position: parts.next()?.parse().ok()?,
            attempt: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(correlation)
    }
}
