//! Looks at a conversation for what nobody knows to have been sent. What is found there was; that something is not
//! found proves nothing, so it stays unknown, and a person decides. Nothing is ever sent from here.

use std::time::Duration;

use crate::ports::{
    Blobs, Errand, FoundThere, LookupError, Messenger, Outbox, PortError, Slot, SlotKey, Tickets,
};
use crate::receive::{Desk, ReceiveError, take_copy};
use crate::retry::jitter;
use crate::send::unknown_before;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;

/// Waits between looks, each with a half of jitter. They are few: X counts them, and lets them be paid for.
const WAITS: [Duration; 3] = [
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(20 * 60),
];
/// When a look is in vain, there is one more.
const LOOKS_IN_VAIN: u32 = 2;

/// Runs an errand for what may have been sent.
///
/// # Errors
/// [`PortError`]; the errand is due still.
pub(super) async fn run<T: Tickets + Outbox, B: Blobs, S: Surroundings, M: Messenger>(
    desk: &Desk<T, B, S>,
    messenger: &M,
    errand: &Errand,
    deadline: Deadline,
) -> Result<(), PortError> {
    let Some(ticket) = with_unknown(desk, errand).await? else {
        return finish(desk, errand).await;
    };
    let source = &ticket.source;
    let (channel, account) = (source.channel, &source.account_id);
    let person = &source.origin_platform_id;
    match messenger.written_to(channel, account, person).await {
        Ok(mut found) => {
            found.sort_by_key(|message| message.at);
            for message in found {
                settle(desk, &ticket, &message, deadline).await?;
            }
        }
        Err(LookupError::NotNow {
            reason,
            retry_after,
        }) => {
            tracing::info!(%channel, account = account.as_str(), reason, "a conversation is not told yet");
            return put_off(desk, errand, retry_after).await;
        }
        Err(LookupError::Never(reason)) => {
            tracing::info!(%channel, account = account.as_str(), reason, "a conversation is not told");
            return finish(desk, errand).await;
        }
    }
    if errand.attempt < LOOKS_IN_VAIN && with_unknown(desk, errand).await?.is_some() {
        put_off(desk, errand, None).await
    } else {
        finish(desk, errand).await
    }
}

/// The errand's ticket, if there is something in it to be looked for.
async fn with_unknown<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
) -> Result<Option<Ticket>, PortError> {
    let ticket = desk.tickets.ticket(&errand.ticket_id).await?;
    Ok(ticket.filter(crate::send::has_unknown))
}

/// Settles the part of ours that a message in the conversation is a copy of, if it is one of a part that is unknown.
async fn settle<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    ticket: &Ticket,
    message: &FoundThere,
    deadline: Deadline,
) -> Result<(), PortError> {
    let FoundThere {
        platform_message_id,
        text,
        files,
        at,
    } = message;
    let (channel, account) = (ticket.source.channel, &ticket.source.account_id);
    let slot = SlotKey {
        channel,
        account: account.clone(),
        platform_message_id: platform_message_id.clone(),
    };
    // It was settled meanwhile, or what stood before it.
    let Some(ticket) = desk.tickets.ticket(&ticket.id).await? else {
        return Ok(());
    };
    let Some(target) = unknown_before(&ticket, text, *files, *at) else {
        return Ok(());
    };
    // Somebody else's message, or another one of ours.
    if let Some(Slot::Present(_)) = desk.tickets.slot(&slot).await? {
        return Ok(());
    }
    match take_copy(desk, &slot, target, *at, deadline).await {
        Ok(()) => {
            let ticket_id = ticket.id.as_str();
            tracing::info!(%channel, ticket_id, "what nobody knew to have been sent was found");
            Ok(())
        }
        Err(ReceiveError::Port(error)) => Err(error),
        // The next look finds it again.
        Err(ReceiveError::OutOfTime) => Ok(()),
    }
}

/// Leaves the errand for later, or gives it up.
async fn put_off<T: Outbox, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
    asked: Option<Duration>,
) -> Result<(), PortError> {
    let tried = usize::try_from(errand.attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(wait) = WAITS.get(tried).copied() else {
        return finish(desk, errand).await;
    };
    let wait = wait / 2 + jitter(&desk.surroundings, wait / 2);
    let to = Errand {
        attempt: errand.attempt + 1,
        due_at: desk
            .surroundings
            .now()
            .plus(wait.max(asked.unwrap_or_default())),
        ..errand.clone()
    };
    desk.tickets.postpone_errand(errand, &to).await.map(drop)
}

/// Ends the errand; whoever was faster did the same.
async fn finish<T: Outbox, B, S>(desk: &Desk<T, B, S>, errand: &Errand) -> Result<(), PortError> {
    desk.tickets.finish_errand(errand).await.map(drop)
}
