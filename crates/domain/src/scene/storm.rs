//! Everything at once: customers, agents, relays and publishers on several processes, with races, lost
//! answers and deaths at random. Afterwards every law holds, and once all is delivered again and the
//! relays have come round, nothing is lost, doubled or left.

use std::collections::BTreeSet;
use std::pin::Pin;

use futures::future::join_all;

use crate::channel::inbound::InboundEvent;
use crate::delivery::{DeliveryState, ReceiptKind};
use crate::memory::Fate;
use crate::message::{SenderType, Visibility};
use crate::ports::Outbox;
use crate::publish_events::{Relayed, publish_now, publish_pending};
use crate::scene::{ANN, BOB, HOUR, ONE, Scene, TWO, killed_after, receipt, report, run, text};
use crate::surroundings::Surroundings;
use crate::ticket::Status;

type Actor = Pin<Box<dyn Future<Output = ()>>>;

/// Texts of three conversations under all their names, and reports on what may be sent.
fn pool() -> (Vec<InboundEvent>, usize) {
    let mut events = Vec::new();
    for i in 0..8 {
        let person = ["15550100|US.ann", ANN, "US.ann"][i % 3];
        events.push(text(ONE, person, &format!("a{i}"), &format!("Ann {i}")));
    }
    for i in 0..3 {
        events.push(text(TWO, ANN, &format!("t{i}"), &format!("Ann to two {i}")));
        events.push(text(ONE, BOB, &format!("b{i}"), &format!("Bob {i}")));
    }
    let texts = events.len();
    for call in 1..5 {
        let id = format!("out.{call}");
        for state in [DeliveryState::Sent, DeliveryState::Delivered] {
            events.push(report(ONE, ANN, &id, state));
        }
        let until = Scene::new().surroundings.now().plus(call * 20 * HOUR);
        let kind = [ReceiptKind::Delivered, ReceiptKind::Read][call as usize % 2];
        events.push(receipt(ONE, ANN, kind, until, &[&id]));
    }
    (events, texts)
}

fn fate(chance: usize) -> Fate {
    match chance {
        0 | 1 => Fate::Raced,
        2 => Fate::Lost,
        3 => Fate::AnswerLost,
        _ => Fate::Happens,
    }
}

/// One who does one thing a few times.
fn actor(scene: &Scene, kind: usize) -> Actor {
    let scene = scene.fresh_process();
    let surroundings = scene.surroundings.clone();
    let polls = [20, 60, 200, 10_000][surroundings.pick(4)];
    let work = async move {
        let tickets = scene.store.all_tickets();
        let id = tickets[scene.surroundings.pick(tickets.len())].id.clone();
        match kind % 5 {
            0 => {
                let mut events = pool().0;
                events.retain(|_| scene.surroundings.pick(2) == 0);
                let told = scene.deliver(events).await.received.events;
                publish_now(&scene.store, &scene.publisher, &scene.surroundings, &told).await;
            }
            1 => {
                let visibility =
                    [Visibility::Public, Visibility::Internal][scene.surroundings.pick(2)];
                let content = format!("Answer {kind}");
                for _ in 0..2 {
                    let key = format!("key {kind}");
                    scene.post(&id, &content, visibility, Some(&key)).await.ok();
                }
            }
            2 => {
                let to = Status::ALL[scene.surroundings.pick(Status::ALL.len())];
                scene.move_to(&id, to).await.ok();
            }
            3 => {
                scene.relay(&id).await.ok();
            }
            _ => {
                publish(&scene, &id).await;
            }
        }
    };
    Box::pin(async move {
        killed_after(polls, work).await;
    })
}

async fn publish(scene: &Scene, id: &crate::id::TicketId) -> Option<Relayed> {
    let (store, publisher) = (&scene.store, &scene.publisher);
    publish_pending(store, publisher, &scene.surroundings, id)
        .await
        .ok()
}

async fn rage(seed: u64) -> Scene {
    let scene = Scene::seeded(seed);
    scene
        .receive(vec![text(ONE, "15550100|US.ann", "a0", "Ann 0")])
        .await;
    for _ in 0..3 {
        let fates: Vec<Fate> = (0..12).map(|_| fate(scene.surroundings.pick(12))).collect();
        scene.store.befall(fates);
        let actors: Vec<Actor> = (0..10).map(|kind| actor(&scene, kind)).collect();
        join_all(actors).await;
        scene.assert_laws();
        scene
            .surroundings
            .advance(HOUR * (1 + scene.surroundings.pick(50) as u32));
    }
    scene
}

async fn come_round(scene: &Scene) {
    scene.store.forget_fates();
    let (events, texts) = pool();
    scene.fresh_process().receive(events.clone()).await;
    let counts = scene.fresh_process().receive(events).await;
    assert_eq!(counts.stored, 0);
    let mut customers = BTreeSet::new();
    for ticket in scene.store.all_tickets() {
        for _ in 0..10 {
            scene.surroundings.advance(HOUR);
            scene.relay(&ticket.id).await.expect("worked on");
        }
        assert_eq!(publish(scene, &ticket.id).await, Some(Relayed::Done));
        let entries = scene.store.timeline(&ticket.id).into_iter();
        let written = entries.filter(|m| m.sender_type == SenderType::Customer);
        let contents: Vec<String> = written.map(|m| m.content).collect();
        for content in contents {
            assert!(customers.insert(content), "a message is there twice");
        }
    }
    assert_eq!(customers.len(), texts, "every message is there");
}

#[test]
fn nothing_is_lost_doubled_or_left_when_everything_happens_at_once() {
    for seed in 0..30 {
        let scene = run(async {
            let scene = rage(seed).await;
            come_round(&scene).await;
            let now = scene.surroundings.now();
            let due = scene.store.due(now.plus(48 * HOUR), 1_000).await;
            assert_eq!(due.expect("asked"), [], "seed {seed}");
            scene
        });
        scene.assert_laws();
        assert!(scene.store.all_sends().is_empty());
        let calls = scene.messenger.calls();
        let attempts: BTreeSet<String> = calls.iter().map(|c| c.correlation.as_text()).collect();
        assert_eq!(attempts.len(), calls.len(), "an attempt was made twice");
        let published = scene.publisher.published();
        let ids: BTreeSet<&str> = published.iter().map(|e| e.event_id.as_str()).collect();
        for ticket in scene.store.all_tickets() {
            for event in scene.store.events(&ticket.id) {
                assert!(ids.contains(event.event_id.as_str()), "an event is lost");
            }
        }
        assert_eq!(scene.store.all_customers().len(), 2, "Ann and Bob");
    }
}
