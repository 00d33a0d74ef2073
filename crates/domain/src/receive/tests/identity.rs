//! People who go by several names.

use futures::future::join_all;

use crate::memory::Fate;
use crate::scene::{ANN, ONE, Scene, TWO, names, run, text};
use crate::ticket::Status;

const PHONE: &str = "15550100";
const USER: &str = "US.ann";
const BOTH: &str = "15550100|US.ann";

#[test]
fn phone_and_user_id_in_any_order_of_use_never_split_a_conversation() {
    // Each order of being named, in which some message ties the names together first.
    for order in [
        [BOTH, PHONE, USER],
        [BOTH, USER, PHONE],
        [PHONE, BOTH, USER],
        [USER, BOTH, PHONE],
    ] {
        let scene = Scene::new();
        run(async {
            for (index, person) in order.into_iter().enumerate() {
                let event = text(ONE, person, &format!("m{index}"), "Hello");
                scene.fresh_process().receive(vec![event]).await;
            }
        });
        assert_eq!(scene.only_ticket().message_count, 3, "{order:?}");
        let customers = scene.store.all_customers();
        assert_eq!(customers.len(), 1, "{order:?}");
        assert_eq!(customers[0].identities.len(), 2, "{order:?}");
        scene.assert_laws();
    }
}

#[tokio::test]
async fn a_process_that_knows_one_name_still_learns_the_other() {
    let (scene, _) = Scene::with_ticket().await;
    scene.receive(vec![text(ONE, BOTH, "m1", "Hello")]).await;
    let other = scene.fresh_process();
    other.receive(vec![text(ONE, USER, "m2", "Hello")]).await;
    assert_eq!(scene.only_ticket().message_count, 3);
    scene.assert_laws();
}

#[tokio::test]
async fn both_names_at_once_from_many_sides_still_make_one_customer() {
    let scene = Scene::new();
    let processes: Vec<Scene> = (0..30).map(|_| scene.fresh_process()).collect();
    join_all(processes.iter().enumerate().map(|(i, process)| {
        // All know both names, and half of the bodies put the user id first.
        let person = if i % 2 == 0 { BOTH } else { "US.ann|15550100" };
        process.receive(vec![text(ONE, person, &format!("m{i}"), "Hello")])
    }))
    .await;
    assert_eq!(scene.only_ticket().message_count, 30);
    assert_eq!(scene.store.all_customers().len(), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_new_ticket_of_an_alias_is_the_canonical_names() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, BOTH, "m1", "Hello")]).await;
    let id = scene.only_ticket().id;
    scene.move_to(&id, Status::Closed).await.expect("closed");
    let alone = scene.fresh_process();
    alone.receive(vec![text(ONE, USER, "m2", "Hello")]).await;
    alone.receive(vec![text(TWO, USER, "m3", "Hello")]).await;
    scene.receive(vec![text(ONE, PHONE, "m4", "Hello")]).await;
    let tickets = scene.store.all_tickets();
    assert_eq!(tickets.len(), 3);
    for ticket in tickets {
        assert_eq!(ticket.customer.channel_identity, names(PHONE)[0]);
        assert_eq!(ticket.source.origin_platform_id, PHONE);
    }
    scene.assert_laws();
}

#[tokio::test]
async fn a_name_taken_by_somebody_in_between_is_looked_up_again() {
    let scene = Scene::new();
    let other = scene.fresh_process();
    scene.store.befall([Fate::after(async move {
        other.receive(vec![text(ONE, BOTH, "m1", "First")]).await;
    })]);
    scene.receive(vec![text(ONE, USER, "m2", "Second")]).await;
    assert_eq!(scene.only_ticket().message_count, 2);
    scene.assert_laws();
}

#[tokio::test]
async fn a_process_that_knows_the_identity_reads_only_the_ticket() {
    let (scene, _) = Scene::with_ticket().await;
    let before = scene.store.reads();
    scene.receive(vec![text(ONE, ANN, "a1", "Warm")]).await;
    assert_eq!(scene.store.reads() - before, 1);
    let before = scene.store.reads();
    let cold = scene.fresh_process();
    cold.receive(vec![text(ONE, ANN, "a2", "Cold")]).await;
    assert_eq!(scene.store.reads() - before, 2);
}
