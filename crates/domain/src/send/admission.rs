//! Whether an account sends now, and what becomes of a message while it does not.

use std::time::Duration;

use serde_json::json;

use crate::channel::{AccountId, Channel};
use crate::delivery::{Delivery, DeliveryError, DeliveryState};
use crate::draft::Draft;
use crate::event::Event;
use crate::gate::{Admission, Gate, LIMITED};
use crate::id::TicketId;
use crate::message::Message;
use crate::ports::{
    Blobs, Commit, CommitError, Gates, Messenger, Outbox, QueuedSend, Refusals, SendIntent,
    SendState, SendWrite, Tickets, budget,
};
use crate::retry::{Backoff, jitter};
use crate::send::{OUTCOME_BUDGET, Run, SendError, load, no_message, still_held};
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

/// A held message is looked at so often even if nobody calls for it.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(600);
/// Up to where messages ahead are counted for an estimate.
const MOST_AHEAD: usize = 1000;
/// When a message is expected to go, in the data that clients get.
pub(crate) const EXPECTED_AT: &str = "expected_at";

/// On whose call a ticket's messages are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Its own, or its time's.
    OfItself,
    /// Its account's, which sends again.
    Called,
    /// Its account's, to find out whether that works again.
    Trial,
}

/// Lets a message of a ticket go through an account, counted where that has to be, or says why it may not; with the
/// gate as it then is. `known` is the gate, if it was just read.
pub(super) async fn admit<T: Gates, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    (channel, account): (Channel, &AccountId),
    ticket_id: &TicketId,
    mut known: Option<Gate>,
) -> Result<(Admission, Gate), SendError> {
    let (tickets, surroundings) = (&run.desk.tickets, &run.desk.surroundings);
    let deadline = Deadline::after(surroundings, OUTCOME_BUDGET);
    let mut backoff = Backoff::default();
    loop {
        let gate = match known.take() {
            Some(gate) => gate,
            None => tickets.gate(channel, account).await?,
        };
        let now = surroundings.now();
        match gate.admit(channel, now, run.way == Way::Trial) {
            Admission::Counted => {}
            admission @ (Admission::Open | Admission::Closed { .. }) => {
                return Ok((admission, gate));
            }
        }
        let mut counted = gate.clone();
        counted.count(channel, ticket_id, now);
        if tickets
            .replace_gate(channel, account, &gate, &counted)
            .await?
        {
            counted.version = gate.version + 1;
            return Ok((Admission::Counted, counted));
        }
        if !backoff.wait(surroundings, deadline).await {
            return Err(SendError::OutOfTime);
        }
    }
}

/// Holds a message until its account calls for it: `until` at the earliest.
pub(super) async fn hold<T: Tickets + Outbox + Gates, B: Blobs, S: Surroundings, M: Messenger>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    why: &DeliveryError,
    until: Timestamp,
    events: &mut Vec<Event>,
) -> Result<(), SendError> {
    let desk = run.desk;
    call_at(run, intent, until).await?;
    let mut held = held(&desk.surroundings, intent);
    if why.code != LIMITED {
        // The account is mended or resumed before it is tried again, which is a new beginning.
        held.refusals = Refusals::default();
    }
    let deadline = Deadline::after(&desk.surroundings, OUTCOME_BUDGET);
    let outlook = outlook(run, intent, why).await?;
    let mut backoff = Backoff::default();
    loop {
        let Some((mut draft, _)) = load(desk, intent).await? else {
            return Err(no_message());
        };
        draft.deliver(intent.position, |d| d.explain(Some(why)));
        let behind = explain_behind(&mut draft, intent.position, why);
        if let Some(outlook) = &outlook {
            let own = (intent.queued_at, intent.position);
            for (queued_at, position) in std::iter::once(own).chain(behind) {
                let at = outlook.of(&intent.ticket_id, queued_at, position);
                draft.set_data(position, EXPECTED_AT, json!(at.to_string()));
            }
        }
        if !draft.is_changed() {
            desk.tickets.postpone_send(intent, &held).await?;
            return Ok(());
        }
        let write = SendWrite::Replace {
            from: intent.clone(),
            to: held.clone(),
        };
        let commit = Commit {
            sends: vec![write],
            ..draft.finish()
        };
        let left = budget(deadline, &desk.surroundings);
        match desk.tickets.commit(&commit, left).await {
            Ok(()) => {
                events.extend(commit.events);
                return Ok(());
            }
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !still_held(desk, intent).await? {
                    return Ok(());
                }
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(SendError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// The same intent, held from now on.
pub(super) fn held(surroundings: &impl Surroundings, intent: &SendIntent) -> SendIntent {
    let apart = jitter(surroundings, LOOKED_AT_EVERY / 2);
    SendIntent {
        state: SendState::Queued {
            not_before: surroundings.now().plus(LOOKED_AT_EVERY).plus(apart),
            held: true,
        },
        ..intent.clone()
    }
}

/// Sees to it that the gate of the intent's account calls at `at`.
async fn call_at<T: Gates, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    at: Timestamp,
) -> Result<(), SendError> {
    change(run, intent, None, |gate, _| gate.call_at(at))
        .await
        .map(drop)
}

/// Changes the gate of the intent's account, unless `change` says that there is nothing to change. `known` is the gate
/// as it was lately; a `change` that must not miss what others did since is given none. Returns the gate as it then is.
pub(super) async fn change<T: Gates, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    mut known: Option<Gate>,
    change: impl Fn(&mut Gate, Timestamp) -> bool,
) -> Result<Gate, SendError> {
    let (tickets, surroundings) = (&run.desk.tickets, &run.desk.surroundings);
    let (channel, account) = (intent.channel, &intent.account);
    let deadline = Deadline::after(surroundings, OUTCOME_BUDGET);
    let mut backoff = Backoff::default();
    loop {
        let gate = match known.take() {
            Some(gate) => gate,
            None => tickets.gate(channel, account).await?,
        };
        let mut changed = gate.clone();
        if !change(&mut changed, surroundings.now()) {
            return Ok(gate);
        }
        if tickets
            .replace_gate(channel, account, &gate, &changed)
            .await?
        {
            changed.version = gate.version + 1;
            return Ok(changed);
        }
        if !backoff.wait(surroundings, deadline).await {
            return Err(SendError::OutOfTime);
        }
    }
}

/// Tells those who wait behind a message in its ticket what all of them wait for, as far as they are in the window.
/// Returns when they were queued, and their positions.
pub(super) fn explain_behind<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    position: u64,
    why: &DeliveryError,
) -> Vec<(Timestamp, u64)> {
    let is_waiting = |m: &&Message| {
        let state = m.delivery.as_ref().map(Delivery::state);
        m.position > position && state == Some(DeliveryState::Queued)
    };
    let window = draft.ticket().window.messages().iter();
    let behind = window.filter(is_waiting);
    let behind: Vec<(Timestamp, u64)> = behind.map(|m| (m.received_at, m.position)).collect();
    for (_, position) in &behind {
        draft.deliver(*position, |d| d.explain(Some(why)));
    }
    behind
}

/// What an account has to send, by which one can say when a message goes.
struct Outlook {
    channel: Channel,
    gate: Gate,
    queue: Vec<QueuedSend>,
    now: Timestamp,
}

impl Outlook {
    /// When a message of a ticket is expected to go.
    fn of(&self, ticket_id: &TicketId, queued_at: Timestamp, position: u64) -> Timestamp {
        let is_ahead = |other: &&QueuedSend| match other.ticket_id == *ticket_id {
            true => other.position < position,
            false => (other.queued_at, other.position) < (queued_at, position),
        };
        let ahead = self.queue.iter().filter(is_ahead).count();
        self.gate.estimate(self.channel, ahead, self.now)
    }
}

/// The outlook of what waits since its account sends too much; none where nobody knows how long it will be.
async fn outlook<T: Gates, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    why: &DeliveryError,
) -> Result<Option<Outlook>, SendError> {
    if why.code != LIMITED {
        return Ok(None);
    }
    let tickets = &run.desk.tickets;
    let (channel, account) = (intent.channel, &intent.account);
    Ok(Some(Outlook {
        channel,
        queue: tickets.queue(channel, account, MOST_AHEAD).await?,
        gate: tickets.gate(channel, account).await?,
        now: run.desk.surroundings.now(),
    }))
}
