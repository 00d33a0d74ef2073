//! Requests that must not be done twice.

use std::time::Duration;

use tributary_domain::id::{MessageId, TicketId};
use tributary_domain::ports::{IdempotencyRecord, IdempotencyScope, PortError};
use tributary_domain::time::Timestamp;

use crate::keys::LedgerKey;
use crate::record::{Item, Reader, Writer, text};
use crate::tables::TTL_ATTRIBUTE;

/// How long a request is remembered.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// A record as stored at `now`.
pub(crate) fn to_item(record: &IdempotencyRecord, now: Timestamp) -> Item {
    let IdempotencyRecord {
        scope,
        key,
        ticket_id,
        message_id,
        token_expires_at,
    } = record;
    let key = LedgerKey::idempotency(scope, key);
    Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .value("ticket_id", text(ticket_id.as_str()))
        .value("message_id", text(message_id.as_str()))
        .millis("token_expires_at", *token_expires_at)
        .number(TTL_ATTRIBUTE, now.plus(KEPT).as_seconds())
        .finish()
}

/// Reads a record back; its key cannot be, so the asker says it.
pub(crate) fn from_item(
    item: &Item,
    scope: &IdempotencyScope,
    key: &str,
) -> Result<IdempotencyRecord, PortError> {
    let item = Reader::new("idempotency", item);
    Ok(IdempotencyRecord {
        scope: scope.clone(),
        key: key.to_owned(),
        ticket_id: item.parsed("ticket_id", |t| TicketId::parse(t).ok())?,
        message_id: item.parsed("message_id", |t| MessageId::parse(t).ok())?,
        token_expires_at: item.maybe_millis("token_expires_at")?,
    })
}
