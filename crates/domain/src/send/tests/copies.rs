//! Copies without our mark, which are known by what they say and when.

use std::time::Duration;

use super::{error, retryable};
use crate::change_delivery::{Decision, decide};
use crate::channel::inbound::{Author, InboundEvent, InboundKind};
use crate::delivery::DeliveryState;
use crate::id::TicketId;
use crate::ports::SendOutcome;
use crate::scene::{ANN, ONE, Scene, agent, text};
use crate::surroundings::Surroundings;
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

fn lost() -> SendOutcome {
    SendOutcome::Unknown { error: error() }
}

/// What the platform says that one of us wrote at a time.
fn copy(id: &str, body: &str, at: Timestamp) -> InboundEvent {
    let mut event = text(ONE, ANN, id, body);
    if let InboundKind::Message(message) = &mut event.kind {
        message.author = Author::Us;
        message.timestamp = Some(at);
    }
    event
}

/// The states of all of ours that say this, in order.
fn states(scene: &Scene, id: &TicketId, body: &str) -> Vec<DeliveryState> {
    let timeline = scene.store.timeline(id);
    let ours = timeline.iter().filter(|m| m.content == body);
    let states = ours.filter_map(|m| m.delivery.as_ref().map(|d| d.state()));
    states.collect()
}

#[tokio::test]
async fn a_late_copy_of_the_same_words_does_not_pass_for_what_is_being_sent() {
    let (scene, id) = Scene::with_ticket().await;
    scene.surroundings.advance(600 * SECOND);
    scene.reply(&id, "Thanks").await;
    let other = scene.fresh_process();
    scene.messenger.answer_after(async move {
        let written = other.surroundings.now().minus(300 * SECOND);
        let counts = other.receive(vec![copy("old", "Thanks", written)]).await;
        assert_eq!(counts.stored, 1);
        retryable()
    });
    scene.relay(&id).await.expect("called");
    let (sent, queued) = (DeliveryState::Sent, DeliveryState::Queued);
    assert_eq!(states(&scene, &id, "Thanks"), [queued, sent]);
    scene.surroundings.advance(60 * SECOND);
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.messenger.calls().len(), 2, "it is not lost");
    assert_eq!(states(&scene, &id, "Thanks"), [sent, sent]);
    scene.assert_laws();
}

#[tokio::test]
async fn a_copy_that_comes_while_the_call_is_under_way_settles_it() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Thanks").await;
    let other = scene.fresh_process();
    scene.messenger.answer_after(async move {
        // The platform's clock is behind ours.
        let written = other.surroundings.now().minus(2 * SECOND);
        other.receive(vec![copy("e1", "Thanks", written)]).await;
        lost()
    });
    scene.relay(&id).await.expect("called");
    assert_eq!(states(&scene, &id, "Thanks"), [DeliveryState::Sent]);
    scene.assert_laws();
}

#[tokio::test]
async fn of_equal_words_a_copy_settles_what_was_called_last_before_it() {
    let (scene, id) = Scene::with_ticket().await;
    let mut called = Vec::new();
    for _ in 0..2 {
        scene.reply(&id, "Yes").await;
        scene.messenger.answer(lost());
        called.push(scene.surroundings.now());
        scene.relay(&id).await.expect("called");
        scene.surroundings.advance(60 * SECOND);
    }
    let after = |index: usize, id| copy(id, "Yes", called[index].plus(SECOND));
    let (sent, unknown) = (DeliveryState::Sent, DeliveryState::Unknown);
    assert_eq!(scene.receive(vec![after(1, "e2")]).await.stored, 1);
    assert_eq!(states(&scene, &id, "Yes"), [unknown, sent]);
    assert_eq!(scene.receive(vec![after(0, "e1")]).await.stored, 1);
    assert_eq!(states(&scene, &id, "Yes"), [sent, sent]);
    scene.assert_laws();
}

#[tokio::test]
async fn what_somebody_writes_again_elsewhere_much_later_is_a_message_of_its_own() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Yes").await;
    scene.messenger.answer(lost());
    scene.relay(&id).await.expect("called");
    scene.surroundings.advance(600 * SECOND);
    let again = copy("e1", "Yes", scene.surroundings.now());
    assert_eq!(scene.receive(vec![again]).await.stored, 1);
    let (sent, unknown) = (DeliveryState::Sent, DeliveryState::Unknown);
    assert_eq!(states(&scene, &id, "Yes"), [unknown, sent]);
    scene.assert_laws();
}

/// A reply whose answer got lost, sent again a minute later, which comes to `second` or waits; then the copy of the
/// first call comes. Returns how often the provider was called in the end.
async fn proved_late(second: Option<SendOutcome>) -> usize {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(lost());
    let called = scene.surroundings.now();
    scene.relay(&id).await.expect("called");
    scene.surroundings.advance(60 * SECOND);
    let message = scene.store.timeline(&id).pop().expect("there").id;
    let (who, deadline) = (agent(), scene.deadline());
    let again = decide(
        &scene.desk,
        &who,
        (&id, &message),
        Decision::Retry,
        deadline,
    );
    again.await.expect("sent again");
    if let Some(outcome) = second {
        scene.messenger.answer(outcome);
        scene.relay(&id).await.expect("called");
    }
    let proof = copy("e1", "Answer", called.plus(SECOND));
    assert_eq!(scene.receive(vec![proof]).await.stored, 1);
    assert_eq!(states(&scene, &id, "Answer"), [DeliveryState::Sent]);
    scene.surroundings.advance(600 * SECOND);
    scene.relay(&id).await.expect("looked at");
    let settled = decide(
        &scene.desk,
        &who,
        (&id, &message),
        Decision::Retry,
        scene.deadline(),
    );
    assert!(settled.await.is_err(), "it is not offered any more");
    scene.relay(&id).await.expect("looked at");
    assert!(scene.store.all_sends().is_empty());
    scene.assert_laws();
    scene.messenger.calls().len()
}

#[tokio::test]
async fn proof_of_an_older_call_keeps_a_newer_attempt_from_being_sent() {
    let refused = SendOutcome::Refused { error: error() };
    assert_eq!(proved_late(Some(refused)).await, 2);
    assert_eq!(proved_late(Some(lost())).await, 2);
    assert_eq!(proved_late(Some(retryable())).await, 2);
    assert_eq!(proved_late(None).await, 1);
}

#[tokio::test]
async fn proof_of_an_older_call_that_comes_during_the_next_leaves_the_parts_behind_to_their_own_calls()
 {
    for second in [lost(), retryable(), SendOutcome::Refused { error: error() }] {
        let (scene, id) = Scene::with_ticket().await;
        let first = "x".repeat(4096);
        scene.reply(&id, &format!("{first}rest")).await;
        scene.messenger.answer(lost());
        let called = scene.surroundings.now();
        scene.relay(&id).await.expect("called");
        scene.surroundings.advance(60 * SECOND);
        let message = scene.store.timeline(&id).pop().expect("there").id;
        let (who, of) = (agent(), (&id, &message));
        let again = decide(&scene.desk, &who, of, Decision::Retry, scene.deadline());
        again.await.expect("sent again");
        let other = scene.fresh_process();
        scene.messenger.answer_after(async move {
            let proof = copy("e1", &first, called.plus(SECOND));
            assert_eq!(other.receive(vec![proof]).await.stored, 1);
            second
        });
        scene.relay(&id).await.expect("called");
        assert_eq!(scene.messenger.calls().len(), 3, "the rest goes");
        let timeline = scene.store.timeline(&id);
        let message = timeline.iter().find(|m| m.id == message).expect("there");
        let delivery = message.delivery.as_ref().expect("goes out");
        assert_eq!(delivery.state(), DeliveryState::Sent);
        assert!(scene.store.all_sends().is_empty());
        scene.assert_laws();
    }
}
