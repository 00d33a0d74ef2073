//! Which of our messages a copy without our mark is of: some platforms return what we sent as if somebody had
//! written it with another tool.

use crate::delivery::{DeliveryState, Part};
use crate::message::{Message, SenderType};
use crate::ports::SlotMessage;
use crate::send::outgoing::own_files;
use crate::send::parts;
use crate::ticket::Ticket;

/// The first part of ours whose call is not known to have gone well and that says this.
pub(crate) fn unconfirmed(ticket: &Ticket, text: &str, files: usize) -> Option<SlotMessage> {
    let messages = ticket.window.messages().iter();
    messages
        .filter(|m| m.sender_type != SenderType::Customer)
        .find_map(|message| {
            let (part, attempt) = of(ticket, message, text, files)?;
            Some(SlotMessage {
                ticket_id: ticket.id.clone(),
                message_id: message.id.clone(),
                position: message.position,
                attempt,
                part: u32::try_from(part).ok()?,
            })
        })
}

fn of(ticket: &Ticket, message: &Message, text: &str, files: usize) -> Option<(usize, u32)> {
    let delivery = message.delivery.as_ref()?;
    let own = own_files(message);
    let plan = parts(ticket.source.channel, &message.content, &own);
    let said = words(text);
    let mut open = delivery.parts().iter().enumerate();
    open.find_map(|(index, part)| {
        let attempt = open_attempt(part)?;
        let planned = plan.get(index)?;
        let is_start = message.content_truncated && index + 1 == plan.len();
        let ours = words(planned.text);
        let is_same = match is_start {
            true => said.starts_with(&ours),
            false => said == ours && (planned.files.is_empty() || files > 0),
        };
        is_same.then_some((index, attempt))
    })
}

/// The attempt of a part that is under way, or of which nobody knows what came of it.
fn open_attempt(part: &Part) -> Option<u32> {
    let shown = part.shown();
    match shown.state {
        DeliveryState::Sending | DeliveryState::Unknown => Some(shown.number),
        DeliveryState::Queued
        | DeliveryState::Sent
        | DeliveryState::Failed
        | DeliveryState::Delivered
        | DeliveryState::Read => None,
    }
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
