//! The messages of one person to one account: folded into as few transactions as they fit in.

use std::collections::BTreeMap;

use crate::channel::inbound::InboundMessage;
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::content::subject_of;
use crate::draft::{Draft, Entry};
use crate::id::{MessageId, TicketId};
use crate::message::{SenderType, Visibility};
use crate::ports::{
    Blobs, Commit, CommitError, Slot, SlotKey, SlotMessage, SlotWrite, Tickets, budget,
};
use crate::receive::open_ticket::{Conversation, NewTicket, place};
use crate::receive::resolve::{remember, resolve};
use crate::receive::{Desk, FOLD, ReceiveError, Received, long_content};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Priority;

/// A message on its way in, and what its slot is known to hold.
struct Arriving {
    slot: SlotKey,
    entry: Entry,
    waiting: usize,
}

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
    while messages.peek().is_some() {
        if deadline.passed(&desk.surroundings) {
            return Err(ReceiveError::OutOfTime);
        }
        let mut names: Vec<ChannelIdentity> = Vec::new();
        let mut person_name = None;
        let mut arriving: BTreeMap<SlotKey, Arriving> = BTreeMap::new();
        let mut order = Vec::new();
        for message in messages.by_ref().take(FOLD) {
            for name in &message.sender {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            if message.sender_name.is_some() {
                person_name = message.sender_name.clone();
            }
            let slot = SlotKey {
                channel,
                account: account.clone(),
                platform_message_id: message.platform_message_id.clone(),
            };
            if arriving.contains_key(&slot) {
                part.counts.duplicates += 1;
                continue;
            }
            let entry = entry_of(desk, channel, account, message).await?;
            order.push(slot.clone());
            arriving.insert(
                slot.clone(),
                Arriving {
                    slot,
                    entry,
                    waiting: 0,
                },
            );
        }
        let chunk = order
            .into_iter()
            .filter_map(|slot| arriving.remove(&slot))
            .collect();
        receive_chunk(
            desk,
            account,
            &names,
            person_name.as_deref(),
            chunk,
            part,
            deadline,
        )
        .await?;
    }
    Ok(())
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
    let mut attachments = message.attachments;
    attachments.extend(content.attachment);
    Ok(Entry {
        id: MessageId::generate(now, desk.surroundings.random()),
        timestamp: message.timestamp.unwrap_or(now),
        channel,
        sender_type: SenderType::Customer,
        content: content.shown,
        content_type: message.content_type,
        content_truncated: content.truncated,
        visibility: Visibility::Public,
        agent_id: None,
        attachments,
        delivery: None,
        reply_to: message.reply_to,
        channel_specific_data: message.data,
    })
}

async fn receive_chunk<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    account: &AccountId,
    names: &[ChannelIdentity],
    person_name: Option<&str>,
    mut chunk: Vec<Arriving>,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let mut backoff = Backoff::default();
    while let Some(first) = chunk.first() {
        let resolved = resolve(desk, names, account).await?;
        let subject = subject_of(&first.entry.content);
        let new_ticket = NewTicket {
            subject,
            priority: Priority::Medium,
            tags: Vec::new(),
            is_bot_handoff: false,
            always: false,
        };
        let conversation = Conversation {
            names,
            account,
            person_name,
            email: None,
        };
        let canonical = resolved.canonical.clone();
        let (mut draft, mut parts) = place(desk, resolved, &conversation, new_ticket).await?;
        for arriving in &chunk {
            let place = draft.append(arriving.entry.clone());
            parts.slots.push(SlotWrite {
                key: arriving.slot.clone(),
                message: slot_message(draft.ticket().id.clone(), place.message_id, place.position),
                applies: arriving.waiting,
            });
        }
        let commit = parts.into_commit(draft);
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                remember(desk, names, account, &canonical, commit.ticket.ticket());
                part.counts.stored += chunk.len() as u64;
                part.events.extend(commit.events);
                return Ok(());
            }
            Err(CommitError::SlotsTaken(taken)) => settle(&mut chunk, taken, part),
            Err(CommitError::Raced | CommitError::AlreadyDone(_)) => {
                for name in names {
                    desk.pointers.forget(name, account);
                }
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

fn slot_message(ticket_id: TicketId, message_id: MessageId, position: u64) -> SlotMessage {
    SlotMessage {
        ticket_id,
        message_id,
        position,
        attempt: 0,
    }
}

/// Takes out of the chunk what its slots say is there already, and notes what waits for the rest.
fn settle(chunk: &mut Vec<Arriving>, taken: Vec<(SlotKey, Slot)>, part: &mut Received) {
    for (key, slot) in taken {
        match slot {
            Slot::Present(_) => {
                let before = chunk.len();
                chunk.retain(|a| a.slot != key);
                part.counts.duplicates += (before - chunk.len()) as u64;
            }
            Slot::Waiting(events) => {
                if let Some(arriving) = chunk.iter_mut().find(|a| a.slot == key) {
                    arriving.waiting = events.len();
                }
            }
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
}

impl CommitParts {
    /// The draft's commit with these parts.
    pub(crate) fn into_commit<S: Surroundings>(self, draft: Draft<'_, S>) -> Commit {
        let Self {
            customer,
            identities,
            slots,
            relies_on,
        } = self;
        Commit {
            customer,
            identities,
            slots,
            relies_on,
            ..draft.finish()
        }
    }
}
