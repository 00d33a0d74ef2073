//! The four tables: their names, keys, indexes, stream and expiry. The template declares the same.

use tributary_edge::settings::TablesSettings;

mod create;

pub use create::{CreateTablesError, create_tables};

/// Names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    /// Tickets with their window.
    pub tickets: String,
    /// Customers and identities.
    pub customers: String,
    /// Slots, outbox, sends, leases, idempotency, references.
    pub ledger: String,
    /// Entries that left their window.
    pub timeline: String,
}

impl From<&TablesSettings> for TableNames {
    fn from(settings: &TablesSettings) -> Self {
        let TablesSettings {
            tickets,
            customers,
            ledger,
            timeline,
        } = settings.clone();
        Self {
            tickets,
            customers,
            ledger,
            timeline,
        }
    }
}

/// Index of a customer's tickets.
pub const CUSTOMER_INDEX: &str = "CustomerIndex";
/// Index of tickets by status and last activity.
pub const INBOX_INDEX: &str = "InboxIndex";
/// Index of identities.
pub const CHANNEL_IDENTITY_INDEX: &str = "ChannelIdentityIndex";
/// Sparse index of unfinished work.
pub const PENDING_INDEX: &str = "PendingIndex";
/// Index of what each account has to send.
pub const QUEUE_INDEX: &str = "QueueIndex";
/// The account in whose queue an intent is.
pub(crate) const QUEUE: &str = "queue";
/// Its place there.
pub(crate) const QUEUE_PLACE: &str = "queue_place";
/// The ledger's time to live, in seconds since the epoch.
pub const TTL_ATTRIBUTE: &str = "expires_at";

/// What a list row shows beside what the keys of the inbox index say: status, shard, last activity.
pub const ROW_ATTRIBUTES: [&str; 15] = [
    "reference",
    "created_at",
    "priority",
    "assigned_agent_id",
    "tags",
    "subject",
    "source",
    "customer",
    "last_message",
    "row_version",
    "message_count",
    "window_at",
    "snoozed_until",
    "merged_into",
    "custom_fields",
];

/// A key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyAttribute {
    /// Its name.
    pub name: &'static str,
    /// Whether it is a number; else a string.
    pub number: bool,
}

const fn text(name: &'static str) -> KeyAttribute {
    KeyAttribute {
        name,
        number: false,
    }
}

const fn number(name: &'static str) -> KeyAttribute {
    KeyAttribute { name, number: true }
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDefinition {
    /// Its name.
    pub name: &'static str,
    /// Partition key, then sort key if it has one.
    pub keys: Vec<KeyAttribute>,
    /// What it holds beside keys; nothing means keys only.
    pub includes: &'static [&'static str],
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDefinition {
    /// Its name.
    pub name: String,
    /// Partition key, then sort key if it has one.
    pub keys: Vec<KeyAttribute>,
    /// Its indexes.
    pub indexes: Vec<IndexDefinition>,
    /// Whether it has a stream of new images, and a time to live in [`TTL_ATTRIBUTE`].
    pub streams_and_expires: bool,
}

impl TableDefinition {
    /// Every key attribute of the table and its indexes, each once.
    #[must_use]
    pub fn key_attributes(&self) -> Vec<KeyAttribute> {
        let mut all: Vec<KeyAttribute> = Vec::new();
        for key in self
            .keys
            .iter()
            .chain(self.indexes.iter().flat_map(|i| &i.keys))
        {
            if !all.contains(key) {
                all.push(*key);
            }
        }
        all
    }
}

/// The four tables as they have to be everywhere.
#[must_use]
pub fn definitions(names: &TableNames) -> [TableDefinition; 4] {
    let TableNames {
        tickets,
        customers,
        ledger,
        timeline,
    } = names.clone();
    let index = |name, keys, includes| IndexDefinition {
        name,
        keys,
        includes,
    };
    [
        TableDefinition {
            name: tickets,
            keys: vec![text("ticket_id")],
            indexes: vec![
                index(
                    CUSTOMER_INDEX,
                    vec![text("customer_id"), text("status_timestamp")],
                    &[],
                ),
                index(
                    INBOX_INDEX,
                    vec![text("inbox"), text("activity")],
                    &ROW_ATTRIBUTES,
                ),
            ],
            streams_and_expires: false,
        },
        TableDefinition {
            name: customers,
            keys: vec![text("internal_id")],
            indexes: vec![index(
                CHANNEL_IDENTITY_INDEX,
                vec![text("channel_identity")],
                &["customer_id"],
            )],
            streams_and_expires: false,
        },
        TableDefinition {
            name: ledger,
            keys: vec![text("pk"), text("sk")],
            indexes: vec![
                index(PENDING_INDEX, vec![text("pending"), number("due_at")], &[]),
                index(
                    QUEUE_INDEX,
                    vec![text(QUEUE), text(QUEUE_PLACE)],
                    &["state"],
                ),
            ],
            streams_and_expires: true,
        },
        TableDefinition {
            name: timeline,
            keys: vec![text("ticket_id"), number("position")],
            indexes: Vec::new(),
            streams_and_expires: false,
        },
    ]
}
