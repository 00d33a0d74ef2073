//! What happened in a conversation without anybody writing: an entry of the desk's own in the open ticket.

use crate::channel::inbound::Notice;
use crate::channel::{AccountId, Channel};
use crate::draft::{Draft, Entry};
use crate::id::MessageId;
use crate::message::{ContentType, SenderType, Visibility};
use crate::ports::{
    Blobs, Commit, CommitError, Slot, SlotKey, SlotMessage, SlotWrite, Tickets, budget,
};
use crate::receive::people::join;
use crate::receive::{Desk, ReceiveError, Received, long_content, resolve, takes_messages};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};

/// Slots of notices are named apart from those of messages.
const SLOT_PREFIX: &str = "notice:";

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// It stands in the timeline now.
    Stored,
    /// It stood there before.
    Repeated,
    /// The person has no open ticket.
    NoTicket,
}

/// Receives notices of one person.
pub(super) async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    notices: Vec<Notice>,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    for notice in notices {
        match note(desk, channel, account, &notice, part, deadline).await? {
            Noted::Stored => part.counts.stored += 1,
            Noted::Repeated => part.counts.duplicates += 1,
            Noted::NoTicket => part.counts.ignored += 1,
        }
    }
    Ok(())
}

/// Notes one notice in the person's open ticket, once.
pub(super) async fn note<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    notice: &Notice,
    part: &mut Received,
    deadline: Deadline,
) -> Result<Noted, ReceiveError> {
    let names = std::slice::from_ref(&notice.person);
    let key = SlotKey {
        channel,
        account: account.clone(),
        platform_message_id: format!("{SLOT_PREFIX}{}", notice.key),
    };
    let seed = format!("{channel}/{}/{SLOT_PREFIX}{}", account.as_str(), notice.key);
    let text = long_content::keep(desk, &seed, notice.content.clone()).await?;
    let now = desk.surroundings.now();
    let id = MessageId::generate(now, desk.surroundings.random());
    let mut backoff = Backoff::default();
    loop {
        if deadline.passed(&desk.surroundings) {
            return Err(ReceiveError::OutOfTime);
        }
        let resolved = resolve(desk, names, account).await?;
        if resolved.is_split {
            join(desk, names, deadline).await?;
            continue;
        }
        let Some(ticket) = resolved.ticket.filter(takes_messages) else {
            return Ok(Noted::NoTicket);
        };
        let mut draft = Draft::change(&desk.surroundings, ticket);
        let place = draft.append(Entry {
            id: id.clone(),
            timestamp: notice.at.unwrap_or(now),
            channel,
            sender_type: SenderType::System,
            content: text.shown.clone(),
            content_type: ContentType::EventLog,
            content_truncated: text.is_cut(),
            html: None,
            visibility: Visibility::Internal,
            agent_id: None,
            attachments: text.attachment().into_iter().collect(),
            delivery: None,
            reply_to: None,
            channel_specific_data: notice.data.to_map(),
        });
        let slot = SlotWrite {
            key: key.clone(),
            message: SlotMessage {
                ticket_id: draft.ticket().id.clone(),
                message_id: place.message_id,
                position: place.position,
                attempt: 0,
                part: 0,
            },
            applies: 0,
        };
        let commit = Commit {
            slots: vec![slot],
            ..draft.finish()
        };
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                part.events.extend(commit.events);
                return Ok(Noted::Stored);
            }
            Err(CommitError::SlotsTaken(taken)) => {
                let ours = taken.iter().any(|(_, slot)| match slot {
                    Slot::Present(present) => present.message_id == id,
                    Slot::Waiting(_) => false,
                });
                return Ok(if ours { Noted::Stored } else { Noted::Repeated });
            }
            Err(CommitError::Raced | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}
