//! Whatever the order and however often: the same tickets, messages, states and counts.

use crate::channel::inbound::InboundEvent;
use crate::delivery::{DeliveryState, ReceiptKind};
use crate::scene::{ANN, BOB, HOUR, ONE, Scene, TWO, receipt, report, run, text};
use crate::surroundings::Surroundings;

/// Something that happens once, in any place among the others.
#[derive(Clone)]
enum Step {
    Delivered(InboundEvent),
    /// The relay sends the reply; the provider names it `out.1`.
    Sent,
}

fn permutations(steps: &[Step]) -> Vec<Vec<Step>> {
    if steps.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let mut rest = steps.to_vec();
        rest.remove(index);
        for mut tail in permutations(&rest) {
            tail.insert(0, step.clone());
            all.push(tail);
        }
    }
    all
}

/// Runs every order of `steps` after a reply was queued, then delivers all again as one batch, and
/// returns the pictures' only one.
fn every_order_ends_the_same(steps: &[Step]) -> Vec<String> {
    let events: Vec<InboundEvent> = steps
        .iter()
        .filter_map(|s| match s {
            Step::Delivered(event) => Some(event.clone()),
            Step::Sent => None,
        })
        .collect();
    let mut pictures = Vec::new();
    for order in permutations(steps) {
        let scene = run(async {
            let (scene, id) = Scene::with_ticket().await;
            scene.reply(&id, "Answer").await;
            for step in order {
                match step {
                    Step::Delivered(event) => {
                        let counts = scene.fresh_process().receive(vec![event]).await;
                        assert_eq!(counts.received(), 1);
                    }
                    Step::Sent => {
                        scene.relay(&id).await.expect("sent");
                    }
                }
            }
            let counts = scene.receive(events.clone()).await;
            assert_eq!(counts.duplicates, events.len() as u64, "all is there");
            scene
        });
        scene.assert_laws();
        pictures.push(scene.picture());
    }
    let first = pictures.first().cloned().expect("an order");
    assert!(pictures.iter().all(|p| *p == first), "orders differ");
    first
}

#[test]
fn every_order_of_texts_of_two_people_on_two_accounts_ends_the_same() {
    let picture = every_order_ends_the_same(&[
        Step::Delivered(text(ONE, ANN, "a1", "One")),
        Step::Delivered(text(ONE, ANN, "a2", "Two")),
        Step::Delivered(text(TWO, ANN, "a3", "Elsewhere")),
        Step::Delivered(text(ONE, BOB, "b1", "Other")),
        Step::Delivered(report(ONE, ANN, "out.1", DeliveryState::Delivered)),
    ]);
    let tickets = picture.iter().filter(|l| l.contains(" messages")).count();
    assert_eq!((tickets, picture.len()), (3, 10), "{picture:#?}");
}

#[test]
fn every_order_of_reports_and_the_sending_of_their_message_ends_the_same() {
    let picture = every_order_ends_the_same(&[
        Step::Sent,
        Step::Delivered(report(ONE, ANN, "out.1", DeliveryState::Sent)),
        Step::Delivered(report(ONE, ANN, "out.1", DeliveryState::Failed)),
        Step::Delivered(report(ONE, ANN, "out.1", DeliveryState::Delivered)),
        Step::Delivered(text(ONE, ANN, "a1", "One")),
    ]);
    assert!(
        picture.iter().any(|l| l.contains("Some(Delivered)")),
        "{picture:#?}"
    );
}

#[test]
fn every_order_of_receipts_and_the_sending_of_their_message_ends_the_same() {
    let later = Scene::new().surroundings.now().plus(HOUR);
    let of = |kind, named: &[&str]| Step::Delivered(receipt(ONE, ANN, kind, later, named));
    let picture = every_order_ends_the_same(&[
        Step::Sent,
        of(ReceiptKind::Delivered, &["out.1"]),
        of(ReceiptKind::Read, &[]),
        Step::Delivered(report(ONE, ANN, "out.1", DeliveryState::Sent)),
        Step::Delivered(text(ONE, ANN, "a1", "One")),
    ]);
    assert!(
        picture.iter().any(|l| l.contains("Some(Read)")),
        "{picture:#?}"
    );
}

#[test]
fn a_batch_with_a_repetition_in_itself_stores_each_message_once() {
    let scene = Scene::new();
    let once = text(ONE, ANN, "a1", "One");
    let counts = run(scene.receive(vec![once.clone(), text(ONE, ANN, "a2", "Two"), once]));
    assert_eq!((counts.stored, counts.duplicates), (2, 1));
    assert_eq!(scene.only_ticket().message_count, 2);
}

#[test]
fn texts_of_one_body_keep_their_order_in_the_timeline() {
    let scene = Scene::new();
    let ids: Vec<String> = (0..70).map(|i| format!("m{i:02}")).collect();
    let batch = ids.iter().map(|id| text(ONE, ANN, id, id)).collect();
    run(scene.receive(batch));
    let timeline = scene.store.timeline(&scene.only_ticket().id);
    let contents: Vec<&str> = timeline.iter().map(|m| m.content.as_str()).collect();
    assert_eq!(contents, ids);
}
