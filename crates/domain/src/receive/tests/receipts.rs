//! What a platform says of everything it sent up to a time.

use std::time::Duration;

use crate::delivery::{DeliveryError, DeliveryState, ReceiptKind};
use crate::id::TicketId;
use crate::ports::SendOutcome;
use crate::scene::{ANN, BOB, ONE, Scene, TWO, echo, receipt, text};
use crate::surroundings::Surroundings;
use crate::ticket::window::MAX_MESSAGES;
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

/// A second passes, an agent answers, and the relay sends it; returns the time of the call.
async fn answered(scene: &Scene, id: &TicketId, content: &str) -> Timestamp {
    scene.surroundings.advance(SECOND);
    scene.reply(id, content).await;
    scene.relay(id).await.expect("sent");
    scene.surroundings.now()
}

#[tokio::test]
async fn what_was_handed_over_by_then_is_read_and_what_came_later_is_not() {
    let (scene, id) = Scene::with_ticket().await;
    answered(&scene, &id, "One").await;
    let two = answered(&scene, &id, "Two").await;
    answered(&scene, &id, "Three").await;
    let read = receipt(ONE, ANN, ReceiptKind::Read, two, &[]);
    assert_eq!(scene.receive(vec![read]).await.stored, 1);
    let states = ["One", "Two", "Three"].map(|content| scene.state_of(&id, content));
    assert_eq!(
        states,
        [
            DeliveryState::Read,
            DeliveryState::Read,
            DeliveryState::Sent
        ]
    );
    scene.assert_laws();
}

#[tokio::test]
async fn receipts_only_move_up_and_the_same_again_or_an_older_one_writes_nothing() {
    let (scene, id) = Scene::with_ticket().await;
    let one = answered(&scene, &id, "One").await;
    let two = answered(&scene, &id, "Two").await;
    let of = |kind, until| receipt(ONE, ANN, kind, until, &[]);
    let both = vec![of(ReceiptKind::Read, one), of(ReceiptKind::Delivered, two)];
    let before = scene.store.commits();
    assert_eq!(scene.receive(both.clone()).await.stored, 2);
    assert_eq!(scene.store.commits(), before + 1, "one transaction for all");
    let states = ["One", "Two"].map(|content| scene.state_of(&id, content));
    assert_eq!(states, [DeliveryState::Read, DeliveryState::Delivered]);
    let mut again = both;
    again.push(of(ReceiptKind::Delivered, one));
    let counts = scene.fresh_process().receive(again).await;
    assert_eq!((counts.duplicates, counts.received()), (3, 3));
    assert_eq!(scene.store.commits(), before + 1);
}

#[tokio::test]
async fn a_receipt_that_comes_before_the_outcome_is_stored_is_not_lost() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let other = scene.fresh_process();
    scene.messenger.answer_after(async move {
        let until = other.surroundings.now().plus(SECOND);
        let read = receipt(ONE, ANN, ReceiptKind::Read, until, &[]);
        assert_eq!(other.receive(vec![read]).await.stored, 1);
        SendOutcome::Accepted {
            platform_message_id: Some("mid".to_owned()),
        }
    });
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_that_waits_while_another_is_read_is_not_read_when_it_is_sent() {
    let (scene, id) = Scene::with_ticket().await;
    answered(&scene, &id, "One").await;
    scene.surroundings.advance(SECOND);
    scene.reply(&id, "Two").await;
    scene.surroundings.advance(SECOND);
    let until = scene.surroundings.now();
    let read = receipt(ONE, ANN, ReceiptKind::Read, until, &[]);
    scene.receive(vec![read]).await;
    scene.surroundings.advance(SECOND);
    scene.relay(&id).await.expect("sent");
    let states = ["One", "Two"].map(|content| scene.state_of(&id, content));
    assert_eq!(states, [DeliveryState::Read, DeliveryState::Sent]);
}

#[tokio::test]
async fn a_receipt_proves_nothing_of_a_message_that_nobody_knows_to_be_taken_until_an_echo_does() {
    let (scene, id) = Scene::with_ticket().await;
    scene.messenger.answer(SendOutcome::Unknown {
        error: DeliveryError {
            code: "timeout".to_owned(),
            message: "No answer.".to_owned(),
            hint: "Look first.".to_owned(),
        },
    });
    let called = answered(&scene, &id, "Answer").await;
    let read = receipt(ONE, ANN, ReceiptKind::Read, called, &[]);
    scene.receive(vec![read]).await;
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
    let counts = scene.receive(vec![echo(&scene.messenger, 0, "mid")]).await;
    assert_eq!(counts.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_that_is_named_is_found_outside_the_window_and_in_older_tickets() {
    let (scene, id) = Scene::with_ticket().await;
    let first = answered(&scene, &id, "Answer").await;
    for number in 0..=MAX_MESSAGES {
        let event = text(ONE, ANN, &format!("m{number}"), "And?");
        scene.receive(vec![event]).await;
    }
    assert!(scene.ticket(&id).in_window(2).is_none());
    let delivered = receipt(ONE, ANN, ReceiptKind::Delivered, first, &["out.1"]);
    assert_eq!(scene.receive(vec![delivered.clone()]).await.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    assert_eq!(scene.receive(vec![delivered]).await.duplicates, 1);

    let closed = crate::ticket::Status::Closed;
    scene.move_to(&id, closed).await.expect("closed");
    scene.receive(vec![text(ONE, ANN, "n1", "Me again")]).await;
    let read = receipt(ONE, ANN, ReceiptKind::Read, first, &["out.1"]);
    assert_eq!(scene.receive(vec![read]).await.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    scene.assert_laws();
}

#[tokio::test]
async fn a_receipt_where_nothing_was_sent_is_ignored_and_of_a_strange_account_parked() {
    let (scene, id) = Scene::with_ticket().await;
    let now = scene.surroundings.now();
    let before = scene.store.commits();
    for (of, person, parked) in [
        (ONE, ANN, 0),
        (ONE, BOB, 0),
        (TWO, ANN, 0),
        ("999999", ANN, 1),
    ] {
        let read = receipt(of, person, ReceiptKind::Read, now, &["nobody knows"]);
        let counts = scene.receive(vec![read]).await;
        assert_eq!((counts.ignored, counts.parked), (1 - parked, parked));
    }
    assert_eq!(scene.store.commits(), before);
    assert_eq!(scene.ticket(&id).message_count, 1);
}

#[tokio::test]
async fn a_receipt_of_somebody_without_a_ticket_that_names_anothers_message_is_known_when_it_comes_again()
 {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.relay(&id).await.expect("sent");
    let named = scene
        .store
        .all_slots()
        .into_iter()
        .map(|(key, _)| key.platform_message_id);
    let named: Vec<String> = named.filter(|id| id.starts_with("out.")).collect();
    let until = scene.surroundings.now();
    let told = || receipt(ONE, BOB, ReceiptKind::Delivered, until, &[&named[0]]);
    assert_eq!(scene.receive(vec![told()]).await.stored, 1);
    assert_eq!(scene.receive(vec![told()]).await.duplicates, 1);
}
