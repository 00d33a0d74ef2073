//! Takes what a platform told us: every event ends as a message, a delivery state, a duplicate,
//! something ignored or something parked, and however often and in whatever order deliveries
//! come, the same tickets result.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::account::OurAccount;
use crate::channel::inbound::{AccountNews, InboundEvent, InboundKind};
use crate::channel::{AccountId, Channel};
use crate::event::Event;
use crate::note_account::{Noted, note_account};
use crate::ports::{Accounts, Blobs, Gates, PortError, Tickets};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;

mod faults;
mod greeting;
mod groups;
mod lanes;
mod long_content;
mod messages;
mod notices;
mod open_ticket;
mod people;
mod receipts;
mod resolve;
mod tellings;

use faults::Faults;
use groups::Groups;
pub use lanes::Lanes;
pub use long_content::whole_text;
pub(crate) use long_content::{keep as keep_content, named_by};
pub(crate) use messages::CommitParts;
pub(crate) use open_ticket::{Conversation, NewTicket, place};

pub use resolve::PointerCache;
pub(crate) use resolve::{Resolved, remember, resolve};
pub(crate) use tellings::take_copy;

/// Most items that the messages of one ticket bring to one transaction, which holds 100: some are left for the
/// ticket, its status, its customer and their names.
pub const FOLD: usize = 84;

/// How the desk is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// A resolved ticket is taken up again by a message within this time.
    pub reopen_window: Duration,
    /// A resolved ticket closes itself after this time.
    pub auto_close: Duration,
    /// Shards of the inbox index; may only grow.
    pub inbox_shards: u32,
    /// What who opens a ticket is told at once; nothing on channels that have none.
    pub greetings: BTreeMap<Channel, String>,
}

/// The desk: what its use cases work with.
#[derive(Debug)]
pub struct Desk<T, B, S> {
    /// Tickets and all that hangs on them.
    pub tickets: T,
    /// Large content.
    pub blobs: B,
    /// Time and randomness.
    pub surroundings: S,
    /// How it is run.
    pub policy: Policy,
    /// Where identities pointed when last seen.
    pub pointers: PointerCache,
    /// Where messages of one person meet in one process.
    pub lanes: Lanes,
}

/// What became of the events of one body; `received` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New messages and new reports.
    pub stored: u64,
    /// Seen before.
    pub duplicates: u64,
    /// Of no use to a desk.
    pub ignored: u64,
    /// Kept raw, not applied yet.
    pub parked: u64,
}

impl Counts {
    /// All events.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.stored + self.duplicates + self.ignored + self.parked
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.stored += other.stored;
        self.duplicates += other.duplicates;
        self.ignored += other.ignored;
        self.parked += other.parked;
    }
}

/// What a body came to.
#[derive(Debug, Default)]
pub struct Received {
    /// What became of its events.
    pub counts: Counts,
    /// What was committed, to be published.
    pub events: Vec<Event>,
}

/// Something of the body is left; it has to be delivered again, and that loses and repeats nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// There was not enough time.
    #[error("out of time")]
    OutOfTime,
}

/// What a body came to, and whether something of it is left.
#[derive(Debug)]
pub struct Outcome {
    /// What was done.
    pub received: Received,
    /// Why something is left, if it is.
    pub unfinished: Option<ReceiveError>,
}

/// After this time of a request no further group is started.
const START_WITHIN: Duration = Duration::from_secs(4);
/// Events of a body received in one go. Only they are held, so a body of a thousand costs little more than itself.
pub const PORTION: usize = 8 * FOLD / 3;

/// Receives the events of one body, portion by portion. `accounts` are ours on this channel; what came to
/// another one is parked. `raw` is the body as it came, kept when anything of it is parked. `deadline` is the
/// request's.
pub async fn receive_messages<T: Tickets + Accounts + Gates, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    events: impl IntoIterator<Item = InboundEvent, IntoIter: Send>,
    accounts: &[OurAccount],
    raw: &[u8],
    deadline: Deadline,
) -> Outcome {
    let body = Body {
        channel,
        accounts,
        started: desk.surroundings.monotonic(),
        deadline,
    };
    let mut events = events.into_iter().peekable();
    let mut outcome = Outcome {
        received: Received::default(),
        unfinished: None,
    };
    while events.peek().is_some() {
        if outcome.unfinished.is_some() && body.is_late(&desk.surroundings) {
            break;
        }
        let portion = events.by_ref().take(PORTION);
        let Outcome {
            received,
            unfinished,
        } = body.receive(desk, portion).await;
        outcome.received.counts.add(received.counts);
        outcome.received.events.extend(received.events);
        outcome.unfinished = outcome.unfinished.or(unfinished);
    }
    if outcome.received.counts.parked > 0
        && let Err(error) = keep_raw(desk, channel, RawBody::Json, raw).await
    {
        outcome.unfinished.get_or_insert(error.into());
    }
    outcome
}

/// What holds for all events of a body.
struct Body<'a> {
    channel: Channel,
    /// Ours on this channel.
    accounts: &'a [OurAccount],
    /// When its reception began, by the monotonic clock.
    started: Duration,
    deadline: Deadline,
}

impl Body<'_> {
    /// Whether nothing more is started.
    fn is_late(&self, surroundings: &impl Surroundings) -> bool {
        surroundings.monotonic().saturating_sub(self.started) >= START_WITHIN
    }

    async fn receive<T: Tickets + Accounts + Gates, B: Blobs, S: Surroundings>(
        &self,
        desk: &Desk<T, B, S>,
        events: impl Iterator<Item = InboundEvent> + Send,
    ) -> Outcome {
        let channel = self.channel;
        let mut received = Received::default();
        let mut groups = Groups::default();
        let mut news = Vec::new();
        let mut faults = Faults::default();
        for event in events {
            let is_ours = |id: &AccountId| self.accounts.iter().any(|ours| ours.id == *id);
            let account = event.account.filter(is_ours);
            match (event.kind, account) {
                (InboundKind::Ignored(_), _) => received.counts.ignored += 1,
                (InboundKind::Parked(why), account) => {
                    let account = account.as_ref().map(AccountId::as_str);
                    tracing::warn!(%channel, account, why, "an event is parked");
                    received.counts.parked += 1;
                }
                (InboundKind::Account(told), account) => {
                    match told.concerned(account.as_ref(), self.accounts) {
                        concerned if concerned.is_empty() => {
                            tracing::warn!(%channel, "news of an account that is not ours is parked");
                            received.counts.parked += 1;
                        }
                        concerned => news.push((concerned, told)),
                    }
                }
                (_, None) => {
                    tracing::warn!(%channel, "an event of an account that is not ours is parked");
                    received.counts.parked += 1;
                }
                (kind, Some(account)) => {
                    faults.learn(&account, &kind, desk.surroundings.now());
                    groups.add(account, kind);
                }
            }
        }
        let mut unfinished = None;
        for (concerned, told) in news {
            match note_all(desk, channel, &concerned, &told).await {
                Ok(Noted::News) => received.counts.stored += 1,
                Ok(Noted::Known) => received.counts.duplicates += 1,
                Ok(Noted::Unborn) => {
                    tracing::warn!(%channel, "news of an account from the future is parked");
                    received.counts.parked += 1;
                }
                Err(error) => {
                    unfinished.get_or_insert(ReceiveError::from(error));
                }
            }
        }
        // Before the messages fail that tell of them; the same body again tells of both once more.
        if let Err(error) = faults.tell(desk, channel, self.deadline).await {
            unfinished.get_or_insert(error);
        }
        let done = groups.receive(desk, self).await;
        received.counts.add(done.received.counts);
        received.events.extend(done.received.events);
        Outcome {
            received,
            unfinished: unfinished.or(done.unfinished),
        }
    }
}

/// Keeps news of several accounts, which is one event: news if it is news of any.
async fn note_all<T: Accounts, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    concerned: &[AccountId],
    told: &AccountNews,
) -> Result<Noted, PortError> {
    let mut all = Noted::Known;
    for account in concerned {
        tracing::warn!(%channel, account = account.as_str(), told.usable, "a platform speaks of an account");
        let now = desk.surroundings.now();
        match note_account(&desk.tickets, channel, account, told, now).await? {
            Noted::Known => {}
            noted @ (Noted::News | Noted::Unborn) => all = noted,
        }
    }
    Ok(all)
}

/// What a body is, as its key tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RawBody {
    /// A platform's JSON.
    Json,
    /// The form that a mail came in.
    Form,
}

/// Keeps a body of which something is parked; the same body again lands on the same key and leaves its
/// age, by which it goes.
pub(crate) async fn keep_raw<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    kind: RawBody,
    raw: &[u8],
) -> Result<(), PortError> {
    let (ending, content_type) = match kind {
        RawBody::Json => ("json", "application/json"),
        RawBody::Form => ("form", "application/octet-stream"),
    };
    let key = format!(
        "parked/{channel}/{}.{ending}",
        hex::encode(Sha256::digest(raw))
    );
    let kept = desk.blobs.put_new(&key, content_type, raw.to_vec());
    kept.await.map(drop)
}

/// Whether a customer's message belongs to this ticket, which the identity points to.
pub(crate) fn takes_messages(ticket: &Ticket) -> bool {
    ticket.status.is_open() && ticket.merged_into.is_none() && !ticket.superseded
}

#[cfg(test)]
mod tests;
