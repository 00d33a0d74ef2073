//! Errands.

use aws_sdk_dynamodb::types::AttributeValue;
use tributary_domain::ports::{Chore, Errand, PortError};

use crate::keys::{self, LedgerKey};
use crate::record::{Item, Reader, Writer, text};

/// The key of an errand.
pub(crate) fn key(errand: &Errand) -> LedgerKey {
    LedgerKey::Errand {
        ticket_id: errand.ticket_id.clone(),
        kind: errand.chore.kind().to_owned(),
        version: errand.version,
    }
}

/// An errand as stored.
pub(crate) fn to_item(errand: &Errand) -> Item {
    let Errand {
        ticket_id,
        version: _,
        chore,
        left_at,
        attempt,
        due_at,
    } = errand;
    let key = key(errand);
    let blobs: Vec<AttributeValue> = match chore {
        Chore::LookUpName | Chore::LookForSent | Chore::SendAgain => Vec::new(),
        Chore::Erase { keys } => keys.iter().map(text).collect(),
    };
    Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .list("blobs", blobs.into_iter())
        .millis("left_at", Some(*left_at))
        .number("attempt", attempt)
        .value(
            "pending",
            text(keys::pending(keys::Unfinished::Errands, ticket_id)),
        )
        .millis("due_at", Some(*due_at))
        .finish()
}

/// Reads an errand back.
pub(crate) fn from_item(item: &Item) -> Result<Errand, PortError> {
    let item = Reader::new("errand", item);
    let Some(LedgerKey::Errand {
        ticket_id,
        kind,
        version,
    }) = LedgerKey::parse(item.text("pk")?, item.text("sk")?)
    else {
        return Err(item.corrupt("pk"));
    };
    let chore = match kind.as_str() {
        "name" => Chore::LookUpName,
        "sent" => Chore::LookForSent,
        "again" => Chore::SendAgain,
        "erase" => Chore::Erase {
            keys: item.texts("blobs", |key| Some(key.to_owned()))?,
        },
        _ => return Err(item.corrupt("sk")),
    };
    Ok(Errand {
        ticket_id,
        version,
        chore,
        left_at: item.millis("left_at")?,
        attempt: item.number("attempt")?,
        due_at: item.millis("due_at")?,
    })
}
