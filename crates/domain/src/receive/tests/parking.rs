//! What is counted, and what is kept for later.

use proptest::prelude::*;

use crate::channel::inbound::{InboundEvent, InboundKind};
use crate::delivery::DeliveryState;
use crate::memory::Fate;
use crate::ports::{Correlation, Slot};
use crate::receive::ReceiveError;
use crate::scene::{ANN, BOB, ONE, Scene, TWO, account, report, run, text};

const STRANGE: &str = "999999";

#[tokio::test]
async fn what_comes_to_an_account_that_is_not_ours_is_parked_raw() {
    let scene = Scene::new();
    let foreign = vec![
        text(STRANGE, ANN, "a1", "Hello"),
        report(STRANGE, ANN, "o1", DeliveryState::Read),
    ];
    let counts = scene.receive(foreign.clone()).await;
    assert_eq!((counts.parked, counts.received()), (2, 2));
    assert!(scene.store.all_tickets().is_empty());
    scene.receive(foreign).await;
    let kept = scene.desk.blobs.keys("parked/whatsapp/");
    assert_eq!(kept.len(), 1, "the same body lands on the same key");
}

#[tokio::test]
async fn a_body_that_cannot_be_kept_raw_has_to_come_again() {
    let scene = Scene::new();
    scene.desk.blobs.set_gone(true);
    let outcome = scene.deliver(vec![text(STRANGE, ANN, "a1", "Hello")]).await;
    assert!(matches!(outcome.unfinished, Some(ReceiveError::Port(_))));
}

#[tokio::test]
async fn an_inbound_message_takes_its_slot_over_from_reports_that_wait_there() {
    let scene = Scene::new();
    let states = [DeliveryState::Sent, DeliveryState::Read];
    for state in states {
        let counts = scene.receive(vec![report(ONE, ANN, "a1", state)]).await;
        assert_eq!(counts.parked, 1);
    }
    let counts = scene.receive(vec![text(ONE, ANN, "a1", "Hello")]).await;
    assert_eq!(counts.stored, 1);
    assert!(matches!(
        scene.store.all_slots()[..],
        [(_, Slot::Present(_))]
    ));
    // A report about what the customer wrote says nothing to us.
    let counts = scene.receive(vec![report(ONE, ANN, "a1", states[0])]).await;
    assert_eq!(counts.ignored, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_report_that_comes_to_wait_between_read_and_commit_is_taken_over_too() {
    let scene = Scene::new();
    let other = scene.fresh_process();
    scene.store.befall([Fate::after(async move {
        let early = report(ONE, ANN, "a1", DeliveryState::Sent);
        assert_eq!(other.receive(vec![early]).await.parked, 1);
    })]);
    let counts = scene.receive(vec![text(ONE, ANN, "a1", "Hello")]).await;
    assert_eq!((counts.stored, counts.received()), (1, 1));
    assert_eq!(scene.only_ticket().message_count, 1);
}

#[tokio::test]
async fn a_mark_that_names_nothing_of_that_account_changes_nothing() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let ticket = scene.ticket(&id);
    let right = ticket.window.messages().last().expect("the reply").clone();
    let mark = |position, message_id| Correlation {
        ticket_id: id.clone(),
        message_id,
        position,
        attempt: 9,
        part: 0,
    };
    let marked = |of: &str, correlation| {
        let mut event = report(of, ANN, "o1", DeliveryState::Read);
        if let InboundKind::Report(report) = &mut event.kind {
            report.correlation = Some(correlation);
        }
        event
    };
    let first = ticket.window.messages()[0].id.clone();
    for event in [
        marked(ONE, mark(u64::MAX, right.id.clone())),
        marked(ONE, mark(right.position, first)),
        marked(TWO, mark(right.position, right.id.clone())),
    ] {
        let counts = scene.receive(vec![event]).await;
        assert_eq!((counts.ignored, counts.received()), (1, 1));
    }
    assert_eq!(scene.ticket(&id), ticket);
    let counts = scene
        .receive(vec![marked(ONE, mark(right.position, right.id))])
        .await;
    assert_eq!(counts.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    let timeline = scene.store.timeline(&id);
    let delivery = timeline.last().and_then(|m| m.delivery.as_ref());
    let latest = delivery.map(crate::delivery::Delivery::latest_attempt);
    assert_eq!(latest, Some(1), "a mark makes no attempt that never was");
}

fn any_event() -> impl Strategy<Value = InboundEvent> {
    let person = prop_oneof![Just(ANN), Just(BOB), Just("15550100|US.ann")];
    let to = prop_oneof![3 => Just(ONE), 1 => Just(TWO), 1 => Just(STRANGE)];
    (0u8..8, person, to, 0u8..12).prop_map(|(kind, person, to, id)| match kind {
        0 => InboundEvent {
            account: Some(account(to)),
            kind: InboundKind::Ignored("of no use"),
        },
        1 => InboundEvent {
            account: None,
            kind: InboundKind::Parked("not understood"),
        },
        2 => report(to, person, &format!("m{id}"), DeliveryState::Delivered),
        3 => InboundEvent {
            account: None,
            ..text(to, person, &format!("m{id}"), "Hello")
        },
        _ => text(to, person, &format!("m{id}"), "Hello"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_event_is_counted_once_and_a_redelivery_stores_nothing(
        events in proptest::collection::vec(any_event(), 0..40),
        races in 0usize..4,
        seed: u64,
    ) {
        let scene = Scene::seeded(seed);
        scene.store.befall((0..races).map(|_| Fate::Raced));
        let first = run(scene.receive(events.clone()));
        prop_assert_eq!(first.received(), events.len() as u64);
        let messages: u64 = scene.store.all_tickets().iter().map(|t| t.message_count).sum();
        prop_assert_eq!(first.stored, messages);
        let before = scene.picture();
        let again = run(scene.fresh_process().receive(events.clone()));
        prop_assert_eq!(again.received(), events.len() as u64);
        prop_assert_eq!(again.stored, 0);
        prop_assert_eq!(scene.picture(), before);
        scene.assert_laws();
    }
}
