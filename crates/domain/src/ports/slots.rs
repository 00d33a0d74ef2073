//! Slots: at most one message of ours stands for a message of a platform, and what came before it waits.

use crate::channel::AccountId;
use crate::channel::Channel;
use crate::delivery::DeliveryError;
use crate::delivery::DeliveryState;
use crate::id::MessageId;
use crate::id::TicketId;
use crate::revision::Revision;
use crate::time::Timestamp;

/// Names one message of a platform, whoever sends it: at most one of ours stands for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotKey {
    /// The platform.
    pub channel: Channel,
    /// Our account there.
    pub account: AccountId,
    /// The platform's id of the message; stored as its SHA-256.
    pub platform_message_id: String,
}

/// The message a slot stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotMessage {
    /// Its ticket.
    pub ticket_id: TicketId,
    /// Its id.
    pub message_id: MessageId,
    /// Its position in the ticket.
    pub position: u64,
    /// The attempt the platform's id belongs to; 0 for inbound messages.
    pub attempt: u32,
    /// The part of the message that it belongs to, from 0.
    pub part: u32,
}

/// What a slot holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The message is there.
    Present(SlotMessage),
    /// The message is not there yet; these came before it.
    Waiting(Vec<WaitingEvent>),
}

/// An event that came before the message it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingEvent {
    /// A delivery report.
    Delivery {
        /// What was reported.
        state: DeliveryState,
        /// The platform's time.
        at: Timestamp,
        /// Why, if it failed.
        error: Option<DeliveryError>,
    },
    /// A change of the message.
    Revision(Revision),
}

/// Most events that wait for one message; what comes beyond is kept raw only.
pub const MAX_WAITING: usize = 60;

/// The slot of a message that a commit adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotWrite {
    /// Its key.
    pub key: SlotKey,
    /// The message.
    pub message: SlotMessage,
    /// How many waiting events this commit applies: the slot must hold exactly so many. Zero means
    /// it must not exist.
    pub applies: usize,
}

/// What waiting for a message in its slot came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waited {
    /// It waits now.
    Parked,
    /// It waited already.
    Repeated,
    /// [`MAX_WAITING`] others wait, and this one does not.
    Full,
    /// The message is there after all.
    Present(SlotMessage),
}
