//! The provider's ids of what we sent: recorded on the message, and in slots, where reports may have
//! come to wait before the ids were known.

use serde_json::{Value, json};

use crate::draft::Draft;
use crate::message::Message;
use crate::ports::{Slot, SlotKey, SlotMessage, SlotWrite, WaitingEvent};
use crate::surroundings::Surroundings;

/// The entry's field that holds the ids, one a part.
const IDS: &str = "provider_message_ids";

fn ids(message: &Message) -> impl Iterator<Item = Option<&str>> {
    let ids = message.channel_specific_data.get(IDS);
    ids.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(Value::as_str)
}

/// Whether the provider knows the entry by this id.
pub(crate) fn has_provider_id(message: &Message, id: &str) -> bool {
    part_of_id(message, id).is_some()
}

/// Which part of the entry the provider knows by this id.
pub(crate) fn part_of_id(message: &Message, id: &str) -> Option<usize> {
    ids(message).position(|known| known == Some(id))
}

/// The platform's id of an entry, which another may answer: the customer's own, or that of the first part of ours.
pub(crate) fn platform_id(message: &Message) -> Option<String> {
    let data = &message.channel_specific_data;
    let said = |field: &&str| data.get(*field).and_then(Value::as_str);
    let theirs = ["wamid", "mid"].iter().find_map(said);
    let id = theirs.or_else(|| ids(message).flatten().next())?;
    Some(id.to_owned())
}

/// Records the provider's id of a part of the entry at `position`; the first one stays.
pub(super) fn set_provider_id<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    position: u64,
    part: usize,
    id: &str,
) {
    let known = draft.message(position).into_iter().flat_map(ids);
    let mut all: Vec<Option<String>> = known.map(|id| id.map(str::to_owned)).collect();
    if all.len() <= part {
        all.resize(part + 1, None);
    }
    let place = &mut all[part];
    if place.is_none() {
        *place = Some(id.to_owned());
        draft.set_data(position, IDS, json!(all));
    }
}

/// Records an id that came before the provider's answer, or instead of it.
pub(crate) fn add_provider_id<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    target: &SlotMessage,
    id: &str,
) {
    set_provider_id(draft, target.position, target.part as usize, id);
}

/// Applies to a message what waited for it in its slot.
pub(crate) fn apply_waiting<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    message: &SlotMessage,
    event: &WaitingEvent,
) {
    match event {
        WaitingEvent::Delivery { state, at, error } => {
            draft.observe(message, *state, *at, error.clone());
        }
        WaitingEvent::Revision(revision) => {
            draft.revise(message.position, revision);
        }
    }
}

/// What is known of the slots that a commit is to make.
#[derive(Debug, Default)]
pub(crate) struct ProviderSlots {
    waiting: Vec<(SlotKey, Vec<WaitingEvent>)>,
    taken: Vec<SlotKey>,
}

impl ProviderSlots {
    /// Learns what stood in the way of a commit.
    pub(crate) fn learn(&mut self, found: Vec<(SlotKey, Slot)>) {
        for (key, slot) in found {
            match slot {
                Slot::Present(_) => self.taken.push(key),
                Slot::Waiting(events) => {
                    self.waiting.retain(|(k, _)| *k != key);
                    self.waiting.push((key, events));
                }
            }
        }
    }

    /// The slot of an id of `message`, and what waits there applied to the draft; none when the id
    /// stands for a message already.
    pub(crate) fn claim<S: Surroundings>(
        &self,
        draft: &mut Draft<'_, S>,
        key: SlotKey,
        message: SlotMessage,
    ) -> Option<SlotWrite> {
        if self.taken.contains(&key) {
            return None;
        }
        let events = self
            .waiting
            .iter()
            .find(|(k, _)| *k == key)
            .map_or(&[][..], |(_, events)| events);
        events
            .iter()
            .for_each(|event| apply_waiting(draft, &message, event));
        Some(SlotWrite {
            key,
            message,
            applies: events.len(),
        })
    }
}
