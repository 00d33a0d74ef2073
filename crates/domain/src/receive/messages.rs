//! The messages of one person to one account: folded into as few transactions as they fit in.

use std::collections::BTreeMap;

use crate::attachment::{Attachment, AttachmentState};
use crate::channel::inbound::{Author, InboundAttachment, InboundMessage};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::content::subject_of;
use crate::delivery::{Delivery, DeliveryState};
use crate::draft::{Draft, Entry};
use crate::id::{AttachmentId, MessageId, TicketId};
use crate::limits::MAX_ATTACHMENTS;
use crate::message::{SenderType, Visibility};
use crate::ports::{
    Blobs, Commit, CommitError, Slot, SlotKey, SlotMessage, SlotWrite, Tickets, budget,
};
use crate::receive::greeting::greet;
use crate::receive::lanes::{Arriving, Unit, pass};
use crate::receive::open_ticket::{Conversation, NewTicket, place};
use crate::receive::people::join;
use crate::receive::resolve::{remember, resolve};
use crate::receive::{Counts, Desk, FOLD, ReceiveError, Received, long_content};
use crate::retry::Backoff;
use crate::send::{add_provider_id, apply_waiting, unconfirmed};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Priority;

/// Items that a message brings to its transaction: its slot, its event, and the entry it may push out of the
/// window, which may have been full before.
pub(super) const ITEMS: usize = 3;

/// Receives the messages of one person, in chunks of [`FOLD`].
pub(super) async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    messages: Vec<InboundMessage>,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let mut messages = messages.into_iter().peekable();
    let mut first = true;
    while messages.peek().is_some() {
        if deadline.passed(&desk.surroundings) {
            return Err(ReceiveError::OutOfTime);
        }
        let mut names: Vec<ChannelIdentity> = Vec::new();
        let mut person_name = None;
        let mut arriving: BTreeMap<SlotKey, Arriving> = BTreeMap::new();
        let mut order = Vec::new();
        let mut weight = 0;
        while let Some(message) = messages.next_if(|m| weight + weight_of(m) <= FOLD) {
            weight += weight_of(&message);
            for name in &message.person {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            if message.person_name.is_some() {
                person_name = message.person_name.clone();
            }
            let slot = SlotKey {
                channel,
                account: account.clone(),
                platform_message_id: message.platform_message_id.clone(),
            };
            if arriving.contains_key(&slot) || is_long_and_there(desk, &slot, &message).await? {
                part.counts.duplicates += 1;
                continue;
            }
            let author = message.author;
            let entry = entry_of(desk, channel, account, message).await?;
            order.push(slot.clone());
            arriving.insert(
                slot.clone(),
                Arriving {
                    slot,
                    author,
                    entry,
                    waiting: Vec::new(),
                },
            );
        }
        let chunk = order
            .into_iter()
            .filter_map(|slot| arriving.remove(&slot))
            .collect();
        let unit = Unit {
            names,
            person_name,
            chunk,
            counts: Counts::default(),
        };
        pass(desk, account, unit, part, deadline, first).await?;
        first = false;
    }
    Ok(())
}

/// Whether a message is there already whose text would be kept in the blob store: it may have been erased from
/// there since, and must not come back with a redelivery.
async fn is_long_and_there<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    slot: &SlotKey,
    message: &InboundMessage,
) -> Result<bool, ReceiveError> {
    if !long_content::is_long(&message.content) {
        return Ok(false);
    }
    Ok(match desk.tickets.slot(slot).await? {
        Some(Slot::Present(_)) => true,
        Some(Slot::Waiting(_)) | None => false,
    })
}

fn weight_of(message: &InboundMessage) -> usize {
    ITEMS + usize::from(!message.attachments.is_empty())
}

async fn entry_of<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    message: InboundMessage,
) -> Result<Entry, ReceiveError> {
    let now = desk.surroundings.now();
    let seed = format!(
        "{channel}/{}/{}",
        account.as_str(),
        message.platform_message_id
    );
    let content = long_content::keep(desk, &seed, message.content).await?;
    let timestamp = message.timestamp.unwrap_or(now);
    let mut attachments = pending(desk, message.attachments);
    attachments.extend(content.attachment());
    let (sender_type, delivery) = match message.author {
        Author::Customer => (SenderType::Customer, None),
        Author::Us => (
            SenderType::Agent,
            Some(Delivery::sent_elsewhere(timestamp.min(now))),
        ),
    };
    Ok(Entry {
        id: MessageId::generate(now, desk.surroundings.random()),
        timestamp,
        channel,
        sender_type,
        content_truncated: content.is_cut(),
        html: None,
        content: content.shown,
        content_type: message.content_type,
        visibility: Visibility::Public,
        agent_id: None,
        attachments,
        delivery,
        reply_to: message.reply_to,
        channel_specific_data: message.data.to_map(),
    })
}

/// The files of a message, still to be fetched; one without a place to fetch it from is not to be had.
fn pending<T, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    attachments: Vec<InboundAttachment>,
) -> Vec<Attachment> {
    let of = |InboundAttachment {
                  kind,
                  source,
                  name,
                  mime_type,
              }| Attachment {
        id: AttachmentId::generate(desk.surroundings.now(), desk.surroundings.random()),
        kind,
        state: match source {
            Some(_) => AttachmentState::Pending,
            None => AttachmentState::Unavailable,
        },
        source,
        blob_key: None,
        name,
        mime_type,
        size_bytes: None,
    };
    attachments
        .into_iter()
        .take(MAX_ATTACHMENTS)
        .map(of)
        .collect()
}

/// Commits all messages of the units in one transaction, as often as it takes; the units' counts say
/// what became of each, and `part` gets the events.
pub(super) async fn commit_units<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    account: &AccountId,
    units: &mut [Unit],
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let mut names: Vec<ChannelIdentity> = Vec::new();
    for name in units.iter().flat_map(|u| &u.names) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let person_name = units.iter().rev().find_map(|u| u.person_name.clone());
    let mut backoff = Backoff::default();
    while let Some(first) = units.iter().find_map(|u| u.chunk.first()) {
        let resolved = resolve(desk, &names, account).await?;
        if resolved.is_split {
            join(desk, &names, deadline).await?;
            continue;
        }
        let new_ticket = NewTicket {
            subject: subject_of(&first.entry.content, first.entry.content_type),
            priority: Priority::Medium,
            tags: Vec::new(),
            is_bot_handoff: false,
            always: false,
            greets: true,
        };
        let conversation = Conversation {
            names: &names,
            account,
            person_name: person_name.as_deref(),
            email: None,
            author: first.author,
        };
        let (mut draft, mut parts) = place(desk, resolved, &conversation, new_ticket).await?;
        let mut written: Vec<SlotKey> = Vec::new();
        let mut weight = 0;
        for arriving in units.iter().flat_map(|u| &u.chunk) {
            weight += arriving.weight();
            if weight > FOLD && !written.is_empty() {
                break;
            }
            written.push(arriving.slot.clone());
            parts.slots.push(append(&mut draft, arriving));
        }
        let commit = parts.into_commit(draft, &desk.surroundings);
        let left = budget(deadline, &desk.surroundings);
        match desk.tickets.commit(&commit, left).await {
            Ok(()) => {
                remember(desk, &names, account, commit.ticket.ticket());
                for unit in units.iter_mut() {
                    let before = unit.chunk.len();
                    unit.chunk.retain(|a| !written.contains(&a.slot));
                    unit.counts.stored += (before - unit.chunk.len()) as u64;
                }
                part.events.extend(commit.events);
            }
            Err(CommitError::SlotsTaken(taken)) => settle(units, taken),
            // A pointer that is remembered stays good: it is followed only to a ticket that is open.
            Err(CommitError::Raced | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Appends a message with what waited for it, and moves the status as its author does.
fn append<S: Surroundings>(draft: &mut Draft<'_, S>, arriving: &Arriving) -> SlotWrite {
    if let Some(message) = own_copy(draft, arriving) {
        return SlotWrite {
            key: arriving.slot.clone(),
            message,
            applies: arriving.waiting.len(),
        };
    }
    let status = arriving.author.moves(draft.ticket().status);
    draft.move_status(status, None);
    let place = draft.append(arriving.entry.clone());
    let message = SlotMessage {
        ticket_id: draft.ticket().id.clone(),
        message_id: place.message_id,
        position: place.position,
        attempt: match arriving.author {
            Author::Customer => 0,
            Author::Us => 1,
        },
        part: 0,
    };
    for event in &arriving.waiting {
        apply_waiting(draft, &message, event);
    }
    SlotWrite {
        key: arriving.slot.clone(),
        message,
        applies: arriving.waiting.len(),
    }
}

/// What of ours a message is a copy of, if its platform returns what we sent without our mark: that is told now.
fn own_copy<S: Surroundings>(draft: &mut Draft<'_, S>, arriving: &Arriving) -> Option<SlotMessage> {
    match arriving.author {
        Author::Customer => return None,
        Author::Us => {}
    }
    let Entry {
        content,
        attachments,
        timestamp,
        ..
    } = &arriving.entry;
    let target = unconfirmed(draft.ticket(), content, attachments.len(), *timestamp)?;
    add_provider_id(draft, &target, &arriving.slot.platform_message_id);
    draft.observe(&target, DeliveryState::Sent, *timestamp, None);
    for event in &arriving.waiting {
        apply_waiting(draft, &target, event);
    }
    Some(target)
}

/// Takes out of the chunks what their slots say is there already, and notes what waits for the rest.
fn settle(units: &mut [Unit], taken: Vec<(SlotKey, Slot)>) {
    for (key, slot) in taken {
        let found = units
            .iter_mut()
            .find_map(|u| u.chunk.iter().position(|a| a.slot == key).map(|at| (u, at)));
        let Some((unit, at)) = found else { continue };
        match slot {
            Slot::Present(present) => {
                let arrived = unit.chunk.remove(at);
                // Our own message: a commit of whoever had the lane before got through after all.
                if present.message_id == arrived.entry.id {
                    unit.counts.stored += 1;
                } else {
                    unit.counts.duplicates += 1;
                }
            }
            Slot::Waiting(events) => unit.chunk[at].waiting = events,
        }
    }
}

/// The parts of a commit beside the ticket's own.
#[derive(Debug, Default)]
pub(crate) struct CommitParts {
    pub(crate) customer: Option<crate::ports::CustomerWrite>,
    pub(crate) identities: Vec<crate::ports::IdentityWrite>,
    pub(crate) slots: Vec<SlotWrite>,
    pub(crate) relies_on: Option<(TicketId, u64)>,
    /// What the writer of a new ticket is told at once.
    pub(crate) greeting: Option<String>,
}

impl CommitParts {
    /// The draft's commit with these parts.
    pub(crate) fn into_commit<S: Surroundings>(
        self,
        mut draft: Draft<'_, S>,
        surroundings: &S,
    ) -> Commit {
        let Self {
            customer,
            identities,
            slots,
            relies_on,
            greeting,
        } = self;
        let sends = greeting.map(|text| greet(&mut draft, surroundings, &text));
        Commit {
            customer,
            identities,
            slots,
            relies_on,
            sends: sends.into_iter().collect(),
            ..draft.finish()
        }
    }
}
