//! Reports that come before the provider's answer, or about attempts gone by.

use super::{accepted, retryable};
use crate::channel::inbound::{ChangeKind, InboundEvent, InboundKind, MessageChange};
use crate::delivery::DeliveryState;
use crate::message::SenderType;
use crate::ports::{SendOutcome, Slot};
use crate::scene::{ANN, HOUR, ONE, Scene, account, names, report};
use crate::send::platform_id;
use crate::time::Timestamp;

#[tokio::test]
async fn a_status_before_the_providers_answer_waits_in_the_slot_and_is_applied_with_it() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let other = scene.fresh_process();
    scene.messenger.answer_after(async move {
        for state in [DeliveryState::Delivered, DeliveryState::Sent] {
            let counts = other.receive(vec![report(ONE, ANN, "wam", state)]).await;
            assert_eq!(counts.parked, 1);
        }
        let again = report(ONE, ANN, "wam", DeliveryState::Sent);
        assert_eq!(other.receive(vec![again]).await.duplicates, 1);
        accepted("wam")
    });
    let before = scene.store.commits();
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    assert_eq!(
        scene.store.commits(),
        before + 2,
        "the outcome and the reports are one commit"
    );
    let slots = scene.store.all_slots();
    let present = slots.iter().filter(|(_, s)| matches!(s, Slot::Present(_)));
    assert_eq!(present.count(), 2, "Ann's message and the answer");
    let again = report(ONE, ANN, "wam", DeliveryState::Delivered);
    assert_eq!(scene.receive(vec![again]).await.duplicates, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_status_of_one_part_waits_while_the_other_part_has_none() {
    let (scene, id) = Scene::with_ticket().await;
    let long = "x".repeat(4097);
    scene.reply(&id, &long).await;
    let early = report(ONE, ANN, "out.2", DeliveryState::Failed);
    scene.receive(vec![early]).await;
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, &long), DeliveryState::Failed);
    let read = report(ONE, ANN, "out.1", DeliveryState::Read);
    scene.receive(vec![read]).await;
    assert_eq!(scene.state_of(&id, &long), DeliveryState::Failed);
    let came = report(ONE, ANN, "out.2", DeliveryState::Delivered);
    scene.receive(vec![came]).await;
    assert_eq!(scene.state_of(&id, &long), DeliveryState::Delivered);
    scene.assert_laws();
}

#[tokio::test]
async fn a_marked_report_before_the_providers_answer_is_not_taken_back_by_it() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let (other, messenger) = (scene.fresh_process(), scene.messenger.clone());
    scene.messenger.answer_after(async move {
        let mut event = report(ONE, ANN, "wam", DeliveryState::Read);
        if let crate::channel::inbound::InboundKind::Report(report) = &mut event.kind {
            report.correlation = Some(messenger.calls()[0].correlation.clone());
        }
        assert_eq!(other.receive(vec![event]).await.stored, 1);
        // The answer itself got lost.
        SendOutcome::Unknown {
            error: super::error(),
        }
    });
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    assert!(scene.store.all_sends().is_empty());
    scene.assert_laws();
}

#[tokio::test]
async fn evidence_that_an_attempt_was_taken_after_all_stops_the_next_one() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(retryable());
    scene.relay(&id).await.expect("refused for now");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Queued);
    let mut event = report(ONE, ANN, "wam", DeliveryState::Delivered);
    if let crate::channel::inbound::InboundKind::Report(report) = &mut event.kind {
        report.correlation = Some(scene.messenger.calls()[0].correlation.clone());
    }
    scene.receive(vec![event]).await;
    scene.surroundings.advance(HOUR);
    scene.relay(&id).await.expect("looked at");
    assert_eq!(scene.messenger.calls().len(), 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    assert!(scene.store.all_sends().is_empty());
}

#[tokio::test]
async fn evidence_that_comes_during_a_refused_call_ends_the_trying() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let (other, messenger) = (scene.fresh_process(), scene.messenger.clone());
    scene.messenger.answer_after(async move {
        let mut event = report(ONE, ANN, "wam", DeliveryState::Sent);
        if let crate::channel::inbound::InboundKind::Report(report) = &mut event.kind {
            report.correlation = Some(messenger.calls()[0].correlation.clone());
        }
        other.receive(vec![event]).await;
        retryable()
    });
    let sent = scene.relay(&id).await.expect("settled");
    assert_eq!(sent.next, None);
    assert!(scene.store.all_sends().is_empty());
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
}

#[tokio::test]
async fn an_id_that_the_provider_gives_twice_stays_the_first_messages() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "One").await;
    scene.reply(&id, "Two").await;
    scene.messenger.answer(accepted("same"));
    scene.messenger.answer(accepted("same"));
    scene.relay(&id).await.expect("sent");
    let read = report(ONE, ANN, "same", DeliveryState::Read);
    scene.receive(vec![read]).await;
    assert_eq!(scene.state_of(&id, "One"), DeliveryState::Read);
    assert_eq!(scene.state_of(&id, "Two"), DeliveryState::Sent);
}

/// A status of WhatsApp for call number `call`, from 0, with our mark.
fn marked(scene: &Scene, call: usize, id: &str, state: DeliveryState) -> InboundEvent {
    let mut event = report(ONE, ANN, id, state);
    if let InboundKind::Report(report) = &mut event.kind {
        report.correlation = Some(scene.messenger.calls()[call].correlation.clone());
    }
    event
}

fn reaction(to: &str) -> InboundEvent {
    InboundEvent {
        account: Some(account(ONE)),
        kind: InboundKind::Change(Box::new(MessageChange {
            target: to.to_owned(),
            person: Some(names(ANN).remove(0)),
            key: "r1".to_owned(),
            at: Some(Timestamp::from_millis(1)),
            what: ChangeKind::Reaction {
                emoji: Some("👍".to_owned()),
                by: ANN.to_owned(),
                sender_type: SenderType::Customer,
            },
        })),
    }
}

#[tokio::test]
async fn a_marked_status_names_a_message_whose_answer_got_lost_for_reactions_and_answers_to_it() {
    for early in [true, false] {
        let (scene, id) = Scene::with_ticket().await;
        scene.reply(&id, "Answer").await;
        scene.messenger.answer(SendOutcome::Unknown {
            error: super::error(),
        });
        scene.relay(&id).await.expect("looked at");
        if early {
            assert_eq!(scene.receive(vec![reaction("wam")]).await.parked, 1);
        }
        let sent = marked(&scene, 0, "wam", DeliveryState::Sent);
        assert_eq!(scene.receive(vec![sent.clone()]).await.stored, 1);
        if !early {
            assert_eq!(scene.receive(vec![reaction("wam")]).await.stored, 1);
        }
        let before = scene.store.commits();
        let again = scene.receive(vec![sent, reaction("wam")]).await;
        assert_eq!((again.duplicates, again.received()), (2, 2), "{early}");
        assert_eq!(scene.store.commits(), before);
        let timeline = scene.store.timeline(&id);
        let answer = timeline.iter().find(|m| m.content == "Answer");
        let answer = answer.expect("there");
        assert_eq!(answer.reactions.len(), 1, "{early}");
        assert_eq!(platform_id(answer).as_deref(), Some("wam"));
        let slots = scene.store.all_slots();
        assert!(slots.iter().all(|(_, s)| matches!(s, Slot::Present(_))));
        scene.assert_laws();
    }
}

#[tokio::test]
async fn a_marked_status_of_an_earlier_attempt_gets_its_own_slot_beside_the_later_ones() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.messenger.answer(retryable());
    scene.messenger.answer(accepted("two"));
    scene.relay(&id).await.expect("refused for now");
    scene.surroundings.advance(HOUR);
    scene.relay(&id).await.expect("sent");
    for (call, wamid) in [(0, "one"), (1, "two")] {
        for state in [DeliveryState::Sent, DeliveryState::Delivered] {
            let event = marked(&scene, call, wamid, state);
            assert_eq!(scene.receive(vec![event]).await.received(), 1);
        }
        assert_eq!(scene.receive(vec![reaction(wamid)]).await.parked, 0);
    }
    let slots = scene.store.all_slots();
    assert_eq!(slots.len(), 3, "Ann's message and both attempts");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    scene.assert_laws();
}
