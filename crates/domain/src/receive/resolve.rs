//! Finds whose message it is and which ticket is current.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;

use lru::LruCache;

use crate::channel::{AccountId, ChannelIdentity};
use crate::customer::{Identity, IdentityKind};
use crate::id::{CustomerId, TicketId};
use crate::ports::{Blobs, PortError, Tickets};
use crate::receive::people::MISSES;
use crate::receive::{Desk, takes_messages};
use crate::surroundings::Surroundings;
use crate::ticket::Ticket;

/// Identities remembered by one process.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

#[derive(Debug, Clone)]
struct Pointer {
    names: Vec<ChannelIdentity>,
    ticket_id: TicketId,
    /// When this process last committed there, on the monotonic clock.
    committed_at: Option<Duration>,
}

/// Where identities pointed when this process last saw them: saves a read, decides nothing. A commit
/// relies on the ticket's version, and a ticket that is not open makes the pointer be read anew.
#[derive(Debug)]
pub struct PointerCache(Mutex<LruCache<(ChannelIdentity, AccountId), Pointer>>);

impl Default for PointerCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }
}

impl PointerCache {
    fn get(&self, identity: &ChannelIdentity, account: &AccountId) -> Option<Pointer> {
        self.0
            .lock()
            .ok()?
            .get(&(identity.clone(), account.clone()))
            .cloned()
    }

    /// Forgets what an identity pointed to.
    pub fn forget(&self, identity: &ChannelIdentity, account: &AccountId) {
        if let Ok(mut cache) = self.0.lock() {
            cache.pop(&(identity.clone(), account.clone()));
        }
    }

    /// When this process last committed a message of this identity.
    pub(crate) fn last_commit(
        &self,
        identity: &ChannelIdentity,
        account: &AccountId,
    ) -> Option<Duration> {
        self.get(identity, account)?.committed_at
    }

    fn put(&self, identity: &ChannelIdentity, account: &AccountId, pointer: Pointer) {
        if let Ok(mut cache) = self.0.lock() {
            cache.put((identity.clone(), account.clone()), pointer);
        }
    }
}

/// Whose message it is.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// The customer, if there is one yet.
    pub(crate) customer_id: Option<CustomerId>,
    /// The identity that tickets hang on.
    pub(crate) canonical: ChannelIdentity,
    /// Names of the person that are not stored yet.
    pub(crate) new_names: Vec<ChannelIdentity>,
    /// The ticket the identity points to.
    pub(crate) pointed: Option<TicketId>,
    /// That ticket.
    pub(crate) ticket: Option<Ticket>,
    /// The names belong to more than one customer, who turn out to be one person.
    pub(crate) is_split: bool,
}

/// Resolves the names of a sender, best first, at one of our accounts.
/// One read when this process knows the identity, else two, three for an alias.
pub(crate) async fn resolve<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    names: &[ChannelIdentity],
    account: &AccountId,
) -> Result<Resolved, PortError> {
    for _ in 0..=MISSES {
        if let Some(resolved) = look(desk, names, account).await? {
            return Ok(resolved);
        }
    }
    Err(PortError::Corrupt("an alias leads nowhere".to_owned()))
}

/// Resolves once; none when an alias leads nowhere.
async fn look<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    names: &[ChannelIdentity],
    account: &AccountId,
) -> Result<Option<Resolved>, PortError> {
    let Some(first) = names.first() else {
        return Err(PortError::Corrupt(
            "a message without a sender reached the desk".to_owned(),
        ));
    };
    if let Some(pointer) = desk.pointers.get(first, account)
        && names.iter().all(|n| pointer.names.contains(n))
    {
        match desk.tickets.ticket(&pointer.ticket_id).await? {
            Some(ticket) if takes_messages(&ticket) => {
                // The ticket knows better, should two customers have been joined meanwhile.
                return Ok(Some(Resolved {
                    customer_id: Some(ticket.customer.id.clone()),
                    canonical: ticket.customer.channel_identity.clone(),
                    new_names: Vec::new(),
                    pointed: Some(pointer.ticket_id),
                    ticket: Some(ticket),
                    is_split: false,
                }));
            }
            Some(_) | None => desk.pointers.forget(first, account),
        }
    }
    let found = desk.tickets.identities(names).await?;
    let known = names
        .iter()
        .find_map(|name| found.iter().find(|i| i.identity == *name));
    let Some(known) = known else {
        return Ok(Some(Resolved {
            customer_id: None,
            canonical: first.clone(),
            new_names: names.to_vec(),
            pointed: None,
            ticket: None,
            is_split: false,
        }));
    };
    let (canonical, current_tickets) = match &known.kind {
        IdentityKind::Canonical { current_tickets } => {
            (known.identity.clone(), current_tickets.clone())
        }
        IdentityKind::Alias { of } => match canonical_of(desk, &found, of).await? {
            Some(tickets) => (of.clone(), tickets),
            None => return Ok(None),
        },
    };
    let pointed = current_tickets.get(account).cloned();
    let ticket = match &pointed {
        Some(id) => desk.tickets.ticket(id).await?,
        None => None,
    };
    let new_names: Vec<ChannelIdentity> = names
        .iter()
        .filter(|n| !found.iter().any(|i| i.identity == **n))
        .cloned()
        .collect();
    // Kept already now, so that a race that is lost costs one read and not two again.
    if let Some(ticket) = ticket.as_ref().filter(|t| takes_messages(t))
        && new_names.is_empty()
    {
        keep_pointer(desk, names, account, ticket, None);
    }
    Ok(Some(Resolved {
        customer_id: Some(known.customer_id.clone()),
        canonical,
        new_names,
        pointed,
        ticket,
        is_split: found.iter().any(|i| i.customer_id != known.customer_id),
    }))
}

async fn canonical_of<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    found: &[Identity],
    of: &ChannelIdentity,
) -> Result<Option<std::collections::BTreeMap<AccountId, TicketId>>, PortError> {
    let tickets = |identity: &Identity| match &identity.kind {
        IdentityKind::Canonical { current_tickets } => Some(current_tickets.clone()),
        IdentityKind::Alias { .. } => None,
    };
    if let Some(identity) = found.iter().find(|i| i.identity == *of) {
        return Ok(tickets(identity));
    }
    Ok(desk
        .tickets
        .identities(std::slice::from_ref(of))
        .await?
        .first()
        .and_then(tickets))
}

/// Remembers where a sender's names point after a commit.
pub(crate) fn remember<T, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    names: &[ChannelIdentity],
    account: &AccountId,
    ticket: &Ticket,
) {
    let committed_at = Some(desk.surroundings.monotonic());
    keep_pointer(desk, names, account, ticket, committed_at);
}

fn keep_pointer<T, B, S>(
    desk: &Desk<T, B, S>,
    names: &[ChannelIdentity],
    account: &AccountId,
    ticket: &Ticket,
    committed_at: Option<Duration>,
) {
    if let Some(first) = names.first() {
        let pointer = Pointer {
            names: names.to_vec(),
            ticket_id: ticket.id.clone(),
            committed_at,
        };
        desk.pointers.put(first, account, pointer);
    }
}
