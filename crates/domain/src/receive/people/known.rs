//! Who goes by which names, as it is stored.

use std::collections::BTreeMap;

use crate::channel::{AccountId, ChannelIdentity};
use crate::customer::{Identity, IdentityKind};
use crate::id::{CustomerId, TicketId};
use crate::ports::{PortError, Tickets};

/// The names of people that are stored, with the canonical identities they lead to.
pub(super) struct Known(pub(super) Vec<Identity>);

impl Known {
    pub(super) async fn read<T: Tickets>(
        tickets: &T,
        names: &[ChannelIdentity],
    ) -> Result<Self, PortError> {
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

    pub(super) fn has(&self, name: &ChannelIdentity) -> bool {
        self.0.iter().any(|i| i.identity == *name)
    }

    /// The customers, the one we have known longest first.
    pub(super) fn customers(&self) -> Vec<CustomerId> {
        let mut ids: Vec<CustomerId> = self.0.iter().map(|i| i.customer_id.clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The identity on which a customer's tickets hang.
    pub(super) fn canonical(
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

/// A name that leads to the one that tickets hang on.
pub(super) fn alias(
    name: &ChannelIdentity,
    of: &ChannelIdentity,
    customer: &CustomerId,
) -> Identity {
    Identity {
        identity: name.clone(),
        customer_id: customer.clone(),
        kind: IdentityKind::Alias { of: of.clone() },
    }
}
