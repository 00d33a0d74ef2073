//! Many at once.

use futures::future::{join_all, join3};

use crate::event::EventType;
use crate::memory::Fate;
use crate::receive::FOLD;
use crate::scene::{ANN, BOB, ONE, Scene, killed_after, text};

#[tokio::test]
async fn two_hundred_first_messages_at_once_make_one_customer_and_one_ticket() {
    let scene = Scene::new();
    let processes: Vec<Scene> = (0..4).map(|_| scene.fresh_process()).collect();
    let deliveries = (0..200).map(|i| {
        let process = &processes[i % processes.len()];
        process.receive(vec![text(ONE, ANN, &format!("m{i}"), "Hello")])
    });
    let counts = join_all(deliveries).await;
    assert!(counts.iter().all(|c| c.stored == 1 && c.received() == 1));
    let ticket = scene.only_ticket();
    assert_eq!(scene.store.all_customers().len(), 1);
    assert_eq!(ticket.message_count, 200);
    assert_eq!(scene.store.timeline(&ticket.id).len(), 200);
    let events = scene.store.events(&ticket.id);
    assert_eq!(events.len(), 201);
    assert_eq!(events[0].event_type, EventType::TicketCreated);
    scene.assert_laws();
}

#[tokio::test]
async fn the_same_message_delivered_by_many_at_once_is_stored_by_one() {
    let scene = Scene::new();
    let processes: Vec<Scene> = (0..20).map(|_| scene.fresh_process()).collect();
    let counts = join_all(
        processes
            .iter()
            .map(|p| p.receive(vec![text(ONE, ANN, "a1", "Hello")])),
    )
    .await;
    let stored: u64 = counts.iter().map(|c| c.stored).sum();
    let duplicates: u64 = counts.iter().map(|c| c.duplicates).sum();
    assert_eq!((stored, duplicates), (1, 19));
    assert_eq!(scene.only_ticket().message_count, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn the_same_message_delivered_to_one_process_by_many_at_once_is_stored_once() {
    let scene = Scene::new();
    let deliveries = (0..20).map(|i| {
        let other = text(ONE, ANN, &format!("b{i}"), "Other");
        scene.receive(vec![text(ONE, ANN, "a1", "Hello"), other])
    });
    let counts = join_all(deliveries).await;
    assert!(counts.iter().all(|c| c.received() == 2));
    let stored: u64 = counts.iter().map(|c| c.stored).sum();
    assert_eq!((stored, scene.only_ticket().message_count), (21, 21));
    scene.assert_laws();
}

#[tokio::test]
async fn a_thousand_messages_of_one_body_are_folded() {
    let scene = Scene::new();
    let ann = (0..600).map(|i| text(ONE, ANN, &format!("a{i}"), "Hello"));
    let bob = (0..400).map(|i| text(ONE, BOB, &format!("b{i}"), "Hello"));
    let counts = scene.receive(ann.chain(bob).collect()).await;
    assert_eq!((counts.stored, counts.received()), (1000, 1000));
    assert_eq!(
        scene.store.commits(),
        600_usize.div_ceil(FOLD / 3) + 400_usize.div_ceil(FOLD / 3)
    );
    scene.assert_laws();
}

#[tokio::test]
async fn the_fullest_fold_fits_a_transaction() {
    // A full window of small entries, all pushed out by texts so long that each fills it alone, on a
    // ticket that has to be reopened, by a person with a new name.
    let scene = Scene::new();
    let small = (0..12).map(|i| text(ONE, ANN, &format!("s{i}"), "Hello"));
    scene.receive(small.collect()).await;
    let id = scene.only_ticket().id;
    scene
        .move_to(&id, crate::ticket::Status::Resolved)
        .await
        .expect("resolved");
    let long = "x".repeat(8 * 1024);
    let person = format!("{ANN}|US.1");
    let large = (0..FOLD / 3).map(|i| text(ONE, &person, &format!("l{i}"), &long));
    let before = scene.store.commits();
    let counts = scene.receive(large.collect()).await;
    assert_eq!(counts.stored, FOLD as u64 / 3);
    assert_eq!(scene.store.commits(), before + 1);
    assert_eq!(scene.only_ticket().window.messages().len(), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn who_shares_a_process_with_a_request_that_dies_is_received_all_the_same() {
    let mut deaths = 0;
    for seed in 0..8 {
        for polls in 0.. {
            let scene = Scene::seeded(seed);
            let first = || {
                vec![
                    text(ONE, ANN, "a1", "First"),
                    text(ONE, ANN, "a2", "Second"),
                ]
            };
            // The others meet in the lane while the first commits, so that one commits for both.
            let (before, ended, after) = join3(
                scene.receive(vec![text(ONE, ANN, "a0", "Before")]),
                killed_after(polls, scene.deliver(first())),
                scene.receive(vec![text(ONE, ANN, "a3", "After")]),
            )
            .await;
            let counted = (before.received(), after.received());
            assert_eq!(counted, (1, 1), "seed {seed}, killed after {polls}");
            scene.receive(first()).await;
            assert_eq!(scene.only_ticket().message_count, 4);
            scene.assert_laws();
            if ended.is_some() {
                break;
            }
            deaths += 1;
        }
    }
    assert!(deaths > 16, "there are awaits to be killed at: {deaths}");
}

#[tokio::test]
async fn who_shares_a_commit_that_fails_is_told_so_and_loses_nothing_by_a_redelivery() {
    for fate in [|| Fate::Lost, || Fate::AnswerLost] {
        let scene = Scene::new();
        scene.store.befall([Fate::Happens, fate()]);
        let bodies: Vec<_> = (0..6)
            .map(|i| vec![text(ONE, ANN, &format!("a{i}"), "Hello")])
            .collect();
        let outcomes = join_all(bodies.iter().map(|b| scene.deliver(b.clone()))).await;
        assert!(outcomes.iter().any(|o| o.unfinished.is_some()));
        for (outcome, body) in outcomes.iter().zip(&bodies) {
            let told = outcome.received.counts.received();
            assert_eq!(told, u64::from(outcome.unfinished.is_none()));
            assert_eq!(scene.receive(body.clone()).await.received(), 1);
        }
        assert_eq!(scene.only_ticket().message_count, 6);
        scene.assert_laws();
    }
}
