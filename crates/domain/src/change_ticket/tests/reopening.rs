//! A ticket taken up again beside a newer one, and the races of that.

use std::time::Duration;

use futures::future::join;

use crate::change_ticket::{Change, ChangeError, change_ticket, close_resolved};
use crate::id::TicketId;
use crate::memory::Fate;
use crate::scene::{ANN, HOUR, ONE, Scene, agent, run, text};
use crate::ticket::Status;

/// Ann's first ticket, closed, and her newer one.
async fn closed_and_newer() -> (Scene, TicketId, TicketId) {
    let (scene, old) = Scene::with_status(Status::Closed).await;
    scene.receive(vec![text(ONE, ANN, "a1", "Newer")]).await;
    let tickets = scene.store.all_tickets();
    let newer = tickets.into_iter().find(|t| t.id != old).expect("newer");
    (scene, old, newer.id)
}

#[tokio::test]
async fn a_closed_ticket_is_opened_by_supervisors_only() {
    let (scene, id) = Scene::with_status(Status::Closed).await;
    let change = Change {
        status: Some(Status::Open),
        ..Change::default()
    };
    let opened = change_ticket(&scene.desk, &agent(), &id, &change, None, scene.deadline()).await;
    let Err(ChangeError::MoveNotAllowed(refused)) = opened else {
        panic!("an agent opened it");
    };
    assert_eq!((refused.from, refused.allowed), (Status::Closed, vec![]));
    scene.move_to(&id, Status::Open).await.expect("opened");
    scene.receive(vec![text(ONE, ANN, "a1", "More")]).await;
    assert_eq!(scene.only_ticket().message_count, 2, "it is current again");
}

#[tokio::test]
async fn a_ticket_opened_again_beside_a_newer_one_leaves_the_customer_to_that_one() {
    let (scene, old, newer) = closed_and_newer().await;
    let (ticket, _) = scene.move_to(&old, Status::Open).await.expect("opened");
    assert!(ticket.superseded);
    scene.assert_laws();
    scene.receive(vec![text(ONE, ANN, "a2", "More")]).await;
    assert_eq!(scene.ticket(&old).message_count, 1);
    assert_eq!(scene.ticket(&newer).message_count, 2);
    // Even when the newer one is closed, the older does not come back by itself.
    scene.move_to(&newer, Status::Closed).await.expect("closed");
    scene.receive(vec![text(ONE, ANN, "a3", "More")]).await;
    assert_eq!(scene.ticket(&old).message_count, 1);
    assert_eq!(scene.store.all_tickets().len(), 3);
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_that_makes_a_newer_ticket_first_supersedes_the_reopened_one() {
    let (scene, old) = Scene::with_status(Status::Closed).await;
    let other = scene.fresh_process();
    scene.store.befall([Fate::after(async move {
        other.receive(vec![text(ONE, ANN, "a1", "Newer")]).await;
    })]);
    scene.move_to(&old, Status::Open).await.expect("opened");
    assert!(scene.ticket(&old).superseded);
    scene.assert_laws();
}

#[tokio::test]
async fn a_ticket_reopened_first_gets_the_message_that_was_about_to_make_a_newer_one() {
    let (scene, old) = Scene::with_status(Status::Closed).await;
    let (other, id) = (scene.clone(), old.clone());
    scene.store.befall([Fate::after(async move {
        other.move_to(&id, Status::Open).await.expect("opened");
    })]);
    scene.receive(vec![text(ONE, ANN, "a1", "More")]).await;
    assert_eq!(scene.only_ticket().message_count, 2);
    assert!(!scene.only_ticket().superseded);
    scene.assert_laws();
}

#[test]
fn reopening_against_messages_never_leaves_two_current_tickets() {
    for seed in 0..60 {
        run(async {
            let scene = Scene::seeded(seed);
            scene.receive(vec![text(ONE, ANN, "a0", "Hello")]).await;
            let old = scene.only_ticket().id;
            let end = if seed % 2 == 0 {
                Status::Closed
            } else {
                Status::Resolved
            };
            scene.move_to(&old, end).await.expect("ended");
            scene.surroundings.advance(100 * HOUR);
            let (one, two) = (scene.fresh_process(), scene.fresh_process());
            let messages = join(
                one.receive(vec![text(ONE, ANN, "a1", "More")]),
                two.receive(vec![text(ONE, ANN, "a2", "More")]),
            );
            let (_, opened) = join(messages, scene.move_to(&old, Status::Open)).await;
            opened.expect("opened");
            scene.assert_laws();
            let tickets = scene.store.all_tickets();
            let messages: u64 = tickets.iter().map(|t| t.message_count).sum();
            assert_eq!(messages, 3);
        });
    }
}

#[tokio::test]
async fn a_customer_who_writes_as_a_ticket_closes_by_itself_is_not_lost() {
    for advance in [0, 1] {
        // Reopening has ended long before; so the message makes a new ticket whoever is first.
        let (scene, old) = Scene::with_status(Status::Resolved).await;
        scene
            .surroundings
            .advance(7 * 24 * HOUR + Duration::from_secs(advance));
        let other = scene.fresh_process();
        scene.store.befall([Fate::after(async move {
            other.receive(vec![text(ONE, ANN, "a1", "More")]).await;
        })]);
        let closed = close_resolved(&scene.desk, &old, scene.deadline()).await;
        closed.expect("looked at");
        assert_eq!(scene.ticket(&old).status, Status::Closed);
        assert_eq!(scene.store.all_tickets().len(), 2);
        scene.assert_laws();
    }
}
