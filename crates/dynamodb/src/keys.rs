//! Every key, built and parsed here and nowhere else. Ids that platforms and callers choose are kept as
//! their SHA-256, so that a key has a bounded length and tells nothing.

use sha2::{Digest, Sha256};
use tributary_domain::ports::{IdempotencyScope, InboxPlace, SlotKey};
use tributary_domain::{
    AccountId, Channel, ChannelIdentity, Reference, Status, TicketId, Timestamp,
};

use crate::PENDING_SHARDS;

/// The key of an item of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerKey {
    /// The slot of a platform's message.
    Slot {
        /// The platform.
        channel: Channel,
        /// Our account there.
        account: AccountId,
        /// [`hash`] of the platform's message id.
        hash: String,
    },
    /// An event of a ticket.
    Event {
        /// The ticket.
        ticket_id: TicketId,
        /// The event's sequence.
        sequence: u64,
    },
    /// An intent to send.
    Send {
        /// The ticket.
        ticket_id: TicketId,
        /// The message's position.
        position: u64,
    },
    /// An intent to fetch the files of a message.
    Fetch {
        /// The ticket.
        ticket_id: TicketId,
        /// The message's position.
        position: u64,
    },
    /// An errand.
    Errand {
        /// The ticket.
        ticket_id: TicketId,
        /// Its kind, which has no `#`.
        kind: String,
        /// The ticket's version that left it.
        version: u64,
    },
    /// The right to publish a ticket's events.
    Lease {
        /// The ticket.
        ticket_id: TicketId,
    },
    /// A request that must not be done twice.
    Idempotency {
        /// What its key is unique among.
        scope: IdempotencyScope,
        /// [`hash`] of its key.
        hash: String,
    },
    /// A ticket's reference.
    Reference(Reference),
    /// How one of our accounts stands.
    Account {
        /// The platform.
        channel: Channel,
        /// The account.
        account: AccountId,
    },
    /// Whether anything goes out through one of our accounts.
    Gate {
        /// The channel.
        channel: Channel,
        /// The account.
        account: AccountId,
    },
    /// That an agent types in a ticket.
    Typing {
        /// The ticket.
        ticket_id: TicketId,
    },
}

impl LedgerKey {
    /// The key of a slot.
    #[must_use]
    pub fn slot(key: &SlotKey) -> Self {
        let SlotKey {
            channel,
            account,
            platform_message_id,
        } = key;
        Self::Slot {
            channel: *channel,
            account: account.clone(),
            hash: hash(platform_message_id),
        }
    }

    /// The key of an idempotency record.
    #[must_use]
    pub fn idempotency(scope: &IdempotencyScope, key: &str) -> Self {
        Self::Idempotency {
            scope: scope.clone(),
            hash: hash(key),
        }
    }

    /// The partition key.
    #[must_use]
    pub fn pk(&self) -> String {
        match self {
            Self::Slot {
                channel,
                account,
                hash,
            } => format!("slot#{channel}#{}#{hash}", account.as_str()),
            Self::Event { ticket_id, .. } => events_of(ticket_id),
            Self::Send { ticket_id, .. } => sends_of(ticket_id),
            Self::Fetch { ticket_id, .. } => fetches_of(ticket_id),
            Self::Errand { ticket_id, .. } => errands_of(ticket_id),
            Self::Lease { ticket_id } => format!("lease#{ticket_id}"),
            Self::Idempotency {
                scope: IdempotencyScope::Chatbot,
                hash,
            } => format!("idem#chatbot#{hash}"),
            Self::Idempotency {
                scope: IdempotencyScope::Message(ticket_id),
                hash,
            } => format!("idem#{ticket_id}#{hash}"),
            Self::Reference(reference) => format!("ref#{reference}"),
            Self::Account { channel, account } => format!("account#{channel}#{}", account.as_str()),
            Self::Gate { channel, account } => format!("gate#{channel}#{}", account.as_str()),
            Self::Typing { ticket_id } => format!("typing#{ticket_id}"),
        }
    }

    /// The sort key.
    #[must_use]
    pub fn sk(&self) -> String {
        match self {
            Self::Slot { .. } => "slot".to_owned(),
            Self::Event {
                sequence: number, ..
            }
            | Self::Send {
                position: number, ..
            }
            | Self::Fetch {
                position: number, ..
            } => padded(*number),
            Self::Errand { kind, version, .. } => format!("{kind}#{}", padded(*version)),
            Self::Lease { .. } => "events".to_owned(),
            Self::Idempotency { .. } => "idem".to_owned(),
            Self::Reference(_) => "ref".to_owned(),
            Self::Account { .. } => "account".to_owned(),
            Self::Gate { .. } => "gate".to_owned(),
            Self::Typing { .. } => "typing".to_owned(),
        }
    }

    /// Reads a key back; none for what is no key of the ledger.
    #[must_use]
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        let (kind, rest) = pk.split_once('#')?;
        let key = match kind {
            "slot" => {
                let (channel, rest) = rest.split_once('#')?;
                let (account, hash) = rest.rsplit_once('#')?;
                Self::Slot {
                    channel: Channel::parse(channel)?,
                    account: AccountId::parse(account).ok()?,
                    hash: hash.to_owned(),
                }
            }
            "out" => Self::Event {
                ticket_id: TicketId::parse(rest).ok()?,
                sequence: sk.parse().ok()?,
            },
            "send" => Self::Send {
                ticket_id: TicketId::parse(rest).ok()?,
                position: sk.parse().ok()?,
            },
            "fetch" => Self::Fetch {
                ticket_id: TicketId::parse(rest).ok()?,
                position: sk.parse().ok()?,
            },
            "errand" => {
                let (kind, version) = sk.split_once('#')?;
                Self::Errand {
                    ticket_id: TicketId::parse(rest).ok()?,
                    kind: kind.to_owned(),
                    version: version.parse().ok()?,
                }
            }
            "lease" => Self::Lease {
                ticket_id: TicketId::parse(rest).ok()?,
            },
            "idem" => {
                let (scope, hash) = rest.split_once('#')?;
                let scope = match scope {
                    "chatbot" => IdempotencyScope::Chatbot,
                    ticket_id => IdempotencyScope::Message(TicketId::parse(ticket_id).ok()?),
                };
                Self::Idempotency {
                    scope,
                    hash: hash.to_owned(),
                }
            }
            "typing" => Self::Typing {
                ticket_id: TicketId::parse(rest).ok()?,
            },
            "ref" => Self::Reference(Reference::parse(rest).ok()?),
            "account" | "gate" => {
                let (channel, account) = rest.split_once('#')?;
                let channel = Channel::parse(channel)?;
                let account = AccountId::parse(account).ok()?;
                match kind {
                    "account" => Self::Account { channel, account },
                    _ => Self::Gate { channel, account },
                }
            }
            _ => return None,
        };
        (key.sk() == sk).then_some(key)
    }
}

/// SHA-256 in lower-case hexadecimal digits.
#[must_use]
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// The partition of a ticket's events.
#[must_use]
pub fn events_of(ticket_id: &TicketId) -> String {
    format!("out#{ticket_id}")
}

/// The partition of a ticket's intents to send.
#[must_use]
pub fn sends_of(ticket_id: &TicketId) -> String {
    format!("send#{ticket_id}")
}

/// The partition of a ticket's intents to fetch files.
#[must_use]
pub fn fetches_of(ticket_id: &TicketId) -> String {
    format!("fetch#{ticket_id}")
}

/// The partition of a ticket's errands.
#[must_use]
pub fn errands_of(ticket_id: &TicketId) -> String {
    format!("errand#{ticket_id}")
}

/// A number in a sort key: twelve digits, so that it sorts as text.
#[must_use]
pub fn padded(number: u64) -> String {
    format!("{number:012}")
}

/// What is unfinished. Each kind has partitions of its own in the index, so that a pile of one, such as
/// events while the broker is gone, never hides the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// Events to publish.
    Events,
    /// Messages to send.
    Sends,
    /// Files to fetch.
    Fetches,
    /// Errands to run.
    Errands,
    /// Gates that call.
    Gates,
}

/// The partition of the index of unfinished work in which a ticket's is found.
#[must_use]
pub fn pending(kind: Unfinished, ticket_id: &TicketId) -> String {
    let digest = Sha256::digest(ticket_id.as_str());
    pending_shard(kind, u32::from(digest[0]) % PENDING_SHARDS)
}

/// A partition of the index of unfinished work.
#[must_use]
pub fn pending_shard(kind: Unfinished, shard: u32) -> String {
    match kind {
        Unfinished::Events => format!("events#{shard}"),
        Unfinished::Sends => format!("sends#{shard}"),
        Unfinished::Fetches => format!("fetches#{shard}"),
        Unfinished::Errands => format!("errands#{shard}"),
        Unfinished::Gates => format!("gates#{shard}"),
    }
}

/// The partition of the index of queued messages in which those of an account are found.
#[must_use]
pub fn queue(channel: Channel, account: &AccountId) -> String {
    format!("{channel}#{}", account.as_str())
}

/// A message's place in its account's queue: the oldest sorts first.
#[must_use]
pub fn queue_place(queued_at: Timestamp, ticket_id: &TicketId, position: u64) -> String {
    format!("{queued_at}#{ticket_id}#{}", padded(position))
}

/// Reads a place back.
#[must_use]
pub fn parse_queue_place(place: &str) -> Option<(Timestamp, TicketId, u64)> {
    let mut parts = place.split('#');
    let queued_at = Timestamp::parse(parts.next()?).ok()?;
    let ticket_id = TicketId::parse(parts.next()?).ok()?;
    Some((queued_at, ticket_id, parts.next()?.parse().ok()?))
}

/// The key of an identity in the customers table.
#[must_use]
pub fn identity(identity: &ChannelIdentity) -> String {
    format!("idn#{identity}")
}

/// The identity of such a key; none for a customer's.
#[must_use]
pub fn parse_identity(key: &str) -> Option<ChannelIdentity> {
    ChannelIdentity::parse(key.strip_prefix("idn#")?).ok()
}

/// A partition of the inbox index.
#[must_use]
pub fn inbox(status: Status, shard: u32) -> String {
    format!("{}#{shard:02}", status.as_str())
}

/// Reads a partition of the inbox index back.
#[must_use]
pub fn parse_inbox(key: &str) -> Option<(Status, u32)> {
    let (status, shard) = key.split_once('#')?;
    Some((Status::parse(status)?, shard.parse().ok()?))
}

/// A place in the inbox index.
#[must_use]
pub fn activity(place: &InboxPlace) -> String {
    let InboxPlace {
        updated_at,
        ticket_id,
    } = place;
    format!("{updated_at}#{ticket_id}")
}

/// Reads a place back.
#[must_use]
pub fn parse_activity(key: &str) -> Option<InboxPlace> {
    let (updated_at, ticket_id) = key.split_once('#')?;
    Some(InboxPlace {
        updated_at: Timestamp::parse(updated_at).ok()?,
        ticket_id: TicketId::parse(ticket_id).ok()?,
    })
}

/// The sort key of a customer's tickets.
#[must_use]
pub fn status_timestamp(status: Status, created_at: Timestamp) -> String {
    format!("{}#{created_at}", status.as_str())
}

#[cfg(test)]
mod tests;
