//! Who is who: somebody who goes by other names now, and two customers who turn out to be one person.

use std::collections::BTreeMap;

use crate::channel::inbound::{Notice, Renamed};
use crate::channel::{AccountId, Channel, ChannelIdentity, Details};
use crate::customer::{Customer, Identity, IdentityKind};
use crate::draft::Draft;
use crate::id::{CustomerId, TicketId};
use crate::ports::{Blobs, CommitError, CustomerWrite, PeopleWrite, PortError, Tickets, budget};
use crate::receive::notices::{self, Noted};
use crate::receive::{Desk, ReceiveError, Received, takes_messages};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// How often what is read one after the other may not fit together, because somebody changes it meanwhile,
/// before it is called corrupt.
pub(super) const MISSES: usize = 4;

/// The names of people that are stored, with the canonical identities they lead to.
struct Known(Vec<Identity>);

impl Known {
    async fn read<T: Tickets>(tickets: &T, names: &[ChannelIdentity]) -> Result<Self, PortError> {
        let mut found = tickets.identities(names).await?;
        let missing: Vec<ChannelIdentity> = found
            .iter()
            .filter_map(|i| match &i.kind {
                IdentityKind::Alias { of } => Some(of.clone()),
                IdentityKind::Canonical { .. } => None,
            })
            .filter(|of| !found.iter().any(|i| i.identity == *of))
            .collect();
        if !missing.is_empty() {
            found.extend(tickets.identities(&missing).await?);
        }
        Ok(Self(found))
    }

    fn has(&self, name: &ChannelIdentity) -> bool {
        self.0.iter().any(|i| i.identity == *name)
    }

    /// The customers, the one we have known longest first.
    fn customers(&self) -> Vec<CustomerId> {
        let mut ids: Vec<CustomerId> = self.0.iter().map(|i| i.customer_id.clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The identity on which a customer's tickets hang.
    fn canonical(
        &self,
        customer: &CustomerId,
    ) -> Option<(&ChannelIdentity, &BTreeMap<AccountId, TicketId>)> {
        self.0
            .iter()
            .filter(|i| i.customer_id == *customer)
            .find_map(|i| match &i.kind {
                IdentityKind::Canonical { current_tickets } => Some((&i.identity, current_tickets)),
                IdentityKind::Alias { .. } => None,
            })
    }
}

/// Notes a change of names in the person's open ticket, and counts it.
pub(super) async fn note<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    renamed: Renamed,
    is_new: bool,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let Some(person) = renamed.current.first().cloned() else {
        part.counts.ignored += 1;
        return Ok(());
    };
    let notice = Notice {
        key: renamed.key,
        person,
        content: renamed.content,
        at: renamed.at,
        data: Details::default(),
    };
    let noted = notices::note(desk, channel, account, &notice, part, deadline).await?;
    if is_new || noted == Noted::Stored {
        part.counts.stored += 1;
    } else {
        part.counts.duplicates += 1;
    }
    Ok(())
}

/// Makes all names lead to one customer, and answers go to the first current one. Returns whether anything
/// changed.
pub(super) async fn rename<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    renamed: &Renamed,
    deadline: Deadline,
) -> Result<bool, ReceiveError> {
    if renamed.current.is_empty() {
        return Ok(false);
    }
    let mut names: Vec<ChannelIdentity> = Vec::new();
    for name in renamed.current.iter().chain(&renamed.former) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut joined = false;
    let mut misses = 0;
    let mut backoff = Backoff::default();
    loop {
        let known = Known::read(&desk.tickets, &names).await?;
        let customers = known.customers();
        let write = match customers.as_slice() {
            [] => newcomer(desk, &names, renamed.at),
            [one] => match names_of(desk, &known, one, &names, renamed).await? {
                Some(write) => write,
                None if misses < MISSES => {
                    misses += 1;
                    continue;
                }
                None => return Err(corrupt("an alias leads nowhere")),
            },
            [_, ..] => {
                join(desk, &names, deadline).await?;
                joined = true;
                continue;
            }
        };
        let Some(write) = write else {
            return Ok(joined);
        };
        match desk
            .tickets
            .write_people(&write, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => return Ok(true),
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

fn alias(name: &ChannelIdentity, of: &ChannelIdentity, customer: &CustomerId) -> Identity {
    Identity {
        identity: name.clone(),
        customer_id: customer.clone(),
        kind: IdentityKind::Alias { of: of.clone() },
    }
}

/// Somebody we have not heard of: known by all the names from now on, so that whichever of them writes first
/// is the same person.
fn newcomer<T, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    names: &[ChannelIdentity],
    renamed_at: Option<Timestamp>,
) -> Option<PeopleWrite> {
    let (canonical, others) = names.split_first()?;
    let now = desk.surroundings.now();
    let id = CustomerId::generate(now, desk.surroundings.random());
    let first = Identity {
        identity: canonical.clone(),
        customer_id: id.clone(),
        kind: IdentityKind::Canonical {
            current_tickets: BTreeMap::new(),
        },
    };
    let others = others.iter().map(|name| alias(name, canonical, &id));
    Some(PeopleWrite {
        identities: std::iter::once(first)
            .chain(others)
            .map(|identity| (None, identity))
            .collect(),
        customers: vec![CustomerWrite::Create(Customer {
            id: id.clone(),
            name: None,
            primary_email: None,
            channels: vec![canonical.channel()],
            identities: names.to_vec(),
            created_at: now,
            renamed_at,
            joined_into: None,
        })],
        tickets: Vec::new(),
    })
}

fn corrupt(what: &str) -> ReceiveError {
    PortError::Corrupt(what.to_owned()).into()
}

/// What a known customer's change of names changes, if anything: names that are new lead to the customer. When
/// the name that tickets hang on no longer holds, they hang on the first current one, and answers go there.
/// None when what was read does not fit together.
async fn names_of<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    known: &Known,
    id: &CustomerId,
    names: &[ChannelIdentity],
    renamed: &Renamed,
) -> Result<Option<Option<PeopleWrite>>, PortError> {
    let (Some((canonical, current_tickets)), Some(customer)) =
        (known.canonical(id), desk.tickets.customer(id).await?)
    else {
        return Ok(None);
    };
    let new: Vec<ChannelIdentity> = names.iter().filter(|n| !known.has(n)).cloned().collect();
    let at = renamed.at.unwrap_or_else(|| desk.surroundings.now());
    // Without a time, a repetition would be the latest word each time it comes.
    let is_later = |known| renamed.at.is_some_and(|at| known < at);
    let is_latest = customer.renamed_at.is_none_or(is_later);
    let root = match renamed.current.first() {
        Some(current) if is_latest && renamed.former.contains(canonical) => current,
        Some(_) | None => canonical,
    };
    let mut write = PeopleWrite::default();
    for name in new.iter().filter(|name| *name != root) {
        write.identities.push((None, alias(name, root, id)));
    }
    if root != canonical {
        let all = Known::read(&desk.tickets, &customer.identities).await?;
        if all.canonical(id) != Some((canonical, current_tickets)) {
            return Ok(None);
        }
        for before in &all.0 {
            let (of, name) = (&before.customer_id, &before.identity);
            if name != root {
                write
                    .identities
                    .push((Some(before.clone()), alias(name, root, of)));
            }
        }
        let after = Identity {
            identity: root.clone(),
            customer_id: id.clone(),
            kind: IdentityKind::Canonical {
                current_tickets: current_tickets.clone(),
            },
        };
        let before = all.0.iter().find(|i| i.identity == *root).cloned();
        write.identities.push((before, after));
        for ticket in current_tickets.values() {
            let Some(ticket) = desk.tickets.ticket(ticket).await? else {
                continue;
            };
            let mut draft = Draft::change(&desk.surroundings, ticket);
            draft.hang_on(root);
            write.tickets.push(draft.finish().ticket);
        }
    }
    if root == canonical {
        if new.is_empty() {
            return Ok(Some(None));
        }
        // The new names lead to it, so it must still be what tickets hang on.
        let same = known.0.iter().find(|i| i.identity == *root).cloned();
        write
            .identities
            .extend(same.map(|same| (Some(same.clone()), same)));
    }
    write.customers.push(CustomerWrite::Learn {
        id: id.clone(),
        identities: new,
        name: None,
        renamed_at: is_latest.then_some(at),
        of_identities: Some(customer.identities.len()),
    });
    Ok(Some(Some(write)))
}

/// Joins the customers that these names belong to, until they are one. The one we have known longest stays.
///
/// # Errors
/// [`ReceiveError`].
pub(super) async fn join<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    names: &[ChannelIdentity],
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let mut misses = 0;
    let mut backoff = Backoff::default();
    loop {
        let known = Known::read(&desk.tickets, names).await?;
        let customers = known.customers();
        let [keep, gone, ..] = customers.as_slice() else {
            return Ok(());
        };
        let Some(write) = joining(desk, keep, gone).await? else {
            misses += 1;
            if misses > MISSES {
                return Err(corrupt("a customer has no identity"));
            }
            continue;
        };
        match desk
            .tickets
            .write_people(&write, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {}
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// All that makes one customer a part of another: every name, and the tickets they point to. Of two open
/// tickets at one account the older one goes on; the other is answered and closed where it is.
/// None when what was read does not fit together.
async fn joining<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    keep: &CustomerId,
    gone: &CustomerId,
) -> Result<Option<PeopleWrite>, PortError> {
    let (Some(keeping), Some(going)) = (
        desk.tickets.customer(keep).await?,
        desk.tickets.customer(gone).await?,
    ) else {
        return Ok(None);
    };
    let of_identities = going.identities.len();
    let kept = Known::read(&desk.tickets, &keeping.identities).await?;
    let lost = Known::read(&desk.tickets, &going.identities).await?;
    let (Some((canonical, to)), Some((_, from))) = (kept.canonical(keep), lost.canonical(gone))
    else {
        return Ok(None);
    };
    let summary = |ticket: &mut Ticket| {
        ticket.customer.id = keep.clone();
        ticket.customer.channel_identity = canonical.clone();
        if ticket.customer.name.is_none() {
            ticket.customer.name.clone_from(&keeping.name);
        }
    };
    let mut pointers = to.clone();
    let mut tickets = Vec::new();
    for (account, id) in from {
        let Some(ticket) = desk.tickets.ticket(id).await? else {
            continue;
        };
        let rival = match to.get(account) {
            Some(other) => desk.tickets.ticket(other).await?,
            None => None,
        };
        let moves_on = rival.as_ref().is_none_or(|r| !takes_messages(r)) && takes_messages(&ticket);
        let mut draft = Draft::change(&desk.surroundings, ticket);
        draft.change_ticket(|ticket| {
            summary(ticket);
            ticket.superseded |= !moves_on && rival.is_some();
        });
        tickets.push(draft.finish().ticket);
        if moves_on || rival.is_none() {
            pointers.insert(account.clone(), id.clone());
        }
        if let Some(rival) = rival.filter(|_| moves_on) {
            let mut draft = Draft::change(&desk.surroundings, rival);
            draft.change_ticket(|rival| rival.superseded = true);
            tickets.push(draft.finish().ticket);
        }
    }
    let mut identities = vec![];
    for before in lost.0.iter().filter(|i| i.customer_id == *gone) {
        identities.push((
            Some(before.clone()),
            alias(&before.identity, canonical, keep),
        ));
    }
    for before in kept.0.iter().filter(|i| i.identity == *canonical) {
        let after = Identity {
            kind: IdentityKind::Canonical {
                current_tickets: pointers.clone(),
            },
            ..before.clone()
        };
        identities.push((Some(before.clone()), after));
    }
    Ok(Some(PeopleWrite {
        customers: vec![
            CustomerWrite::Learn {
                id: keep.clone(),
                identities: going.identities,
                name: keeping.name.is_none().then_some(going.name).flatten(),
                renamed_at: keeping.renamed_at.max(going.renamed_at),
                of_identities: Some(keeping.identities.len()),
            },
            CustomerWrite::Join {
                id: gone.clone(),
                into: keep.clone(),
                of_identities,
            },
        ],
        identities,
        tickets,
    }))
}
