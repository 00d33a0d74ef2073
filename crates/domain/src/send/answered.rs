//! Which mail a reply answers.

use serde_json::Value;

use crate::message::{ContentType, Message, SenderType};
use crate::ports::Answered;
use crate::ticket::Ticket;

/// The latest mail of the window that came before the entry at `position`; none where nobody wrote a mail.
pub(super) fn answered(ticket: &Ticket, position: u64) -> Option<Answered> {
    let before = ticket.window.messages().iter().rev();
    before
        .filter(|m| m.position < position && is_mail_in(m))
        .find_map(of)
}

fn is_mail_in(message: &Message) -> bool {
    message.sender_type == SenderType::Customer && message.content_type == ContentType::Email
}

fn of(message: &Message) -> Option<Answered> {
    let data = &message.channel_specific_data;
    let ids = data.get("references").and_then(Value::as_array);
    let ids = ids.into_iter().flatten().filter_map(Value::as_str);
    Some(Answered {
        message_id: data.get("message_id")?.as_str()?.to_owned(),
        references: ids.map(str::to_owned).collect(),
    })
}
