//! Cursors: opaque to clients, base64url of JSON to us. One that belongs to another list is refused.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tributary_domain::ports::InboxPlace;
use tributary_domain::{TicketId, Timestamp};
use tributary_edge::{Problem, ProblemCode};

/// Longer than any cursor of ours; nothing longer is decoded.
const CAP: usize = 1024;

/// Where the next page of a list starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListCursor {
    /// The last row of the page before.
    pub(crate) place: InboxPlace,
    /// From when on changes have to be asked for, fixed by the first page.
    pub(crate) as_of: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListWire {
    /// The row's last activity, ms since the epoch.
    u: i64,
    /// The row's ticket.
    t: String,
    /// `as_of`, ms since the epoch.
    a: i64,
    /// Which list it belongs to.
    l: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimelineWire {
    /// The ticket.
    t: String,
    /// Entries below this position.
    b: u64,
}

fn invalid() -> Problem {
    Problem::new(ProblemCode::InvalidCursor)
        .detail("The cursor is not one that this list gave out; start without one.")
}

fn write(wire: &impl Serialize) -> String {
    // Strings and numbers always serialise.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(wire).unwrap_or_default())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    if text.len() > CAP {
        return Err(invalid());
    }
    let json = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
    serde_json::from_slice(&json).map_err(|_| invalid())
}

/// A time as written by us; one that had to be clamped was not.
fn time(millis: i64) -> Result<Timestamp, Problem> {
    let time = Timestamp::from_millis(millis);
    (time.as_millis() == millis)
        .then_some(time)
        .ok_or_else(invalid)
}

/// Names a list by what it is filtered by, so that a cursor cannot be used on another.
pub(crate) fn list_name(filter: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(filter)[..9])
}

/// The cursor of the list `list`.
pub(crate) fn write_list(cursor: &ListCursor, list: &str) -> String {
    let ListCursor {
        place: InboxPlace {
            updated_at,
            ticket_id,
        },
        as_of,
    } = cursor;
    write(&ListWire {
        u: updated_at.as_millis(),
        t: ticket_id.as_str().to_owned(),
        a: as_of.as_millis(),
        l: list.to_owned(),
    })
}

/// Reads a cursor of the list `list`.
///
/// # Errors
/// `invalid-cursor`.
pub(crate) fn read_list(text: &str, list: &str) -> Result<ListCursor, Problem> {
    let ListWire { u, t, a, l } = read(text)?;
    if l != list {
        return Err(invalid());
    }
    Ok(ListCursor {
        place: InboxPlace {
            updated_at: time(u)?,
            ticket_id: TicketId::parse(&t).map_err(|_| invalid())?,
        },
        as_of: time(a)?,
    })
}

/// The cursor for a ticket's entries below `before`.
pub(crate) fn write_timeline(ticket_id: &TicketId, before: u64) -> String {
    write(&TimelineWire {
        t: ticket_id.as_str().to_owned(),
        b: before,
    })
}

/// Reads a timeline's cursor.
///
/// # Errors
/// `invalid-cursor`, also for one of another ticket.
pub(crate) fn read_timeline(text: &str, ticket_id: &TicketId) -> Result<u64, Problem> {
    let TimelineWire { t, b } = read(text)?;
    if t == ticket_id.as_str() && b > 0 {
        Ok(b)
    } else {
        Err(invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(random: u128) -> TicketId {
        TicketId::generate(Timestamp::from_millis(1), random)
    }

    #[test]
    fn a_cursor_reads_back_on_its_own_list_only() {
        let cursor = ListCursor {
            place: InboxPlace {
                updated_at: Timestamp::from_millis(1_735_732_800_123),
                ticket_id: ticket(7),
            },
            as_of: Timestamp::from_millis(1_735_732_900_000),
        };
        let mine = list_name("status=new");
        let text = write_list(&cursor, &mine);
        assert_eq!(read_list(&text, &mine).ok(), Some(cursor));
        assert!(read_list(&text, &list_name("status=open")).is_err());
    }

    #[test]
    fn a_timeline_cursor_belongs_to_one_ticket() {
        let text = write_timeline(&ticket(1), 41);
        assert_eq!(read_timeline(&text, &ticket(1)).ok(), Some(41));
        assert!(read_timeline(&text, &ticket(2)).is_err());
        assert!(read_list(&text, "any").is_err());
        assert!(read_timeline(&write_timeline(&ticket(1), 0), &ticket(1)).is_err());
    }

    #[test]
    fn what_we_did_not_write_is_an_invalid_cursor() {
        let extra = BASE64_URL_SAFE_NO_PAD.encode(r#"{"t":"x","b":1,"c":2}"#);
        let late = BASE64_URL_SAFE_NO_PAD.encode(format!(
            r#"{{"u":{},"t":"{}","a":1,"l":"l"}}"#,
            i64::MAX,
            ticket(1)
        ));
        for text in ["x", "e30", "%%%", &extra, &late, &"A".repeat(5000)] {
            assert_eq!(
                read_list(text, "l").map_err(|p| p.code()),
                Err(ProblemCode::InvalidCursor),
                "{text}"
            );
        }
    }
}
