//! A ticket on the wire: with its timeline, and as a row of a list.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tributary_domain::customer::CustomerSummary;
use tributary_domain::permission::{Principal, actions};
use tributary_domain::ports::{Blobs, PortError};
use tributary_domain::read_ticket::older_than_window;
use tributary_domain::ticket::{LastMessage, ReplyWindow};
use tributary_domain::{Source, Ticket, Timestamp};
use utoipa::ToSchema;

use super::message::MessageView;
use super::names::{
    ChannelName, PriorityName, ReplyMode, SenderTypeName, StatusName, VisibilityName,
};
use crate::cursor;

/// What a ticket and a row of a list have in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketHeadView {
    /// Its id.
    #[schema(example = "tkt_01arz3ndektsv4rrffq69g5fav")]
    pub ticket_id: String,
    /// Its name among people.
    #[schema(example = "7K3M9Q2X")]
    pub reference: String,
    /// When it came into being.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Last activity; delivery ticks are none.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// Where it stands.
    pub status: StatusName,
    /// How urgent it is.
    pub priority: PriorityName,
    /// Who works on it.
    #[schema(required)]
    pub assigned_agent_id: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it is about.
    pub subject: String,
    /// Moves with every visible change.
    pub version: u64,
    /// Messages of customers, agents and bots.
    pub message_count: u64,
    /// Hidden from the inbox until then.
    #[schema(required, format = DateTime)]
    pub snoozed_until: Option<String>,
    /// The ticket it was merged into.
    #[schema(required)]
    pub merged_into: Option<String>,
    /// Fields the operator defined.
    #[schema(value_type = Object, additional_properties)]
    pub custom_fields: BTreeMap<String, Value>,
    /// Where it came from.
    pub source: SourceView,
    /// Whose it is.
    pub customer: CustomerSummaryView,
    /// What the caller may do to it now.
    #[schema(example = json!(["reply", "note", "resolve"]))]
    pub actions: Vec<&'static str>,
    /// Until when and how the platform lets us answer.
    pub reply_window: ReplyWindowView,
}

/// A ticket with the last part of its timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketView {
    /// The ticket.
    #[serde(flatten)]
    pub head: TicketHeadView,
    /// Its last entries, oldest first.
    pub timeline: Vec<MessageView>,
    /// Cursor for the entries before them, if there are any.
    #[schema(required)]
    pub older_timeline: Option<String>,
}

/// A ticket in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketRowView {
    /// The ticket.
    #[serde(flatten)]
    pub head: TicketHeadView,
    /// The last message of a customer, agent or bot.
    #[schema(required)]
    pub last_message: Option<LastMessageView>,
}

/// Where a ticket came from, and so where its replies go.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceView {
    /// The channel.
    pub channel: ChannelName,
    /// The platform's id of the customer.
    #[schema(example = "15550100")]
    pub origin_platform_id: String,
    /// Our account there.
    #[schema(example = "300001")]
    pub account_id: String,
    /// Whether a chatbot handed it over.
    pub is_bot_handoff: bool,
}

/// The customer as a ticket shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerSummaryView {
    /// The customer's id.
    #[schema(example = "cust_01arz3ndektsv4rrffq69g5fav")]
    pub internal_id: String,
    /// The name, if known.
    #[schema(required)]
    pub name: Option<String>,
    /// The address, if known.
    #[schema(required)]
    pub email: Option<String>,
    /// Who the customer is on the channel.
    #[schema(example = "whatsapp:15550100")]
    pub channel_identity: String,
}

/// Until when and how the platform lets us answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyWindowView {
    /// How.
    pub mode: ReplyMode,
    /// Until when, if that ends.
    #[schema(required, format = DateTime)]
    pub until: Option<String>,
}

/// The last message of a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastMessageView {
    /// Its id.
    pub message_id: String,
    /// Its time.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// Who wrote it.
    pub sender_type: SenderTypeName,
    /// Who may see it.
    pub visibility: VisibilityName,
    /// At most 200 characters of it.
    pub content: String,
}

/// Who looks, and when: what a view depends on beside the ticket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer<'a> {
    /// Who.
    pub(crate) principal: &'a Principal,
    /// When.
    pub(crate) now: Timestamp,
}

impl TicketView {
    /// The ticket for this viewer.
    ///
    /// # Errors
    /// [`PortError`] when the address of a file cannot be signed.
    pub(crate) async fn of(
        mut ticket: Ticket,
        viewer: Viewer<'_>,
        blobs: &impl Blobs,
    ) -> Result<Self, PortError> {
        let older = older_than_window(&ticket);
        let messages = std::mem::take(&mut ticket.window).messages().to_vec();
        let older_timeline = older.map(|before| cursor::write_timeline(&ticket.id, before));
        let (head, _) = split(ticket, viewer);
        Ok(Self {
            head,
            timeline: MessageView::all(messages, blobs).await?,
            older_timeline,
        })
    }
}

impl TicketRowView {
    /// The row for this viewer.
    pub(crate) fn of(ticket: Ticket, viewer: Viewer<'_>) -> Self {
        let (head, last_message) = split(ticket, viewer);
        Self {
            head,
            last_message: last_message.map(LastMessageView::from),
        }
    }
}

fn split(ticket: Ticket, viewer: Viewer<'_>) -> (TicketHeadView, Option<LastMessage>) {
    let actions = actions(viewer.principal, &ticket);
    let reply_window = ReplyWindowView::from(ticket.reply_window(viewer.now));
    let Ticket {
        id,
        reference,
        created_at,
        updated_at,
        status,
        priority,
        assigned_agent_id,
        tags,
        subject,
        version,
        listed_version: _,
        field_versions: _,
        message_count,
        last_position: _,
        last_sequence: _,
        source,
        customer,
        last_message,
        last_agent_message: _,
        last_mail: _,
        last_customer_message_at: _,
        watermarks: _,
        resolved_at: _,
        snoozed_until,
        superseded: _,
        merged_into,
        custom_fields,
        shard: _,
        window: _,
    } = ticket;
    let head = TicketHeadView {
        ticket_id: id.to_string(),
        reference: reference.to_string(),
        created_at: created_at.to_string(),
        updated_at: updated_at.to_string(),
        status: status.into(),
        priority: priority.into(),
        assigned_agent_id: assigned_agent_id.map(|id| id.as_str().to_owned()),
        tags,
        subject,
        version,
        message_count,
        snoozed_until: snoozed_until.as_ref().map(Timestamp::to_string),
        merged_into: merged_into.map(|id| id.to_string()),
        custom_fields,
        source: source.into(),
        customer: customer.into(),
        actions,
        reply_window,
    };
    (head, last_message)
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        let Source {
            channel,
            origin_platform_id,
            account_id,
            is_bot_handoff,
        } = source;
        Self {
            channel: channel.into(),
            origin_platform_id,
            account_id: account_id.as_str().to_owned(),
            is_bot_handoff,
        }
    }
}

impl From<CustomerSummary> for CustomerSummaryView {
    fn from(customer: CustomerSummary) -> Self {
        let CustomerSummary {
            id,
            name,
            email,
            channel_identity,
        } = customer;
        Self {
            internal_id: id.to_string(),
            name,
            email,
            channel_identity: channel_identity.to_string(),
        }
    }
}

impl From<ReplyWindow> for ReplyWindowView {
    fn from(window: ReplyWindow) -> Self {
        let until = match window {
            ReplyWindow::Free(until) => until,
            ReplyWindow::HumanAgent(until) => Some(until),
            ReplyWindow::Template | ReplyWindow::Closed => None,
        };
        Self {
            mode: window.into(),
            until: until.as_ref().map(Timestamp::to_string),
        }
    }
}

impl From<LastMessage> for LastMessageView {
    fn from(message: LastMessage) -> Self {
        let LastMessage {
            message_id,
            timestamp,
            sender_type,
            visibility,
            content,
        } = message;
        Self {
            message_id: message_id.to_string(),
            timestamp: timestamp.to_string(),
            sender_type: sender_type.into(),
            visibility: visibility.into(),
            content,
        }
    }
}
