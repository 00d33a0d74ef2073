//! Customers and the identities by which channels know them.

use std::collections::BTreeMap;

use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::id::{CustomerId, TicketId};
use crate::time::Timestamp;

/// A person who writes to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// The name the person goes by, if known.
    pub name: Option<String>,
    /// The address the person gave, if any. It proves nothing.
    pub primary_email: Option<String>,
    /// Every channel the person has used, in order of first use.
    pub channels: Vec<Channel>,
    /// Every identity of the person.
    pub identities: Vec<ChannelIdentity>,
    /// First contact.
    pub created_at: Timestamp,
    /// The platform's time of the latest change of names.
    pub renamed_at: Option<Timestamp>,
    /// The customer this one turned out to be, whose record is used instead.
    pub joined_into: Option<CustomerId>,
}

/// The customer as a ticket shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSummary {
    /// The customer's id.
    pub id: CustomerId,
    /// The name, if known.
    pub name: Option<String>,
    /// The address, if known.
    pub email: Option<String>,
    /// The identity this ticket's conversation is held with.
    pub channel_identity: ChannelIdentity,
}

/// What is stored under a channel identity; its key makes the customer unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who it is on a channel.
    pub identity: ChannelIdentity,
    /// The customer it belongs to.
    pub customer_id: CustomerId,
    /// What it stands for.
    pub kind: IdentityKind,
}

/// Tickets hang on one identity of a customer per channel, so that a person known by two names
/// there never has two current tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityKind {
    /// The name under which the current ticket of each account is kept.
    Canonical {
        /// Account to the latest ticket of this identity there; it stays until superseded.
        current_tickets: BTreeMap<AccountId, TicketId>,
    },
    /// Another name of the same person; look there for tickets.
    Alias {
        /// The canonical identity.
        of: ChannelIdentity,
    },
}
