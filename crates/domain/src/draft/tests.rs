//! The window: bounded, with every entry in exactly one place.

use proptest::prelude::*;

use crate::delivery::{Delivery, DeliveryError, DeliveryState};
use crate::id::TicketId;
use crate::message::{Message, Visibility};
use crate::ports::SendOutcome;
use crate::scene::{ANN, ONE, Scene, report, run, text};
use crate::ticket::window::{MAX_BYTES, MAX_MESSAGES, stored_size};

#[tokio::test]
async fn the_window_keeps_the_last_ten_and_the_rest_is_beside_it() {
    let scene = Scene::new();
    for i in 0..25 {
        let event = text(ONE, ANN, &format!("a{i}"), &format!("text {i}"));
        scene.receive(vec![event]).await;
        scene.assert_laws();
    }
    let ticket = scene.only_ticket();
    let window = ticket.window.messages();
    assert_eq!(window.len(), MAX_MESSAGES);
    assert_eq!(window[0].content, "text 15");
    assert_eq!(scene.store.evicted(&ticket.id).len(), 15);
}

#[tokio::test]
async fn entries_that_are_large_together_leave_before_they_are_ten() {
    let scene = Scene::new();
    let long = "x".repeat(5_000);
    let batch = (0..8).map(|i| text(ONE, ANN, &format!("a{i}"), &long));
    scene.receive(batch.collect()).await;
    assert_eq!(scene.only_ticket().window.messages().len(), 3);
    scene.assert_laws();
}

#[tokio::test]
async fn a_report_on_an_entry_outside_the_window_is_stored_where_it_lives() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    scene.relay(&id).await.expect("sent");
    let more = (0..20).map(|i| text(ONE, ANN, &format!("b{i}"), "More"));
    scene.receive(more.collect()).await;
    assert!(
        scene
            .store
            .evicted(&id)
            .iter()
            .any(|m| m.content == "Answer")
    );
    let read = report(ONE, ANN, "out.1", DeliveryState::Read);
    assert_eq!(scene.receive(vec![read]).await.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Read);
    scene.assert_laws();
}

#[tokio::test]
async fn an_answer_that_left_the_window_before_it_was_sent_is_sent_all_the_same() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let more = (0..20).map(|i| text(ONE, ANN, &format!("b{i}"), "More"));
    scene.receive(more.collect()).await;
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.sent_texts(), ["Answer"]);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    scene.assert_laws();
}

#[tokio::test]
async fn a_window_that_a_delivery_makes_too_large_shrinks() {
    let ids = SendOutcome::Accepted {
        platform_message_id: Some("out.2".to_owned()),
    };
    let reason = SendOutcome::Refused {
        error: DeliveryError {
            code: "131047".to_owned(),
            message: "Too late.".to_owned(),
            hint: "Wait for the customer.".to_owned(),
        },
    };
    for outcome in [ids, reason] {
        let scene = Scene::new();
        let id = scene.x_ticket("5000").await;
        scene.reply(&id, &"x".repeat(7_600)).await;
        scene.relay(&id).await.expect("sent");
        // Room is left for the next answer, and for less than what its outcome brings.
        let ticket = scene.ticket(&id);
        let used: usize = ticket.window.messages().iter().map(stored_size).sum();
        let left = MAX_BYTES - used - stored_size(&empty_answer(&scene, &id)) - 5;
        scene.reply(&id, &"y".repeat(left)).await;
        let before = scene.ticket(&id).window.messages().len();
        scene.messenger.answer(outcome);
        scene.relay(&id).await.expect("settled");
        assert!(scene.ticket(&id).window.messages().len() < before);
        scene.assert_laws();
    }
}

/// What an answer without text looks like as it is queued.
fn empty_answer(scene: &Scene, id: &TicketId) -> Message {
    let mut answer = scene.store.timeline(id).remove(0);
    answer.content.clear();
    answer.delivery = Some(Delivery::queued(answer.timestamp, 1));
    answer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_written_the_window_keeps_its_bounds_and_positions_have_no_gap(
        sizes in proptest::collection::vec((0usize..9_000, 0u8..5), 1..20),
        seed: u64,
    ) {
        let scene = Scene::seeded(seed);
        run(async {
            scene.receive(vec![text(ONE, ANN, "a", "Hello")]).await;
            let id = scene.only_ticket().id;
            for (index, (size, kind)) in sizes.into_iter().enumerate() {
                let body = "z".repeat(size.max(1));
                match kind {
                    0 | 1 => {
                        let event = text(ONE, ANN, &format!("a{index}"), &body);
                        scene.receive(vec![event]).await;
                    }
                    2 => {
                        let note = Visibility::Internal;
                        scene.post(&id, &body, note, None).await.expect("noted");
                    }
                    3 => {
                        scene.reply(&id, &body).await;
                    }
                    _ => {
                        scene.relay(&id).await.expect("sent");
                    }
                }
                scene.assert_laws();
            }
        });
    }
}
