//! What WhatsApp took and gave up is sent again where the reason passes, in any order of what is told of it.

use std::time::Duration;

use super::names::Platform;
use crate::change_delivery::{Decision, decide};
use crate::channel::inbound::{InboundEvent, InboundKind};
use crate::delivery::{DeliveryError, DeliveryState};
use crate::id::TicketId;
use crate::memory::Fate;
use crate::message::Message;
use crate::ports::{Outbox, SendOutcome};
use crate::run_errands::run_errands;
use crate::scene::{ANN, HOUR, ONE, Scene, agent, report, until_killed};
use crate::surroundings::{Deadline, Surroundings};

const MINUTE: Duration = Duration::from_secs(60);
const PASSES: &str = "131016";

fn failed(scene: &Scene, call: usize, code: &str) -> InboundEvent {
    let mut event = told(call, DeliveryState::Failed);
    if let InboundKind::Report(report) = &mut event.kind {
        report.at = Some(scene.surroundings.now());
        report.error = Some(DeliveryError {
            code: code.to_owned(),
            message: "WhatsApp is temporarily unavailable.".to_owned(),
            hint: "Wait.".to_owned(),
        });
    }
    event
}

/// What WhatsApp says of call number `call`, from 1.
fn told(call: usize, state: DeliveryState) -> InboundEvent {
    report(ONE, ANN, &format!("out.{call}"), state)
}

/// A status with our mark, as WhatsApp's are.
fn marked(scene: &Scene, call: usize, mut event: InboundEvent) -> InboundEvent {
    if let InboundKind::Report(report) = &mut event.kind {
        report.correlation = Some(scene.messenger.calls()[call - 1].correlation.clone());
    }
    event
}

async fn sent() -> (Scene, TicketId) {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.relay(&id).await.expect("sent");
    (scene, id)
}

async fn errands(scene: &Scene, id: &TicketId) {
    let deadline = Deadline::after(&scene.surroundings, HOUR);
    let platforms = (&Platform::default(), &scene.messenger);
    let run = run_errands(&scene.desk, platforms, id, deadline);
    run.await.expect("runs");
}

/// Time passes, and what is due is done.
async fn pass(scene: &Scene, id: &TicketId, time: Duration) {
    scene.surroundings.advance(time);
    errands(scene, id).await;
    scene.relay(id).await.expect("looked at");
    scene.assert_laws();
}

fn calls(scene: &Scene) -> usize {
    scene.messenger.calls().len()
}

fn answer(scene: &Scene, id: &TicketId) -> Message {
    let timeline = scene.store.timeline(id);
    let answer = timeline.into_iter().find(|m| m.content == "Answer");
    answer.expect("there")
}

async fn is_left(scene: &Scene, id: &TicketId) -> bool {
    !scene.store.errands(id).await.expect("reads").is_empty()
}

#[tokio::test]
async fn what_was_given_up_for_a_reason_that_passes_is_sent_again_in_a_while_and_once() {
    let (scene, id) = sent().await;
    let event = failed(&scene, 1, PASSES);
    assert_eq!(scene.receive(vec![event.clone()]).await.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Failed);
    for time in [Duration::ZERO, MINUTE / 2] {
        pass(&scene, &id, time).await;
        assert_eq!(calls(&scene), 1, "not yet");
    }
    assert_eq!(scene.receive(vec![event.clone()]).await.duplicates, 1);
    pass(&scene, &id, MINUTE).await;
    assert_eq!(calls(&scene), 2);
    assert_eq!(scene.messenger.calls()[1].correlation.attempt, 2);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert!(!is_left(&scene, &id).await);

    let late = [
        event,
        told(1, DeliveryState::Sent),
        told(2, DeliveryState::Read),
    ];
    for event in late {
        scene.receive(vec![event]).await;
        pass(&scene, &id, HOUR).await;
    }
    assert_eq!(calls(&scene), 2);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
}

#[tokio::test]
async fn it_is_sent_again_three_times_and_a_code_that_says_nothing_only_as_often_as_it_may() {
    for (code, most) in [(PASSES, 4), ("131000", 4), ("135000", 2), ("80007", 4)] {
        let (scene, id) = sent().await;
        for call in 1..=most {
            assert_eq!(calls(&scene), call, "{code}");
            scene.receive(vec![failed(&scene, call, code)]).await;
            pass(&scene, &id, HOUR).await;
        }
        pass(&scene, &id, HOUR).await;
        assert_eq!(calls(&scene), most, "{code}");
        assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Failed);
        assert!(!is_left(&scene, &id).await, "{code}");
    }
}

#[tokio::test]
async fn proof_that_it_came_ends_it_whenever_it_is_told() {
    for proof_first in [true, false] {
        let (scene, id) = sent().await;
        let proof = told(1, DeliveryState::Delivered);
        let mut events = [failed(&scene, 1, PASSES), proof];
        if proof_first {
            events.reverse();
        }
        for event in events {
            scene.receive(vec![event]).await;
        }
        pass(&scene, &id, HOUR).await;
        assert_eq!(calls(&scene), 1, "{proof_first}");
        assert!(!is_left(&scene, &id).await);
        assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    }
    let (scene, id) = sent().await;
    scene.receive(vec![failed(&scene, 1, PASSES)]).await;
    scene.surroundings.advance(MINUTE);
    errands(&scene, &id).await;
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Queued);
    scene.receive(vec![told(1, DeliveryState::Delivered)]).await;
    pass(&scene, &id, HOUR).await;
    assert_eq!(calls(&scene), 1, "between the new attempt and its call");
    assert!(scene.store.all_sends().is_empty());
}

#[tokio::test]
async fn a_failure_told_before_the_calls_own_answer_waits_for_that() {
    for is_lost in [true, false] {
        let (scene, id) = Scene::with_ticket().await;
        scene.reply(&id, "Answer").await;
        let (other, messenger) = (scene.fresh_process(), scene.messenger.clone());
        let ticket_id = id.clone();
        scene.messenger.answer_after(async move {
            let event = failed(&other, 1, PASSES);
            let event = marked(&other, 1, event);
            other.receive(vec![event]).await;
            other.surroundings.advance(MINUTE);
            errands(&other, &ticket_id).await;
            assert_eq!(messenger.calls().len(), 1);
            let id = Some("out.1".to_owned());
            match is_lost {
                true => SendOutcome::Unknown { error: lost() },
                false => SendOutcome::Accepted {
                    platform_message_id: id,
                },
            }
        });
        scene.relay(&id).await.expect("sent");
        assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Failed);
        pass(&scene, &id, HOUR).await;
        assert_eq!(calls(&scene), 2, "{is_lost}");
        assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    }
}

fn lost() -> DeliveryError {
    DeliveryError {
        code: "timeout".to_owned(),
        message: "No answer.".to_owned(),
        hint: "Look first.".to_owned(),
    }
}

#[tokio::test]
async fn a_failure_that_waits_in_its_slot_for_the_calls_answer_counts_as_well() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let event = failed(&scene, 1, PASSES);
    assert_eq!(scene.receive(vec![event]).await.parked, 1);
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Failed);
    pass(&scene, &id, HOUR).await;
    assert_eq!(calls(&scene), 2);
}

#[tokio::test]
async fn what_never_goes_or_an_agent_decided_about_or_is_old_is_left_alone() {
    for code in ["131026", "131047", "131042", "999999", "x"] {
        let (scene, id) = sent().await;
        scene.receive(vec![failed(&scene, 1, code)]).await;
        assert!(!is_left(&scene, &id).await, "{code}");
    }
    for decision in [Decision::Retry, Decision::Discard] {
        let (scene, id) = sent().await;
        scene.receive(vec![failed(&scene, 1, PASSES)]).await;
        let message = answer(&scene, &id).id;
        let (agent, message) = (agent(), (&id, &message));
        let decided = decide(&scene.desk, &agent, message, decision, scene.deadline());
        decided.await.expect("decided");
        pass(&scene, &id, HOUR).await;
        let expected = 1 + usize::from(decision == Decision::Retry);
        assert_eq!(calls(&scene), expected, "{decision:?}");
    }
    let (scene, id) = sent().await;
    scene.surroundings.advance(24 * HOUR);
    scene.receive(vec![failed(&scene, 1, PASSES)]).await;
    assert!(!is_left(&scene, &id).await);
}

#[tokio::test]
async fn nothing_is_sent_again_while_an_earlier_attempt_may_have_come() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene
        .messenger
        .answer(SendOutcome::Unknown { error: lost() });
    scene.relay(&id).await.expect("looked at");
    let message = answer(&scene, &id).id;
    let (agent, message) = (agent(), (&id, &message));
    let decided = decide(
        &scene.desk,
        &agent,
        message,
        Decision::Retry,
        scene.deadline(),
    );
    decided.await.expect("decided");
    scene.relay(&id).await.expect("sent");
    scene.receive(vec![failed(&scene, 2, PASSES)]).await;
    assert!(!is_left(&scene, &id).await);
    pass(&scene, &id, HOUR).await;
    assert_eq!(calls(&scene), 2);
}

#[tokio::test]
async fn only_the_part_that_was_given_up_is_sent_again() {
    let (scene, id) = Scene::with_ticket().await;
    let long = "x".repeat(4097);
    scene.reply(&id, &long).await;
    scene.relay(&id).await.expect("sent");
    scene.receive(vec![failed(&scene, 1, PASSES)]).await;
    pass(&scene, &id, MINUTE).await;
    let parts: Vec<u32> = scene
        .messenger
        .calls()
        .iter()
        .map(|call| call.correlation.part)
        .collect();
    assert_eq!(parts, [0, 1, 0]);
    assert_eq!(scene.state_of(&id, &long), DeliveryState::Sent);
}

#[tokio::test]
async fn relays_that_race_or_die_send_it_again_once() {
    for fate in [Some(Fate::KilledBefore), Some(Fate::KilledAfter), None] {
        let (scene, id) = sent().await;
        scene.receive(vec![failed(&scene, 1, PASSES)]).await;
        scene.surroundings.advance(MINUTE);
        match fate {
            Some(fate) => {
                scene.store.befall([fate]);
                until_killed(&scene, errands(&scene, &id)).await;
                errands(&scene, &id).await;
            }
            None => {
                let relays = [scene.fresh_process(), scene.fresh_process()];
                futures::future::join_all(relays.iter().map(|s| errands(s, &id))).await;
            }
        }
        assert_eq!(scene.store.all_sends().len(), 1);
        assert!(!is_left(&scene, &id).await);
        pass(&scene, &id, HOUR).await;
        assert_eq!(calls(&scene), 2);
    }
}

#[tokio::test]
async fn all_that_one_body_tells_of_what_was_sent_again_is_taken() {
    let (scene, id) = sent().await;
    scene.receive(vec![failed(&scene, 1, PASSES)]).await;
    pass(&scene, &id, 2 * MINUTE).await;
    assert_eq!(calls(&scene), 2);
    let states = [
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Read,
    ];
    for call in [2, 1] {
        let told = states.map(|state| marked(&scene, call, told(call, state)));
        assert_eq!(scene.receive(told.to_vec()).await.received(), 3);
    }
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    scene.assert_laws();
}

#[tokio::test]
async fn all_that_one_body_tells_of_what_was_sent_again_is_taken_before_its_answer_is_stored() {
    let (scene, id) = sent().await;
    scene.receive(vec![failed(&scene, 1, PASSES)]).await;
    let other = scene.fresh_process();
    scene.messenger.answer_after(async move {
        let states = [DeliveryState::Sent, DeliveryState::Delivered];
        let told = states.map(|state| marked(&other, 2, told(2, state)));
        assert_eq!(other.receive(told.to_vec()).await.received(), 2);
        SendOutcome::Accepted {
            platform_message_id: Some("out.2".to_owned()),
        }
    });
    pass(&scene, &id, 2 * MINUTE).await;
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
    scene.assert_laws();
}
