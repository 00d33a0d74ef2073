//! Which of our messages a copy without our mark is of: some platforms return what we sent as if somebody had
//! written it with another tool, and some tell it when they are asked.

use std::time::Duration;

use crate::delivery::{Attempt, Delivery, DeliveryState, Part};
use crate::message::{Message, SenderType};
use crate::ports::SlotMessage;
use crate::send::outgoing::own_files;
use crate::send::parts;
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// How far a platform's clock may be from ours.
const CLOCKS_APART: Duration = Duration::from_secs(5);
/// How long after a call began its message is written at most: a call ends within its lease, but a provider may go
/// on with what it was given, as with a file that it fetches.
const WRITTEN_WITHIN: Duration = Duration::from_secs(120);

/// The part of ours whose call is not known to have gone well, that says this and was called just before a message
/// of `at` was written, by the platform's clock. A copy may come a day and a half late, and then it is no proof of
/// what is being sent now.
pub(crate) fn unconfirmed(
    ticket: &Ticket,
    text: &str,
    files: usize,
    at: Timestamp,
) -> Option<SlotMessage> {
    let is_open = |attempt: &Attempt| match attempt.state {
        DeliveryState::Sending | DeliveryState::Unknown => true,
        DeliveryState::Queued
        | DeliveryState::Sent
        | DeliveryState::Failed
        | DeliveryState::Delivered
        | DeliveryState::Read => false,
    };
    find(ticket, (text, files), at, is_open)
}

/// The same among the parts of which nobody knows what came of them.
pub(crate) fn unknown_before(
    ticket: &Ticket,
    text: &str,
    files: usize,
    at: Timestamp,
) -> Option<SlotMessage> {
    find(ticket, (text, files), at, is_unknown)
}

/// Whether a ticket's latest messages have a part of which nobody knows what came of it.
pub(crate) fn has_unknown(ticket: &Ticket) -> bool {
    let deliveries = ticket.window.messages().iter();
    let deliveries = deliveries.filter_map(|m| m.delivery.as_ref());
    let mut parts = deliveries.flat_map(Delivery::parts);
    parts.any(|part| open_attempts(part).any(is_unknown))
}

fn is_unknown(attempt: &Attempt) -> bool {
    attempt.state == DeliveryState::Unknown
}

/// The attempts that may still prove to have sent the part; an older one may, whatever became of those after it.
fn open_attempts(part: &Part) -> impl Iterator<Item = &Attempt> {
    let is_taken = part.shown().state.is_taken();
    part.attempts().iter().filter(move |_| !is_taken)
}

/// A call of ours that a copy may be of.
struct Call<'t> {
    message: &'t Message,
    part: usize,
    attempt: u32,
    called_at: Timestamp,
}

/// Of equal words the call that came last before the copy was written; of those at the same time the first.
fn find(
    ticket: &Ticket,
    (text, files): (&str, usize),
    at: Timestamp,
    is_open: impl Fn(&Attempt) -> bool,
) -> Option<SlotMessage> {
    let messages = ticket.window.messages().iter();
    let ours = messages.filter(|m| m.sender_type != SenderType::Customer);
    let calls = ours.flat_map(|message| calls_of(ticket, message, (text, files), &is_open));
    let calls = calls.filter_map(|call| Some((before(call.called_at, at)?, call)));
    let (_, call) = calls.min_by_key(|(distance, _)| *distance)?;
    Some(SlotMessage {
        ticket_id: ticket.id.clone(),
        message_id: call.message.id.clone(),
        position: call.message.position,
        attempt: call.attempt,
        part: u32::try_from(call.part).ok()?,
    })
}

/// How far the beginning of a call is from when a copy was written, if it can be of it: less is likelier, and what
/// began before it likelier than what only clocks that differ put before it.
fn before(called_at: Timestamp, at: Timestamp) -> Option<(bool, Duration)> {
    let (is_later, distance) = match called_at <= at {
        true => (false, at.since(called_at)),
        false => (true, called_at.since(at)),
    };
    let most = match is_later {
        true => CLOCKS_APART,
        false => WRITTEN_WITHIN,
    };
    (distance <= most).then_some((is_later, distance))
}

fn calls_of<'t>(
    ticket: &Ticket,
    message: &'t Message,
    (text, files): (&str, usize),
    is_open: impl Fn(&Attempt) -> bool,
) -> Vec<Call<'t>> {
    let Some(delivery) = message.delivery.as_ref() else {
        return Vec::new();
    };
    let own = own_files(message);
    let plan = parts(ticket.source.channel, &message.content, &own);
    let mut calls = Vec::new();
    for (index, (part, planned)) in delivery.parts().iter().zip(&plan).enumerate() {
        let is_start = message.content_truncated && index + 1 == plan.len();
        let has_files = is_start || planned.files.is_empty() || files > 0;
        if !has_files || !is_same(planned.text, text, is_start) {
            continue;
        }
        let open = open_attempts(part).filter(|attempt| is_open(attempt));
        calls.extend(open.filter_map(|attempt| {
            Some(Call {
                message,
                part: index,
                attempt: attempt.number,
                called_at: attempt.called_at?,
            })
        }));
    }
    calls
}

/// Whether a copy says what we said, or begins so, apart from blanks and addresses: X writes those anew.
fn is_same(ours: &str, said: &str, is_start: bool) -> bool {
    let mut ours = ours.split_whitespace().peekable();
    let mut said = said.split_whitespace();
    loop {
        match (ours.next(), said.next()) {
            (None, None) => return true,
            (None, Some(_)) => return is_start,
            (Some(_), None) => return false,
            (Some(our), Some(their)) if is_word(our, their) => {}
            // A start may end within a word.
            (Some(our), Some(their)) => {
                return is_start && ours.peek().is_none() && is_cut(our, their);
            }
        }
    }
}

/// Whether a word is a copy of ours. What is glued to an address stays before it and may go behind it: where X takes an
/// address to end is not known here, nor is it written with its scheme by everybody.
fn is_word(our: &str, their: &str) -> bool {
    let is_link = |(before, _): (&str, &str)| {
        let rest = our.strip_prefix(before);
        rest.is_some_and(|rest| rest.contains('.'))
    };
    our == their || at_address(their).is_some_and(is_link)
}

fn is_cut(our: &str, their: &str) -> bool {
    let is_link = |(before, _): (&str, &str)| our.starts_with(before);
    their.starts_with(our) || at_address(their).is_some_and(is_link)
}

/// A word cut where an address begins in it.
fn at_address(word: &str) -> Option<(&str, &str)> {
    let begins = ["http://", "https://"].map(|scheme| word.find(scheme));
    let at = begins.into_iter().flatten().min()?;
    word.split_at_checked(at)
}

#[cfg(test)]
mod tests;
