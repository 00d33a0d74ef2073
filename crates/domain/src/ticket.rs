//! A ticket: one conversation with one customer, and the work on it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::channel::{AccountId, Channel};
use crate::customer::CustomerSummary;
use crate::delivery::Watermarks;
use crate::id::{AgentId, MessageId, Reference, TicketId};
use crate::message::{Message, MessagePlace, SenderType, Visibility, names};
use crate::time::Timestamp;

pub mod status;
pub mod window;

pub use status::{MoveNotAllowed, Mover, Status};
pub use window::Window;

names!(
    /// How urgent a ticket is.
    Priority {
        /// Can wait.
        Low = "low",
        /// As usual.
        Medium = "medium",
        /// Soon.
        High = "high",
        /// Now.
        Critical = "critical",
    }
);

/// Most characters of a subject.
pub const MAX_SUBJECT_CHARS: usize = 255;
/// Most characters of a name.
pub const MAX_NAME_CHARS: usize = 200;
/// Most tags of a ticket.
pub const MAX_TAGS: usize = 20;
/// Most characters of a tag.
pub const MAX_TAG_CHARS: usize = 50;

/// Where a ticket came from, and so where its replies go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The channel.
    pub channel: Channel,
    /// The platform's id of the customer, which routes the reply.
    pub origin_platform_id: String,
    /// Our account there.
    pub account_id: AccountId,
    /// Whether a chatbot handed it over.
    pub is_bot_handoff: bool,
}

/// The last message of a ticket as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMessage {
    /// Its id.
    pub message_id: MessageId,
    /// Its time.
    pub timestamp: Timestamp,
    /// Who wrote it.
    pub sender_type: SenderType,
    /// Who may see it.
    pub visibility: Visibility,
    /// At most 200 characters of it.
    pub content: String,
}

/// The ticket's version at which each field that agents change was last changed; decides `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldVersions {
    /// Of `status`.
    pub status: u64,
    /// Of `priority`.
    pub priority: u64,
    /// Of `assigned_agent_id`.
    pub assigned_agent_id: u64,
    /// Of `tags`.
    pub tags: u64,
    /// Of `subject`.
    pub subject: u64,
}

impl FieldVersions {
    /// The names of the fields changed since `version`.
    #[must_use]
    pub fn changed_since(&self, version: u64) -> Vec<&'static str> {
        let Self {
            status,
            priority,
            assigned_agent_id,
            tags,
            subject,
        } = *self;
        [
            ("status", status),
            ("priority", priority),
            ("assigned_agent_id", assigned_agent_id),
            ("tags", tags),
            ("subject", subject),
        ]
        .into_iter()
        .filter_map(|(name, changed)| (changed > version).then_some(name))
        .collect()
    }
}

/// Until when the platform lets us answer freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyWindow {
    /// Anything may be sent, with no end or until then.
    Free(Option<Timestamp>),
    /// Only what a human wrote may be sent, until then.
    HumanAgent(Timestamp),
    /// Only templates.
    Template,
    /// Nothing, until the customer writes.
    Closed,
}

/// A ticket with the last part of its timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Its name among people.
    pub reference: Reference,
    /// When it came into being.
    pub created_at: Timestamp,
    /// Last activity; delivery ticks are none.
    pub updated_at: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// Who works on it.
    pub assigned_agent_id: Option<AgentId>,
    /// Its tags, without repetition, in the order given.
    pub tags: Vec<String>,
    /// What it is about.
    pub subject: String,
    /// Counts commits, from 1.
    pub version: u64,
    /// The version of the last change that lists show.
    pub listed_version: u64,
    /// When each field last changed.
    pub field_versions: FieldVersions,
    /// Messages of customers, agents and bots.
    pub message_count: u64,
    /// The position of the latest entry.
    pub last_position: u64,
    /// The sequence of the latest event.
    pub last_sequence: u64,
    /// Where it came from.
    pub source: Source,
    /// Whose it is.
    pub customer: CustomerSummary,
    /// The last message.
    pub last_message: Option<LastMessage>,
    /// The last public message of an agent.
    pub last_agent_message: Option<MessagePlace>,
    /// The position of the last mail of the customer that has a Message-ID, so that what goes out by mail says which
    /// mail it answers, however long ago that came.
    pub last_mail: Option<u64>,
    /// The platform's time of the customer's last message.
    pub last_customer_message_at: Option<Timestamp>,
    /// Up to when the platform says that what we sent has come and was read.
    pub watermarks: Watermarks,
    /// When it was resolved, while it is.
    pub resolved_at: Option<Timestamp>,
    /// Hidden from the inbox until then.
    pub snoozed_until: Option<Timestamp>,
    /// Taken up again by an agent while a newer ticket of the same identity and account is current;
    /// the customer's messages go to that one.
    pub superseded: bool,
    /// The ticket this one was merged into.
    pub merged_into: Option<TicketId>,
    /// Fields the operator defined.
    pub custom_fields: BTreeMap<String, Value>,
    /// Its shard of the inbox index, fixed at creation.
    pub shard: u32,
    /// The last entries.
    pub window: Window,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Ticket {
    /// Until when and how the platform lets us answer at `now`.
    /// Messenger and Instagram: 24 h, then 7 days for what a human wrote; WhatsApp: 24 h, then
    /// templates (platform policies, Send API and Cloud API documentation). Where nobody knows when the customer
    /// wrote there, as in a ticket that an agent opened, the platform decides.
    #[must_use]
    pub fn reply_window(&self, now: Timestamp) -> ReplyWindow {
        let Some(wrote_at) = self.last_customer_message_at else {
            return ReplyWindow::Free(None);
        };
        let (free_until, human_until) = (wrote_at.plus(DAY), wrote_at.plus(7 * DAY));
        match self.source.channel {
            Channel::Twitter | Channel::Email | Channel::WebChat => ReplyWindow::Free(None),
            Channel::Facebook | Channel::Instagram | Channel::WhatsApp if now < free_until => {
                ReplyWindow::Free(Some(free_until))
            }
            Channel::WhatsApp => ReplyWindow::Template,
            Channel::Facebook | Channel::Instagram if now < human_until => {
                ReplyWindow::HumanAgent(human_until)
            }
            Channel::Facebook | Channel::Instagram => ReplyWindow::Closed,
        }
    }

    /// Whether a customer's message at `now` reopens this resolved ticket.
    #[must_use]
    pub fn reopens_at(&self, now: Timestamp, window: Duration) -> bool {
        match self.status {
            Status::Resolved => self.resolved_at.is_some_and(|at| now.since(at) < window),
            Status::New | Status::Open | Status::PendingCustomer | Status::Closed => false,
        }
    }

    /// The entry at `position`, if it is still in the window.
    #[must_use]
    pub fn in_window(&self, position: u64) -> Option<&Message> {
        self.window
            .messages()
            .iter()
            .find(|m| m.position == position)
    }
}
