//! What a delivery costs before the store is asked, on each platform: proof and normalisation, beside the floor
//! of hashing the bytes and reading them once; and for WhatsApp the decision on a warm ticket.
//! "max alloc" is the most memory held at a time beside the body, the normalised events included.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark")]

use divan::{AllocProfiler, Bencher, black_box};
use serde_json::Map;
use serde_json::value::RawValue;
use tributary_domain::channel::inbound::{Events, InboundEvent, InboundKind};
use tributary_domain::draft::{Draft, Entry};
use tributary_domain::memory::SimulatedSurroundings;
use tributary_domain::receive::{
    Counts, Desk, Lanes, PORTION, PointerCache, Policy, receive_messages,
};
use tributary_domain::surroundings::Deadline;
use tributary_domain::{Channel, MessageId, SenderType, Surroundings, Ticket, Visibility};
use tributary_edge::auth::hub_signature;

use crate::delivery::Delivery;

mod delivery;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Platforms and events of a body.
const CASES: [(Channel, usize); 8] = [
    (Channel::Facebook, 1),
    (Channel::Facebook, 1000),
    (Channel::Instagram, 1),
    (Channel::Instagram, 1000),
    (Channel::WhatsApp, 1),
    (Channel::WhatsApp, 1000),
    (Channel::Twitter, 1),
    (Channel::Twitter, 1000),
];

fn main() {
    divan::main();
}

/// A ticket whose window is full.
fn warm_ticket() -> (SimulatedSurroundings, Ticket) {
    let world = SimulatedSurroundings::new(1);
    let store = tributary_domain::memory::MemoryStore::new(&world);
    let desk = Desk {
        tickets: store.clone(),
        blobs: tributary_domain::memory::MemoryBlobs::default(),
        surroundings: world.clone(),
        policy: Policy {
            reopen_window: std::time::Duration::from_secs(72 * 3600),
            auto_close: std::time::Duration::from_secs(7 * 24 * 3600),
            inbox_shards: 4,
            greetings: std::collections::BTreeMap::new(),
        },
        pointers: PointerCache::default(),
        lanes: Lanes::default(),
    };
    let delivery = Delivery::texts(Channel::WhatsApp, 12);
    let mut events = delivery.verify_and_normalise().peekable();
    let first = events.peek().expect("an event");
    let accounts = [first.account.clone().expect("an account").into()];
    let deadline = Deadline::after(&world, std::time::Duration::from_secs(8));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let outcome = runtime.block_on(receive_messages(
        &desk,
        Channel::WhatsApp,
        events,
        &accounts,
        &delivery.body,
        deadline,
    ));
    assert_eq!(
        outcome.received.counts,
        Counts {
            stored: 12,
            ..Counts::default()
        }
    );
    let ticket = store.all_tickets().remove(0);
    (world, ticket)
}

#[divan::bench(args = CASES)]
fn floor_hash_and_read(bencher: Bencher, (channel, count): (Channel, usize)) {
    let delivery = Delivery::texts(channel, count);
    bencher
        .counter(divan::counter::BytesCount::new(delivery.body.len()))
        .bench(|| {
            let body = black_box(&delivery.body);
            let text: &RawValue = serde_json::from_slice(body).expect("JSON");
            (
                hub_signature::sign(body, "dev-app-secret"),
                text.get().len(),
            )
        });
}

/// Takes the events as receiving does.
fn in_portions(mut events: Events<'_>) -> usize {
    let mut count = 0;
    loop {
        let portion: Vec<InboundEvent> = events.by_ref().take(PORTION).collect();
        if portion.is_empty() {
            return count;
        }
        count += black_box(portion).len();
    }
}

#[divan::bench(args = CASES)]
fn verify_and_normalise(bencher: Bencher, (channel, count): (Channel, usize)) {
    let delivery = Delivery::texts(channel, count);
    assert_eq!(delivery.verify_and_normalise().count(), count);
    bencher
        .counter(divan::counter::BytesCount::new(delivery.body.len()))
        .bench(|| in_portions(black_box(&delivery).verify_and_normalise()));
}

#[divan::bench]
fn verify_normalise_and_decide(bencher: Bencher) {
    let (world, ticket) = warm_ticket();
    let delivery = Delivery::texts(Channel::WhatsApp, 1);
    // The ticket comes out of the store anew for each message, so making it is not counted.
    bencher
        .with_inputs(|| ticket.clone())
        .bench_values(|ticket| {
            let mut events = black_box(&delivery).verify_and_normalise();
            let event = events.next().expect("an event");
            let InboundKind::Message(message) = event.kind else {
                panic!("a text is a message")
            };
            let now = world.now();
            let mut draft = Draft::change(&world, ticket);
            draft.append(Entry {
                id: MessageId::generate(now, world.random()),
                timestamp: message.timestamp.unwrap_or(now),
                channel: delivery.channel,
                sender_type: SenderType::Customer,
                content: message.content,
                content_type: message.content_type,
                content_truncated: false,
                html: None,
                visibility: Visibility::Public,
                agent_id: None,
                attachments: Vec::new(),
                delivery: None,
                reply_to: None,
                channel_specific_data: Map::new(),
            });
            draft.finish()
        });
}
