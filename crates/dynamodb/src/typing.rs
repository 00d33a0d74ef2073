//! The port `TypingNotes`: one small item of the ledger a ticket. It is marked as unfinished work without a time when it
//! is due, so that the stream tells the relay of it and no index holds it.

use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnValue;
use tributary_domain::ports::{PortError, TypingNotes};
use tributary_domain::{TicketId, Timestamp};

use crate::client::DynamoTickets;
use crate::keys::LedgerKey;
use crate::record::{Reader, number, text};
use crate::tables::TTL_ATTRIBUTE;

/// How long a note is kept.
const KEPT: Duration = Duration::from_secs(3600);

fn key(ticket_id: &TicketId) -> LedgerKey {
    LedgerKey::Typing {
        ticket_id: ticket_id.clone(),
    }
}

impl TypingNotes for DynamoTickets {
    async fn note_typing(
        &self,
        ticket_id: &TicketId,
        at: Timestamp,
        before: Timestamp,
    ) -> Result<bool, PortError> {
        let request = self
            .update(&key(ticket_id))
            .await
            .update_expression("SET noted_at = :at, pending = :pending, #ttl = :ttl")
            .condition_expression("attribute_not_exists(noted_at) OR noted_at <= :before")
            .expression_attribute_names("#ttl", TTL_ATTRIBUTE)
            .expression_attribute_values(":at", number(at.as_millis()))
            .expression_attribute_values(":before", number(before.as_millis()))
            .expression_attribute_values(":pending", text("typing"))
            .expression_attribute_values(":ttl", number(at.plus(KEPT).as_seconds()));
        Ok(self.update_if(request).await?.is_some())
    }

    async fn take_typing(
        &self,
        ticket_id: &TicketId,
        oldest: Timestamp,
    ) -> Result<Option<Timestamp>, PortError> {
        let request = self
            .update(&key(ticket_id))
            .await
            .update_expression("REMOVE pending")
            .condition_expression("attribute_exists(pending) AND noted_at >= :oldest")
            .expression_attribute_values(":oldest", number(oldest.as_millis()))
            .return_values(ReturnValue::AllNew);
        let taken = self.update_if(request).await?;
        taken
            .map(|item| Reader::new("typing", &item).millis("noted_at"))
            .transpose()
    }
}
