//! Delivery reports of one person's messages: applied to the message they speak of, or left waiting in
//! its slot until there is one.

use std::collections::BTreeMap;

use crate::channel::inbound::{DeliveryReport, Echo};
use crate::channel::{AccountId, Channel};
use crate::delivery::Observed;
use crate::draft::Draft;
use crate::id::TicketId;
use crate::ports::{
    Blobs, Commit, CommitError, Slot, SlotKey, SlotMessage, SlotWrite, Tickets, Waited,
    WaitingEvent, budget,
};
use crate::receive::{Counts, Desk, FOLD, ReceiveError, Received};
use crate::retry::Backoff;
use crate::send::{ProviderSlots, add_provider_id, has_provider_id, sent_through};
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

/// Echoes in one transaction, since each may bring a slot and the reports that wait in it.
const ECHOES: usize = 8;

/// A report and the message it speaks of.
pub(super) struct Aimed {
    pub(super) at: Timestamp,
    pub(super) report: DeliveryReport,
    pub(super) target: SlotMessage,
}

/// Receives the reports on one person's messages.
pub(super) async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    reports: Vec<DeliveryReport>,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let mut by_ticket: BTreeMap<TicketId, Vec<Aimed>> = BTreeMap::new();
    for report in reports {
        if deadline.passed(&desk.surroundings) {
            return Err(ReceiveError::OutOfTime);
        }
        if let Some(aimed) = aim(desk, channel, account, report, part).await? {
            by_ticket
                .entry(aimed.target.ticket_id.clone())
                .or_default()
                .push(aimed);
        }
    }
    for (ticket_id, aimed) in by_ticket {
        let echoes = aimed.iter().any(|a| a.report.echo.is_some());
        for chunk in aimed.chunks(if echoes { ECHOES } else { FOLD }) {
            if deadline.passed(&desk.surroundings) {
                return Err(ReceiveError::OutOfTime);
            }
            apply(desk, channel, account, &ticket_id, chunk, part, deadline).await?;
        }
    }
    Ok(())
}

/// Finds the message a report speaks of, by our own mark or by its slot; without one it waits there.
async fn aim<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    report: DeliveryReport,
    part: &mut Received,
) -> Result<Option<Aimed>, ReceiveError> {
    let at = report.at.unwrap_or_else(|| desk.surroundings.now());
    if let Some(mark) = &report.correlation {
        let target = SlotMessage {
            ticket_id: mark.ticket_id.clone(),
            message_id: mark.message_id.clone(),
            position: mark.position,
            attempt: mark.attempt,
        };
        return Ok(Some(Aimed { at, report, target }));
    }
    let key = SlotKey {
        channel,
        account: account.clone(),
        platform_message_id: report.platform_message_id.clone(),
    };
    if let Some(Slot::Present(target)) = desk.tickets.slot(&key).await? {
        return Ok(Some(Aimed { at, report, target }));
    }
    let waiting = WaitingEvent::Delivery {
        state: report.state,
        at,
        error: report.error.clone(),
    };
    match desk.tickets.wait_in_slot(&key, &waiting).await? {
        Waited::Parked => part.counts.parked += 1,
        Waited::Repeated => part.counts.duplicates += 1,
        Waited::Present(target) => return Ok(Some(Aimed { at, report, target })),
    }
    Ok(None)
}

/// Applies reports on messages of one ticket in one transaction.
pub(super) async fn apply<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    ticket_id: &TicketId,
    aimed: &[Aimed],
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let mut backoff = Backoff::default();
    let mut known_slots = ProviderSlots::default();
    loop {
        let ours = desk
            .tickets
            .ticket(ticket_id)
            .await?
            .filter(|t| sent_through(&t.source) == (channel, account.clone()));
        let Some(ticket) = ours else {
            part.counts.ignored += aimed.len() as u64;
            return Ok(());
        };
        let mut counts = Counts::default();
        let mut slots = Vec::new();
        let mut draft = Draft::change(&desk.surroundings, ticket);
        for each in aimed {
            let target = &each.target;
            if !draft.has(target.position) {
                let older = desk
                    .tickets
                    .older_messages(ticket_id, target.position.saturating_add(1), 1)
                    .await?;
                older
                    .into_iter()
                    .filter(|m| m.position == target.position)
                    .for_each(|m| draft.load_older(m));
            }
            let (observed, slot) = take(&mut draft, &known_slots, channel, each);
            slots.extend(slot);
            match observed {
                Some(Observed::Moved | Observed::Recorded) => counts.stored += 1,
                Some(Observed::Repeated) => counts.duplicates += 1,
                None => counts.ignored += 1,
            }
        }
        if !draft.is_changed() {
            part.counts.add(counts);
            return Ok(());
        }
        let commit = Commit {
            slots,
            ..draft.finish()
        };
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
            Err(CommitError::SlotsTaken(found)) => known_slots.learn(found),
            Err(CommitError::Raced | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// Takes one report into the draft: what it said, and the slot that an echo makes, so that later reports
/// find a message whose answer got lost.
fn take<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    known_slots: &ProviderSlots,
    channel: Channel,
    Aimed { at, report, target }: &Aimed,
) -> (Option<Observed>, Option<SlotWrite>) {
    let id = &report.platform_message_id;
    let message = draft.message(target.position);
    let Some(message) = message.filter(|m| m.id == target.message_id && m.delivery.is_some())
    else {
        return (None, None);
    };
    let is_known = has_provider_id(message, id);
    let observe = |draft: &mut Draft<'_, S>| {
        let (position, attempt, state) = (target.position, target.attempt, report.state);
        draft.observe(position, attempt, state, *at, report.error.clone())
    };
    match report.echo {
        None => (observe(draft), None),
        Some(_) if is_known => (Some(Observed::Repeated), None),
        Some(Echo { parts }) => {
            if add_provider_id(draft, target.position, id) >= parts {
                observe(draft);
            }
            let key = SlotKey {
                channel,
                account: draft.ticket().source.account_id.clone(),
                platform_message_id: id.clone(),
            };
            let slot = known_slots.claim(draft, key, target.clone());
            (Some(Observed::Recorded), slot)
        }
    }
}
