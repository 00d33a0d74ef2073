//! What a platform told us, in our own terms. Every channel's payload becomes a list of these.

use crate::account::{OurAccount, of_business};
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::{AccountId, Channel, ChannelIdentity, Details};
use crate::delivery::{DeliveryError, DeliveryState, ReceiptKind};
use crate::message::{ContentType, SenderType};
use crate::ports::Correlation;
use crate::ticket::Status;
use crate::time::Timestamp;

/// One event of a webhook's body.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundEvent {
    /// Our account it belongs to, if the body names one.
    pub account: Option<AccountId>,
    /// What it is.
    pub kind: InboundKind,
}

/// What an event is.
#[derive(Debug, Clone, PartialEq)]
pub enum InboundKind {
    /// Somebody wrote: a customer, or one of us with another tool.
    Message(Box<InboundMessage>),
    /// A message was edited, taken back, or reacted to.
    Change(Box<MessageChange>),
    /// A provider says how the delivery of one of our messages stands.
    Report(Box<DeliveryReport>),
    /// A platform says up to when all that was sent to a person has come or was read.
    Receipt(Box<Receipt>),
    /// Something happened in a conversation that nobody wrote: shown in the open ticket, if there is one.
    Notice(Box<Notice>),
    /// Somebody goes by other names on the platform now.
    Renamed(Box<Renamed>),
    /// The platform blocked or freed accounts of ours.
    Account(Box<AccountNews>),
    /// Understood, and of no use to a support desk.
    Ignored(&'static str),
    /// Not understood: kept raw until it is.
    Parked(&'static str),
}

impl InboundKind {
    /// A message, without the room that its lists grew into: a body may have a thousand.
    pub(super) fn message(mut message: InboundMessage) -> Self {
        message.person.shrink_to_fit();
        message.attachments.shrink_to_fit();
        message.content.shrink_to_fit();
        message.platform_message_id.shrink_to_fit();
        Self::Message(Box::new(message))
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Customer,
    /// One of us, with another tool: the page's inbox, the phone's app, another app. It was sent already.
    Us,
}

impl Author {
    /// The status of a ticket after a message of theirs.
    #[must_use]
    pub fn moves(self, status: Status) -> Status {
        match self {
            Self::Customer => status.after_customer_message(),
            Self::Us if status.is_open() => status.after_agent_reply(),
            Self::Us => status,
        }
    }
}

/// A message from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    /// The platform's id of it.
    pub platform_message_id: String,
    /// Who wrote it.
    pub author: Author,
    /// The customer whose conversation it is in, also when one of us wrote: the name used for the
    /// conversation first, then other names of the same person.
    pub person: Vec<ChannelIdentity>,
    /// The name the platform gives the customer.
    pub person_name: Option<String>,
    /// The platform's time, if it gave one that can be read.
    pub timestamp: Option<Timestamp>,
    /// What an agent reads.
    pub content: String,
    /// Its kind.
    pub content_type: ContentType,
    /// Its files, still at the platform.
    pub attachments: Vec<InboundAttachment>,
    /// The platform's id of the message it answers.
    pub reply_to: Option<String>,
    /// The platform's ids and details.
    pub data: Details,
}

/// A file at the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundAttachment {
    /// What kind of file.
    pub kind: AttachmentKind,
    /// Where it is; none when the platform did not say, or no longer gives it.
    pub source: Option<MediaSource>,
    /// File name, if told.
    pub name: Option<String>,
    /// Media type, if told. It proves nothing.
    pub mime_type: Option<String>,
}

/// What changed a message after it was written. Every order and repetition of the same changes ends the same.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageChange {
    /// The platform's id of the message.
    pub target: String,
    /// The customer in whose conversation it is, if told.
    pub person: Option<ChannelIdentity>,
    /// Tells this change from every other of the same message: the platform's id of it, or what it consists of.
    pub key: String,
    /// The platform's time, if it gave one that can be read.
    pub at: Option<Timestamp>,
    /// What it is.
    pub what: ChangeKind,
}

/// A change of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum ChangeKind {
    /// It says something else now.
    Edit {
        /// What it says.
        content: String,
        /// The platform's count of its edits, if it counts; a higher one is later.
        number: Option<u64>,
    },
    /// Its writer took it back.
    Unsend,
    /// Somebody reacted, or took the reaction back. One reaction a person; the latest counts.
    Reaction {
        /// The emoji; none takes it back.
        emoji: Option<String>,
        /// The platform's id of who reacted.
        by: String,
        /// Which side that is.
        sender_type: SenderType,
    },
}

/// Something that happened in a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The platform's id of it, or what it consists of: tells it from every other of the account.
    pub key: String,
    /// In whose conversation.
    pub person: ChannelIdentity,
    /// What an agent reads.
    pub content: String,
    /// The platform's time, if it gave one that can be read.
    pub at: Option<Timestamp>,
    /// The platform's details.
    pub data: Details,
}

/// Somebody goes by other names on the platform now.
#[derive(Debug, Clone, PartialEq)]
pub struct Renamed {
    /// The platform's id of it, or what it consists of.
    pub key: String,
    /// The names that no longer hold, of which at least one is told.
    pub former: Vec<ChannelIdentity>,
    /// The names that hold now, best first; never empty.
    pub current: Vec<ChannelIdentity>,
    /// What an agent reads of it.
    pub content: String,
    /// The platform's time, if it gave one that can be read.
    pub at: Option<Timestamp>,
}

/// What a platform says of one of our accounts, which the event names, or of all that belong to a business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNews {
    /// The platform's id of the business, when the event names no account.
    pub business: Option<String>,
    /// Whether it may be used.
    pub usable: bool,
    /// Why not, or what happened, in a few words of ours.
    pub reason: String,
    /// The platform's time; without one, nobody could tell whether it holds still.
    pub at: Timestamp,
}

impl AccountNews {
    /// Which of our accounts it concerns, where `named` is the one of ours that the event names.
    #[must_use]
    pub fn concerned(&self, named: Option<&AccountId>, accounts: &[OurAccount]) -> Vec<AccountId> {
        match (named, &self.business) {
            (Some(named), _) => vec![named.clone()],
            (None, Some(business)) => of_business(accounts, business),
            (None, None) => Vec::new(),
        }
    }
}

/// A provider's report about a message of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryReport {
    /// The provider's id of the message.
    pub platform_message_id: String,
    /// The platform's id of the person it went to, if told.
    pub recipient: Option<String>,
    /// What it says.
    pub state: DeliveryState,
    /// The provider's time, if it gave one that can be read.
    pub at: Option<Timestamp>,
    /// Why it failed, if it did.
    pub error: Option<DeliveryError>,
    /// Why our account can send nothing until somebody mends it, if that is what it says.
    pub account_fault: Option<DeliveryError>,
    /// Our own mark, if the provider returns it.
    pub correlation: Option<Correlation>,
    /// Whether it is a copy of what we sent, which tells its id.
    pub is_echo: bool,
}

/// A platform's word on all that was sent to a person up to some time.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// Whom it was sent to.
    pub person: ChannelIdentity,
    /// What happened to it.
    pub kind: ReceiptKind,
    /// Up to when, in the platform's time, inclusive.
    pub until: Timestamp,
    /// The messages that it also names, by the platform's ids.
    pub platform_message_ids: Vec<String>,
}

/// The events of one body in its order, each read when it is asked for; never none. So a body of a thousand events
/// costs little more than itself.
pub type Events<'b> = Box<dyn Iterator<Item = InboundEvent> + Send + 'b>;

/// What of a body is its only event.
pub(super) fn only<'b>(event: InboundEvent) -> Events<'b> {
    Box::new(std::iter::once(event))
}

/// These events; if there are none, the body is parked for this reason.
pub(super) fn or_parked<'b>(
    events: impl Iterator<Item = InboundEvent> + Send + 'b,
    why: &'static str,
) -> Events<'b> {
    let mut events = events.peekable();
    if events.peek().is_some() {
        return Box::new(events);
    }
    only(InboundEvent {
        account: None,
        kind: InboundKind::Parked(why),
    })
}

/// The channel and the events of one body.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundBatch {
    /// The channel.
    pub channel: Channel,
    /// Its events, in the order of the body.
    pub events: Vec<InboundEvent>,
}
