//! Messages on their way out: the intent to send, the message as it goes, and the providers.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::attachment::AttachmentKind;
use crate::channel::AccountId;
use crate::channel::Channel;
use crate::delivery::DeliveryError;
use crate::id::MessageId;
use crate::id::TicketId;
use crate::ports::TypingTo;
use crate::ticket::ReplyWindow;
use crate::time::Timestamp;

/// How far a message's way to the provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendState {
    /// To be sent at this time or later.
    Queued {
        /// Not before.
        not_before: Timestamp,
        /// Whether it waits for its account, which sends nothing now, and not for a time of its own: the account
        /// calls for it, and the time only sees to it that it is looked at now and then.
        held: bool,
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
    /// The channel whose provider carries it: chats are answered by mail.
    pub channel: Channel,
    /// Our account there.
    pub account: AccountId,
    /// What its provider put off so far.
    pub refusals: Refusals,
    /// Where it stands.
    pub state: SendState,
}

/// How often a provider refused a message for a while. That its account was broken or had to wait is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refusals {
    /// How often.
    pub count: u32,
    /// When it first did.
    pub first_at: Option<Timestamp>,
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

/// One part of a message as it goes to a provider. What one call takes is one part; most messages have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingPart {
    /// The channel.
    pub channel: Channel,
    /// Our account there.
    pub account: AccountId,
    /// The platform's id of the customer; for mail and chats the mail address.
    pub to: String,
    /// The customer's name, if known.
    pub to_name: Option<String>,
    /// What is said.
    pub content: PartContent,
    /// The platform's id of the message that it answers, where a platform shows that.
    pub reply_to: Option<String>,
    /// The platform's id of the customer's latest message, where this is the first that an agent says after it: the
    /// customer may be shown that it was seen.
    pub seen: Option<String>,
    /// The ticket's subject, for mail.
    pub subject: String,
    /// The ticket's reference, for mail.
    pub reference: String,
    /// What a mail answers, if it answers one.
    pub answers: Option<Answered>,
    /// Whether a machine wrote it: a mail says so, and no platform is told that a human did.
    pub is_automatic: bool,
    /// Comes back in the provider's reports.
    pub correlation: Correlation,
    /// The how many-th try to hand it over this is, from 1: those that met a broken account do not count.
    pub nth_try: u32,
    /// How the platform lets us answer now.
    pub reply_window: ReplyWindow,
}

/// What a part says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartContent {
    /// A text no longer than the channel takes at a time, and files where the channel takes them with it.
    Text {
        /// The text; empty only beside files.
        text: String,
        /// At most as many as the channel takes with a text.
        files: Vec<OutgoingFile>,
    },
    /// A message that the platform approved beforehand.
    Template(Template),
}

/// A file on its way out. Its type and size are what we found, not what was claimed.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingFile {
    /// What kind of file.
    pub kind: AttachmentKind,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// From where a platform that fetches files itself can get it, for an hour.
    pub url: String,
    /// Its bytes, for platforms that want them.
    pub bytes: Bytes,
}

impl fmt::Debug for OutgoingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.bytes.len();
        write!(f, "OutgoingFile({}, {size} bytes)", self.mime_type)
    }
}

/// A message that the platform approved beforehand (Cloud API, template messages).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name there.
    pub name: String,
    /// Its language there: `en_US`.
    pub language: String,
    /// What stands for `{{1}}`, `{{2}}`, … of its body, in order.
    pub parameters: Vec<String>,
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

/// Names one attempt to send one part of a message, in 110 characters.
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
    /// The part, from 0.
    pub part: u32,
}

/// What a provider did with a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// It took it.
    Accepted {
        /// Under this id of its own, if it named one.
        platform_message_id: Option<String>,
    },
    /// It certainly did not take it, and may later.
    Retryable {
        /// Why.
        error: DeliveryError,
        /// When it asked us to come back.
        retry_after: Option<Duration>,
    },
    /// It certainly did not take it, since the account sends too much at a time; that goes for all of its messages.
    Limited {
        /// Why.
        error: DeliveryError,
        /// When it takes more, if it said.
        retry_after: Option<Duration>,
    },
    /// It certainly did not take it, and takes nothing of this account until somebody mends something.
    Broken {
        /// Why.
        error: DeliveryError,
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

/// A message in a conversation that our account wrote, as its platform tells when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundThere {
    /// The platform's id of it.
    pub platform_message_id: String,
    /// What it says.
    pub text: String,
    /// How many files it has.
    pub files: usize,
    /// When it was written, by the platform's clock.
    pub at: Timestamp,
}

/// Why a platform does not tell what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// It may be told later.
    #[error("not now: {reason}")]
    NotNow {
        /// Why, without personal data.
        reason: String,
        /// When the platform asked us to come back.
        retry_after: Option<Duration>,
    },
    /// It is not told, however often it is asked for.
    #[error("never: {0}")]
    Never(String),
}

/// The providers.
pub trait Messenger: Send + Sync {
    /// What our account wrote lately to a person, newest first, as the platform tells; waiting 10 s at most. That
    /// something is not there proves nothing.
    fn written_to(
        &self,
        channel: Channel,
        account: &AccountId,
        person: &str,
    ) -> impl Future<Output = Result<Vec<FoundThere>, LookupError>> + Send;
    /// Hands one part over, waiting 10 s at most.
    fn send(&self, part: &OutgoingPart) -> impl Future<Output = SendOutcome> + Send;
    /// Shows a person that somebody types an answer, waiting 2 s at most. Whether the platform took it; nothing else
    /// follows from what it says.
    fn show_typing(&self, to: &TypingTo) -> impl Future<Output = bool> + Send;
    /// Which version of the channel's secret there is now, read anew; none when nobody can say.
    fn secret_version(&self, channel: Channel) -> impl Future<Output = Option<String>> + Send;
}

impl Correlation {
    /// As text that a provider carries: `tributary:<ticket>:<message>:<position>:<attempt>:<part>`.
    #[must_use]
    pub fn as_text(&self) -> String {
        let Self {
            ticket_id,
            message_id,
            position,
            attempt,
            part,
        } = self;
        format!("tributary:{ticket_id}:{message_id}:{position}:{attempt}:{part}")
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
            part: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(correlation)
    }
}
