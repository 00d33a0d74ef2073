//! The ports in memory, for tests: a store that keeps exactly the promises of [`crate::ports`], a
//! broker and providers that do as they are told, a clock that is set, and faults that befall commits.
//! Every call yields a few times, so that callers running together interleave as they do outside.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::customer::{Customer, Identity};
use crate::event::Event;
use crate::gate::Gate;
use crate::id::{CustomerId, TicketId};
use crate::message::Message;
use crate::ports::{
    Errand, FetchIntent, IdempotencyRecord, IdempotencyScope, PortError, SendIntent, Slot, SlotKey,
};
use crate::ticket::Ticket;
use crate::time::Timestamp;

mod accounts;
mod apply;
mod blobs;
mod fate;
mod gates;
mod inbox;
mod laws;
mod messenger;
mod outbox;
mod publisher;
mod surroundings;
mod tickets;
mod typing;

pub use blobs::MemoryBlobs;
pub use fate::Fate;
pub use messenger::ScriptedMessenger;
pub use publisher::FakePublisher;
pub use surroundings::SimulatedSurroundings;

/// Tickets, inbox and outbox in memory. Clones share one store.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    surroundings: SimulatedSurroundings,
    state: Arc<Mutex<State>>,
}

/// An event of the outbox and when its publication was marked.
#[derive(Debug, Clone)]
struct Told {
    event: Event,
    published_at: Option<Timestamp>,
}

/// Who may publish a ticket's events, and how far they are published.
#[derive(Debug, Clone, Default)]
struct Lease {
    holder: Option<(String, Timestamp)>,
    published_through: u64,
}

/// What tells an errand from every other: whose it is, its kind, the version that left it.
type ErrandKey = (TicketId, &'static str, u64);

fn errand_key(errand: &Errand) -> ErrandKey {
    let kind = errand.chore.kind();
    (errand.ticket_id.clone(), kind, errand.version)
}

#[derive(Debug, Default)]
struct State {
    tickets: BTreeMap<TicketId, Ticket>,
    timeline: BTreeMap<(TicketId, u64), Message>,
    customers: BTreeMap<CustomerId, Customer>,
    identities: BTreeMap<ChannelIdentity, Identity>,
    slots: BTreeMap<SlotKey, Slot>,
    idempotency: HashMap<(IdempotencyScope, String), IdempotencyRecord>,
    sends: BTreeMap<(TicketId, u64), SendIntent>,
    fetches: BTreeMap<(TicketId, u64), FetchIntent>,
    errands: BTreeMap<ErrandKey, Errand>,
    gates: BTreeMap<(Channel, AccountId), Gate>,
    events: BTreeMap<(TicketId, u64), Told>,
    leases: BTreeMap<TicketId, Lease>,
    accounts: BTreeMap<(Channel, AccountId), accounts::Account>,
    typing: BTreeMap<TicketId, typing::Note>,
    fates: VecDeque<Fate>,
    killed: usize,
    commits: usize,
    reads: usize,
    gate_reads: usize,
    is_gone: bool,
    gates_are_refused: bool,
}

impl MemoryStore {
    /// An empty store that yields as `surroundings` says.
    #[must_use]
    pub fn new(surroundings: &SimulatedSurroundings) -> Self {
        Self {
            surroundings: surroundings.clone(),
            state: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: yields, then looks at or changes the state in one step.
    async fn call<T>(&self, step: impl FnOnce(&mut State) -> T) -> Result<T, PortError> {
        self.surroundings.pause().await;
        let answer = {
            let mut state = self.state();
            if state.is_gone {
                return Err(unavailable());
            }
            step(&mut state)
        };
        self.surroundings.pause().await;
        Ok(answer)
    }

    /// What befalls the next commits, in order; commits beyond them just happen.
    pub fn befall(&self, fates: impl IntoIterator<Item = Fate>) {
        self.state().fates.extend(fates);
    }

    /// Whether every change of a gate is answered with [`PortError::Unavailable`].
    pub fn refuse_gates(&self, is_refused: bool) {
        self.state().gates_are_refused = is_refused;
    }

    /// The commits to come just happen.
    pub fn forget_fates(&self) {
        self.state().fates.clear();
    }

    /// Whether every call is answered with [`PortError::Unavailable`].
    pub fn set_gone(&self, is_gone: bool) {
        self.state().is_gone = is_gone;
    }

    /// How many commits left their caller without an answer for ever.
    #[must_use]
    pub fn killed(&self) -> usize {
        self.state().killed
    }

    /// How many commits were written.
    #[must_use]
    pub fn commits(&self) -> usize {
        self.state().commits
    }

    /// How many identities, customers and tickets were read, counted in calls.
    #[must_use]
    pub fn reads(&self) -> usize {
        self.state().reads
    }

    /// All tickets with their windows, by id.
    #[must_use]
    pub fn all_tickets(&self) -> Vec<Ticket> {
        self.state().tickets.values().cloned().collect()
    }

    /// All customers, by id.
    #[must_use]
    pub fn all_customers(&self) -> Vec<Customer> {
        self.state().customers.values().cloned().collect()
    }

    /// All identities.
    #[must_use]
    pub fn all_identities(&self) -> Vec<Identity> {
        self.state().identities.values().cloned().collect()
    }

    /// All slots.
    #[must_use]
    pub fn all_slots(&self) -> Vec<(SlotKey, Slot)> {
        let state = self.state();
        state
            .slots
            .iter()
            .map(|(k, s)| (k.clone(), s.clone()))
            .collect()
    }

    /// Entries outside a ticket's window, oldest first.
    #[must_use]
    pub fn evicted(&self, id: &TicketId) -> Vec<Message> {
        let state = self.state();
        let of_ticket = (id.clone(), 0)..=(id.clone(), u64::MAX);
        state
            .timeline
            .range(of_ticket)
            .map(|(_, m)| m.clone())
            .collect()
    }

    /// A ticket's whole timeline: what left the window, then the window.
    #[must_use]
    pub fn timeline(&self, id: &TicketId) -> Vec<Message> {
        let mut entries = self.evicted(id);
        if let Some(ticket) = self.state().tickets.get(id) {
            entries.extend_from_slice(ticket.window.messages());
        }
        entries
    }

    /// A ticket's events in order, published or not.
    #[must_use]
    pub fn events(&self, id: &TicketId) -> Vec<Event> {
        let state = self.state();
        let of_ticket = (id.clone(), 0)..=(id.clone(), u64::MAX);
        let told = state.events.range(of_ticket);
        told.map(|(_, t)| t.event.clone()).collect()
    }

    /// All intents to send that are not finished.
    #[must_use]
    pub fn all_sends(&self) -> Vec<SendIntent> {
        self.state().sends.values().cloned().collect()
    }

    /// All errands that are not done.
    #[must_use]
    pub fn all_errands(&self) -> Vec<Errand> {
        self.state().errands.values().cloned().collect()
    }

    /// Every event up to this sequence of a ticket is known as published.
    #[must_use]
    pub fn published_through(&self, id: &TicketId) -> u64 {
        self.state()
            .leases
            .get(id)
            .map_or(0, |l| l.published_through)
    }

    /// Puts a ticket in place of the stored one, as no use case would; for states that nothing makes yet.
    pub fn replace_ticket(&self, ticket: Ticket) {
        self.state().tickets.insert(ticket.id.clone(), ticket);
    }
}

fn unavailable() -> PortError {
    PortError::Unavailable("the store in memory was told so".into())
}

#[cfg(test)]
mod tests;
