//! What must hold of any body.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::value::to_raw_value;
use tributary_domain::channel::inbound::{InboundBatch, InboundKind};
use tributary_domain::channel::normalise;
use tributary_domain::{AccountId, Channel};

use crate::desk::Process;
use crate::vocabulary::Vocabulary;

/// Receives a body, if it is JSON.
///
/// # Panics
/// When a law is broken.
pub fn receive(channel: Channel, body: &[u8]) {
    let Ok(text) = serde_json::from_slice(body) else {
        return;
    };
    let batch = normalise(channel, text).expect("a platform that sends JSON");
    assert_eq!(batch.channel, channel);
    assert!(!batch.events.is_empty(), "every body counts for something");
    let ours = accounts(channel);

    let together = Process::new();
    let first = together.deliver(batch.clone(), ours, body);
    let is_possible = is_possible(&batch);
    if !is_possible {
        together.deliver(batch.clone(), ours, body);
    }
    let again = together.restarted().deliver(batch.clone(), ours, body);
    assert_eq!(again.stored, 0, "a repetition stores nothing");
    let known = first.stored + first.duplicates;
    assert!(again.duplicates >= known, "what was stored is known");
    assert!(again.ignored >= first.ignored, "what was ignored still is");

    let apart = Process::new();
    for event in batch.events.iter().rev() {
        let events = vec![event.clone()];
        apart.deliver(InboundBatch { channel, events }, ours, body);
    }
    assert_eq!(apart.messages(), together.messages(), "in any order");
    if is_possible {
        assert_eq!(apart.people(), together.people(), "in any order");
    }

    together.answer();
    together.deliver(batch.clone(), ours, body);
    let again = together.restarted().deliver(batch, ours, body);
    assert_eq!(again.stored, 0, "nor does one after an answer");
}

/// Whether no message has two writers. Otherwise whoever comes first has it, and the names of the others are
/// heard of by the repetition.
fn is_possible(batch: &InboundBatch) -> bool {
    let mut writers = BTreeMap::new();
    batch.events.iter().all(|event| match &event.kind {
        InboundKind::Message(message) => {
            let id = (&event.account, &message.platform_message_id);
            *writers.entry(id).or_insert(&message.person) == &message.person
        }
        InboundKind::Change(_)
        | InboundKind::Report(_)
        | InboundKind::Receipt(_)
        | InboundKind::Notice(_)
        | InboundKind::Renamed(_)
        | InboundKind::Account(_)
        | InboundKind::Ignored(_)
        | InboundKind::Parked(_) => true,
    })
}

/// Those that the fixtures name.
fn accounts(channel: Channel) -> &'static [AccountId] {
    static OURS: OnceLock<Vec<AccountId>> = OnceLock::new();
    OURS.get_or_init(|| {
        let seeds = Vocabulary::of(channel).seeds.iter();
        let texts = seeds.filter_map(|seed| to_raw_value(seed).ok());
        let batches = texts.filter_map(|text| normalise(channel, &text));
        let events = batches.flat_map(|batch| batch.events);
        let mut ours: Vec<AccountId> = events.filter_map(|event| event.account).collect();
        ours.sort();
        ours.dedup();
        ours
    })
}
