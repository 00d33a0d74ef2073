//! A change to one ticket being made: what is appended, moved and told, gathered into one commit.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::channel::ChannelIdentity;
use crate::content::{PREVIEW_CHARS, label_of, start_chars};
use crate::delivery::Delivery;
use crate::event::{Event, EventMessage, EventType};
use crate::id::{AgentId, EventId, MessageId};
use crate::message::{ContentType, Message, MessagePlace, SenderType, Visibility};
use crate::ports::{Commit, FetchWrite, TicketWrite};
use crate::surroundings::Surroundings;
use crate::ticket::{LastMessage, Status, Ticket};
use crate::time::Timestamp;

mod delivering;
mod discarding;
mod entry;
mod errands;
mod fetching;
mod loading;
mod revising;

#[cfg(any(test, feature = "memory"))]
pub(crate) use discarding::is_taken_back;
pub use entry::Entry;

/// What lists show of a message.
fn preview(content: &str, content_type: ContentType) -> String {
    if content.trim().is_empty() {
        return label_of(content_type).to_owned();
    }
    start_chars(content, PREVIEW_CHARS).to_owned()
}

/// A ticket with the changes of one commit.
#[derive(Debug)]
pub struct Draft<'a, S> {
    surroundings: &'a S,
    now: Timestamp,
    ticket: Ticket,
    read_version: Option<u64>,
    evicted: Vec<Message>,
    older: BTreeMap<u64, Message>,
    events: Vec<Event>,
    fetches: Vec<FetchWrite>,
    asks_name: bool,
    looks_for_sent: bool,
    unshown: Vec<String>,
    listed: bool,
    changed: bool,
}

impl<'a, S: Surroundings> Draft<'a, S> {
    /// A draft of a ticket that does not exist yet; its version becomes 1.
    #[must_use]
    pub fn create(surroundings: &'a S, ticket: Ticket) -> Self {
        let mut draft = Self::new(surroundings, ticket, None);
        draft.ticket.version = 1;
        draft.listed = true;
        draft.changed = true;
        draft.tell(EventType::TicketCreated, None);
        draft
    }

    /// A draft of a change to a ticket as read.
    #[must_use]
    pub fn change(surroundings: &'a S, ticket: Ticket) -> Self {
        let read = ticket.version;
        let mut draft = Self::new(surroundings, ticket, Some(read));
        draft.ticket.version = read + 1;
        draft
    }

    fn new(surroundings: &'a S, ticket: Ticket, read_version: Option<u64>) -> Self {
        let now = surroundings.now().max(ticket.updated_at);
        Self {
            surroundings,
            now,
            ticket,
            read_version,
            evicted: Vec::new(),
            older: BTreeMap::new(),
            events: Vec::new(),
            fetches: Vec::new(),
            asks_name: false,
            looks_for_sent: false,
            unshown: Vec::new(),
            listed: false,
            changed: false,
        }
    }

    /// The ticket as it will be.
    #[must_use]
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// The ticket's fields, to be changed; say with [`Self::note_change`] what changed.
    pub fn ticket_mut(&mut self) -> &mut Ticket {
        &mut self.ticket
    }

    /// Changes what lists show of a ticket and no event tells: whose it is, and whether it is superseded.
    pub fn change_ticket(&mut self, change: impl FnOnce(&mut Ticket)) {
        change(&mut self.ticket);
        self.changed = true;
        self.listed = true;
    }

    /// The customer goes by this name now: the ticket is found by it, and answers go to it.
    pub fn hang_on(&mut self, name: &ChannelIdentity) {
        self.change_ticket(|ticket| {
            name.platform_id()
                .clone_into(&mut ticket.source.origin_platform_id);
            ticket.customer.channel_identity = name.clone();
        });
    }

    /// The time of this commit, never before the ticket's last activity.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    fn tell(&mut self, event_type: EventType, message: Option<EventMessage>) {
        self.ticket.last_sequence += 1;
        self.events.push(Event {
            event_type,
            ticket_id: self.ticket.id.clone(),
            customer_id: self.ticket.customer.id.clone(),
            status: self.ticket.status,
            priority: self.ticket.priority,
            source: self.ticket.source.channel,
            timestamp: self.now,
            event_id: EventId::generate(self.now, self.surroundings.random()),
            sequence: self.ticket.last_sequence,
            message,
        });
    }

    /// Appends an entry and tells of it; returns where it stands.
    pub fn append(&mut self, entry: Entry) -> MessagePlace {
        self.listed = true;
        let sender_type = entry.sender_type;
        let goes_out = entry.delivery.is_some();
        let told = EventMessage {
            message_id: entry.id.clone(),
            sender_type,
            visibility: entry.visibility,
            delivery_state: entry.delivery.as_ref().map(Delivery::state),
        };
        let place = self.place(entry);
        self.intend_to_fetch(place.position);
        match sender_type {
            SenderType::Bot if goes_out => self.tell(EventType::MessageSent, Some(told)),
            SenderType::Customer | SenderType::Bot => {
                self.tell(EventType::MessageReceived, Some(told));
            }
            SenderType::Agent => self.tell(EventType::MessageSent, Some(told)),
            SenderType::System => {}
        }
        place
    }

    fn place(&mut self, entry: Entry) -> MessagePlace {
        self.changed = true;
        self.ticket.last_position += 1;
        let place = MessagePlace {
            message_id: entry.id.clone(),
            position: self.ticket.last_position,
            timestamp: entry.timestamp,
        };
        match entry.sender_type {
            SenderType::Customer | SenderType::Agent | SenderType::Bot => {
                self.ticket.message_count += 1;
                self.ticket.last_message = Some(LastMessage {
                    message_id: entry.id.clone(),
                    timestamp: entry.timestamp,
                    sender_type: entry.sender_type,
                    visibility: entry.visibility,
                    content: preview(&entry.content, entry.content_type),
                });
            }
            SenderType::System => {}
        }
        match (entry.sender_type, entry.visibility) {
            (SenderType::Agent, Visibility::Public) => {
                self.ticket.last_agent_message = Some(place.clone())
            }
            (SenderType::Customer, Visibility::Public) => {
                self.ticket.last_customer_message_at = self
                    .ticket
                    .last_customer_message_at
                    .max(Some(entry.timestamp.min(self.now)));
            }
            (SenderType::Agent | SenderType::Customer, Visibility::Internal)
            | (SenderType::Bot | SenderType::System, Visibility::Public | Visibility::Internal) => {
            }
        }
        let Entry {
            id,
            timestamp,
            channel,
            sender_type,
            content,
            content_type,
            content_truncated,
            html,
            visibility,
            agent_id,
            attachments,
            delivery,
            reply_to,
            channel_specific_data,
        } = entry;
        let gone = self.ticket.window.push(Message {
            id,
            position: place.position,
            timestamp,
            received_at: self.now,
            channel,
            sender_type,
            content,
            content_type,
            content_truncated,
            html,
            visibility,
            agent_id,
            attachments,
            reactions: Vec::new(),
            delivery,
            reply_to,
            edited_at: None,
            edit_number: 0,
            deleted_at: None,
            heard: Vec::new(),
            channel_specific_data,
        });
        self.evicted.extend(gone);
        place
    }

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

    /// Gives the draft an entry that has left the window, so that its delivery can change.
    pub fn load_older(&mut self, message: Message) {
        self.older.insert(message.position, message);
    }

    /// Whether the entry at `position` can be changed: it is in the window, just left it, or was loaded.
    #[must_use]
    pub fn has(&self, position: u64) -> bool {
        self.message(position).is_some()
    }

    /// The entry at `position`, as far as [`Self::has`] it.
    #[must_use]
    pub fn message(&self, position: u64) -> Option<&Message> {
        self.ticket
            .in_window(position)
            .or_else(|| self.evicted.iter().find(|m| m.position == position))
            .or_else(|| self.older.get(&position))
    }

    fn message_mut(&mut self, position: u64) -> Option<&mut Message> {
        if self.ticket.in_window(position).is_some() {
            return self.ticket.window.at_mut(position);
        }
        if let Some(index) = self.evicted.iter().position(|m| m.position == position) {
            return self.evicted.get_mut(index);
        }
        self.older.get_mut(&position)
    }

    /// Records the platform's details of the entry at `position`.
    pub fn set_data(&mut self, position: u64, key: &str, value: Value) {
        if let Some(message) = self.message_mut(position) {
            message.channel_specific_data.insert(key.to_owned(), value);
            self.changed = true;
        }
        let gone = self.ticket.window.shrink();
        self.evicted.extend(gone);
    }

    /// Whether anything changed; if not, there is nothing to commit.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// The commit of all this. Its other parts are the use case's to add.
    #[must_use]
    pub fn finish(mut self) -> Commit {
        if self.listed {
            self.ticket.updated_at = self.now;
            self.ticket.listed_version = self.ticket.version;
        }
        let errands = self.errands();
        let ticket = match self.read_version {
            None => TicketWrite::Create(Box::new(self.ticket)),
            Some(expected_version) => TicketWrite::Update {
                ticket: Box::new(self.ticket),
                expected_version,
            },
        };
        Commit {
            ticket,
            evicted: self.evicted,
            revised: self.older.into_values().collect(),
            events: self.events,
            customer: None,
            identities: Vec::new(),
            slots: Vec::new(),
            sends: Vec::new(),
            fetches: self.fetches,
            errands,
            idempotency: None,
            relies_on: None,
        }
    }
}

#[cfg(test)]
mod tests;
