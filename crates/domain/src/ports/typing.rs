//! That agents type, noted for a moment, and whom it is shown to.

use crate::channel::{AccountId, Channel};
use crate::id::TicketId;
use crate::ports::PortError;
use crate::time::Timestamp;

/// Who is shown that somebody types an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypingTo {
    /// The channel.
    pub channel: Channel,
    /// Our account there.
    pub account: AccountId,
    /// The platform's id of the customer.
    pub person: String,
    /// The platform's id of the customer's latest message, if that is known.
    pub latest: Option<String>,
}

/// Notes that an agent types, one a ticket. They are lost without harm.
pub trait TypingNotes: Send + Sync {
    /// Notes it as of `at`, and has the relay woken; `false` where the latest note is younger than `before`, and then
    /// nothing is written.
    fn note_typing(
        &self,
        ticket_id: &TicketId,
        at: Timestamp,
        before: Timestamp,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// Takes a ticket's note, once, and returns as of when it is; none where there is none, it was taken, or it is
    /// older than `oldest`.
    fn take_typing(
        &self,
        ticket_id: &TicketId,
        oldest: Timestamp,
    ) -> impl Future<Output = Result<Option<Timestamp>, PortError>> + Send;
}
