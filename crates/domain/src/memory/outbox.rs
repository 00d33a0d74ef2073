//! The port [`Outbox`] in memory.

use crate::event::Event;
use crate::id::TicketId;
use crate::memory::{MemoryStore, errand_key};
use crate::ports::{
    DueWork, Errand, FetchIntent, Outbox, PortError, PublishLease, SendIntent, SendState,
};
use crate::time::Timestamp;

impl Outbox for MemoryStore {
    async fn is_pending(&self, ticket_id: &TicketId, sequence: u64) -> Result<bool, PortError> {
        self.call(|state| {
            let told = state.events.get(&(ticket_id.clone(), sequence));
            told.is_some_and(|t| t.published_at.is_none())
        })
        .await
    }

    async fn lease(
        &self,
        ticket_id: &TicketId,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<PublishLease>, PortError> {
        self.call(|state| {
            let lease = state.leases.entry(ticket_id.clone()).or_default();
            if let Some((holder, ends)) = &lease.holder
                && holder != owner
                && *ends >= now
            {
                return None;
            }
            lease.holder = Some((owner.to_owned(), until));
            Some(PublishLease {
                ticket_id: ticket_id.clone(),
                owner: owner.to_owned(),
                published_through: lease.published_through,
            })
        })
        .await
    }

    async fn release(&self, given: &PublishLease) -> Result<(), PortError> {
        self.call(|state| {
            let lease = state.leases.entry(given.ticket_id.clone()).or_default();
            let is_theirs = lease
                .holder
                .as_ref()
                .is_some_and(|(holder, _)| *holder == given.owner);
            if is_theirs {
                lease.holder = None;
                lease.published_through = given.published_through;
            }
        })
        .await
    }

    async fn events_after(
        &self,
        ticket_id: &TicketId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(Event, bool)>, PortError> {
        self.call(|state| {
            let first = (ticket_id.clone(), after.saturating_add(1));
            let events = state.events.range(first..=(ticket_id.clone(), u64::MAX));
            events
                .take(limit)
                .map(|(_, t)| (t.event.clone(), t.published_at.is_some()))
                .collect()
        })
        .await
    }

    async fn mark_published(&self, events: &[&Event], now: Timestamp) -> Result<(), PortError> {
        self.call(|state| {
            for event in events {
                let key = (event.ticket_id.clone(), event.sequence);
                if let Some(told) = state.events.get_mut(&key) {
                    told.published_at = Some(now);
                }
            }
        })
        .await
    }

    async fn sends(&self, ticket_id: &TicketId) -> Result<Vec<SendIntent>, PortError> {
        self.call(|state| {
            let of_ticket = (ticket_id.clone(), 0)..=(ticket_id.clone(), u64::MAX);
            let sends = state.sends.range(of_ticket);
            sends.map(|(_, s)| s.clone()).collect()
        })
        .await
    }

    async fn fetches(&self, ticket_id: &TicketId) -> Result<Vec<FetchIntent>, PortError> {
        self.call(|state| {
            let of_ticket = (ticket_id.clone(), 0)..=(ticket_id.clone(), u64::MAX);
            let fetches = state.fetches.range(of_ticket);
            fetches.map(|(_, f)| f.clone()).collect()
        })
        .await
    }

    async fn errands(&self, ticket_id: &TicketId) -> Result<Vec<Errand>, PortError> {
        self.call(|state| {
            let errands = state.errands.values();
            let of_ticket = errands.filter(|e| e.ticket_id == *ticket_id);
            of_ticket.cloned().collect()
        })
        .await
    }

    async fn finish_errand(&self, errand: &Errand) -> Result<bool, PortError> {
        self.call(|state| {
            let is_there = state.is_at(errand);
            if is_there {
                state.errands.remove(&errand_key(errand));
            }
            is_there
        })
        .await
    }

    async fn postpone_errand(&self, from: &Errand, to: &Errand) -> Result<bool, PortError> {
        self.call(|state| {
            let is_there = state.is_at(from);
            if is_there {
                state.errands.insert(errand_key(to), to.clone());
            }
            is_there
        })
        .await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueWork>, PortError> {
        self.call(|state| {
            let events = state
                .events
                .values()
                .filter(|t| t.published_at.is_none())
                .map(|t| {
                    let work = DueWork::Events(t.event.ticket_id.clone());
                    (t.event.timestamp, work)
                });
            let sends = state.sends.values().map(|s| {
                let at = match s.state {
                    SendState::Queued { not_before, .. } => not_before,
                    SendState::Sending { until } => until,
                };
                (at, DueWork::Sends(s.ticket_id.clone()))
            });
            let fetches = state.fetches.values();
            let fetches = fetches.map(|f| (f.due_at, DueWork::Fetches(f.ticket_id.clone())));
            let errands = state.errands.values();
            let errands = errands.map(|e| (e.due_at, DueWork::Errands(e.ticket_id.clone())));
            let gates = state.gates.iter().filter_map(|((channel, account), gate)| {
                Some((gate.calls_at?, DueWork::Gate(*channel, account.clone())))
            });
            let all = events
                .chain(sends)
                .chain(fetches)
                .chain(errands)
                .chain(gates);
            let mut due: Vec<(Timestamp, DueWork)> = all.filter(|(at, _)| *at <= now).collect();
            // Sends first: a pile of others must not hide them.
            let rank = |work: &DueWork| match work {
                DueWork::Sends(_) => 0,
                DueWork::Gate(..) => 1,
                DueWork::Events(_) => 2,
                DueWork::Fetches(_) => 3,
                DueWork::Errands(_) | DueWork::Typing(_) => 4,
            };
            due.sort_by_key(|(at, work)| (rank(work), *at));
            let mut work = Vec::new();
            for (_, item) in due.into_iter().take(limit) {
                if !work.contains(&item) {
                    work.push(item);
                }
            }
            work
        })
        .await
    }
}
