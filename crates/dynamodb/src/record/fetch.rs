//! Intents to fetch files.

use tributary_domain::id::MessageId;
use tributary_domain::ports::{FetchIntent, PortError};

use crate::keys::{self, LedgerKey};
use crate::record::{Item, Reader, Writer, text};

/// The key of an intent.
pub(crate) fn key(intent: &FetchIntent) -> LedgerKey {
    LedgerKey::Fetch {
        ticket_id: intent.ticket_id.clone(),
        position: intent.position,
    }
}

/// An intent as stored.
pub(crate) fn to_item(intent: &FetchIntent) -> Item {
    let FetchIntent {
        ticket_id,
        message_id,
        position: _,
        attempt,
        due_at,
    } = intent;
    let key = key(intent);
    Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .value("message_id", text(message_id.as_str()))
        .number("attempt", attempt)
        .value(
            "pending",
            text(keys::pending(keys::Unfinished::Fetches, ticket_id)),
        )
        .millis("due_at", Some(*due_at))
        .finish()
}

/// Reads an intent back.
pub(crate) fn from_item(item: &Item) -> Result<FetchIntent, PortError> {
    let item = Reader::new("fetch", item);
    let Some(LedgerKey::Fetch {
        ticket_id,
        position,
    }) = LedgerKey::parse(item.text("pk")?, item.text("sk")?)
    else {
        return Err(item.corrupt("pk"));
    };
    Ok(FetchIntent {
        ticket_id,
        message_id: item.parsed("message_id", |t| MessageId::parse(t).ok())?,
        position,
        attempt: item.number("attempt")?,
        due_at: item.millis("due_at")?,
    })
}
