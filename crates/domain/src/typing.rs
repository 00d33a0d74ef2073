//! An agent types an answer, and the customer is shown so while it is fresh: noted where the agent is, shown by the
//! relay, once, and forgotten when it comes to nothing.

use std::time::Duration;

use crate::message::{Message, SenderType, Visibility};
use crate::ports::TypingTo;
use crate::send::{addressee, platform_id, sent_through};
use crate::ticket::{ReplyWindow, Status, Ticket};
use crate::time::Timestamp;

mod note;
mod show;

pub use note::{TypingError, note_typing};
pub use show::show_typing;

/// How far apart notes of one ticket are at least. Messenger shows typing for 20 s and WhatsApp for 25 s.
pub const APART: Duration = Duration::from_secs(15);
/// How long a note is worth showing.
pub const FRESH: Duration = Duration::from_secs(20);
/// What was typed before an answer may be told so long after it.
const OVERTAKEN: Duration = Duration::from_secs(2);

/// Who is shown at `now` that an agent typed at `typed_at`; nobody where the platform shows no such thing, nothing may
/// be written freely, or the answer is there already.
fn shown_to(ticket: &Ticket, typed_at: Timestamp, now: Timestamp) -> Option<TypingTo> {
    let is_over = ticket.status == Status::Closed || ticket.merged_into.is_some();
    // Neither platform takes a ground for it, as it does for messages, so it goes while none is needed.
    let is_open = matches!(ticket.reply_window(now), ReplyWindow::Free(_));
    let is_shown = ticket.source.channel.shows_typing();
    if is_over || !is_open || !is_shown || is_answered(ticket, typed_at) {
        return None;
    }
    let (channel, account) = sent_through(&ticket.source);
    Some(TypingTo {
        channel,
        account,
        person: addressee(ticket),
        latest: latest(ticket),
    })
}

/// Whether something went out to the customer after `typed_at`, or hardly before.
fn is_answered(ticket: &Ticket, typed_at: Timestamp) -> bool {
    let is_answer =
        |m: &&Message| m.visibility == Visibility::Public && m.sender_type != SenderType::Customer;
    let mut answers = ticket.window.messages().iter().filter(is_answer);
    answers.any(|answer| answer.received_at.plus(OVERTAKEN) > typed_at)
}

/// The platform's id of the customer's latest message, if that is at hand.
fn latest(ticket: &Ticket) -> Option<String> {
    let mut said = ticket.window.messages().iter().rev();
    let latest = said.find(|m| m.sender_type == SenderType::Customer)?;
    platform_id(latest)
}

#[cfg(test)]
mod tests;
