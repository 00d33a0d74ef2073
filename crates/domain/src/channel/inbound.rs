//! What a platform told us, in our own terms. Every channel's payload becomes a list of these.

use serde_json::{Map, Value};

use crate::attachment::Attachment;
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::delivery::{DeliveryError, DeliveryState, ReceiptKind};
use crate::message::ContentType;
use crate::ports::Correlation;
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
    /// Somebody wrote.
    Message(Box<InboundMessage>),
    /// A provider says how the delivery of one of our messages stands.
    Report(Box<DeliveryReport>),
    /// A platform says up to when all that was sent to a person has come or was read.
    Receipt(Box<Receipt>),
    /// Understood, and of no use to a support desk.
    Ignored(&'static str),
    /// Not understood: kept raw until it is.
    Parked(&'static str),
}

/// A message from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    /// The platform's id of it.
    pub platform_message_id: String,
    /// Who wrote it: the name used for the conversation first, then other names of the same person.
    pub sender: Vec<ChannelIdentity>,
    /// The name the platform gives the person.
    pub sender_name: Option<String>,
    /// The platform's time, if it gave one that can be read.
    pub timestamp: Option<Timestamp>,
    /// What an agent reads.
    pub content: String,
    /// Its kind.
    pub content_type: ContentType,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// The platform's id of the message it answers.
    pub reply_to: Option<String>,
    /// The platform's ids and details.
    pub data: Map<String, Value>,
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
    /// Our own mark, if the provider returns it.
    pub correlation: Option<Correlation>,
    /// What it is a copy of, if the platform sends back what we sent: that tells its id.
    pub echo: Option<Echo>,
}

/// A copy of one part of what we sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echo {
    /// How many parts were to be sent. The message is sent when the echoes of all are there.
    pub parts: usize,
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

/// The channel and the events of one body.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundBatch {
    /// The channel.
    pub channel: Channel,
    /// Its events, in the order of the body.
    pub events: Vec<InboundEvent>,
}
