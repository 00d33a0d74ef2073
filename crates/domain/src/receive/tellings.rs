//! What is told of messages that are there already: delivery reports and changes. Each is applied to the
//! message it speaks of, or waits in that message's slot until there is one.

use std::collections::BTreeMap;

use crate::channel::inbound::{ChangeKind, DeliveryReport, MessageChange};
use crate::channel::{AccountId, Channel};
use crate::delivery::{DeliveryState, Observed};
use crate::draft::Draft;
use crate::id::TicketId;
use crate::ports::{
    Blobs, Commit, CommitError, PortError, Slot, SlotKey, SlotMessage, SlotWrite, Tickets, Waited,
    WaitingEvent, budget,
};
use crate::receive::{Counts, Desk, ReceiveError, Received, long_content};
use crate::retry::Backoff;
use crate::revision::{self, Outcome, Revised, Revision};
use crate::send::{ProviderSlots, add_provider_id, has_provider_id, sent_through};
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

/// Reports that name messages of ours in one transaction, since each may bring a slot and the reports that wait in it.
const NAMING: usize = 8;
/// Others in one transaction: each may bring the event it causes and a message outside the window.
const TELLINGS: usize = 28;

/// What is told of one message.
#[derive(Debug)]
pub(super) enum Telling {
    /// How its delivery stands.
    Report(Box<DeliveryReport>),
    /// What changed it.
    Change(Box<MessageChange>),
}

impl Telling {
    fn target(&self) -> &str {
        match self {
            Self::Report(report) => &report.platform_message_id,
            Self::Change(change) => &change.target,
        }
    }
}

/// A telling that is ready to be applied.
pub(super) enum Ready {
    /// How the delivery stands, since when.
    Report(Box<DeliveryReport>, Timestamp),
    /// What changed.
    Revision(Revision),
}

impl Ready {
    fn names_ours(&self, channel: Channel) -> bool {
        match self {
            Self::Report(report, _) => names_ours(channel, report),
            Self::Revision(_) => false,
        }
    }

    fn waiting(&self) -> WaitingEvent {
        match self {
            Self::Report(report, at) => WaitingEvent::Delivery {
                state: report.state,
                at: *at,
                error: report.error.clone(),
            },
            Self::Revision(revision) => WaitingEvent::Revision(revision.clone()),
        }
    }
}

/// A telling and the message it speaks of.
pub(super) struct Aimed {
    pub(super) told: Ready,
    pub(super) target: SlotMessage,
}

/// Receives what is told of one person's messages.
pub(super) async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    tellings: Vec<Telling>,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let mut by_ticket: BTreeMap<TicketId, Vec<Aimed>> = BTreeMap::new();
    for telling in tellings {
        if deadline.passed(&desk.surroundings) {
            return Err(ReceiveError::OutOfTime);
        }
        if let Some(aimed) = aim(desk, channel, account, telling, part).await? {
            by_ticket
                .entry(aimed.target.ticket_id.clone())
                .or_default()
                .push(aimed);
        }
    }
    for (ticket_id, aimed) in by_ticket {
        let bring_slots = aimed.iter().any(|a| a.told.names_ours(channel));
        for chunk in aimed.chunks(if bring_slots { NAMING } else { TELLINGS }) {
            if deadline.passed(&desk.surroundings) {
                return Err(ReceiveError::OutOfTime);
            }
            apply(desk, channel, account, &ticket_id, chunk, part, deadline).await?;
        }
    }
    Ok(())
}

async fn ready<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    slot: &SlotKey,
    telling: Telling,
) -> Result<Ready, PortError> {
    let change = match telling {
        Telling::Report(report) => {
            let at = report.at.unwrap_or_else(|| desk.surroundings.now());
            return Ok(Ready::Report(report, at));
        }
        Telling::Change(change) => *change,
    };
    let MessageChange {
        target,
        person: _,
        key,
        at,
        what,
    } = change;
    let what = match what {
        ChangeKind::Edit { content, number } => {
            let (channel, account) = (slot.channel, slot.account.as_str());
            let seed = format!("{channel}/{account}/{target}/{key}");
            let text = if long_content::is_long(&content) && is_past(desk, slot, &key).await? {
                long_content::cut(&seed, &content)
            } else {
                long_content::keep(desk, &seed, content).await?
            };
            Revised::Edit {
                text,
                number: number.unwrap_or(0),
            }
        }
        ChangeKind::Unsend => Revised::Unsend,
        ChangeKind::Reaction {
            emoji,
            by,
            sender_type,
        } => Revised::Reaction {
            emoji,
            by,
            sender_type,
        },
    };
    Ok(Ready::Revision(Revision {
        key,
        at: at.unwrap_or_else(|| desk.surroundings.now()),
        what,
    }))
}

/// Whether the message of a slot is there and needs no more of the text of an edit: what is in the blob store
/// may have been erased since, and must not come back with a redelivery.
async fn is_past<T: Tickets, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    slot: &SlotKey,
    key: &str,
) -> Result<bool, PortError> {
    let Some(Slot::Present(at)) = desk.tickets.slot(slot).await? else {
        return Ok(false);
    };
    let message = (&at.message_id, at.position);
    let found = Draft::of_message(&desk.surroundings, &desk.tickets, &at.ticket_id, message);
    Ok(found
        .await?
        .is_some_and(|(_, m)| revision::is_past(&m, key)))
}

/// Finds the message a telling speaks of, by our own mark or by its slot; without one it waits there.
async fn aim<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    telling: Telling,
    part: &mut Received,
) -> Result<Option<Aimed>, ReceiveError> {
    let key = SlotKey {
        channel,
        account: account.clone(),
        platform_message_id: telling.target().to_owned(),
    };
    let told = ready(desk, &key, telling).await?;
    if let Ready::Report(report, _) = &told
        && let Some(mark) = &report.correlation
    {
        let target = SlotMessage {
            ticket_id: mark.ticket_id.clone(),
            message_id: mark.message_id.clone(),
            position: mark.position,
            attempt: mark.attempt,
            part: mark.part,
        };
        return Ok(Some(Aimed { told, target }));
    }
    if let Some(Slot::Present(target)) = desk.tickets.slot(&key).await? {
        return Ok(Some(Aimed { told, target }));
    }
    match desk.tickets.wait_in_slot(&key, &told.waiting()).await? {
        Waited::Parked | Waited::Full => part.counts.parked += 1,
        Waited::Repeated => part.counts.duplicates += 1,
        Waited::Present(target) => return Ok(Some(Aimed { told, target })),
    }
    Ok(None)
}

/// Whether a telling changed anything, was known, or is about nothing that can be told of.
enum Taken {
    New,
    Known,
    Nothing,
}

/// Applies what is told of messages of one ticket in one transaction.
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
        let Some(ticket) = desk.tickets.ticket(ticket_id).await? else {
            part.counts.ignored += aimed.len() as u64;
            return Ok(());
        };
        let is_ours = sent_through(&ticket.source) == (channel, account.clone());
        let mut counts = Counts::default();
        let mut slots = Vec::new();
        let mut draft = Draft::change(&desk.surroundings, ticket);
        for each in aimed.iter().filter(|_| is_ours) {
            draft.load(&desk.tickets, each.target.position).await?;
            let taken = match &each.told {
                Ready::Report(report, at) => {
                    let (taken, slot) =
                        take_report(&mut draft, &known_slots, channel, &each.target, report, *at);
                    // One body may tell an id several times.
                    slots.extend(slot.filter(|s| slots.iter().all(|t: &SlotWrite| t.key != s.key)));
                    taken
                }
                Ready::Revision(revision) => take_revision(&mut draft, &each.target, revision),
            };
            match taken {
                Taken::New => counts.stored += 1,
                Taken::Known => counts.duplicates += 1,
                Taken::Nothing => counts.ignored += 1,
            }
        }
        if !is_ours {
            counts.ignored += aimed.len() as u64;
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

/// Takes a copy of a part of ours that somebody looked for, as if the platform had returned it with our mark.
///
/// # Errors
/// [`ReceiveError`]; the same again is safe.
pub(crate) async fn take_copy<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    slot: &SlotKey,
    target: SlotMessage,
    at: Timestamp,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let report = DeliveryReport {
        platform_message_id: slot.platform_message_id.clone(),
        recipient: None,
        state: DeliveryState::Sent,
        at: Some(at),
        error: None,
        account_fault: None,
        correlation: None,
        is_echo: true,
    };
    let ticket_id = target.ticket_id.clone();
    let aimed = [Aimed {
        told: Ready::Report(Box::new(report), at),
        target,
    }];
    let mut received = Received::default();
    let (channel, account) = (slot.channel, &slot.account);
    apply(
        desk,
        channel,
        account,
        &ticket_id,
        &aimed,
        &mut received,
        deadline,
    )
    .await
}

/// Takes one report into the draft: what it said, and the slot of an id that was not known, so that later reports and
/// reactions find a message whose answer got lost.
fn take_report<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    known_slots: &ProviderSlots,
    channel: Channel,
    target: &SlotMessage,
    report: &DeliveryReport,
    at: Timestamp,
) -> (Taken, Option<SlotWrite>) {
    let id = &report.platform_message_id;
    let message = draft.message(target.position);
    let Some(message) = message.filter(|m| m.id == target.message_id && m.delivery.is_some())
    else {
        return (Taken::Nothing, None);
    };
    let is_known = has_provider_id(message, id);
    if report.is_echo && is_known {
        return (Taken::Known, None);
    }
    let brings_id = names_ours(channel, report) && !is_known;
    if brings_id {
        add_provider_id(draft, target, id);
    }
    let taken = match draft.observe(target, report.state, at, report.error.clone()) {
        _ if report.is_echo => Taken::New,
        Some(Observed::Moved | Observed::Recorded) => Taken::New,
        Some(Observed::Repeated) => Taken::Known,
        None => Taken::Nothing,
    };
    let slot = brings_id.then(|| {
        let key = SlotKey {
            channel,
            account: draft.ticket().source.account_id.clone(),
            platform_message_id: id.clone(),
        };
        known_slots.claim(draft, key, target.clone())
    });
    (taken, slot.flatten())
}

/// Whether a report tells the platform's id of a message of ours beside our own mark, so that it stands for the answer
/// to the call: an echo does, and a status of WhatsApp. What a mail's provider calls it, nobody else speaks of.
fn names_ours(channel: Channel, report: &DeliveryReport) -> bool {
    report.is_echo || (channel == Channel::WhatsApp && report.correlation.is_some())
}

fn take_revision<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    target: &SlotMessage,
    revision: &Revision,
) -> Taken {
    let is_there = draft
        .message(target.position)
        .is_some_and(|m| m.id == target.message_id);
    match is_there.then(|| draft.revise(target.position, revision)) {
        Some(Some(Outcome::Shown | Outcome::Recorded)) => Taken::New,
        Some(Some(Outcome::Repeated)) => Taken::Known,
        Some(None) | None => Taken::Nothing,
    }
}
