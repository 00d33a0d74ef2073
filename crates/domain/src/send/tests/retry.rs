//! Refusals: those that pass, those that do not, and when to give up.

use std::time::Duration;

use super::{accepted, error, retryable};
use crate::channel::Channel;
use crate::delivery::DeliveryState;
use crate::ports::{SendOutcome, SendState};
use crate::scene::{HOUR, ONE, Scene, account};
use crate::send::serve_queue;
use crate::surroundings::{Deadline, Surroundings};

#[tokio::test]
async fn a_retry_keeps_the_order_of_the_ticket() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "One").await;
    scene.reply(&id, "Two").await;
    scene.messenger.answer(retryable());
    scene.messenger.answer(retryable());
    let sent = scene.relay(&id).await.expect("refused for now");
    assert_eq!(scene.sent_texts(), ["One"], "the second waits behind it");
    assert_eq!(scene.state_of(&id, "One"), DeliveryState::Queued);
    let mut next = sent.next.expect("a time to come back");
    while scene.state_of(&id, "Two") != DeliveryState::Sent {
        let early = next.minus(Duration::from_millis(1));
        scene.surroundings.set_now(early);
        let before = scene.messenger.calls().len();
        scene.relay(&id).await.expect("too early");
        assert_eq!(scene.messenger.calls().len(), before);
        scene.surroundings.set_now(next);
        let sent = scene.relay(&id).await.expect("worked on");
        next = sent.next.unwrap_or(next);
    }
    assert_eq!(scene.sent_texts(), ["One", "One", "One", "Two"]);
    let attempts: Vec<u32> = scene
        .messenger
        .calls()
        .iter()
        .map(|c| c.correlation.attempt)
        .collect();
    assert_eq!(attempts, [1, 2, 3, 1], "each call is an attempt of its own");
    scene.assert_laws();
}

#[tokio::test]
async fn the_pauses_double_from_15_seconds_to_15_minutes_and_end_after_24_hours() {
    // On WhatsApp nobody may answer any more by then.
    let scene = Scene::new();
    let id = scene.x_ticket("5000").await;
    scene.reply(&id, "Answer").await;
    let started = scene.surroundings.now();
    (0..500).for_each(|_| scene.messenger.answer(retryable()));
    let mut longest = Duration::from_secs(15);
    while let Some(next) = scene.relay(&id).await.expect("worked on").next {
        let pause = next.since(scene.surroundings.now());
        assert!(pause >= longest / 2 && pause <= longest, "{pause:?}");
        longest = (longest * 2).min(Duration::from_secs(15 * 60));
        scene.surroundings.advance(pause);
    }
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Failed);
    let took = scene.surroundings.now().since(started);
    assert!(took >= 24 * HOUR && took < 25 * HOUR, "{took:?}");
    let timeline = scene.store.timeline(&id);
    let delivery = timeline.last().and_then(|m| m.delivery.as_ref());
    let delivery = delivery.expect("the answer's");
    let told = delivery.shown().error.as_ref().expect("an agent sees why");
    assert_eq!(
        (&told.code, &told.message),
        (&error().code, &error().message)
    );
    assert!(told.hint.starts_with("It was tried for a day."), "{told:?}");
    assert_eq!(
        delivery.parts()[0].attempts().len(),
        1,
        "refusals do not pile up"
    );
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_that_is_tried_again_says_what_it_waits_for_until_it_is_gone() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(retryable());
    scene.messenger.answer(accepted("wamid.1"));
    let shown = || {
        let timeline = scene.store.timeline(&id);
        let delivery = timeline.last().and_then(|m| m.delivery.clone());
        let delivery = delivery.expect("the answer's");
        (delivery.state(), delivery.shown().error.clone())
    };
    let next = scene.relay(&id).await.expect("refused for now").next;
    assert_eq!(shown(), (DeliveryState::Queued, Some(error())));
    scene
        .surroundings
        .set_now(next.expect("a time to come back"));
    scene.relay(&id).await.expect("sent");
    assert_eq!(shown(), (DeliveryState::Sent, None));
}

#[tokio::test]
async fn a_provider_that_names_a_time_is_not_asked_sooner() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(SendOutcome::Retryable {
        error: error(),
        retry_after: Some(HOUR),
    });
    let next = scene.relay(&id).await.expect("refused for now").next;
    assert_eq!(next, Some(scene.surroundings.now().plus(HOUR)));
}

#[tokio::test]
async fn a_refusal_for_good_fails_with_its_reason_and_the_next_message_goes_on() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "One").await;
    scene.reply(&id, "Two").await;
    scene
        .messenger
        .answer(SendOutcome::Refused { error: error() });
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "One"), DeliveryState::Failed);
    assert_eq!(scene.state_of(&id, "Two"), DeliveryState::Sent);
    assert!(scene.store.all_sends().is_empty());
    scene.assert_laws();
}

#[tokio::test]
async fn a_call_without_an_answer_is_unknown_and_never_made_again() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene
        .messenger
        .answer(SendOutcome::Unknown { error: error() });
    scene.relay(&id).await.expect("sent");
    scene.surroundings.advance(48 * HOUR);
    scene.relay(&id).await.expect("nothing to do");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
    assert_eq!(scene.messenger.calls().len(), 1);
}

#[tokio::test]
async fn a_text_that_cannot_be_read_is_sent_when_it_can() {
    let (scene, id) = Scene::with_ticket().await;
    let long = "x".repeat(9_000);
    scene.reply(&id, &long).await;
    scene.desk.blobs.set_gone(true);
    scene.relay(&id).await.expect("put off");
    assert!(scene.messenger.calls().is_empty());
    scene.desk.blobs.set_gone(false);
    scene.surroundings.advance(HOUR);
    scene.messenger.answer(accepted("one"));
    scene.relay(&id).await.expect("sent");
    assert_eq!(
        scene.sent_texts().concat(),
        long,
        "whole, not the start of it"
    );
}

#[tokio::test]
async fn a_text_that_takes_so_long_to_read_that_a_call_could_outlast_its_lease_is_not_sent_then() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, &"x".repeat(9_000)).await;
    let blobs = &scene.desk.blobs;
    blobs.set_slow(&scene.surroundings, Duration::from_secs(20));
    scene.relay(&id).await.expect("put off");
    assert!(scene.messenger.calls().is_empty());
    scene
        .desk
        .blobs
        .set_slow(&scene.surroundings, Duration::ZERO);
    scene.surroundings.advance(HOUR);
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.sent_texts().concat().len(), 9_000);
    scene.assert_laws();
}

#[tokio::test]
async fn what_a_broken_account_cost_a_message_is_not_counted_against_it() {
    // On WhatsApp nobody may answer any more by then.
    let scene = Scene::new();
    let id = scene.x_ticket("5000").await;
    scene.reply(&id, "Answer").await;
    for _ in 0..20 {
        scene
            .messenger
            .answer(SendOutcome::Broken { error: error() });
    }
    let of = (Channel::Twitter, &account(ONE));
    while scene.messenger.calls().len() < 20 {
        scene.relay(&id).await.expect("held");
        let deadline = Deadline::after(&scene.surroundings, Duration::from_secs(25));
        let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
        served.await.expect("served");
        scene.surroundings.advance(2 * HOUR);
    }
    // Mended, after more than a day; then one passing error, which is the first.
    scene.messenger.answer(retryable());
    let deadline = Deadline::after(&scene.surroundings, Duration::from_secs(25));
    let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
    served.await.expect("served");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Queued);
    assert_eq!(scene.messenger.calls()[20].nth_try, 1);
    let sends = scene.store.all_sends();
    let now = scene.surroundings.now();
    assert_eq!(sends[0].refusals.count, 1);
    assert_eq!(sends[0].refusals.first_at, Some(now));
    let SendState::Queued { not_before, .. } = sends[0].state else {
        panic!("{sends:?}")
    };
    assert!(not_before <= now.plus(Duration::from_secs(15)));
}
