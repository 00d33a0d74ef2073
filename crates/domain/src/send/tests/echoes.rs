//! Echoes: the platform's copies of what we sent, which tell its ids.

use super::accepted;
use crate::delivery::{DeliveryState, ReceiptKind};
use crate::ports::{SendOutcome, Slot};
use crate::scene::{ANN, ONE, Scene, echo, receipt, report};
use crate::surroundings::Surroundings;

fn lost() -> SendOutcome {
    SendOutcome::Unknown {
        error: super::error(),
    }
}

#[tokio::test]
async fn an_echo_settles_a_message_whose_answer_got_lost_and_later_reports_find_it_by_id() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(lost());
    scene.relay(&id).await.expect("looked at");
    let event = echo(&scene.messenger, 0, "mid");
    assert_eq!(scene.receive(vec![event.clone()]).await.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    let before = scene.store.commits();
    assert_eq!(scene.receive(vec![event]).await.duplicates, 1);
    assert_eq!(scene.store.commits(), before);
    let delivered = report(ONE, ANN, "mid", DeliveryState::Delivered);
    assert_eq!(scene.receive(vec![delivered]).await.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    scene.assert_laws();
}

#[tokio::test]
async fn reports_that_wait_for_the_id_are_applied_with_the_echo() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(lost());
    scene.relay(&id).await.expect("looked at");
    for state in [DeliveryState::Read, DeliveryState::Delivered] {
        let early = report(ONE, ANN, "mid", state);
        assert_eq!(scene.receive(vec![early]).await.parked, 1);
    }
    let event = echo(&scene.messenger, 0, "mid");
    let counts = scene.receive(vec![event.clone(), event]).await;
    assert_eq!((counts.stored, counts.duplicates), (1, 1));
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    let slots = scene.store.all_slots();
    assert!(slots.iter().all(|(_, s)| matches!(s, Slot::Present(_))));
    scene.assert_laws();
}

#[tokio::test]
async fn an_echo_before_the_providers_answer_and_the_answer_agree() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let (other, messenger) = (scene.fresh_process(), scene.messenger.clone());
    scene.messenger.answer_after(async move {
        let counts = other.receive(vec![echo(&messenger, 0, "mid")]).await;
        assert_eq!(counts.stored, 1);
        accepted("mid")
    });
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert!(scene.store.all_sends().is_empty());
    let ids = scene.ticket(&id).window.messages()[2].channel_specific_data["provider_message_ids"]
        .clone();
    assert_eq!(ids, serde_json::json!(["mid"]));
    scene.assert_laws();
}

#[tokio::test]
async fn an_echo_after_the_providers_answer_writes_nothing() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.relay(&id).await.expect("sent");
    let before = scene.store.commits();
    let counts = scene
        .receive(vec![echo(&scene.messenger, 0, "out.1")])
        .await;
    assert_eq!((counts.duplicates, counts.received()), (1, 1));
    assert_eq!(scene.store.commits(), before);
}

#[tokio::test]
async fn each_part_is_settled_by_its_own_echo() {
    let (scene, id) = Scene::with_ticket().await;
    let long = "x".repeat(4097);
    scene.reply(&id, &long).await;
    scene.messenger.answer(accepted("one"));
    scene.messenger.answer(lost());
    scene.relay(&id).await.expect("looked at");
    assert_eq!(scene.state_of(&id, &long), DeliveryState::Unknown);
    let part = |call, mid| echo(&scene.messenger, call, mid);
    let delivered = |mid| {
        let now = scene.surroundings.now();
        receipt(ONE, ANN, ReceiptKind::Delivered, now, &[mid])
    };
    let events = vec![part(0, "one"), delivered("one")];
    let counts = scene.receive(events).await;
    assert_eq!((counts.stored, counts.duplicates), (1, 1));
    assert_eq!(scene.state_of(&id, &long), DeliveryState::Unknown);
    assert_eq!(scene.receive(vec![part(1, "two")]).await.stored, 1);
    assert_eq!(scene.state_of(&id, &long), DeliveryState::Delivered);
    scene.assert_laws();
}
