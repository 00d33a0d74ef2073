//! What a WhatsApp delivery costs before the store is asked: proof, normalisation and the decision on a
//! warm ticket, beside the floor of hashing the bytes and parsing them.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark")]

use divan::{Bencher, black_box};
use serde_json::{Map, Value, json};
use tributary_domain::channel::inbound::InboundKind;
use tributary_domain::channel::whatsapp;
use tributary_domain::draft::{Draft, Entry};
use tributary_domain::memory::SimulatedSurroundings;
use tributary_domain::receive::{Counts, Desk, Lanes, PointerCache, Policy, receive_messages};
use tributary_domain::surroundings::Deadline;
use tributary_domain::{AccountId, MessageId, SenderType, Surroundings, Ticket, Visibility};
use tributary_edge::auth::hub_signature;

const SECRET: &str = "dev-whatsapp-app-secret";

fn main() {
    divan::main();
}

/// A signed delivery of `count` text messages of one person.
fn delivery(count: usize) -> (Vec<u8>, String) {
    let messages: Vec<Value> = (0..count)
        .map(|n| {
            json!({"from": "15550100", "id": format!("wamid.HBgLMTU1NTAxMDAVAgASGBQz{n}"), "timestamp": "1749416383",
                "type": "text", "text": {"body": "Could you tell me when my parcel will come?"}})
        })
        .collect();
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"display_phone_number": "15550001", "phone_number_id": "300001"},
        "contacts": [{"profile": {"name": "Ann"}, "wa_id": "15550100"}], "messages": messages}}]}]});
    let body = body.to_string().into_bytes();
    let signature = hub_signature::sign(&body, SECRET);
    (body, signature)
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
        },
        pointers: PointerCache::default(),
        lanes: Lanes::default(),
    };
    let (body, _) = delivery(12);
    let batch = whatsapp::normalise(serde_json::from_slice(&body).expect("JSON"));
    let accounts = [AccountId::parse("300001").expect("an id").into()];
    let deadline = Deadline::after(&world, std::time::Duration::from_secs(8));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let outcome = runtime.block_on(receive_messages(&desk, batch, &accounts, &body, deadline));
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

fn floor_of(body: &[u8]) -> (String, Value) {
    (
        hub_signature::sign(body, SECRET),
        serde_json::from_slice(body).expect("JSON"),
    )
}

#[divan::bench(args = [1, 1000])]
fn floor_hash_and_parse(bencher: Bencher, count: usize) {
    let (body, _) = delivery(count);
    bencher.bench(|| floor_of(black_box(&body)));
}

#[divan::bench(args = [1, 1000])]
fn verify_and_normalise(bencher: Bencher, count: usize) {
    let (body, signature) = delivery(count);
    let secrets = [SECRET.to_owned()];
    bencher.bench(|| {
        hub_signature::verify(Some(&signature), black_box(&body), &secrets).expect("proven");
        whatsapp::normalise(serde_json::from_slice(&body).expect("JSON"))
    });
}

#[divan::bench]
fn verify_normalise_and_decide(bencher: Bencher) {
    let (world, ticket) = warm_ticket();
    let (body, signature) = delivery(1);
    let secrets = [SECRET.to_owned()];
    // The ticket comes out of the store anew for each message, so making it is not counted.
    bencher
        .with_inputs(|| ticket.clone())
        .bench_values(|ticket| {
            hub_signature::verify(Some(&signature), black_box(&body), &secrets).expect("proven");
            let mut batch = whatsapp::normalise(serde_json::from_slice(&body).expect("JSON"));
            let event = batch.events.remove(0);
            let InboundKind::Message(message) = event.kind else {
                panic!("a text is a message")
            };
            let now = world.now();
            let mut draft = Draft::change(&world, ticket);
            draft.append(Entry {
                id: MessageId::generate(now, world.random()),
                timestamp: message.timestamp.unwrap_or(now),
                channel: batch.channel,
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
