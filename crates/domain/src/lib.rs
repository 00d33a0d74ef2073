//! The support desk itself: what a message, ticket, customer and event is, the rules they obey,
//! the use cases, and the ports those need. Nothing here knows AWS, HTTP, Kafka or the environment;
//! time, identifiers and randomness come in through [`Surroundings`].

pub mod account;
pub mod attach;
pub mod attachment;
pub mod change_delivery;
pub mod change_ticket;
pub mod channel;
pub mod check_accounts;
pub mod content;
pub mod create_ticket;
pub mod customer;
pub mod delivery;
pub mod draft;
pub mod event;
pub mod fetch_attachments;
pub mod gate;
pub mod handoff;
pub mod id;
pub mod limits;
pub mod list_channels;
#[cfg(any(test, feature = "memory"))]
pub mod memory;
pub mod message;
pub mod note_account;
pub mod permission;
pub mod ports;
pub mod publish_events;
pub mod read_ticket;
pub mod receive;
pub mod receive_mail;
pub mod replay_parked;
pub mod reply;
pub mod retry;
pub mod revision;
pub mod run_errands;
#[cfg(test)]
mod scene;
pub mod send;
pub mod stop_account;
pub mod surroundings;
pub mod templates;
pub mod ticket;
pub mod time;
pub mod typing;

pub use attachment::{Attachment, AttachmentState};
pub use channel::{AccountId, Channel, ChannelIdentity};
pub use customer::{Customer, CustomerSummary};
pub use delivery::{Delivery, DeliveryState};
pub use event::{Event, EventType};
pub use id::{AgentId, AttachmentId, CustomerId, EventId, MessageId, Reference, TicketId};
pub use message::{ContentType, Message, SenderType, Visibility};
pub use permission::{Action, Principal, Role};
pub use surroundings::Surroundings;
pub use ticket::{Priority, Source, Status, Ticket};
pub use time::Timestamp;
