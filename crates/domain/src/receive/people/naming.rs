//! The names of one person: those of somebody new, and what changes when a known one goes by others.

use std::collections::BTreeMap;

use super::known::{Known, alias};
use crate::channel::ChannelIdentity;
use crate::channel::inbound::Renamed;
use crate::customer::{Customer, Identity, IdentityKind};
use crate::draft::Draft;
use crate::id::CustomerId;
use crate::ports::{Blobs, CustomerWrite, PeopleWrite, PortError, Tickets};
use crate::receive::Desk;
use crate::surroundings::Surroundings;
use crate::time::Timestamp;

/// Somebody we have not heard of: known by all the names from now on, so that whichever of them writes first
/// is the same person.
pub(super) fn newcomer<T, B, S: Surroundings>(
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

/// What a known customer's change of names changes, if anything: names that are new lead to the customer. When
/// the name that tickets hang on no longer holds, they hang on the first current one, and answers go there.
/// None when what was read does not fit together.
pub(super) async fn names_of<T: Tickets, B: Blobs, S: Surroundings>(
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
