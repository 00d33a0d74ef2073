//! What is known of our accounts: the platform's word and our checks, each with its own attributes.

use tributary_domain::account::{AccountRecord, AccountState, Standing};
use tributary_domain::ports::PortError;

use crate::record::{Item, Reader};

const OK: &str = "ok";
const PAUSED: &str = "paused";

/// The name and reason of a standing; they sort as the standings do.
pub(crate) fn standing(standing: &Standing) -> (&'static str, &str) {
    match standing {
        Standing::Ok => (OK, ""),
        Standing::Paused { reason } => (PAUSED, reason),
    }
}

/// Reads what is known.
pub(crate) fn from_item(item: &Item) -> Result<AccountRecord, PortError> {
    let item = Reader::new("account", item);
    Ok(AccountRecord {
        told: state(&item, "told", "told_reason", "told_at")?,
        checked: state(&item, "checked", "check_reason", "checked_since")?,
        checked_at: item.maybe_millis("checked_at")?,
    })
}

fn state(
    item: &Reader<'_>,
    name: &str,
    reason: &str,
    since: &str,
) -> Result<Option<AccountState>, PortError> {
    let standing = match item.maybe_text(name)? {
        None => return Ok(None),
        Some(OK) => Standing::Ok,
        Some(PAUSED) => Standing::Paused {
            reason: item.text(reason)?.to_owned(),
        },
        Some(_) => return Err(item.corrupt(name)),
    };
    Ok(Some(AccountState {
        standing,
        since: item.millis(since)?,
    }))
}
