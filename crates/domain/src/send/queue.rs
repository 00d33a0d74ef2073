//! What an account's queue holds is sent once the account sends again: the oldest first, and no ticket twice before
//! the others had their turn.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;

use crate::channel::{AccountId, Channel};
use crate::event::Event;
use crate::gate::{Admission, Gate, allowance};
use crate::id::TicketId;
use crate::ports::{Blobs, Gates, Messenger, Outbox, QueuedSend, Tickets};
use crate::receive::Desk;
use crate::send::{Run, SendError, Sent, Way};
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

/// Queued messages looked at in one go.
const PAGE: usize = 1000;
/// Places of a queue in which the message for a trial is looked for.
const NEAR: usize = 25;
/// Tickets whose messages are sent at the same time, where nothing has to be counted.
const AT_ONCE: usize = 8;
/// How long an account in whose queue nothing can be sent waits before it looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// How long it waits before it looks again when nothing could be done.
const BREATH: Duration = Duration::from_secs(5);

/// Sends what waits behind an account's gate, as far as the gate lets it, until `deadline`. A broken account's oldest
/// message is tried when its time has come, or when its secret has changed. Returns the events to be published.
///
/// # Errors
/// [`SendError`]; the gate calls again.
pub async fn serve_queue<T: Tickets + Outbox + Gates, B: Blobs, S: Surroundings, M: Messenger>(
    desk: &Desk<T, B, S>,
    messenger: &M,
    (channel, account): (Channel, &AccountId),
    deadline: Deadline,
) -> Result<Vec<Event>, SendError> {
    let queue = Queue {
        desk,
        messenger,
        channel,
        account,
        deadline,
    };
    let mut events = Vec::new();
    let gate = desk.tickets.gate(channel, account).await?;
    let now = desk.surroundings.now();
    // Whatever changes a gate wakes the relay for it, at once.
    if gate.broken.is_none() && gate.calls_at.is_none_or(|at| at > now) {
        return Ok(events);
    }
    while !deadline.passed(&desk.surroundings) {
        let gate = desk.tickets.gate(channel, account).await?;
        let goes_on = match &gate.broken {
            _ if gate.stopped.is_some() => false,
            Some(_) => queue.try_one(&gate, &mut events).await?,
            None => queue.serve(&gate, &mut events).await?,
        };
        if !goes_on {
            break;
        }
    }
    Ok(events)
}

struct Queue<'q, T, B, S, M> {
    desk: &'q Desk<T, B, S>,
    messenger: &'q M,
    channel: Channel,
    account: &'q AccountId,
    deadline: Deadline,
}

impl<T: Tickets + Outbox + Gates, B: Blobs, S: Surroundings, M: Messenger> Queue<'_, T, B, S, M> {
    /// Tries the oldest message, if it is time, or takes it for proven that the last one went well. Whether the account works again.
    async fn try_one(&self, gate: &Gate, events: &mut Vec<Event>) -> Result<bool, SendError> {
        let now = self.desk.surroundings.now();
        let Some(broken) = &gate.broken else {
            return Ok(true);
        };
        if gate.is_proven(now) {
            let mut mended = gate.clone();
            mended.mend(now);
            return self.replace(gate, &mended).await;
        }
        let version = self.messenger.secret_version(self.channel).await;
        // Where nobody knows with which it broke, none is newer; the first trial keeps its own.
        let known = broken.secret_version.as_ref();
        let is_new =
            version.is_some() && known.is_some_and(|known| version.as_ref() != Some(known));
        if broken.next_try > now && !is_new {
            return Ok(false);
        }
        let Some(oldest) = self.to_try().await? else {
            // No trial, so none is counted: a new secret stays new.
            if gate.calls_at.is_none_or(|at| at <= now) {
                let mut later = gate.clone();
                later.calls_at = Some(now.plus(LOOK_AGAIN));
                self.replace(gate, &later).await?;
            }
            return Ok(false);
        };
        let mut trying = gate.clone();
        trying.begin_trial(version, now);
        if !self.replace(gate, &trying).await? {
            // Another relay tries it.
            return Ok(false);
        }
        trying.version = gate.version + 1;
        let sent = self.send(Way::Trial, trying, &oldest).await?;
        events.extend(sent.events);
        let gate = self.desk.tickets.gate(self.channel, self.account).await?;
        Ok(gate.broken.is_none())
    }

    /// The ticket whose message is to be tried: the oldest that is held, since others have a time of their own, at
    /// which they are held.
    async fn to_try(&self) -> Result<Option<TicketId>, SendError> {
        for places in [NEAR, PAGE] {
            let queue = self.desk.tickets.queue(self.channel, self.account, places);
            let queue = queue.await?;
            let held = heads(&queue).into_values().filter(|head| head.is_held);
            if let Some(oldest) = held.min_by_key(|head| (head.queued_at, &head.ticket_id)) {
                return Ok(Some(oldest.ticket_id.clone()));
            }
            if queue.len() < places {
                break;
            }
        }
        Ok(None)
    }

    /// Lets every ticket have a turn; what fails for one holds up no other. Whether there may be more to send now.
    async fn serve(&self, gate: &Gate, events: &mut Vec<Event>) -> Result<bool, SendError> {
        let now = self.desk.surroundings.now();
        let queue = self
            .desk
            .tickets
            .queue(self.channel, self.account, PAGE)
            .await?;
        let turns = turns(&queue, gate);
        if turns.is_empty() {
            let mut idle = gate.clone();
            idle.find_idle(now);
            self.replace(gate, &idle).await?;
            return Ok(false);
        }
        let at_once = match allowance(self.channel) {
            Some(_) => 1,
            None => AT_ONCE,
        };
        let mut sending = futures::stream::iter(turns)
            .map(|ticket_id| self.turn(ticket_id))
            .buffer_unordered(at_once);
        let (mut goes_on, mut moved) = (true, false);
        let (mut next, mut failed) = (None::<Timestamp>, None);
        // To the end, whatever fails: a call under way that nobody waits for ends as unknown.
        while let Some(turn) = sending.next().await {
            match turn {
                Ok(Some(sent)) => {
                    moved |= !sent.events.is_empty();
                    next = [next, sent.next].into_iter().flatten().min();
                    events.extend(sent.events);
                }
                Ok(None) => goes_on = false,
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        drop(sending);
        if let Some(error) = failed {
            return Err(error);
        }
        if goes_on && !moved {
            // The index is behind, others are sending, or what waits has a time of its own: it is looked at again, but
            // not at once.
            let gate = self.desk.tickets.gate(self.channel, self.account).await?;
            let mut later = gate.clone();
            let soon = now.plus(BREATH);
            // Not as late as that time may be: what others hold meanwhile may have called for an earlier one.
            let at = next.map_or(soon, |next| next.clamp(soon, now.plus(LOOK_AGAIN)));
            later.calls_at = Some(at);
            self.replace(&gate, &later).await?;
            return Ok(false);
        }
        Ok(goes_on)
    }

    /// Sends the next message of a ticket; none when the gate is closed or time is up.
    async fn turn(&self, ticket_id: TicketId) -> Result<Option<Sent>, SendError> {
        if self.deadline.passed(&self.desk.surroundings) {
            return Ok(None);
        }
        let gate = self.desk.tickets.gate(self.channel, self.account).await?;
        let now = self.desk.surroundings.now();
        if let Admission::Closed { why: _, until } = gate.admit(self.channel, now, false) {
            let mut later = gate.clone();
            later.calls_at = Some(until);
            later.is_idle = false;
            self.replace(&gate, &later).await?;
            return Ok(None);
        }
        Ok(Some(self.send(Way::Called, gate, &ticket_id).await?))
    }

    async fn send(&self, way: Way, gate: Gate, ticket_id: &TicketId) -> Result<Sent, SendError> {
        let run = Run {
            desk: self.desk,
            messenger: self.messenger,
            way,
            gate: Some(gate),
            deadline: self.deadline,
        };
        run.send(ticket_id, 1).await
    }

    /// Changes the gate; whether it was as it is known here. What changes nothing is not written, since each write of a
    /// gate that calls wakes the relay.
    async fn replace(&self, from: &Gate, to: &Gate) -> Result<bool, SendError> {
        if from == to {
            return Ok(true);
        }
        let tickets = &self.desk.tickets;
        let replaced = tickets.replace_gate(self.channel, self.account, from, to);
        Ok(replaced.await?)
    }
}

/// The next message of every ticket.
fn heads(queue: &[QueuedSend]) -> BTreeMap<&TicketId, &QueuedSend> {
    let mut heads: BTreeMap<&TicketId, &QueuedSend> = BTreeMap::new();
    for queued in queue {
        let head = heads.entry(&queued.ticket_id).or_insert(queued);
        if queued.position < head.position {
            *head = queued;
        }
    }
    heads
}

/// The tickets whose next message waits: who had the smallest share first, then who waits the longest.
fn turns(queue: &[QueuedSend], gate: &Gate) -> Vec<TicketId> {
    let mut heads: Vec<&QueuedSend> = heads(queue)
        .into_values()
        .filter(|head| head.is_waiting)
        .collect();
    heads.sort_by_key(|head| (gate.share(&head.ticket_id), head.queued_at));
    heads
        .into_iter()
        .map(|head| head.ticket_id.clone())
        .collect()
}
