//! What holds after every commit, whatever came before.

use std::collections::{BTreeMap, BTreeSet};

use crate::channel::Channel;
use crate::customer::IdentityKind;
use crate::delivery::{Delivery, DeliveryState};
use crate::draft::is_taken_back;
use crate::event::EventType;
use crate::memory::MemoryStore;
use crate::message::SenderType;
use crate::ports::{SendState, Slot};
use crate::ticket::Ticket;
use crate::ticket::window::{MAX_BYTES, MAX_MESSAGES, stored_size};

impl MemoryStore {
    /// Checks every law on everything stored.
    ///
    /// # Panics
    /// When one is broken.
    pub fn assert_laws(&self) {
        for ticket in self.all_tickets() {
            self.assert_timeline(&ticket);
            self.assert_events(&ticket);
        }
        self.assert_identities();
        self.assert_slots();
        self.assert_sends();
    }

    /// Positions count up without gap, no entry is in two places, and the window keeps its bounds.
    fn assert_timeline(&self, ticket: &Ticket) {
        let timeline = self.timeline(&ticket.id);
        let positions: Vec<u64> = timeline.iter().map(|m| m.position).collect();
        assert_eq!(positions, (1..=ticket.last_position).collect::<Vec<_>>());
        let ids: BTreeSet<&str> = timeline.iter().map(|m| m.id.as_str()).collect();
        assert_eq!(ids.len(), timeline.len(), "message ids are unique");
        let window = ticket.window.messages();
        assert!(window.len() <= MAX_MESSAGES);
        let bytes: usize = window.iter().map(stored_size).sum();
        assert!(bytes <= MAX_BYTES || window.len() == 1, "{bytes} bytes");
        let spoken: Vec<_> = timeline
            .iter()
            .filter(|m| m.sender_type != SenderType::System)
            .collect();
        assert_eq!(ticket.message_count, spoken.len() as u64);
        let last = ticket.last_message.as_ref().map(|m| &m.message_id);
        // What an agent took back is no last word; nor is what has left the window since.
        let word = spoken.iter().rev().find(|m| !is_taken_back(m));
        let word = word.filter(|m| last.is_some() || ticket.in_window(m.position).is_some());
        assert_eq!(last, word.map(|m| &m.id));
    }

    /// Sequences count up without gap from the ticket's creation, and every message was told once.
    fn assert_events(&self, ticket: &Ticket) {
        let events = self.events(&ticket.id);
        let sequences: Vec<u64> = events.iter().map(|e| e.sequence).collect();
        assert_eq!(sequences, (1..=ticket.last_sequence).collect::<Vec<_>>());
        let ids: BTreeSet<&str> = events.iter().map(|e| e.event_id.as_str()).collect();
        assert_eq!(ids.len(), events.len(), "event ids are unique");
        let of = |wanted| events.iter().filter(|e| e.event_type == wanted).count() as u64;
        assert_eq!(of(EventType::TicketCreated), 1);
        let told = of(EventType::MessageReceived) + of(EventType::MessageSent);
        assert_eq!(told, ticket.message_count);
        assert_eq!(events.last().map(|e| e.status), Some(ticket.status));
    }

    /// An identity has at most one ticket per account that takes messages, and points to it; one of mail
    /// has any number of them and points to one. Every name leads to its customer.
    fn assert_identities(&self) {
        let identities = self.all_identities();
        let customers = self.all_customers();
        let mut current = BTreeMap::new();
        for ticket in self.all_tickets() {
            if ticket.status.is_open() && !ticket.superseded && ticket.merged_into.is_none() {
                let of = ticket.customer.channel_identity.clone();
                let key = (of, ticket.source.account_id.clone());
                let of_key: &mut Vec<_> = current.entry(key).or_default();
                of_key.push(ticket.id);
            }
        }
        for ((name, account), tickets) in &current {
            let is_mail = name.channel() == Channel::Email;
            assert!(
                is_mail || tickets.len() == 1,
                "two current tickets of one identity"
            );
            let identity = identities.iter().find(|i| i.identity == *name);
            match identity.map(|i| &i.kind) {
                Some(IdentityKind::Canonical { current_tickets }) => {
                    let pointed = current_tickets.get(account).expect("a pointer");
                    assert!(tickets.contains(pointed));
                }
                Some(IdentityKind::Alias { .. }) | None => panic!("a ticket hangs on an alias"),
            }
        }
        for identity in &identities {
            let customer = customers.iter().find(|c| c.id == identity.customer_id);
            let customer = customer.expect("an identity has a customer");
            assert!(customer.identities.contains(&identity.identity));
            if let IdentityKind::Alias { of } = &identity.kind {
                let canonical = identities.iter().find(|i| i.identity == *of);
                let owner = canonical.map(|i| &i.customer_id);
                assert_eq!(owner, Some(&identity.customer_id));
            }
        }
    }

    /// A slot that is present names a message that is there.
    fn assert_slots(&self) {
        for (_, slot) in self.all_slots() {
            if let Slot::Present(at) = slot {
                let timeline = self.timeline(&at.ticket_id);
                let message = timeline.iter().find(|m| m.position == at.position);
                assert_eq!(message.map(|m| &m.id), Some(&at.message_id));
            }
        }
    }

    /// What waits to be sent or is being sent has its intent, and nothing else has one.
    fn assert_sends(&self) {
        let mut waiting = BTreeSet::new();
        for intent in self.all_sends() {
            let timeline = self.timeline(&intent.ticket_id);
            let message = timeline.iter().find(|m| m.position == intent.position);
            let message = message.expect("an intent names a message");
            assert_eq!(message.id, intent.message_id);
            let delivery = message.delivery.as_ref().expect("it goes out");
            assert_eq!(delivery.latest_attempt(), intent.attempt);
            let latest = delivery.parts().iter().filter_map(|p| p.attempts().last());
            let mut of_attempt = latest.filter(|a| a.number == intent.attempt);
            match intent.state {
                SendState::Queued { .. } => {
                    assert!(of_attempt.any(|a| a.state == DeliveryState::Queued));
                }
                SendState::Sending { .. } => assert!(of_attempt.any(|a| a.called_at.is_some())),
            }
            waiting.insert(message.id.as_str().to_owned());
        }
        for ticket in self.all_tickets() {
            for message in self.timeline(&ticket.id) {
                let parts = message.delivery.iter().flat_map(Delivery::parts);
                let mut states = parts.map(|part| part.shown().state);
                if states.any(|s| matches!(s, DeliveryState::Queued | DeliveryState::Sending)) {
                    assert!(waiting.contains(message.id.as_str()), "a forgotten intent");
                }
            }
        }
    }

    /// All that people see, apart from the order in which it came: a line for each ticket, and one for
    /// each message.
    #[must_use]
    pub fn picture(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for ticket in self.all_tickets() {
            let whose = format!(
                "{} at {}",
                ticket.customer.channel_identity,
                ticket.source.account_id.as_str()
            );
            let (status, count) = (ticket.status, ticket.message_count);
            lines.push(format!("{whose}: {status:?} {count} messages"));
            for message in self.timeline(&ticket.id) {
                let state = message.delivery.as_ref().map(Delivery::state);
                let (sender, content) = (message.sender_type, &message.content);
                lines.push(format!("{whose}: {sender:?} {content:?} {state:?}"));
            }
        }
        lines.sort();
        lines
    }
}
