//! The port [`Tickets`] in memory.

use std::time::Duration;

use crate::channel::ChannelIdentity;
use crate::customer::{Customer, Identity};
use crate::id::{CustomerId, TicketId};
use crate::memory::MemoryStore;
use crate::message::Message;
use crate::ports::{
    Commit, CommitError, IdempotencyRecord, IdempotencyScope, MAX_WAITING, PeopleWrite, PortError,
    Slot, SlotKey, Tickets, Waited, WaitingEvent,
};
use crate::ticket::Ticket;

impl Tickets for MemoryStore {
    async fn identities(&self, wanted: &[ChannelIdentity]) -> Result<Vec<Identity>, PortError> {
        self.call(|state| {
            state.reads += 1;
            let stored = state.identities.values();
            // In the store's order, not the caller's: a batch read promises none.
            stored
                .filter(|i| wanted.contains(&i.identity))
                .cloned()
                .collect()
        })
        .await
    }

    async fn customer(&self, id: &CustomerId) -> Result<Option<Customer>, PortError> {
        self.call(|state| {
            state.reads += 1;
            state.customers.get(id).cloned()
        })
        .await
    }

    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, PortError> {
        self.call(|state| {
            state.reads += 1;
            state.tickets.get(id).cloned()
        })
        .await
    }

    async fn older_messages(
        &self,
        id: &TicketId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Message>, PortError> {
        self.call(|state| {
            let below = state.timeline.range((id.clone(), 0)..(id.clone(), before));
            below
                .rev()
                .take(limit)
                .map(|(_, message)| message.clone())
                .collect()
        })
        .await
    }

    async fn slot(&self, key: &SlotKey) -> Result<Option<Slot>, PortError> {
        self.call(|state| state.slots.get(key).cloned()).await
    }

    async fn wait_in_slot(&self, key: &SlotKey, event: &WaitingEvent) -> Result<Waited, PortError> {
        self.call(|state| {
            let slot = state
                .slots
                .entry(key.clone())
                .or_insert_with(|| Slot::Waiting(Vec::new()));
            match slot {
                Slot::Present(message) => Waited::Present(message.clone()),
                Slot::Waiting(events) if events.contains(event) => Waited::Repeated,
                Slot::Waiting(events) if events.len() >= MAX_WAITING => Waited::Full,
                Slot::Waiting(events) => {
                    // A set has an order of its own; the latest first is the one least expected.
                    events.insert(0, event.clone());
                    Waited::Parked
                }
            }
        })
        .await
    }

    async fn idempotency(
        &self,
        scope: &IdempotencyScope,
        key: &str,
    ) -> Result<Option<IdempotencyRecord>, PortError> {
        self.call(|state| {
            state
                .idempotency
                .get(&(scope.clone(), key.to_owned()))
                .cloned()
        })
        .await
    }

    async fn write_people(
        &self,
        people: &PeopleWrite,
        _budget: Duration,
    ) -> Result<(), CommitError> {
        self.by_fate(|state| state.apply_people(people)).await
    }

    async fn commit(&self, commit: &Commit, _budget: Duration) -> Result<(), CommitError> {
        self.by_fate(|state| state.apply(commit)).await
    }
}
