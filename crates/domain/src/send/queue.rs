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
use crate::send::{Run, SendError, Way};
use crate::surroundings::{Deadline, Surroundings};

/// Queued messages looked at in one go.
const PAGE: usize = 1000;
/// Places of a queue in which the message for a trial is looked for.
const NEAR: usize = 25;
/// Tickets whose messages are sent at the same time, where nothing has to be counted.
const AT_ONCE: usize = 8;
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
        let mut trying = gate.clone();
        trying.begin_trial(version, now);
        if !self.replace(gate, &trying).await? {
            // Another relay tries it.
            return Ok(false);
        }
        let queue = self
            .desk
            .tickets
            .queue(self.channel, self.account, NEAR)
            .await?;
        let Some(oldest) = queue.iter().find(|queued| queued.is_waiting) else {
            return Ok(false);
        };
        trying.version = gate.version + 1;
        self.send(Way::Trial, trying, &oldest.ticket_id, events)
            .await?;
        let gate = self.desk.tickets.gate(self.channel, self.account).await?;
        Ok(gate.broken.is_none())
    }

    /// Lets every ticket have a turn. Whether there may be more to send now.
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
        while let Some(turn) = sending.next().await {
            match turn? {
                Some(told) => {
                    moved |= !told.is_empty();
                    events.extend(told);
                }
                None => goes_on = false,
            }
        }
        drop(sending);
        if goes_on && !moved {
            // The index is behind, or others are sending: it is looked at again, but not at once.
            let gate = self.desk.tickets.gate(self.channel, self.account).await?;
            let mut later = gate.clone();
            later.calls_at = Some(now.plus(BREATH));
            self.replace(&gate, &later).await?;
            return Ok(false);
        }
        Ok(goes_on)
    }

    /// Sends the next message of a ticket; none when the gate is closed or time is up.
    async fn turn(&self, ticket_id: TicketId) -> Result<Option<Vec<Event>>, SendError> {
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
        let mut events = Vec::new();
        self.send(Way::Called, gate, &ticket_id, &mut events)
            .await?;
        Ok(Some(events))
    }

    async fn send(
        &self,
        way: Way,
        gate: Gate,
        ticket_id: &TicketId,
        events: &mut Vec<Event>,
    ) -> Result<(), SendError> {
        let run = Run {
            desk: self.desk,
            messenger: self.messenger,
            way,
            gate: Some(gate),
            deadline: self.deadline,
        };
        let sent = run.send(ticket_id, 1).await?;
        events.extend(sent.events);
        Ok(())
    }

    async fn replace(&self, from: &Gate, to: &Gate) -> Result<bool, SendError> {
        let tickets = &self.desk.tickets;
        let replaced = tickets.replace_gate(self.channel, self.account, from, to);
        Ok(replaced.await?)
    }
}

/// The tickets whose next message waits for the gate: who had the smallest share first, then who waits the longest.
fn turns(queue: &[QueuedSend], gate: &Gate) -> Vec<TicketId> {
    let mut heads: BTreeMap<&TicketId, &QueuedSend> = BTreeMap::new();
    for queued in queue {
        let head = heads.entry(&queued.ticket_id).or_insert(queued);
        if queued.position < head.position {
            *head = queued;
        }
    }
    let mut heads: Vec<&QueuedSend> = heads.into_values().filter(|head| head.is_waiting).collect();
    heads.sort_by_key(|head| (gate.share(&head.ticket_id), head.queued_at));
    heads
        .into_iter()
        .map(|head| head.ticket_id.clone())
        .collect()
}
