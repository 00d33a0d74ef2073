//! What a platform says of everything it sent to a person up to some time: kept on the person's current
//! ticket and applied to the messages in its window.

use crate::channel::inbound::{DeliveryReport, Receipt};
use crate::channel::{AccountId, Channel};
use crate::delivery::{DeliveryState, Observed, ReceiptKind};
use crate::draft::Draft;
use crate::ports::{Blobs, CommitError, Slot, SlotKey, Tickets, budget};
use crate::receive::tellings::{self, Aimed, Ready};
use crate::receive::{Counts, Desk, ReceiveError, Received, resolve};
use crate::retry::Backoff;
use crate::send::{part_of_id, sent_through};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;

/// What a receipt was to the messages it names outside the window.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    /// New to one of them.
    is_new: bool,
    /// About one of them at all.
    is_known: bool,
}

/// Receives the receipts of one person. A message they name is found wherever it is; what they say of
/// all others holds for the window of the current ticket only, so that their price is bounded.
pub(super) async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    receipts: Vec<Receipt>,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let Some(first) = receipts.first() else {
        return Ok(());
    };
    let names = [first.person.clone()];
    let current = async || -> Result<Option<Ticket>, ReceiveError> {
        let found = resolve(desk, &names, account).await?.ticket;
        let source = (channel, account.clone());
        Ok(found.filter(|t| t.last_agent_message.is_some() && sent_through(&t.source) == source))
    };
    let mut ticket = current().await?;
    let mut news = Vec::with_capacity(receipts.len());
    for receipt in &receipts {
        let elsewhere = elsewhere(receipt, ticket.as_ref());
        let told = tell_others(desk, channel, account, receipt, elsewhere, part, deadline).await?;
        if told.is_new {
            ticket = current().await?;
        }
        news.push(told);
    }
    let mut backoff = Backoff::default();
    loop {
        if deadline.passed(&desk.surroundings) {
            return Err(ReceiveError::OutOfTime);
        }
        let known = ticket.is_some();
        let mut counts = Counts::default();
        let mut draft = ticket.map(|ticket| Draft::change(&desk.surroundings, ticket));
        for (receipt, told) in receipts.iter().zip(&news) {
            let new = draft.as_mut().is_some_and(|draft| apply(draft, receipt));
            match (new || told.is_new, known || told.is_known) {
                (true, _) => counts.stored += 1,
                (false, true) => counts.duplicates += 1,
                (false, false) => counts.ignored += 1,
            }
        }
        let Some(draft) = draft.filter(Draft::is_changed) else {
            part.counts.add(counts);
            return Ok(());
        };
        let commit = draft.finish();
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                part.counts.add(counts);
                part.events.extend(commit.events);
                return Ok(());
            }
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
                ticket = current().await?;
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// Applies a receipt to a ticket; returns whether it said anything new.
fn apply<S: Surroundings>(draft: &mut Draft<'_, S>, receipt: &Receipt) -> bool {
    let mut new = draft.raise_watermark(receipt.kind, receipt.until);
    for id in &receipt.platform_message_ids {
        let Some((position, part)) = named(draft.ticket(), id) else {
            continue;
        };
        let observed = draft.deliver(position, |d| {
            let shown = d.parts().get(part).map(|part| part.shown());
            let (number, _) = shown
                .map(|a| (a.number, a.state))
                .filter(|(_, s)| s.is_taken())?;
            Some(d.observe(part, number, state_of(receipt), receipt.until, None))
        });
        new |= matches!(
            observed.flatten(),
            Some(Observed::Moved | Observed::Recorded)
        );
    }
    new
}

fn state_of(receipt: &Receipt) -> DeliveryState {
    match receipt.kind {
        ReceiptKind::Delivered => DeliveryState::Delivered,
        ReceiptKind::Read => DeliveryState::Read,
    }
}

/// The position of the message, and which part of it the platform knows by this id.
fn named(ticket: &Ticket, id: &str) -> Option<(u64, usize)> {
    let window = ticket.window.messages().iter();
    window
        .rev()
        .find_map(|m| Some((m.position, part_of_id(m, id)?)))
}

/// The messages a receipt names that are not in the window.
fn elsewhere<'r>(receipt: &'r Receipt, ticket: Option<&Ticket>) -> Vec<&'r str> {
    let ids = receipt.platform_message_ids.iter().map(String::as_str);
    ids.filter(|id| ticket.is_none_or(|t| named(t, id).is_none()))
        .collect()
}

/// Tells messages outside the window what a receipt that names them says. One that is not known does
/// not have to wait in its slot: the watermark is kept.
async fn tell_others<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    receipt: &Receipt,
    ids: Vec<&str>,
    part: &mut Received,
    deadline: Deadline,
) -> Result<Heard, ReceiveError> {
    let mut heard = Heard::default();
    for id in ids {
        if deadline.passed(&desk.surroundings) {
            return Err(ReceiveError::OutOfTime);
        }
        let key = SlotKey {
            channel,
            account: account.clone(),
            platform_message_id: id.to_owned(),
        };
        let Some(Slot::Present(target)) = desk.tickets.slot(&key).await? else {
            continue;
        };
        let ticket_id = target.ticket_id.clone();
        let report = DeliveryReport {
            platform_message_id: id.to_owned(),
            recipient: None,
            state: state_of(receipt),
            at: Some(receipt.until),
            error: None,
            account_fault: None,
            correlation: None,
            is_echo: false,
        };
        let aimed = Aimed {
            told: Ready::Report(Box::new(report), receipt.until),
            target,
        };
        let mut one = Received::default();
        tellings::apply(
            desk,
            channel,
            account,
            &ticket_id,
            &[aimed],
            &mut one,
            deadline,
        )
        .await?;
        heard.is_new |= one.counts.stored > 0;
        heard.is_known |= one.counts.duplicates > 0;
        part.events.append(&mut one.events);
    }
    Ok(heard)
}
