//! Accounts that send nothing for a while, and their queues.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{accepted, error};
use crate::change_delivery::{Decision, decide};
use crate::channel::Channel;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::gate::Gate;
use crate::id::TicketId;
use crate::memory::Fate;
use crate::ports::{Gates, Outbox, OutgoingPart, SendOutcome};
use crate::scene::{HOUR, ONE, Scene, account, agent, text};
use crate::send::serve_queue;
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

fn broken() -> SendOutcome {
    let error = DeliveryError {
        code: "190".to_owned(),
        ..error()
    };
    SendOutcome::Broken { error }
}

/// So many tickets of as many people, each with an answer that waits.
pub(super) async fn with_answers(count: usize) -> (Scene, Vec<TicketId>) {
    let scene = Scene::new();
    let mut ids = Vec::new();
    for number in 0..count {
        let person = format!("1555{number:05}");
        scene
            .receive(vec![text(ONE, &person, &format!("a{number}"), "Hi")])
            .await;
        let tickets = scene.store.all_tickets();
        let of = tickets
            .iter()
            .find(|t| t.source.origin_platform_id == person);
        let id = of.expect("a ticket").id.clone();
        scene.reply(&id, &format!("Answer {number}")).await;
        scene.surroundings.advance(SECOND / 10);
        ids.push(id);
    }
    (scene, ids)
}

pub(super) async fn gate(scene: &Scene) -> Gate {
    let gate = scene.store.gate(Channel::WhatsApp, &account(ONE)).await;
    gate.expect("reads")
}

/// A sweep: what is due of tickets, then gates.
pub(super) async fn sweep(scene: &Scene) {
    let now = scene.surroundings.now();
    for work in scene.store.due(now, 1000).await.expect("reads") {
        match work {
            crate::ports::DueWork::Sends(id) => drop(scene.relay(&id).await.expect("looked at")),
            crate::ports::DueWork::Gate(channel, account) => {
                let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
                let of = (channel, &account);
                let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
                served.await.expect("served");
            }
            crate::ports::DueWork::Events(_)
            | crate::ports::DueWork::Typing(_)
            | crate::ports::DueWork::Fetches(_)
            | crate::ports::DueWork::Errands(_) => {}
        }
    }
    scene.assert_laws();
}

pub(super) fn states(scene: &Scene, ids: &[TicketId]) -> Vec<DeliveryState> {
    let state = |(number, id)| scene.state_of(id, &format!("Answer {number}"));
    ids.iter().enumerate().map(state).collect()
}

#[tokio::test]
async fn a_broken_account_holds_all_its_messages_and_tries_the_oldest_after_15_30_and_60_seconds() {
    let (scene, ids) = with_answers(4).await;
    for _ in 0..5 {
        scene.messenger.answer(broken());
    }
    let begun = scene.surroundings.now();
    let mut calls = Vec::new();
    for _ in 0..240 {
        sweep(&scene).await;
        let passed = scene.surroundings.now().since(begun).as_secs();
        if scene.messenger.calls().len() > calls.len() {
            calls.resize(scene.messenger.calls().len(), passed);
        }
        scene.surroundings.advance(SECOND);
    }
    // The fifth trial meets the last of the script, the sixth goes well, and so do the others at once.
    assert_eq!(calls[..5], [0, 15, 45, 105, 165]);
    let first: Vec<_> = scene.messenger.calls()[..5]
        .iter()
        .map(|c| c.correlation.ticket_id.clone())
        .collect();
    assert!(first.iter().all(|id| *id == ids[0]), "always the oldest");
}

#[tokio::test]
async fn once_a_trial_goes_well_everything_that_waited_goes() {
    let (scene, ids) = with_answers(5).await;
    scene.messenger.answer(broken());
    sweep(&scene).await;
    assert!(
        states(&scene, &ids)
            .iter()
            .all(|s| *s == DeliveryState::Queued)
    );
    assert!(gate(&scene).await.broken.is_some());
    assert_eq!(scene.messenger.calls().len(), 1);
    scene.surroundings.advance(15 * SECOND);
    sweep(&scene).await;
    assert!(
        states(&scene, &ids)
            .iter()
            .all(|s| *s == DeliveryState::Sent)
    );
    assert_eq!(gate(&scene).await.broken, None);
    assert_eq!(scene.messenger.calls().len(), 6);
    assert!(scene.store.all_sends().is_empty());
}

#[tokio::test]
async fn a_new_secret_is_tried_at_once() {
    let (scene, ids) = with_answers(1).await;
    scene.messenger.answer(broken());
    sweep(&scene).await;
    scene.surroundings.advance(SECOND);
    let serve = async || {
        let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
        let of = (Channel::WhatsApp, &account(ONE));
        let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
        served.await.expect("served");
    };
    serve().await;
    assert_eq!(scene.messenger.calls().len(), 1);
    scene.messenger.change_secret();
    serve().await;
    assert_eq!(states(&scene, &ids), [DeliveryState::Sent]);
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
    let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
    let of = (Channel::WhatsApp, &account(ONE));
    let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
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
    let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
    let of = (Channel::WhatsApp, &account(ONE));
    let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
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
    let of = (Channel::Twitter, &account(ONE));
    let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
    scene.messenger.answer(accepted("out.trial"));
    scene.messenger.answer(super::retryable());
    let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
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

#[tokio::test]
async fn an_account_that_is_asked_to_slow_down_makes_no_call_until_then() {
    let (scene, ids) = with_answers(3).await;
    scene.messenger.answer(SendOutcome::Limited {
        error: error(),
        retry_after: Some(40 * SECOND),
    });
    for _ in 0..39 {
        sweep(&scene).await;
        scene.surroundings.advance(SECOND);
    }
    assert_eq!(scene.messenger.calls().len(), 1);
    scene.surroundings.advance(2 * SECOND);
    sweep(&scene).await;
    assert!(
        states(&scene, &ids)
            .iter()
            .all(|s| *s == DeliveryState::Sent)
    );
}

#[tokio::test]
async fn two_relays_that_serve_one_queue_send_nothing_twice() {
    for seed in 0..20 {
        let (scene, ids) = with_answers(6).await;
        let _ = seed;
        scene.messenger.answer(broken());
        sweep(&scene).await;
        scene.surroundings.advance(15 * SECOND);
        let other = scene.fresh_process();
        futures::join!(sweep(&scene), sweep(&other));
        scene.surroundings.advance(15 * SECOND);
        sweep(&scene).await;
        assert_eq!(scene.messenger.calls().len(), 7);
        assert!(
            states(&scene, &ids)
                .iter()
                .all(|s| *s == DeliveryState::Sent)
        );
    }
}

/// When each part was taken, by ticket.
fn log(calls: &[(Timestamp, OutgoingPart)]) -> BTreeMap<TicketId, Vec<u64>> {
    let mut by_ticket: BTreeMap<TicketId, Vec<u64>> = BTreeMap::new();
    for (_, part) in calls {
        let mark = &part.correlation;
        by_ticket
            .entry(mark.ticket_id.clone())
            .or_default()
            .push(mark.position);
    }
    by_ticket
}

#[tokio::test]
async fn a_thousand_messages_on_x_go_15_in_15_minutes_in_order_per_ticket_and_fairly_among_them() {
    let scene = Scene::new();
    // One ticket of 500 messages, queued first, and a hundred of five.
    let mut ids = Vec::new();
    for number in 0..101_u64 {
        let person = format!("{}", 5000 + number);
        let id = scene.x_ticket(&person).await;
        let count = if number == 0 { 500 } else { 5 };
        for message in 0..count {
            scene.reply(&id, &format!("{number}-{message}")).await;
        }
        ids.push(id);
    }
    let mut calls: Vec<(Timestamp, OutgoingPart)> = Vec::new();
    let mut others_done_at = None;
    // One ticket's message meets the limit, and the gate calls for all from then on.
    for _ in 0..16 {
        scene.relay(&ids[0]).await.expect("looked at");
    }
    let x = (Channel::Twitter, account(ONE));
    while calls.len() < 1000 {
        let all = scene.messenger.calls();
        let now = scene.surroundings.now();
        calls.extend(all[calls.len()..].iter().map(|part| (now, part.clone())));
        let sent = log(&calls);
        let is_done = |id| sent.get(id).is_some_and(|s| s.len() == 5);
        if others_done_at.is_none() && ids[1..].iter().all(is_done) {
            others_done_at = Some(calls.len());
        }
        let gate = scene.store.gate(x.0, &x.1).await.expect("reads");
        let at = gate.calls_at.expect("it calls as long as something waits");
        scene.surroundings.advance(at.since(now));
        let deadline = Deadline::after(&scene.surroundings, 25 * SECOND);
        let served = serve_queue(&scene.desk, &scene.messenger, (x.0, &x.1), deadline);
        served.await.expect("served");
    }
    scene.assert_laws();
    assert_eq!(calls.len(), 1000, "every message went once");
    for (index, (first, _)) in calls.iter().enumerate() {
        let within = calls[index..]
            .iter()
            .filter(|(at, _)| at.since(*first) < 900 * SECOND);
        assert!(within.count() <= 15);
    }
    for positions in log(&calls).values() {
        assert!(positions.is_sorted(), "in order");
    }
    let others_done_at = others_done_at.expect("they were sent");
    assert!(
        others_done_at < 620,
        "one ticket's pile holds nobody up: {others_done_at}"
    );
}

#[tokio::test]
async fn who_waits_for_x_is_told_until_about_when() {
    let scene = Scene::new();
    let id = scene.x_ticket("5000").await;
    for message in 0..32 {
        scene.reply(&id, &format!("{message}")).await;
    }
    let begun = scene.surroundings.now();
    sweep(&scene).await;
    assert_eq!(scene.messenger.calls().len(), 15);
    let timeline = scene.store.timeline(&id);
    let waiting = |content: &str| {
        let message = timeline.iter().find(|m| m.content == content);
        let message = message.expect("there");
        let shown = message.delivery.as_ref().expect("goes out").shown();
        assert_eq!(shown.state, DeliveryState::Queued);
        let code = shown.error.as_ref().map(|e| e.code.as_str());
        assert_eq!(code, Some("rate-limited"), "{content}");
        let expected = message.channel_specific_data["expected_at"].as_str();
        let expected = Timestamp::parse(expected.expect("told")).expect("a time");
        expected.since(begun)
    };
    assert_eq!(waiting("15"), 902 * SECOND);
    assert_eq!(waiting("29"), 902 * SECOND);
    assert_eq!(waiting("30"), 1804 * SECOND, "behind 15 that wait");
    assert_eq!(waiting("31"), 1804 * SECOND);
}

/// The code of what the message with this text waits for.
fn waits_for(scene: &Scene, id: &TicketId, content: &str) -> Option<String> {
    let timeline = scene.store.timeline(id);
    let message = timeline.iter().find(|m| m.content == content);
    let shown = message
        .and_then(|m| m.delivery.as_ref())
        .expect("out")
        .shown();
    assert_eq!(shown.state, DeliveryState::Queued);
    shown.error.as_ref().map(|error| error.code.clone())
}

#[tokio::test]
async fn who_waits_behind_a_held_message_of_the_same_ticket_is_told_what_for() {
    let (scene, ids) = with_answers(2).await;
    let (first, other) = (&ids[0], &ids[1]);
    scene.reply(first, "Behind").await;
    assert_eq!(waits_for(&scene, first, "Behind"), None);
    scene.messenger.answer(broken());
    scene.relay(first).await.expect("held");
    let is_broken = |content: &str| {
        let code = waits_for(&scene, first, content);
        assert_eq!(code.as_deref(), Some("190"), "{content}");
    };
    is_broken("Behind");
    scene.reply(first, "Later").await;
    is_broken("Later");
    scene.reply(other, "Behind another").await;
    assert_eq!(waits_for(&scene, other, "Behind another"), None);
    scene.relay(other).await.expect("held");
    let code = waits_for(&scene, other, "Behind another");
    assert_eq!(code.as_deref(), Some("190"));
    scene.surroundings.advance(15 * SECOND);
    sweep(&scene).await;
    for content in ["Answer 0", "Behind", "Later"] {
        assert_eq!(scene.state_of(first, content), DeliveryState::Sent);
    }
    scene.assert_laws();
}

#[tokio::test]
async fn who_waits_behind_a_message_that_is_tried_again_by_itself_is_told_of_no_account() {
    let (scene, ids) = with_answers(1).await;
    scene.messenger.answer(super::retryable());
    scene.relay(&ids[0]).await.expect("refused for now");
    scene.reply(&ids[0], "Behind").await;
    assert_eq!(waits_for(&scene, &ids[0], "Behind"), None);
}
