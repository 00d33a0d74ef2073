//! The ports `Tickets`, `Inbox`, `Outbox`, `Gates`, `Accounts` and `TypingNotes` on DynamoDB: one transaction per change,
//! every key built and parsed in one place, and costs that do not grow with a ticket or the inbox.

mod accounts;
mod capacity;
mod client;
mod commit;
mod fault;
mod gates;
mod inbox;
pub mod keys;
mod outbox;
mod query;
mod record;
pub mod tables;
mod tickets;
mod typing;

pub use capacity::{Capacity, Spent};
pub use client::{DynamoTickets, from_settings};
pub use tables::{TableNames, create_tables};

/// Partitions a status of the inbox index is spread over; may only grow, since a ticket keeps its own.
pub const INBOX_SHARDS: u32 = 4;

/// Partitions of the index of unfinished work; may only grow, or old work would not be found.
pub const PENDING_SHARDS: u32 = 4;
