//! One commit against the state: every condition first, then every write.

use std::collections::BTreeSet;

use crate::customer::{Identity, IdentityKind};
use crate::memory::{State, Told, errand_key};
use crate::ports::{
    Commit, CommitError, CustomerWrite, Errand, ErrandWrite, FetchIntent, FetchWrite,
    IdentityWrite, PeopleWrite, SendWrite, Slot, SlotKey, SlotWrite, TicketWrite,
};
use crate::ticket::Ticket;

/// Most items of a DynamoDB transaction (TransactWriteItems, API reference).
pub(super) const MAX_ITEMS: usize = 100;

impl State {
    /// Writes all of `commit` or nothing. What was done before is told first, then slots, then races.
    pub(super) fn apply(&mut self, commit: &Commit) -> Result<(), CommitError> {
        let items = items(commit);
        assert!(
            items <= MAX_ITEMS,
            "{items} items are too many for a transaction"
        );
        let keys: BTreeSet<&SlotKey> = commit.slots.iter().map(|s| &s.key).collect();
        assert_eq!(
            keys.len(),
            commit.slots.len(),
            "a transaction holds an item once"
        );
        if let Some(record) = &commit.idempotency {
            let key = (record.scope.clone(), record.key.clone());
            if let Some(done) = self.idempotency.get(&key) {
                return Err(CommitError::AlreadyDone(Box::new(done.clone())));
            }
        }
        let taken: Vec<(SlotKey, Slot)> =
            commit.slots.iter().filter_map(|s| self.taken(s)).collect();
        if !taken.is_empty() {
            return Err(CommitError::SlotsTaken(taken));
        }
        if !self.holds(commit) {
            return Err(CommitError::Raced);
        }
        self.write(commit);
        Ok(())
    }

    fn taken(&self, write: &SlotWrite) -> Option<(SlotKey, Slot)> {
        match (self.slots.get(&write.key), write.applies) {
            (None, 0) => None,
            (Some(Slot::Waiting(events)), applies) if events.len() == applies => None,
            (Some(slot), _) => Some((write.key.clone(), slot.clone())),
            (None, _) => Some((write.key.clone(), Slot::Waiting(Vec::new()))),
        }
    }

    /// Whether everything the commit relies on still is so.
    fn holds(&self, commit: &Commit) -> bool {
        let version = |id| self.tickets.get(id).map(|t| t.version);
        let id = &commit.ticket.ticket().id;
        let ticket = match &commit.ticket {
            TicketWrite::Create(ticket) => {
                let has_reference = |t: &Ticket| t.reference == ticket.reference;
                version(id).is_none() && !self.tickets.values().any(has_reference)
            }
            TicketWrite::Update {
                expected_version, ..
            } => version(id) == Some(*expected_version),
        };
        let relied = commit
            .relies_on
            .iter()
            .all(|(id, expected)| version(id) == Some(*expected));
        let revised = commit
            .revised
            .iter()
            .all(|m| self.timeline.contains_key(&(id.clone(), m.position)));
        let customer = match &commit.customer {
            Some(write) => self.allows(write),
            None => true,
        };
        let identities = commit.identities.iter().all(|write| match write {
            IdentityWrite::Create(identity) => !self.identities.contains_key(&identity.identity),
            IdentityWrite::Point {
                identity,
                account,
                from,
                ..
            } => self.pointer(identity).map(|p| p.get(account)) == Some(from.as_ref()),
            IdentityWrite::Check {
                identity,
                account,
                is,
            } => self.pointer(identity).and_then(|p| p.get(account)) == Some(is),
        });
        let sends = commit.sends.iter().all(|write| match write {
            SendWrite::Create(intent) => !self
                .sends
                .contains_key(&(intent.ticket_id.clone(), intent.position)),
            SendWrite::Replace { from, .. } | SendWrite::Finish(from) => {
                self.sends.get(&(from.ticket_id.clone(), from.position)) == Some(from)
            }
        });
        let stored = |i: &FetchIntent| self.fetches.get(&(i.ticket_id.clone(), i.position));
        let fetches = commit.fetches.iter().all(|write| match write {
            FetchWrite::Create(intent) => stored(intent).is_none(),
            FetchWrite::Replace { from, .. } | FetchWrite::Finish(from) => {
                stored(from).map(|s| s.attempt) == Some(from.attempt)
            }
        });
        let errands = commit.errands.iter().all(|write| match write {
            ErrandWrite::Create(errand) => !self.errands.contains_key(&errand_key(errand)),
            ErrandWrite::Finish(errand) => self.is_at(errand),
        });
        ticket && relied && revised && customer && identities && sends && fetches && errands
    }

    /// Whether an errand is there, and at the same attempt.
    pub(super) fn is_at(&self, errand: &Errand) -> bool {
        let stored = self.errands.get(&errand_key(errand));
        stored.is_some_and(|stored| stored.attempt == errand.attempt)
    }

    fn pointer(
        &self,
        identity: &crate::channel::ChannelIdentity,
    ) -> Option<&std::collections::BTreeMap<crate::channel::AccountId, crate::id::TicketId>> {
        match &self.identities.get(identity)?.kind {
            IdentityKind::Canonical { current_tickets } => Some(current_tickets),
            IdentityKind::Alias { .. } => None,
        }
    }

    fn write(&mut self, commit: &Commit) {
        let Commit {
            ticket,
            evicted,
            revised,
            events,
            customer,
            identities,
            slots,
            sends,
            fetches,
            errands,
            idempotency,
            relies_on: _,
        } = commit;
        self.commits += 1;
        let ticket = ticket.ticket().clone();
        for message in evicted.iter().chain(revised) {
            self.timeline
                .insert((ticket.id.clone(), message.position), message.clone());
        }
        for event in events {
            let told = Told {
                event: event.clone(),
                published_at: None,
            };
            let before = self
                .events
                .insert((event.ticket_id.clone(), event.sequence), told);
            assert!(before.is_none(), "an event of the outbox was overwritten");
        }
        self.tickets.insert(ticket.id.clone(), ticket);
        customer.iter().for_each(|w| self.write_customer(w));
        identities.iter().for_each(|w| self.write_identity(w));
        for SlotWrite { key, message, .. } in slots {
            self.slots
                .insert(key.clone(), Slot::Present(message.clone()));
        }
        for send in sends {
            match send {
                SendWrite::Create(intent) | SendWrite::Replace { to: intent, .. } => {
                    let key = (intent.ticket_id.clone(), intent.position);
                    self.sends.insert(key, intent.clone());
                }
                SendWrite::Finish(intent) => {
                    self.sends
                        .remove(&(intent.ticket_id.clone(), intent.position));
                }
            }
        }
        for fetch in fetches {
            match fetch {
                FetchWrite::Create(intent) | FetchWrite::Replace { to: intent, .. } => {
                    let key = (intent.ticket_id.clone(), intent.position);
                    self.fetches.insert(key, intent.clone());
                }
                FetchWrite::Finish(intent) => {
                    self.fetches
                        .remove(&(intent.ticket_id.clone(), intent.position));
                }
            }
        }
        for write in errands {
            match write {
                ErrandWrite::Create(errand) => {
                    self.errands.insert(errand_key(errand), errand.clone());
                }
                ErrandWrite::Finish(errand) => {
                    self.errands.remove(&errand_key(errand));
                }
            }
        }
        if let Some(record) = idempotency {
            let key = (record.scope.clone(), record.key.clone());
            self.idempotency.insert(key, record.clone());
        }
    }

    /// Writes all of a change of people or nothing.
    pub(super) fn apply_people(&mut self, people: &PeopleWrite) -> Result<(), CommitError> {
        let PeopleWrite {
            customers,
            identities,
            tickets,
        } = people;
        let unchanged = |ticket: &TicketWrite| match ticket {
            TicketWrite::Create(_) => false,
            TicketWrite::Update {
                ticket,
                expected_version,
            } => self.tickets.get(&ticket.id).map(|t| t.version) == Some(*expected_version),
        };
        let holds = customers.iter().all(|w| self.allows(w))
            && identities
                .iter()
                .all(|(before, after)| self.identities.get(&after.identity) == before.as_ref())
            && tickets.iter().all(unchanged);
        if !holds {
            return Err(CommitError::Raced);
        }
        customers.iter().for_each(|w| self.write_customer(w));
        for (_, identity) in identities {
            self.identities
                .insert(identity.identity.clone(), identity.clone());
        }
        for ticket in tickets {
            let ticket = ticket.ticket().clone();
            self.tickets.insert(ticket.id.clone(), ticket);
        }
        Ok(())
    }

    fn allows(&self, write: &CustomerWrite) -> bool {
        let is_used = |id, of_identities: Option<usize>| {
            self.customers.get(id).is_some_and(|c| {
                c.joined_into.is_none() && of_identities.is_none_or(|n| c.identities.len() == n)
            })
        };
        match write {
            CustomerWrite::Create(customer) => !self.customers.contains_key(&customer.id),
            CustomerWrite::Learn {
                id, of_identities, ..
            } => is_used(id, *of_identities),
            CustomerWrite::Name { id, name: _ } => {
                let nameless = |id| self.customers.get(id).is_some_and(|c| c.name.is_none());
                is_used(id, None) && nameless(id)
            }
            CustomerWrite::Join {
                id,
                into,
                of_identities,
            } => is_used(id, Some(*of_identities)) && self.customers.contains_key(into),
        }
    }

    fn write_customer(&mut self, write: &CustomerWrite) {
        match write {
            CustomerWrite::Create(customer) => {
                self.customers.insert(customer.id.clone(), customer.clone());
            }
            CustomerWrite::Learn {
                id,
                identities,
                name,
                renamed_at,
                of_identities: _,
            } => {
                let Some(customer) = self.customers.get_mut(id) else {
                    return;
                };
                for identity in identities {
                    if !customer.identities.contains(identity) {
                        customer.identities.push(identity.clone());
                    }
                    if !customer.channels.contains(&identity.channel()) {
                        customer.channels.push(identity.channel());
                    }
                }
                if name.is_some() {
                    customer.name.clone_from(name);
                }
                customer.renamed_at = renamed_at.or(customer.renamed_at);
            }
            CustomerWrite::Name { id, name } => {
                if let Some(customer) = self.customers.get_mut(id) {
                    customer.name = Some(name.clone());
                }
            }
            CustomerWrite::Join { id, into, .. } => {
                if let Some(customer) = self.customers.get_mut(id) {
                    customer.joined_into = Some(into.clone());
                }
            }
        }
    }

    fn write_identity(&mut self, write: &IdentityWrite) {
        match write {
            IdentityWrite::Create(identity) => {
                self.identities
                    .insert(identity.identity.clone(), identity.clone());
            }
            IdentityWrite::Point {
                identity,
                account,
                to,
                ..
            } => {
                if let Some(Identity {
                    kind: IdentityKind::Canonical { current_tickets },
                    ..
                }) = self.identities.get_mut(identity)
                {
                    current_tickets.insert(account.clone(), to.clone());
                }
            }
            IdentityWrite::Check { .. } => {}
        }
    }
}

/// The items of a commit as DynamoDB counts them: a new ticket brings its reference's.
fn items(commit: &Commit) -> usize {
    let ticket = match commit.ticket {
        TicketWrite::Create(_) => 2,
        TicketWrite::Update { .. } => 1,
    };
    ticket
        + commit.evicted.len()
        + commit.revised.len()
        + commit.events.len()
        + usize::from(commit.customer.is_some())
        + commit.identities.len()
        + commit.slots.len()
        + commit.sends.len()
        + commit.fetches.len()
        + commit.errands.len()
        + usize::from(commit.idempotency.is_some())
        + usize::from(commit.relies_on.is_some())
}
