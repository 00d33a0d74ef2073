//! Takes a mail: it becomes one message of the ticket it answers, of a new ticket otherwise, or the delivery
//! state of the mail of ours that could not be delivered. However often it comes, it does so once.

use crate::channel::email::{Mail, Mailbox};
use crate::channel::inbound::Author;
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::content::{start_chars, subject_of};
use crate::draft::{Draft, Entry};
use crate::id::TicketId;
use crate::ports::{
    Blobs, CommitError, IdentityWrite, Slot, SlotKey, SlotMessage, SlotWrite, Tickets, budget,
};
use crate::receive::{
    CommitParts, Conversation, Counts, Desk, NewTicket, Outcome, RawBody, ReceiveError, Received,
    Resolved, keep_raw, place, remember, resolve, takes_messages,
};
use crate::retry::Backoff;
use crate::send::has_id;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{MAX_NAME_CHARS, MAX_SUBJECT_CHARS, Priority, Ticket};

mod bounce;
mod content;
mod key;
#[cfg(test)]
mod tests;
mod thread;

use content::{Kept, keep};
use key::Keys;
use thread::Found;

/// What the door knows of a mail beside the mail itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// The ticket whose signed address it was sent to.
    pub ticket: Option<TicketId>,
    /// Our own mailboxes, in lower case.
    pub our_mailboxes: Vec<String>,
    /// The domain that answers to our mail go to, in lower case.
    pub reply_domain: String,
}

impl Route {
    /// Whether an address is one of ours.
    fn is_ours(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.our_mailboxes.iter().any(|ours| ours == address) || domain == self.reply_domain
    }
}

/// What one mail came to.
enum Fate {
    Stored,
    Duplicate,
    Ignored,
    Parked,
}

/// Receives one mail. `raw` is the body it came in, kept when it is parked and beside a mail of which not
/// everything could be read. `deadline` is the request's; the same mail again is safe at any time.
pub async fn receive_mail<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    mail: Mail,
    route: &Route,
    raw: &[u8],
    deadline: Deadline,
) -> Outcome {
    let mut received = Received::default();
    let taken = take(desk, mail, route, raw, &mut received, deadline).await;
    finish(desk, taken, received, raw).await
}

/// Parks a mail that cannot be read at all.
pub async fn park_mail<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    raw: &[u8],
) -> Outcome {
    finish(desk, Ok(Fate::Parked), Received::default(), raw).await
}

async fn finish<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    taken: Result<Fate, ReceiveError>,
    mut received: Received,
    raw: &[u8],
) -> Outcome {
    let counts = &mut received.counts;
    let mut unfinished = None;
    match taken {
        Ok(Fate::Stored) => counts.stored += 1,
        Ok(Fate::Duplicate) => counts.duplicates += 1,
        Ok(Fate::Ignored) => counts.ignored += 1,
        Ok(Fate::Parked) => {
            tracing::warn!(channel = %Channel::Email, "a mail is parked");
            match keep_raw(desk, Channel::Email, RawBody::Form, raw).await {
                Ok(()) => counts.parked += 1,
                Err(error) => unfinished = Some(error.into()),
            }
        }
        Err(error) => unfinished = Some(error),
    }
    Outcome {
        received,
        unfinished,
    }
}

async fn take<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    mail: Mail,
    route: &Route,
    raw: &[u8],
    received: &mut Received,
    deadline: Deadline,
) -> Result<Fate, ReceiveError> {
    if let Some(report) = &mail.bounce {
        let spoken_of = bounce::receive(desk, report, route, received, deadline).await?;
        if let Some(counts) = spoken_of {
            return Ok(if counts.stored > 0 {
                Fate::Stored
            } else {
                Fate::Duplicate
            });
        }
        // A report on a mail that is not ours concerns nobody here, unless it was sent into a ticket.
        if route.ticket.is_none() {
            return Ok(Fate::Ignored);
        }
    }
    let Some(from) = sender(&mail) else {
        return Ok(Fate::Parked);
    };
    // Our own mail that found its way back: answering it would go on for ever.
    if route.is_ours(&from.address) && thread::is_ours(&mail, route) {
        return Ok(Fate::Ignored);
    }
    let Ok(sender) = ChannelIdentity::new(Channel::Email, &from.address) else {
        return Ok(Fate::Parked);
    };
    let keys = Keys::of(&mail, &from.address);
    // Its files are not stored again when it is there already.
    if let Some(Slot::Present(_)) = desk.tickets.slot(&keys.once).await? {
        return Ok(Fate::Duplicate);
    }
    let kept = keep(desk, mail, &from, &keys, raw).await?;
    file(desk, kept, &from, &sender, keys, route, received, deadline).await
}

/// Who wrote it: the header says so, else the mail servers.
fn sender(mail: &Mail) -> Option<Mailbox> {
    let envelope = || {
        let address = mail.envelope_from.clone().filter(|a| a.contains('@'))?;
        Some(Mailbox {
            address: address.to_lowercase(),
            name: None,
        })
    };
    let header = mail.from.clone().filter(|from| from.address.contains('@'));
    header.or_else(envelope)
}

/// Commits a mail whose contents are kept, as often as it takes.
#[allow(clippy::too_many_arguments)]
async fn file<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    kept: Kept,
    from: &Mailbox,
    sender: &ChannelIdentity,
    mut keys: Keys,
    route: &Route,
    received: &mut Received,
    deadline: Deadline,
) -> Result<Fate, ReceiveError> {
    let account = AccountId::constant(Channel::Email);
    let mut backoff = Backoff::default();
    let mut waiting: Vec<(SlotKey, usize)> = Vec::new();
    loop {
        let found = thread::find(desk, &kept.thread, route, sender).await?;
        let mut entry = kept.entry.clone();
        let (mut draft, parts, is_senders) = match found {
            Found::Ticket { ticket, belongs } => {
                if !belongs {
                    entry
                        .channel_specific_data
                        .insert("participant".to_owned(), true.into());
                }
                let draft = Draft::change(&desk.surroundings, *ticket);
                (draft, CommitParts::default(), false)
            }
            Found::Nothing { follows } => {
                if let Some(ticket) = follows {
                    let data = serde_json::json!({
                        "ticket_id": ticket.id.as_str(),
                        "reference": ticket.reference.as_str(),
                    });
                    entry
                        .channel_specific_data
                        .insert("follows".to_owned(), data);
                }
                let (draft, parts) = open(desk, &kept, from, sender, &account, &entry).await?;
                (draft, parts, true)
            }
        };
        let status = Author::Customer.moves(draft.ticket().status);
        draft.move_status(status, None);
        let is_answerable = has_id(&entry.channel_specific_data);
        let at = draft.append(entry);
        if is_answerable {
            draft.ticket_mut().last_mail = Some(at.position);
        }
        let message = SlotMessage {
            ticket_id: draft.ticket().id.clone(),
            message_id: at.message_id,
            position: at.position,
            attempt: 0,
            part: 0,
        };
        let slots = keys.all().map(|key| SlotWrite {
            applies: waiting.iter().find(|(k, _)| k == key).map_or(0, |w| w.1),
            key: key.clone(),
            message: message.clone(),
        });
        let parts = CommitParts {
            slots: slots.collect(),
            ..parts
        };
        let commit = parts.into_commit(draft, &desk.surroundings);
        let left = budget(deadline, &desk.surroundings);
        match desk.tickets.commit(&commit, left).await {
            Ok(()) => {
                if is_senders {
                    let names = std::slice::from_ref(sender);
                    remember(desk, names, &account, commit.ticket.ticket());
                }
                received.events.extend(commit.events);
                return Ok(Fate::Stored);
            }
            Err(CommitError::SlotsTaken(taken)) => {
                for (key, slot) in taken {
                    match slot {
                        Slot::Present(there) if key == keys.once => {
                            // Our own commit, whose answer got lost.
                            return Ok(if there.message_id == kept.entry.id {
                                Fate::Stored
                            } else {
                                Fate::Duplicate
                            });
                        }
                        // Another mail has the same Message-ID: answers to it go where that one is.
                        Slot::Present(_) => keys.thread = None,
                        Slot::Waiting(events) => {
                            waiting.retain(|(k, _)| *k != key);
                            waiting.push((key, events.len()));
                        }
                    }
                }
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

/// A new ticket of the sender's. Unlike on other channels a person has one for each conversation; the identity
/// points to the last that was new while none was open, so that many mails of one sender do not wait for
/// each other.
async fn open<'d, T: Tickets, B: Blobs, S: Surroundings>(
    desk: &'d Desk<T, B, S>,
    kept: &Kept,
    from: &Mailbox,
    sender: &ChannelIdentity,
    account: &AccountId,
    entry: &Entry,
) -> Result<(Draft<'d, S>, CommitParts), ReceiveError> {
    let names = std::slice::from_ref(sender);
    let resolved = resolve(desk, names, account).await?;
    let has_open = resolved.ticket.as_ref().is_some_and(takes_messages);
    let subject = kept.subject.as_deref();
    let subject = subject
        .and_then(|s| one_line(s, MAX_SUBJECT_CHARS))
        .unwrap_or_else(|| subject_of(&entry.content, entry.content_type));
    let name = from.name.as_deref();
    let name = name.and_then(|name| one_line(name, MAX_NAME_CHARS));
    let new_ticket = NewTicket {
        subject,
        priority: Priority::Medium,
        tags: Vec::new(),
        is_bot_handoff: false,
        always: true,
        greets: kept.may_be_answered && !has_open,
    };
    let conversation = Conversation {
        names,
        account,
        person_name: name.as_deref(),
        email: Some(&from.address),
        author: Author::Customer,
    };
    let unplaced = Resolved {
        ticket: None,
        ..resolved
    };
    let (draft, mut parts) = place(desk, unplaced, &conversation, new_ticket).await?;
    if has_open {
        let points = |w: &IdentityWrite| match w {
            IdentityWrite::Point { .. } => true,
            IdentityWrite::Create(_) | IdentityWrite::Check { .. } => false,
        };
        parts.identities.retain(|write| !points(write));
    }
    Ok((draft, parts))
}

/// A header's text as one line; none when it says nothing.
fn one_line(text: &str, max_chars: usize) -> Option<String> {
    let text = text.replace(char::is_control, " ");
    let text = start_chars(text.trim(), max_chars).trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether a mail still goes into this ticket.
fn accepts<T, B, S: Surroundings>(desk: &Desk<T, B, S>, ticket: &Ticket) -> bool {
    let reopens = ticket.merged_into.is_none()
        && !ticket.superseded
        && ticket.reopens_at(desk.surroundings.now(), desk.policy.reopen_window);
    takes_messages(ticket) || reopens
}

impl Counts {
    /// One event that was new, or one that was not.
    fn one(is_new: bool) -> Self {
        Self {
            stored: u64::from(is_new),
            duplicates: u64::from(!is_new),
            ..Self::default()
        }
    }
}
