//! Two customers who turn out to be one person.

use super::known::{Known, alias};
use super::{MISSES, corrupt};
use crate::channel::ChannelIdentity;
use crate::customer::{Identity, IdentityKind};
use crate::draft::Draft;
use crate::id::CustomerId;
use crate::ports::{Blobs, CommitError, CustomerWrite, PeopleWrite, PortError, Tickets, budget};
use crate::receive::{Desk, ReceiveError, takes_messages};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;

/// Joins the customers that these names belong to, until they are one. The one we have known longest stays.
///
/// # Errors
/// [`ReceiveError`].
pub(in crate::receive) async fn join<T: Tickets, B: Blobs, S: Surroundings>(
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
