//! A platform that takes messages and says later that the account can send nothing.

use std::time::Duration;

use super::queue::{gate, states, sweep, with_answers};
use crate::channel::Channel;
use crate::channel::inbound::{InboundEvent, InboundKind};
use crate::delivery::{DeliveryError, DeliveryState};
use crate::scene::{ANN, ONE, Scene, account, report};
use crate::send::serve_queue;
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

/// The platform gives up the message of call number `call`, from 1, since the account's payment failed.
fn unpaid(call: usize, at: Timestamp) -> InboundEvent {
    let mut event = report(ONE, ANN, &format!("out.{call}"), DeliveryState::Failed);
    if let InboundKind::Report(report) = &mut event.kind {
        let error = DeliveryError {
            code: "131042".to_owned(),
            message: "There is a problem with the account's payment.".to_owned(),
            hint: "Mend it.".to_owned(),
        };
        report.at = Some(at);
        report.error = Some(error.clone());
        report.account_fault = Some(error);
    }
    event
}

async fn pass(scene: &Scene, seconds: u32) {
    for _ in 0..seconds {
        scene.surroundings.advance(SECOND);
        sweep(scene).await;
    }
}

/// Four answers, of which one was sent and given up since the account cannot send.
async fn with_fault() -> (Scene, Vec<crate::TicketId>, InboundEvent) {
    let (scene, ids) = with_answers(4).await;
    scene.relay(&ids[0]).await.expect("sent");
    let fault = unpaid(1, scene.surroundings.now());
    let counts = scene.receive(vec![fault.clone()]).await;
    assert_eq!(counts.stored, 1);
    (scene, ids, fault)
}

#[tokio::test]
async fn a_late_word_on_the_account_fails_its_message_and_holds_all_others_with_the_reason() {
    let (scene, ids, _) = with_fault().await;
    sweep(&scene).await;
    let [failed, waiting @ ..] = &states(&scene, &ids)[..] else {
        panic!("four")
    };
    assert_eq!(*failed, DeliveryState::Failed);
    assert_eq!(*waiting, [DeliveryState::Queued; 3]);
    assert_eq!(scene.messenger.calls().len(), 1);
    let broken = gate(&scene).await.broken.expect("broken");
    assert_eq!(broken.error.code, "131042");
    let timeline = scene.store.timeline(&ids[1]);
    let shown = timeline.last().and_then(|m| m.delivery.clone());
    let shown = shown.expect("it goes out").shown().clone();
    assert_eq!(shown.error.expect("told").code, "131042");
}

#[tokio::test]
async fn an_account_that_broke_by_a_word_is_not_tried_at_once_but_with_another_secret_after_a_trial()
 {
    let (scene, _, _) = with_fault().await;
    sweep(&scene).await;
    let serve = async || {
        let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
        let of = (Channel::WhatsApp, &account(ONE));
        let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
        served.await.expect("served");
        scene.messenger.calls().len()
    };
    assert_eq!(serve().await, 1);
    pass(&scene, 15).await;
    assert_eq!(serve().await, 2, "the trial");
    scene.messenger.change_secret();
    assert_eq!(serve().await, 3);
}

#[tokio::test]
async fn that_a_trial_is_taken_proves_nothing_until_the_next_would_be_due() {
    let (scene, ids, _) = with_fault().await;
    pass(&scene, 15).await;
    assert_eq!(scene.messenger.calls().len(), 2, "one is tried");
    let fault = unpaid(2, scene.surroundings.now());
    assert_eq!(scene.receive(vec![fault]).await.stored, 1);
    pass(&scene, 29).await;
    assert_eq!(scene.messenger.calls().len(), 2, "the rest waits");
    pass(&scene, 1).await;
    assert_eq!(scene.messenger.calls().len(), 3, "the next is tried");
    pass(&scene, 59).await;
    assert_eq!(scene.messenger.calls().len(), 3);
    assert!(gate(&scene).await.broken.is_some());
    pass(&scene, 1).await;
    assert_eq!(gate(&scene).await.broken, None);
    let expected = [DeliveryState::Failed, DeliveryState::Failed]
        .into_iter()
        .chain([DeliveryState::Sent; 2]);
    assert_eq!(states(&scene, &ids), expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn the_same_word_again_changes_nothing_before_and_after_the_account_is_mended() {
    let (scene, _, fault) = with_fault().await;
    let before = gate(&scene).await;
    for _ in 0..2 {
        assert_eq!(scene.receive(vec![fault.clone()]).await.duplicates, 1);
    }
    assert_eq!(gate(&scene).await, before);
    pass(&scene, 20).await;
    scene.receive(vec![fault.clone()]).await;
    pass(&scene, 30).await;
    let mended = gate(&scene).await;
    assert_eq!(mended.broken, None, "the trial was not doubted");
    scene.receive(vec![fault]).await;
    assert_eq!(gate(&scene).await, mended);
}

#[tokio::test]
async fn a_word_that_comes_before_the_answer_to_the_call_loses_neither_the_message_nor_the_account()
{
    let (scene, ids) = with_answers(2).await;
    let other = scene.fresh_process();
    scene.messenger.answer_after(async move {
        let fault = unpaid(1, other.surroundings.now());
        assert_eq!(other.receive(vec![fault]).await.parked, 1);
        super::accepted("out.1")
    });
    scene.relay(&ids[0]).await.expect("sent");
    sweep(&scene).await;
    let expected = [DeliveryState::Failed, DeliveryState::Queued];
    assert_eq!(states(&scene, &ids), expected);
    assert!(gate(&scene).await.broken.is_some());
}

#[tokio::test]
async fn an_outage_between_the_two_loses_neither_when_the_word_comes_again() {
    for polls in 0..12 {
        let (scene, ids) = with_answers(2).await;
        scene.relay(&ids[0]).await.expect("sent");
        let fault = unpaid(1, scene.surroundings.now());
        let delivered = scene.deliver(vec![fault.clone()]);
        crate::scene::killed_after(polls, delivered).await;
        scene.fresh_process().receive(vec![fault]).await;
        let state = scene.state_of(&ids[0], "Answer 0");
        assert_eq!(state, DeliveryState::Failed, "{polls}");
        assert!(gate(&scene).await.broken.is_some(), "{polls}");
    }
}
