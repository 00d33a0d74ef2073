//! Messages of one person that reach one process at the same moment share transactions: whoever has
//! the person's lane commits for all who wait in it. Between processes the commits' conditions decide;
//! in one process nobody has to lose a race to themselves.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{Either, select};

use crate::channel::inbound::Author;
use crate::channel::{AccountId, ChannelIdentity};
use crate::draft::Entry;
use crate::ports::{Blobs, SlotKey, Tickets, WaitingEvent};
use crate::receive::messages::{ITEMS, commit_units};
use crate::receive::{Counts, Desk, FOLD, ReceiveError, Received};
use crate::retry::jitter;
use crate::surroundings::{Deadline, Surroundings};

/// A message on its way in, and the events that its slot is known to hold.
#[derive(Debug, Clone)]
pub(crate) struct Arriving {
    pub(crate) slot: SlotKey,
    pub(crate) author: Author,
    pub(crate) entry: Entry,
    pub(crate) waiting: Vec<WaitingEvent>,
}

impl Arriving {
    /// Items it brings to its transaction: files have to be fetched, and each report that waits may be told of.
    pub(crate) fn weight(&self) -> usize {
        let reports = self.waiting.iter().filter(|event| match event {
            WaitingEvent::Delivery { .. } => true,
            WaitingEvent::Revision(_) => false,
        });
        ITEMS + usize::from(!self.entry.attachments.is_empty()) + reports.count()
    }
}

/// Messages of one request, up to [`FOLD`] items, and what became of them so far.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) names: Vec<ChannelIdentity>,
    pub(crate) person_name: Option<String>,
    pub(crate) chunk: Vec<Arriving>,
    pub(crate) counts: Counts,
}

/// A commit so lately means that others may be waiting.
const JUST_COMMITTED: Duration = Duration::from_millis(250);
/// The longest that a process lets others go first.
const COURTESY: Duration = Duration::from_millis(120);

type LaneKey = (ChannelIdentity, AccountId);
type Answer = oneshot::Sender<Option<Counts>>;

#[derive(Debug, Default)]
struct Lane {
    turn: futures::lock::Mutex<()>,
    queue: Mutex<VecDeque<(Unit, Answer)>>,
}

/// The lanes of one process.
#[derive(Debug, Default)]
pub struct Lanes(Mutex<HashMap<LaneKey, Arc<Lane>>>);

/// A place in a lane; the lane goes when the last one leaves.
struct Place<'a> {
    lanes: &'a Lanes,
    key: LaneKey,
    lane: Arc<Lane>,
}

impl Lanes {
    fn enter(&self, key: LaneKey) -> Place<'_> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = Arc::clone(lanes.entry(key.clone()).or_default());
        Place {
            lanes: self,
            key,
            lane,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut lanes = self.lanes.0.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::strong_count(&self.lane) == 2 {
            lanes.remove(&self.key);
        }
    }
}

impl Lane {
    fn push(&self, unit: Unit) -> oneshot::Receiver<Option<Counts>> {
        let (answer, answered) = oneshot::channel();
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back((unit, answer));
        answered
    }

    /// The next units, together at most [`FOLD`] items and no slot twice. Who stopped waiting is
    /// passed over.
    fn take(&self) -> (Vec<Unit>, Vec<Answer>) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut units, mut answers): (Vec<Unit>, Vec<Answer>) = (Vec::new(), Vec::new());
        let mut size = 0;
        while let Some((unit, answer)) = queue.pop_front() {
            if answer.is_canceled() {
                continue;
            }
            let taken = |slot: &SlotKey| {
                units
                    .iter()
                    .any(|u| u.chunk.iter().any(|a| a.slot == *slot))
            };
            let weight: usize = unit.chunk.iter().map(Arriving::weight).sum();
            if (size > 0 && size + weight > FOLD) || unit.chunk.iter().any(|a| taken(&a.slot)) {
                queue.push_front((unit, answer));
                break;
            }
            size += weight;
            units.push(unit);
            answers.push(answer);
        }
        (units, answers)
    }
}

/// Commits a unit, alone or together with others of its lane; what was committed here is added to `part`.
/// With `courteous`, other processes get their chance before.
pub(crate) async fn pass<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    account: &AccountId,
    unit: Unit,
    part: &mut Received,
    deadline: Deadline,
    courteous: bool,
) -> Result<(), ReceiveError> {
    let Some(first) = unit.names.first().cloned() else {
        return Ok(());
    };
    let place = desk.lanes.enter((first.clone(), account.clone()));
    loop {
        let mut answered = place.lane.push(unit.clone());
        // Whoever has the lane works under a deadline of its own, so nobody waits here for long.
        let turn = match select(&mut answered, place.lane.turn.lock()).await {
            Either::Left((Ok(counts), _)) => return settled(counts, part),
            // Whoever had the lane ended half-way; the slots tell what was done.
            Either::Left((Err(oneshot::Canceled), _)) => continue,
            Either::Right((turn, _)) => turn,
        };
        if courteous {
            let_others_go_first(desk, &first, account, deadline).await;
        }
        loop {
            match answered.try_recv() {
                Ok(Some(counts)) => return settled(counts, part),
                Ok(None) => {}
                Err(oneshot::Canceled) => break,
            }
            let (mut units, answers) = place.lane.take();
            if units.is_empty() {
                break;
            }
            let result = commit_units(desk, account, &mut units, part, deadline).await;
            let done = result.is_ok();
            for (unit, answer) in units.into_iter().zip(answers) {
                let _ = answer.send(done.then_some(unit.counts));
            }
            result?;
        }
        drop(turn);
    }
}

/// A process that has just committed knows the ticket best and would win the next race as well, and the
/// one after it, while the messages that other processes hold run out of time. So it waits a moment.
async fn let_others_go_first<T, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    identity: &ChannelIdentity,
    account: &AccountId,
    deadline: Deadline,
) {
    let since = desk
        .pointers
        .last_commit(identity, account)
        .map(|at| desk.surroundings.monotonic().saturating_sub(at));
    if since.is_some_and(|since| since < JUST_COMMITTED) {
        let wait = jitter(&desk.surroundings, COURTESY);
        if wait < deadline.remaining(&desk.surroundings) {
            desk.surroundings.sleep(wait).await;
        }
    }
}

fn settled(counts: Option<Counts>, part: &mut Received) -> Result<(), ReceiveError> {
    let counts = counts.ok_or(ReceiveError::OutOfTime)?;
    part.counts.add(counts);
    Ok(())
}
