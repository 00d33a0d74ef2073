//! Messages in several parts: each handed over once, in order, whatever happens between two of them.

use super::{accepted, error, retryable};
use crate::channel::inbound::InboundKind;
use crate::delivery::DeliveryState;
use crate::id::TicketId;
use crate::message::Visibility;
use crate::ports::{SendOutcome, SendState};
use crate::scene::{ANN, ONE, Scene, killed_after, text, text_of};
use crate::surroundings::Surroundings;

/// Three parts on WhatsApp, and how they begin.
fn long() -> String {
    ["a", "b", "c"].map(|c| c.repeat(4096)).concat()
}

fn started(scene: &Scene) -> Vec<char> {
    let calls = scene.messenger.calls();
    let texts = calls.iter().map(text_of);
    texts.filter_map(|t| t.chars().next()).collect()
}

fn state(scene: &Scene, id: &TicketId) -> DeliveryState {
    let timeline = scene.store.timeline(id);
    let delivery = timeline.last().and_then(|m| m.delivery.as_ref());
    delivery.expect("it goes out").state()
}

fn codes(scene: &Scene, id: &TicketId) -> Vec<(DeliveryState, Option<String>)> {
    let timeline = scene.store.timeline(id);
    let message = timeline.last().expect("a message");
    let delivery = message.delivery.as_ref().expect("it goes out");
    let shown = delivery.parts().iter().map(|part| part.shown());
    shown
        .map(|a| (a.state, a.error.as_ref().map(|e| e.code.clone())))
        .collect()
}

#[tokio::test]
async fn parts_go_in_order_each_with_its_own_mark() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, &long()).await;
    scene.relay(&id).await.expect("sent");
    assert_eq!(started(&scene), ['a', 'b', 'c']);
    let marks = scene
        .messenger
        .calls()
        .into_iter()
        .map(|c| c.correlation.part);
    assert_eq!(marks.collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(state(&scene, &id), DeliveryState::Sent);
    assert!(scene.store.all_sends().is_empty());
    scene.assert_laws();
}

#[tokio::test]
async fn a_part_that_has_to_wait_goes_on_where_it_stopped() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, &long()).await;
    scene.messenger.answer(accepted("one"));
    scene.messenger.answer(retryable());
    scene.relay(&id).await.expect("looked at");
    assert_eq!(state(&scene, &id), DeliveryState::Queued);
    scene.surroundings.advance(crate::scene::HOUR);
    scene.relay(&id).await.expect("sent");
    assert_eq!(started(&scene), ['a', 'b', 'b', 'c']);
    assert_eq!(state(&scene, &id), DeliveryState::Sent);
    scene.assert_laws();
}

#[tokio::test]
async fn what_is_behind_a_part_that_failed_or_is_not_known_is_not_sent() {
    for (outcome, state) in [
        (
            SendOutcome::Refused { error: error() },
            DeliveryState::Failed,
        ),
        (
            SendOutcome::Unknown { error: error() },
            DeliveryState::Unknown,
        ),
    ] {
        let (scene, id) = Scene::with_ticket().await;
        scene.reply(&id, &long()).await;
        scene.messenger.answer(accepted("one"));
        scene.messenger.answer(outcome);
        scene.relay(&id).await.expect("looked at");
        assert_eq!(started(&scene), ['a', 'b']);
        let told = |code: &str| Some(code.to_owned());
        assert_eq!(
            codes(&scene, &id),
            [
                (DeliveryState::Sent, None),
                (state, told("429")),
                (DeliveryState::Failed, told("not-sent"))
            ]
        );
        assert_eq!(super::parts::state(&scene, &id), state);
        assert!(scene.store.all_sends().is_empty());
        scene.assert_laws();
    }
}

#[tokio::test]
async fn killed_between_any_two_steps_no_part_is_handed_over_twice_and_no_intent_is_forgotten() {
    let mut deaths = 0;
    for polls in 0.. {
        let (scene, id) = Scene::with_ticket().await;
        scene.reply(&id, &long()).await;
        if killed_after(polls, scene.relay(&id)).await.is_some() {
            break;
        }
        deaths += 1;
        for _ in 0..4 {
            scene.surroundings.advance(crate::send::LEASE * 2);
            scene.fresh_process().relay(&id).await.expect("looked at");
            scene.assert_laws();
        }
        let handed = started(&scene);
        let mut once = handed.clone();
        once.dedup();
        assert_eq!(handed, once, "after {polls} steps");
        assert!(scene.store.all_sends().is_empty(), "after {polls} steps");
    }
    assert!(deaths > 20, "{deaths}");
}

#[tokio::test]
async fn a_relay_that_runs_out_of_time_leaves_the_rest_to_the_next() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, &long()).await;
    let slow = scene.surroundings.clone();
    scene.messenger.answer_after(async move {
        slow.advance(crate::scene::HOUR);
        accepted("one")
    });
    scene.relay(&id).await.expect("looked at");
    assert_eq!(started(&scene), ['a']);
    let now = scene.surroundings.now();
    let sends = scene.store.all_sends();
    assert!(
        matches!(sends[0].state, SendState::Queued { not_before, held: false } if not_before <= now)
    );
    scene.relay(&id).await.expect("sent");
    assert_eq!(started(&scene), ['a', 'b', 'c']);
    scene.assert_laws();
}

#[tokio::test]
async fn a_gate_that_cannot_be_told_stops_no_part_that_is_announced() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, &long()).await;
    scene.store.refuse_gates(true);
    scene.relay(&id).await.expect("sent");
    assert_eq!(started(&scene), ['a', 'b', 'c']);
    assert_eq!(state(&scene, &id), DeliveryState::Sent);
    assert!(scene.store.all_sends().is_empty());
    scene.assert_laws();
}

#[tokio::test]
async fn the_first_that_an_agent_says_tells_which_message_was_seen() {
    let scene = Scene::new();
    let wrote = |id: &str| {
        let mut event = text(ONE, ANN, id, "Hi");
        if let InboundKind::Message(message) = &mut event.kind {
            let data = serde_json::json!({ "wamid": id });
            message.data = data.as_object().expect("an object").clone().into();
        }
        event
    };
    scene.receive(vec![wrote("a1"), wrote("a2")]).await;
    let id = scene.only_ticket().id;
    scene.messenger.answer(retryable());
    let answer = async |content: &str| {
        scene.reply(&id, content).await;
        scene.relay(&id).await.expect("looked at");
        scene.surroundings.advance(crate::scene::HOUR);
    };
    answer("Tried twice").await;
    answer(&long()).await;
    scene.receive(vec![wrote("a3")]).await;
    let note = scene.post(&id, "A note", Visibility::Internal, None);
    note.await.expect("noted");
    answer("Seen").await;
    let calls = scene.messenger.calls();
    let seen: Vec<Option<&str>> = calls.iter().map(|call| call.seen.as_deref()).collect();
    let none = None;
    assert_eq!(
        seen,
        [Some("a2"), none, none, none, none, Some("a3")],
        "not with another attempt, not with another part, not with another answer"
    );
}
