//! Accounts that send nothing for a while, and their queues.

use std::collections::BTreeMap;
use std::time::Duration;

use super::error;
use crate::channel::Channel;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::gate::Gate;
use crate::id::TicketId;
use crate::ports::{Gates, Outbox, OutgoingPart, SendOutcome};
use crate::scene::{ONE, Scene, account, text};
use crate::send::serve_queue;
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

pub(super) fn broken() -> SendOutcome {
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
