//! The gates of our accounts, and what waits behind them.

use crate::channel::{AccountId, Channel};
use crate::gate::Gate;
use crate::id::TicketId;
use crate::ports::{PortError, SendIntent};
use crate::time::Timestamp;

/// An intent to send as an account's queue knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedSend {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The position of the message.
    pub position: u64,
    /// When it was first queued.
    pub queued_at: Timestamp,
    /// Whether it waits: for the gate, or for a time of its own. Else it is being sent.
    pub is_waiting: bool,
    /// Whether it waits for the gate, and has met it closed.
    pub is_held: bool,
}

/// The gates of our accounts.
pub trait Gates: Send + Sync {
    /// The gate of an account; one that never changed is the default.
    fn gate(
        &self,
        channel: Channel,
        account: &AccountId,
    ) -> impl Future<Output = Result<Gate, PortError>> + Send;
    /// Puts `to`, with the version after that of `from`, in its place; `false` if it is no longer at that version.
    fn replace_gate(
        &self,
        channel: Channel,
        account: &AccountId,
        from: &Gate,
        to: &Gate,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// What an account has to send, oldest first, at most `limit`. What was queued or sent in the last seconds may be
    /// missing or still there.
    fn queue(
        &self,
        channel: Channel,
        account: &AccountId,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<QueuedSend>, PortError>> + Send;
    /// Puts an intent in the place of another without touching its message; `false` if the stored one is not `from`.
    fn postpone_send(
        &self,
        from: &SendIntent,
        to: &SendIntent,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}
