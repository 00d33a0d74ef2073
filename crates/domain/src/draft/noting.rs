//! How the timeline notes that a ticket's fields changed.

use serde_json::{Map, Value, json};

use super::{Draft, Entry};
use crate::event::EventType;
use crate::id::{AgentId, MessageId};
use crate::message::{ContentType, SenderType, Visibility};
use crate::surroundings::Surroundings;
use crate::ticket::Status;

impl<S: Surroundings> Draft<'_, S> {
    /// Notes in the timeline that `field` changed, and marks its version. The event is the caller's.
    pub fn note_change(
        &mut self,
        field: &'static str,
        content: String,
        from: Value,
        to: Value,
        by: Option<&AgentId>,
    ) {
        self.listed = true;
        let version = self.ticket.version;
        let versions = &mut self.ticket.field_versions;
        match field {
            "status" => versions.status = version,
            "priority" => versions.priority = version,
            "assigned_agent_id" => versions.assigned_agent_id = version,
            "tags" => versions.tags = version,
            _ => versions.subject = version,
        }
        let mut data = Map::new();
        data.insert("field".into(), json!(field));
        data.insert("from".into(), from);
        data.insert("to".into(), to);
        let entry = Entry {
            id: MessageId::generate(self.now, self.surroundings.random()),
            timestamp: self.now,
            channel: self.ticket.source.channel,
            sender_type: SenderType::System,
            content,
            content_type: ContentType::EventLog,
            content_truncated: false,
            html: None,
            visibility: Visibility::Internal,
            agent_id: by.cloned(),
            attachments: Vec::new(),
            delivery: None,
            reply_to: None,
            channel_specific_data: data,
        };
        self.place(entry);
    }

    /// Moves the status, notes it, and tells of it. The same status changes nothing.
    pub fn move_status(&mut self, to: Status, by: Option<&AgentId>) {
        let from = self.ticket.status;
        if from == to {
            return;
        }
        self.ticket.status = to;
        self.ticket.resolved_at = match to {
            Status::Resolved => Some(self.now),
            Status::New | Status::Open | Status::PendingCustomer | Status::Closed => None,
        };
        let content = format!("Status changed from {} to {}", from.as_str(), to.as_str());
        self.note_change(
            "status",
            content,
            json!(from.as_str()),
            json!(to.as_str()),
            by,
        );
        let event_type = match (from.is_open(), to) {
            (_, Status::Resolved) => EventType::TicketResolved,
            (_, Status::Closed) => EventType::TicketClosed,
            (false, Status::New | Status::Open | Status::PendingCustomer) => {
                EventType::TicketReopened
            }
            (true, Status::New | Status::Open | Status::PendingCustomer) => {
                EventType::TicketUpdated
            }
        };
        self.tell(event_type, None);
    }

    /// Tells that a field other than the status changed.
    pub fn tell_updated(&mut self) {
        self.tell(EventType::TicketUpdated, None);
    }
}
