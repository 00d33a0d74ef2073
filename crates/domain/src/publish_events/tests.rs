//! Publishing: in order, at least once, nothing lost.

use futures::future::join_all;

use crate::event::Event;
use crate::id::TicketId;
use crate::ports::{DueWork, Outbox, PortError};
use crate::publish_events::{Relayed, publish_now, publish_pending};
use crate::scene::{ANN, BOB, HOUR, ONE, Scene, killed_after, text};
use crate::surroundings::Surroundings;

async fn publish(scene: &Scene, id: &TicketId) -> Result<Relayed, PortError> {
    publish_pending(&scene.store, &scene.publisher, &scene.surroundings, id).await
}

async fn in_request(scene: &Scene, events: &[Event]) {
    publish_now(&scene.store, &scene.publisher, &scene.surroundings, events).await;
}

async fn due(scene: &Scene) -> Vec<DueWork> {
    let now = scene.surroundings.now();
    scene.store.due(now, 100).await.expect("asked")
}

fn sequences(scene: &Scene) -> Vec<u64> {
    let published = scene.publisher.published();
    published.iter().map(|e| e.sequence).collect()
}

/// Ann's ticket with 201 events, none published.
async fn busy_ticket() -> (Scene, TicketId) {
    let scene = Scene::new();
    let batch = (0..200).map(|i| text(ONE, ANN, &format!("a{i}"), "Hello"));
    scene.receive(batch.collect()).await;
    let id = scene.only_ticket().id;
    (scene, id)
}

#[tokio::test]
async fn a_request_publishes_in_order_per_ticket_and_leaves_nothing_to_do() {
    let scene = Scene::new();
    let both = vec![
        text(ONE, ANN, "a1", "Hello"),
        text(ONE, BOB, "b1", "Hello"),
        text(ONE, ANN, "a2", "Hello"),
    ];
    let mut events = scene.deliver(both).await.received.events;
    events.reverse();
    in_request(&scene, &events).await;
    for ticket in scene.store.all_tickets() {
        let published = scene.publisher.published().into_iter();
        let of_ticket: Vec<Event> = published.filter(|e| e.ticket_id == ticket.id).collect();
        assert_eq!(of_ticket, scene.store.events(&ticket.id));
        assert_eq!(
            publish(&scene, &ticket.id).await.expect("asked"),
            Relayed::Done
        );
    }
    assert!(due(&scene).await.is_empty());
    assert_eq!(scene.publisher.calls(), 1);
}

#[tokio::test]
async fn without_a_broker_a_request_does_not_try_and_the_relay_publishes_later() {
    let scene = Scene::new();
    scene.publisher.set_ready(false);
    let outcome = scene.deliver(vec![text(ONE, ANN, "a1", "Hello")]).await;
    in_request(&scene, &outcome.received.events).await;
    assert_eq!(scene.publisher.calls(), 0);
    let id = scene.only_ticket().id;
    assert_eq!(due(&scene).await, [DueWork::Events(id.clone())]);
    assert_eq!(publish(&scene, &id).await.expect("asked"), Relayed::Left);
    assert!(sequences(&scene).is_empty());
    scene.publisher.set_ready(true);
    assert_eq!(publish(&scene, &id).await.expect("asked"), Relayed::Done);
    assert_eq!(sequences(&scene), [1, 2]);
    assert!(due(&scene).await.is_empty());
}

#[tokio::test]
async fn a_broker_that_takes_a_part_gets_the_rest_later_in_order() {
    let (scene, id) = busy_ticket().await;
    scene.publisher.take_only(Some(70));
    assert_eq!(publish(&scene, &id).await.expect("asked"), Relayed::Left);
    assert_eq!(scene.store.published_through(&id), 70);
    scene.publisher.take_only(None);
    assert_eq!(publish(&scene, &id).await.expect("asked"), Relayed::Done);
    assert_eq!(sequences(&scene), (1..=201).collect::<Vec<_>>());
    assert_eq!(scene.store.published_through(&id), 201);
}

#[tokio::test]
async fn what_requests_published_is_not_published_again() {
    let (scene, id) = busy_ticket().await;
    let events = scene.store.events(&id);
    in_request(&scene, &events[50..150]).await;
    assert_eq!(publish(&scene, &id).await.expect("asked"), Relayed::Done);
    let mut all = sequences(&scene);
    assert_eq!(all.len(), 201);
    all.sort_unstable();
    assert_eq!(all, (1..=201).collect::<Vec<_>>());
}

#[tokio::test]
async fn of_many_relays_at_once_one_publishes_and_the_others_come_back() {
    let (scene, id) = busy_ticket().await;
    let relays = join_all((0..5).map(|_| publish(&scene, &id))).await;
    let done = relays.iter().filter(|r| matches!(r, Ok(Relayed::Done)));
    let busy = relays.iter().filter(|r| matches!(r, Ok(Relayed::Busy)));
    assert_eq!((done.count(), busy.count()), (1, 4));
    assert_eq!(sequences(&scene), (1..=201).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_relay_whose_lease_ran_out_moves_no_mark_of_its_successor() {
    let (scene, id) = busy_ticket().await;
    let now = scene.surroundings.now();
    let slow = scene.store.lease(&id, "slow", now, now).await;
    let slow = slow.expect("asked").expect("free");
    scene.surroundings.advance(HOUR);
    assert_eq!(publish(&scene, &id).await.expect("asked"), Relayed::Done);
    scene.store.release(&slow).await.expect("asked");
    assert_eq!(scene.store.published_through(&id), 201);
}

#[tokio::test]
async fn a_relay_killed_at_any_moment_loses_no_event_and_keeps_the_order() {
    for polls in (0..).step_by(3) {
        let (scene, id) = {
            let scene = Scene::new();
            let batch = (0..10).map(|i| text(ONE, ANN, &format!("a{i}"), "Hello"));
            scene.receive(batch.collect()).await;
            let id = scene.only_ticket().id;
            (scene, id)
        };
        let ended = killed_after(polls, publish(&scene, &id)).await;
        scene.surroundings.advance(HOUR);
        assert_eq!(publish(&scene, &id).await.expect("asked"), Relayed::Done);
        let mut first_seen: Vec<u64> = Vec::new();
        for sequence in sequences(&scene) {
            if !first_seen.contains(&sequence) {
                first_seen.push(sequence);
            }
        }
        assert_eq!(first_seen, (1..=11).collect::<Vec<_>>());
        assert!(due(&scene).await.is_empty());
        if ended.is_some() {
            break;
        }
    }
}
