//! What a send asks its account's gate and tells it.

use super::queue::{gate, states, with_answers};
use super::{accepted, error};
use crate::delivery::DeliveryState;
use crate::ports::SendOutcome;

#[tokio::test]
async fn a_send_reads_its_accounts_gate_once() {
    let (scene, ids) = with_answers(2).await;
    let read = |before: usize| scene.store.gate_reads() - before;
    let before = scene.store.gate_reads();
    scene.relay(&ids[0]).await.expect("sent");
    assert_eq!(read(before), 1, "the first success of a minute is noted");
    assert!(gate(&scene).await.last_sent_at.is_some());
    let before = scene.store.gate_reads();
    scene.relay(&ids[1]).await.expect("sent");
    assert_eq!(read(before), 1, "another one is not");
    let parts = "x".repeat(4097);
    scene.reply(&ids[0], &parts).await;
    let before = scene.store.gate_reads();
    scene.relay(&ids[0]).await.expect("sent");
    assert_eq!(scene.messenger.calls().len(), 4);
    assert_eq!(read(before), 2, "each part asks for itself");
}

#[tokio::test]
async fn what_others_noted_at_a_gate_during_a_call_stays() {
    let (scene, ids) = with_answers(2).await;
    let other = scene.clone();
    let second = ids[1].clone();
    scene.messenger.answer_after(async move {
        other
            .messenger
            .answer(SendOutcome::Broken { error: error() });
        other.relay(&second).await.expect("called");
        accepted("out.a")
    });
    scene.relay(&ids[0]).await.expect("sent");
    let gate = gate(&scene).await;
    assert!(gate.broken.is_some(), "an older call proves nothing");
    assert!(gate.last_sent_at.is_some());
    assert_eq!(
        states(&scene, &ids),
        [DeliveryState::Sent, DeliveryState::Queued]
    );
}
