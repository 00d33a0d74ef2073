//! Identity items: who a name on a channel is, and which ticket is current.

use std::collections::BTreeMap;

use tributary_domain::channel::{AccountId, ChannelIdentity};
use tributary_domain::customer::{Identity, IdentityKind};
use tributary_domain::id::{CustomerId, TicketId};
use tributary_domain::ports::PortError;

use crate::keys;
use crate::record::{Item, Reader, Writer, text};

/// An identity as stored. A canonical one has its map of tickets even when it is empty, since a path
/// into a missing map cannot be set.
pub(crate) fn to_item(identity: &Identity) -> Item {
    let Identity {
        identity,
        customer_id,
        kind,
    } = identity;
    let writer = Writer::default()
        .value("internal_id", text(keys::identity(identity)))
        .value("channel_identity", text(identity.to_string()))
        .value("customer_id", text(customer_id.as_str()));
    match kind {
        IdentityKind::Canonical { current_tickets } => {
            let tickets = current_tickets
                .iter()
                .map(|(account, ticket)| (account.as_str().to_owned(), text(ticket.as_str())));
            writer.map("current_tickets", tickets.collect())
        }
        IdentityKind::Alias { of } => writer.value("alias_of", text(of.to_string())),
    }
    .finish()
}

/// Reads an identity back.
pub(crate) fn from_item(item: &Item) -> Result<Identity, PortError> {
    let item = Reader::new("identity", item);
    let kind = match item.maybe_parsed("alias_of", |t| ChannelIdentity::parse(t).ok())? {
        Some(of) => IdentityKind::Alias { of },
        None => IdentityKind::Canonical {
            current_tickets: read_tickets(&item.map("current_tickets", "current_tickets")?)?,
        },
    };
    Ok(Identity {
        identity: item.parsed("internal_id", keys::parse_identity)?,
        customer_id: item.parsed("customer_id", |t| CustomerId::parse(t).ok())?,
        kind,
    })
}

fn read_tickets(tickets: &Reader<'_>) -> Result<BTreeMap<AccountId, TicketId>, PortError> {
    tickets
        .entries()
        .map(|(account, _)| {
            let ticket = tickets
                .parsed(account, |t| TicketId::parse(t).ok())
                .map_err(|_| tickets.corrupt("ticket_id"))?;
            Ok((
                AccountId::parse(account).map_err(|_| tickets.corrupt("account_id"))?,
                ticket,
            ))
        })
        .collect()
}
