//! Relays that die, and stores that do not answer.

use std::time::Duration;

use super::accepted;
use crate::delivery::DeliveryState;
use crate::id::TicketId;
use crate::memory::Fate;
use crate::scene::{ANN, ONE, Scene, killed_after, report, until_killed};
use crate::send::{LEASE, SendError};

async fn with_answer() -> (Scene, TicketId) {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    (scene, id)
}

#[tokio::test]
async fn killed_between_announcement_and_call_it_is_unknown_after_the_lease_and_never_resent() {
    let (scene, id) = with_answer().await;
    scene.store.befall([Fate::KilledAfter]);
    until_killed(&scene, scene.relay(&id)).await;
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sending);
    let early = scene.relay(&id).await.expect("looked at");
    assert!(early.next.is_some(), "somebody may still work on it");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sending);
    for _ in 0..3 {
        scene.surroundings.advance(LEASE);
        scene.relay(&id).await.expect("looked at");
    }
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
    assert!(scene.messenger.calls().is_empty());
    assert!(scene.store.all_sends().is_empty());
    scene.assert_laws();
}

#[tokio::test]
async fn killed_between_acceptance_and_outcome_it_is_unknown_until_a_report_settles_it() {
    let (scene, id) = with_answer().await;
    scene.store.befall([Fate::Happens, Fate::KilledBefore]);
    until_killed(&scene, scene.relay(&id)).await;
    scene.surroundings.advance(LEASE);
    scene.relay(&id).await.expect("looked at");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
    assert_eq!(scene.messenger.calls().len(), 1);
    // The provider's report carries our mark, since its id was never stored.
    let mark = scene.messenger.calls()[0].correlation.clone();
    let mut event = report(ONE, ANN, "out.1", DeliveryState::Delivered);
    if let crate::channel::inbound::InboundKind::Report(report) = &mut event.kind {
        report.correlation = Some(mark);
    }
    scene.receive(vec![event]).await;
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    scene.assert_laws();
}

#[tokio::test]
async fn an_announcement_whose_answer_got_lost_is_not_followed_by_a_call() {
    let (scene, id) = with_answer().await;
    scene.store.befall([Fate::AnswerLost]);
    assert!(matches!(scene.relay(&id).await, Err(SendError::Port(_))));
    assert!(scene.messenger.calls().is_empty());
    scene.surroundings.advance(LEASE);
    scene.relay(&id).await.expect("looked at");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
}

#[tokio::test]
async fn an_announcement_that_was_not_written_is_made_again() {
    let (scene, id) = with_answer().await;
    scene.store.befall([Fate::Lost]);
    assert!(matches!(scene.relay(&id).await, Err(SendError::Port(_))));
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert_eq!(scene.messenger.calls().len(), 1);
}

#[tokio::test]
async fn killed_at_any_moment_the_provider_is_called_once_at_most_and_no_intent_is_forgotten() {
    for polls in 0.. {
        let (scene, id) = with_answer().await;
        scene.reply(&id, "Second").await;
        let ended = killed_after(polls, scene.relay(&id)).await;
        scene.assert_laws();
        for _ in 0..3 {
            scene.surroundings.advance(LEASE);
            scene.relay(&id).await.expect("looked at");
        }
        assert!(scene.store.all_sends().is_empty());
        for content in ["Answer", "Second"] {
            let calls = scene.sent_texts().iter().filter(|t| *t == content).count();
            let state = scene.state_of(&id, content);
            let is_right = match calls {
                0 => state == DeliveryState::Unknown,
                1 => matches!(state, DeliveryState::Unknown | DeliveryState::Sent),
                _ => false,
            };
            assert!(is_right, "{calls} calls and {state:?} after {polls}");
        }
        scene.assert_laws();
        if ended.is_some() {
            assert_eq!(scene.sent_texts(), ["Answer", "Second"]);
            break;
        }
    }
}

#[tokio::test]
async fn an_acceptance_that_comes_after_the_lease_counts_as_evidence() {
    let (scene, id) = with_answer().await;
    let (other, ticket) = (scene.clone(), id.clone());
    scene.messenger.answer_after(async move {
        other.surroundings.advance(LEASE + Duration::from_secs(1));
        other.relay(&ticket).await.expect("looked at");
        assert_eq!(other.state_of(&ticket, "Answer"), DeliveryState::Unknown);
        accepted("late")
    });
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert_eq!(scene.messenger.calls().len(), 1);
    // And the provider's id leads to the message.
    let read = report(ONE, ANN, "late", DeliveryState::Read);
    assert_eq!(scene.receive(vec![read]).await.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    scene.assert_laws();
}
