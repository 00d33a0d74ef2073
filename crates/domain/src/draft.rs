//! A change to one ticket being made: what is appended, moved and told, gathered into one commit.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::channel::ChannelIdentity;
use crate::content::{PREVIEW_CHARS, label_of, start_chars};
use crate::event::{Event, EventMessage, EventType};
use crate::id::EventId;
use crate::message::{ContentType, Message};
use crate::ports::{Commit, FetchWrite, TicketWrite};
use crate::surroundings::Surroundings;
use crate::ticket::Ticket;
use crate::time::Timestamp;

mod appending;
mod delivering;
mod discarding;
mod entry;
mod errands;
mod fetching;
mod loading;
mod noting;
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
    sends_again: Option<Timestamp>,
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
            sends_again: None,
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
