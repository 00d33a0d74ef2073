//! Broken accounts and their trials: what stands in a queue, or fails beside it, keeps nothing else from being sent.

use std::time::Duration;

use super::queue::{broken, gate, states, sweep, with_answers};
use super::{accepted, error};
use crate::change_delivery::{Decision, decide};
use crate::channel::Channel;
use crate::delivery::DeliveryState;
use crate::event::Event;
use crate::id::TicketId;
use crate::memory::Fate;
use crate::ports::{Gates, SendOutcome};
use crate::scene::{HOUR, ONE, Scene, account, agent};
use crate::send::{SendError, serve_queue};
use crate::surroundings::{Deadline, Surroundings};

const SECOND: Duration = Duration::from_secs(1);

/// The relay serves the queue, whatever woke it.
async fn serve(scene: &Scene, channel: Channel) -> Result<Vec<Event>, SendError> {
    let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
    let of = (channel, &account(ONE));
    serve_queue(&scene.desk, &scene.messenger, of, deadline).await
}

#[tokio::test]
async fn a_message_with_a_pause_of_its_own_keeps_no_broken_account_from_its_trials() {
    let (scene, ids) = with_answers(2).await;
    scene.messenger.answer(SendOutcome::Retryable {
        error: error(),
        retry_after: Some(HOUR),
    });
    scene.messenger.answer(broken());
    sweep(&scene).await;
    assert_eq!(scene.messenger.calls().len(), 2);
    scene.surroundings.advance(15 * SECOND);
    sweep(&scene).await;
    assert_eq!(
        states(&scene, &ids),
        [DeliveryState::Queued, DeliveryState::Sent]
    );
    assert_eq!(gate(&scene).await.broken, None);
    assert_eq!(scene.messenger.calls().len(), 3, "the pause is kept");
    scene.surroundings.advance(HOUR);
    sweep(&scene).await;
    assert_eq!(states(&scene, &ids), [DeliveryState::Sent; 2]);
}

#[tokio::test]
async fn a_new_secret_stays_new_until_something_was_tried_with_it() {
    let (scene, ids) = with_answers(2).await;
    scene.messenger.answer(SendOutcome::Retryable {
        error: error(),
        retry_after: Some(HOUR),
    });
    scene.messenger.answer(broken());
    sweep(&scene).await;
    // The held one is taken back, so nothing can be tried.
    take_back(&scene, &ids[1], "Answer 1").await;
    scene.messenger.change_secret();
    let tries = gate(&scene).await.broken.map(|b| b.tries);
    scene.surroundings.advance(20 * SECOND);
    sweep(&scene).await;
    assert_eq!(gate(&scene).await.broken.map(|b| b.tries), tries);
    // Somebody else's message is held: the secret is tried with it at once.
    scene.reply(&ids[1], "Another").await;
    scene.relay(&ids[1]).await.expect("held");
    sweep(&scene).await;
    assert_eq!(scene.state_of(&ids[1], "Another"), DeliveryState::Sent);
}

#[tokio::test]
async fn a_store_that_fails_for_one_ticket_interrupts_no_call_for_another() {
    let (scene, ids) = with_answers(3).await;
    scene.messenger.answer(broken());
    sweep(&scene).await;
    scene.surroundings.advance(15 * SECOND);
    // The trial, and then two turns at once: the first one's announcement is lost while the second one is called.
    scene.messenger.answer(accepted("out.trial"));
    scene
        .store
        .befall([Fate::Happens, Fate::Happens, Fate::Lost]);
    let served = serve(&scene, Channel::WhatsApp);
    assert!(served.await.is_err(), "who calls hears of it");
    let mut found = states(&scene, &ids);
    found.sort_by_key(|state| state.as_str());
    assert_eq!(
        found,
        [
            DeliveryState::Queued,
            DeliveryState::Sent,
            DeliveryState::Sent
        ]
    );
    sweep(&scene).await;
    scene.surroundings.advance(15 * SECOND);
    sweep(&scene).await;
    assert_eq!(states(&scene, &ids), [DeliveryState::Sent; 3]);
}

#[tokio::test]
async fn what_waits_for_a_time_of_its_own_is_not_looked_at_every_few_seconds() {
    let (scene, ids) = with_answers(1).await;
    scene.messenger.answer(SendOutcome::Retryable {
        error: error(),
        retry_after: Some(HOUR),
    });
    sweep(&scene).await;
    let of = (Channel::WhatsApp, account(ONE));
    let known = scene.store.gate(of.0, &of.1).await.expect("reads");
    let mut calling = known.clone();
    let now = scene.surroundings.now();
    calling.call_at(now);
    let told = scene.store.replace_gate(of.0, &of.1, &known, &calling);
    assert!(told.await.expect("answers"));
    sweep(&scene).await;
    assert_eq!(states(&scene, &ids), [DeliveryState::Queued]);
    assert_eq!(gate(&scene).await.calls_at, Some(now.plus(60 * SECOND)));
    wake(&scene).await;
}

/// The relay as its own write of the gate wakes it: nothing is left to be done, so nothing is written.
async fn wake(scene: &Scene) {
    let before = gate(scene).await.version;
    let served = serve(scene, Channel::WhatsApp);
    served.await.expect("served");
    assert_eq!(gate(scene).await.version, before);
}

#[tokio::test]
async fn a_gate_that_found_nothing_to_do_does_not_wake_itself() {
    // Broken, and what was held is taken back.
    let (scene, ids) = with_answers(1).await;
    scene.messenger.answer(broken());
    sweep(&scene).await;
    wake(&scene).await;
    take_back(&scene, &ids[0], "Answer 0").await;
    scene.surroundings.advance(20 * SECOND);
    sweep(&scene).await;
    wake(&scene).await;
    // Nothing is held.
    let (scene, _) = with_answers(1).await;
    scene.messenger.answer(SendOutcome::Limited {
        error: error(),
        retry_after: Some(SECOND),
    });
    sweep(&scene).await;
    wake(&scene).await;
    scene.surroundings.advance(2 * SECOND);
    sweep(&scene).await;
    wake(&scene).await;
    assert!(gate(&scene).await.calls_at.is_some(), "it looks once more");
    scene.surroundings.advance(60 * SECOND);
    sweep(&scene).await;
    wake(&scene).await;
    assert_eq!(gate(&scene).await.calls_at, None);
}

#[tokio::test]
async fn the_time_that_an_account_is_broken_does_not_count_against_what_waits() {
    let (scene, ids) = x_answers(2).await;
    scene.messenger.answer(super::retryable());
    scene.messenger.answer(broken());
    for id in &ids {
        scene.relay(id).await.expect("put off, then held");
    }
    // The first one's own time comes while the account is broken, and so it is held.
    scene.surroundings.advance(60 * SECOND);
    scene.relay(&ids[0]).await.expect("held");
    scene.surroundings.advance(30 * HOUR);
    scene.messenger.answer(accepted("out.trial"));
    scene.messenger.answer(super::retryable());
    let served = serve(&scene, Channel::Twitter);
    served.await.expect("served");
    let mut found = states(&scene, &ids);
    found.sort_by_key(|state| state.as_str());
    assert_eq!(found, [DeliveryState::Queued, DeliveryState::Sent]);
}

/// So many tickets on X, where nobody is too late to answer, each with an answer that waits.
async fn x_answers(count: usize) -> (Scene, Vec<TicketId>) {
    let scene = Scene::new();
    let mut ids = Vec::new();
    for number in 0..count {
        let id = scene.x_ticket(&format!("{}", 5000 + number)).await;
        scene.reply(&id, &format!("Answer {number}")).await;
        ids.push(id);
    }
    (scene, ids)
}

async fn take_back(scene: &Scene, id: &TicketId, content: &str) {
    let timeline = scene.store.timeline(id);
    let message = timeline.iter().find(|m| m.content == content);
    let of = (id, &message.expect("there").id);
    let somebody = agent();
    let deadline = scene.deadline();
    let taken_back = decide(&scene.desk, &somebody, of, Decision::Discard, deadline);
    taken_back.await.expect("taken back");
}
