//! Which of our messages a copy without our mark is of: some platforms return what we sent as if somebody had
//! written it with another tool, and some tell it when they are asked.

use std::time::Duration;

use crate::delivery::{Attempt, DeliveryState};
use crate::message::{Message, SenderType};
use crate::ports::SlotMessage;
use crate::send::outgoing::own_files;
use crate::send::parts;
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// How far a platform's clock may be behind ours.
const CLOCKS_APART: Duration = Duration::from_secs(5);

/// The first part of ours whose call is not known to have gone well and that says this.
pub(crate) fn unconfirmed(ticket: &Ticket, text: &str, files: usize) -> Option<SlotMessage> {
    let is_open = |attempt: &Attempt| match attempt.state {
        DeliveryState::Sending | DeliveryState::Unknown => true,
        DeliveryState::Queued
        | DeliveryState::Sent
        | DeliveryState::Failed
        | DeliveryState::Delivered
        | DeliveryState::Read => false,
    };
    find(ticket, text, files, is_open)
}

/// The first part of ours of which nobody knows what came of it, that says this and was called before a message of
/// `at` was written, by the platform's clock.
pub(crate) fn unknown_before(
    ticket: &Ticket,
    text: &str,
    files: usize,
    at: Timestamp,
) -> Option<SlotMessage> {
    let is_called = |attempt: &Attempt| {
        let called_at = attempt.called_at;
        is_unknown(attempt) && called_at.is_some_and(|called| called <= at.plus(CLOCKS_APART))
    };
    find(ticket, text, files, is_called)
}

/// Whether a ticket's latest messages have a part of which nobody knows what came of it.
pub(crate) fn has_unknown(ticket: &Ticket) -> bool {
    let deliveries = ticket.window.messages().iter();
    let mut deliveries = deliveries.filter_map(|m| m.delivery.as_ref());
    deliveries.any(|d| d.parts().iter().any(|part| is_unknown(part.shown())))
}

fn is_unknown(attempt: &Attempt) -> bool {
    attempt.state == DeliveryState::Unknown
}

fn find(
    ticket: &Ticket,
    text: &str,
    files: usize,
    is_open: impl Fn(&Attempt) -> bool,
) -> Option<SlotMessage> {
    let messages = ticket.window.messages().iter();
    messages
        .filter(|m| m.sender_type != SenderType::Customer)
        .find_map(|message| {
            let (part, attempt) = of(ticket, message, text, files, &is_open)?;
            Some(SlotMessage {
                ticket_id: ticket.id.clone(),
                message_id: message.id.clone(),
                position: message.position,
                attempt,
                part: u32::try_from(part).ok()?,
            })
        })
}

fn of(
    ticket: &Ticket,
    message: &Message,
    text: &str,
    files: usize,
    is_open: impl Fn(&Attempt) -> bool,
) -> Option<(usize, u32)> {
    let delivery = message.delivery.as_ref()?;
    let own = own_files(message);
    let plan = parts(ticket.source.channel, &message.content, &own);
    let said = words(text);
    let mut open = delivery.parts().iter().enumerate();
    open.find_map(|(index, part)| {
        let shown = Some(part.shown()).filter(|shown| is_open(shown))?;
        let planned = plan.get(index)?;
        let is_start = message.content_truncated && index + 1 == plan.len();
        let ours = words(planned.text);
        let is_same = match is_start {
            true => said.starts_with(&ours),
            false => said == ours && (planned.files.is_empty() || files > 0),
        };
        is_same.then_some((index, shown.number))
    })
}

/// What a text says, apart from blanks and addresses: X writes those anew.
fn words(text: &str) -> String {
    let word = |word| match word {
        word if str::starts_with(word, "http://") || str::starts_with(word, "https://") => "…",
        word => word,
    };
    let words: Vec<&str> = text.split_whitespace().map(word).collect();
    words.join(" ")
}
