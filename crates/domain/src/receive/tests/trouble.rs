//! Stores that do not answer, requests out of time, and processes that are killed.

use std::time::Duration;

use crate::memory::Fate;
use crate::receive::{ReceiveError, whole_text};
use crate::scene::{ANN, BOB, ONE, Scene, killed_after, text};

fn batch() -> Vec<crate::channel::inbound::InboundEvent> {
    let mut events: Vec<_> = (0..30)
        .map(|i| text(ONE, ANN, &format!("a{i}"), &format!("Ann {i}")))
        .collect();
    events.push(text(ONE, BOB, "b0", "Bob"));
    events
}

#[tokio::test]
async fn an_answer_that_got_lost_is_found_as_a_duplicate_by_the_redelivery() {
    for fate in [Fate::Lost, Fate::AnswerLost] {
        let scene = Scene::new();
        scene.store.befall([fate]);
        let outcome = scene.deliver(vec![text(ONE, ANN, "a1", "Hello")]).await;
        assert!(matches!(outcome.unfinished, Some(ReceiveError::Port(_))));
        let counts = scene.receive(vec![text(ONE, ANN, "a1", "Hello")]).await;
        assert_eq!(counts.received(), 1);
        assert_eq!(scene.only_ticket().message_count, 1);
        scene.assert_laws();
    }
}

#[tokio::test]
async fn one_group_in_trouble_does_not_keep_the_others_from_being_stored() {
    let scene = Scene::new();
    scene.store.befall([Fate::Lost]);
    let outcome = scene.deliver(batch()).await;
    assert!(outcome.unfinished.is_some());
    assert!(outcome.received.counts.stored >= 1);
    scene.receive(batch()).await;
    let messages: u64 = scene
        .store
        .all_tickets()
        .iter()
        .map(|t| t.message_count)
        .sum();
    assert_eq!(messages, 31);
}

#[tokio::test]
async fn endless_races_are_retried_until_the_deadline() {
    let scene = Scene::new();
    scene.store.befall((0..10_000).map(|_| Fate::Raced));
    let outcome = scene.deliver(vec![text(ONE, ANN, "a1", "Hello")]).await;
    assert!(matches!(outcome.unfinished, Some(ReceiveError::OutOfTime)));
    assert_eq!(outcome.received.counts.received(), 0);
    let took = crate::surroundings::Surroundings::monotonic(&scene.surroundings);
    assert!(took > Duration::from_millis(8_000 - 640), "{took:?}");
    assert!(took < Duration::from_secs(8), "{took:?}");
}

#[tokio::test]
async fn after_four_seconds_no_group_is_started_and_started_ones_are_finished() {
    let scene = Scene::new();
    let clock = scene.surroundings.clone();
    scene.store.befall([Fate::after(async move {
        clock.advance(Duration::from_secs(5));
    })]);
    // More people than are worked on at the same time, the first with more than one fold.
    let mut events = batch();
    events.extend((0..40).map(|i| text(ONE, &format!("2000{i:02}"), &format!("c{i}"), "Hello")));
    let outcome = scene.deliver(events.clone()).await;
    assert!(matches!(outcome.unfinished, Some(ReceiveError::OutOfTime)));
    let tickets = scene.store.all_tickets();
    assert!(tickets.len() < 42, "some groups were not started");
    let ann = tickets.iter().find(|t| t.source.origin_platform_id == ANN);
    assert_eq!(ann.map(|t| t.message_count), Some(30));
    scene.receive(events).await;
    assert_eq!(scene.store.all_tickets().len(), 42);
    scene.assert_laws();
}

#[tokio::test]
async fn killed_at_any_moment_a_redelivery_loses_and_repeats_nothing() {
    let whole = Scene::seeded(3);
    whole.receive(batch()).await;
    for polls in 0.. {
        let scene = Scene::seeded(3);
        let ended = killed_after(polls, scene.deliver(batch())).await;
        scene.assert_laws();
        scene.fresh_process().receive(batch()).await;
        assert_eq!(scene.picture(), whole.picture(), "killed after {polls}");
        scene.assert_laws();
        if ended.is_some() {
            assert!(polls > 5, "it has awaits to be killed at");
            break;
        }
    }
}

#[tokio::test]
async fn content_too_long_for_the_timeline_is_kept_whole_and_once() {
    let scene = Scene::new();
    let long = "ä".repeat(9_000);
    let event = text(ONE, ANN, "a1", &long);
    scene.store.befall([Fate::AnswerLost]);
    scene.deliver(vec![event.clone()]).await;
    scene.receive(vec![event]).await;
    let ticket = scene.only_ticket();
    let message = &ticket.window.messages()[0];
    assert!(message.content_truncated);
    assert!(message.content.len() <= 4096 && long.starts_with(&message.content));
    let whole = whole_text(&scene.desk.blobs, message).await;
    assert_eq!(whole.expect("kept"), long);
    assert_eq!(scene.desk.blobs.keys("content/").len(), 1);
}
