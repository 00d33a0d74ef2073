//! Which mail a reply answers.

use serde_json::{Map, Value};

use crate::message::{ContentType, Message, SenderType};
use crate::ports::{Answered, PortError, Tickets};
use crate::ticket::Ticket;

/// The field of a mail's data that holds its Message-ID.
const MESSAGE_ID: &str = "message_id";

/// Whether a mail with this data can be answered by name.
pub(crate) fn has_id(data: &Map<String, Value>) -> bool {
    data.get(MESSAGE_ID).is_some_and(Value::is_string)
}

/// The mail that the entry at `position` answers: the latest of the window that came before it, or else the
/// customer's last one, wherever it is kept; none where nobody wrote a mail.
///
/// # Errors
/// [`PortError`] when a mail outside the window cannot be read.
pub(super) async fn answered<T: Tickets>(
    tickets: &T,
    ticket: &Ticket,
    position: u64,
) -> Result<Option<Answered>, PortError> {
    let before = ticket.window.messages().iter().rev();
    let mut before = before.filter(|m| m.position < position);
    if let Some(found) = before.find_map(of) {
        return Ok(Some(found));
    }
    let Some(last) = ticket.last_mail else {
        return Ok(None);
    };
    if let Some(there) = ticket.in_window(last) {
        return Ok(of(there));
    }
    let older = tickets.older_messages(&ticket.id, last.saturating_add(1), 1);
    let older = older.await?.into_iter().find(|m| m.position == last);
    Ok(older.as_ref().and_then(of))
}

fn is_mail_in(message: &Message) -> bool {
    message.sender_type == SenderType::Customer && message.content_type == ContentType::Email
}

fn of(message: &Message) -> Option<Answered> {
    if !is_mail_in(message) {
        return None;
    }
    let data = &message.channel_specific_data;
    let ids = data.get("references").and_then(Value::as_array);
    let ids = ids.into_iter().flatten().filter_map(Value::as_str);
    Some(Answered {
        message_id: data.get(MESSAGE_ID)?.as_str()?.to_owned(),
        references: ids.map(str::to_owned).collect(),
    })
}
