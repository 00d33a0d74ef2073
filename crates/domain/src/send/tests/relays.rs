//! Several relays, and others who change the ticket meanwhile.

use futures::future::join_all;

use super::accepted;
use crate::delivery::DeliveryState;
use crate::event::EventType::{MessageDelivery, MessageReceived};
use crate::memory::Fate;
use crate::scene::{ANN, ONE, Scene, run, text, types};
use crate::ticket::Status;

#[test]
fn two_relays_at_once_call_the_provider_once_for_each_message_and_in_order() {
    for seed in 0..20 {
        run(async {
            let scene = Scene::seeded(seed);
            scene.receive(vec![text(ONE, ANN, "a0", "Hello")]).await;
            let id = scene.only_ticket().id;
            for content in ["One", "Two", "Three"] {
                scene.reply(&id, content).await;
            }
            for _ in 0..4 {
                for sent in join_all([scene.relay(&id), scene.relay(&id)]).await {
                    sent.expect("worked on");
                }
            }
            assert_eq!(scene.sent_texts(), ["One", "Two", "Three"]);
            assert_eq!(scene.state_of(&id, "Three"), DeliveryState::Sent);
            scene.assert_laws();
        });
    }
}

#[tokio::test]
async fn what_a_relay_did_is_told() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let sent = scene.relay(&id).await.expect("sent");
    let states: Vec<_> = sent
        .events
        .iter()
        .filter_map(|e| e.message.as_ref()?.delivery_state)
        .collect();
    assert_eq!(states, [DeliveryState::Sending, DeliveryState::Sent]);
    assert_eq!(sent.next, None);
    let again = scene.relay(&id).await.expect("nothing to do");
    assert!(again.events.is_empty());
}

#[tokio::test]
async fn an_outcome_that_races_with_a_customers_message_is_stored_after_it() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let other = scene.fresh_process();
    let meanwhile = Fate::after(async move {
        other.receive(vec![text(ONE, ANN, "a1", "More")]).await;
    });
    scene.store.befall([Fate::Happens, meanwhile]);
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert_eq!(scene.messenger.calls().len(), 1);
    let told = types(&scene.store.events(&id));
    let last = &told[told.len() - 3..];
    assert_eq!(last, [MessageDelivery, MessageReceived, MessageDelivery]);
    scene.assert_laws();
}

#[tokio::test]
async fn an_announcement_that_races_with_a_change_is_made_again_and_called_once() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let (other, ticket) = (scene.clone(), id.clone());
    scene.store.befall([Fate::after(async move {
        let moved = other.move_to(&ticket, Status::PendingCustomer).await;
        moved.expect("moved");
    })]);
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.messenger.calls().len(), 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
}

#[tokio::test]
async fn outcomes_are_stored_through_any_number_of_races() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(accepted("one"));
    let races = (0..12).map(|_| Fate::Raced);
    scene
        .store
        .befall(std::iter::once(Fate::Happens).chain(races));
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert_eq!(scene.messenger.calls().len(), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_deadline_that_has_passed_starts_no_call() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let deadline = crate::surroundings::Deadline::after(&scene.surroundings, LITTLE);
    scene.surroundings.advance(LITTLE);
    let sent = crate::send::send_pending(&scene.desk, &scene.messenger, &id, deadline).await;
    assert!(sent.expect("looked at").next.is_some());
    assert!(scene.messenger.calls().is_empty());
}

const LITTLE: std::time::Duration = std::time::Duration::from_millis(1);
