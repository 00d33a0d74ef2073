//! One person stays one customer, whatever they are called and whichever name is heard of first.

use proptest::prelude::*;

use crate::channel::inbound::{InboundEvent, InboundKind, Renamed};
use crate::memory::Fate;
use crate::message::SenderType;
use crate::scene::{HOUR, ONE, Scene, TWO, account, names, run, text};
use crate::ticket::Status;
use crate::time::Timestamp;

const OLD: &str = "16505551234";
const NEW: &str = "12195555358";
const USER: &str = "US.1349";

fn renamed(former: &str, current: &str, at: i64) -> InboundEvent {
    renamed_at(former, current, Some(at))
}

fn renamed_at(former: &str, current: &str, at: Option<i64>) -> InboundEvent {
    InboundEvent {
        account: Some(account(ONE)),
        kind: InboundKind::Renamed(Box::new(Renamed {
            key: format!("renamed:{former}:{current}:{at:?}"),
            former: names(former),
            current: names(current),
            content: "User changed their number".to_owned(),
            at: at.map(Timestamp::from_millis),
        })),
    }
}

fn used_customers(scene: &Scene) -> usize {
    let customers = scene.store.all_customers();
    customers.iter().filter(|c| c.joined_into.is_none()).count()
}

#[tokio::test]
async fn a_new_number_is_the_same_customer_in_the_same_ticket_and_answers_go_to_it() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, OLD, "m1", "Hello")]).await;
    let counts = scene.receive(vec![renamed(OLD, NEW, 5)]).await;
    assert_eq!(counts.stored, 1);
    assert_eq!(
        scene.receive(vec![renamed(OLD, NEW, 5)]).await.duplicates,
        1
    );
    scene.receive(vec![text(ONE, NEW, "m2", "Me again")]).await;
    scene
        .receive(vec![text(ONE, OLD, "m0", "Sent before")])
        .await;
    let ticket = scene.only_ticket();
    assert_eq!(ticket.message_count, 3);
    assert_eq!(ticket.source.origin_platform_id, NEW);
    let noted = scene.store.timeline(&ticket.id);
    assert!(noted.iter().any(|m| m.sender_type == SenderType::System));
    scene
        .move_to(&ticket.id, Status::Closed)
        .await
        .expect("closed");
    scene
        .receive(vec![text(ONE, NEW, "m3", "Another matter")])
        .await;
    let tickets = scene.store.all_tickets();
    assert!(tickets.iter().all(|t| t.source.origin_platform_id == NEW));
    assert_eq!(used_customers(&scene), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_name_learnt_while_others_are_changed_leads_to_the_same_customer() {
    let joins = || vec![renamed(OLD, USER, 5)];
    let moves = || vec![renamed(OLD, NEW, 5)];
    let learns_of = |known| vec![renamed("US.9", known, 4)];
    for (body, meanwhile) in [
        (joins(), learns_of(USER)),
        (joins(), learns_of(OLD)),
        (moves(), learns_of(OLD)),
        (learns_of(USER), joins()),
        (learns_of(OLD), moves()),
    ] {
        let scene = Scene::new();
        scene.receive(vec![text(ONE, OLD, "m1", "By phone")]).await;
        scene
            .receive(vec![text(ONE, USER, "m2", "By user id")])
            .await;
        let other = scene.fresh_process();
        let late = meanwhile.clone();
        scene.store.befall([Fate::after(async move {
            other.receive(late).await;
        })]);
        scene.receive(body.clone()).await;
        scene.assert_laws();
        let told = [body, meanwhile].concat();
        assert_eq!(scene.fresh_process().receive(told).await.stored, 0);
        let again = vec![text(ONE, "US.9", "m3", "Still me")];
        assert_eq!(scene.fresh_process().receive(again).await.stored, 1);
        scene.assert_laws();
    }
}

#[test]
fn a_ticket_that_comes_while_names_are_changed_is_not_left_on_the_old_one() {
    for seed in 0..300 {
        let scene = Scene::seeded(seed);
        let body = vec![
            text(ONE, OLD, "m1", "To one"),
            text(TWO, OLD, "m2", "To the other"),
            renamed(OLD, NEW, 5),
        ];
        run(scene.receive(body));
        scene.assert_laws();
        for ticket in scene.store.all_tickets() {
            assert_eq!(ticket.source.origin_platform_id, NEW, "seed {seed}");
        }
    }
}

#[test]
fn names_of_one_person_that_meet_in_one_body_lead_to_one_customer() {
    for seed in 0..100 {
        let scene = Scene::seeded(seed);
        let body = vec![
            renamed("US.1", NEW, 1),
            text(ONE, "US.1", "m1", "One"),
            text(ONE, OLD, "m2", "Two"),
            renamed("US.1", "US.2", 2),
            renamed(OLD, NEW, 3),
            text(ONE, "US.3|US.2", "m3", "Three"),
        ];
        assert_eq!(run(scene.receive(body.clone())).received(), 6);
        scene.assert_laws();
        assert_eq!(used_customers(&scene), 1, "seed {seed}");
        assert_eq!(run(scene.fresh_process().receive(body)).stored, 0);
        scene.assert_laws();
    }
}

#[test]
fn a_change_there_and_back_without_times_is_no_news_when_it_comes_again() {
    let scene = Scene::new();
    let there_and_back = vec![renamed_at(OLD, NEW, None), renamed_at(NEW, OLD, None)];
    run(scene.receive(vec![text(ONE, OLD, "m1", "Hello")]));
    for change in there_and_back.iter().cloned() {
        run(scene.receive(vec![change]));
    }
    for change in there_and_back {
        scene.surroundings.advance(HOUR);
        assert_eq!(run(scene.receive(vec![change])).stored, 0);
    }
}

#[test]
fn a_text_and_the_new_number_of_its_writer_in_one_body_are_all_there_at_once() {
    for seed in 0..20 {
        let scene = Scene::seeded(seed);
        let body = vec![text(ONE, OLD, "m1", "Hello"), renamed(OLD, NEW, 5)];
        assert_eq!(run(scene.receive(body.clone())).stored, 2);
        let noted = scene.store.timeline(&scene.only_ticket().id);
        assert!(noted.iter().any(|m| m.sender_type == SenderType::System));
        assert_eq!(run(scene.receive(body)).duplicates, 2, "seed {seed}");
    }
}

#[tokio::test]
async fn two_customers_who_turn_out_to_be_one_are_joined_with_their_open_tickets() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, OLD, "m1", "By phone")]).await;
    scene
        .receive(vec![text(ONE, USER, "m2", "By user id")])
        .await;
    scene
        .receive(vec![text(TWO, USER, "m3", "To the other account")])
        .await;
    assert_eq!(used_customers(&scene), 2);
    let both = format!("{OLD}|{USER}");
    scene.receive(vec![text(ONE, &both, "m4", "Both")]).await;
    scene
        .receive(vec![text(ONE, USER, "m5", "User id again")])
        .await;
    scene
        .receive(vec![text(TWO, OLD, "m6", "Phone, other account")])
        .await;
    assert_eq!(used_customers(&scene), 1);
    let mut open: Vec<_> = scene
        .store
        .all_tickets()
        .into_iter()
        .filter(|t| !t.superseded)
        .map(|t| (t.source.account_id.as_str().to_owned(), t.message_count))
        .collect();
    open.sort();
    assert_eq!(open, [(ONE.to_owned(), 3), (TWO.to_owned(), 2)]);
    let owners: Vec<_> = scene
        .store
        .all_tickets()
        .into_iter()
        .map(|t| t.customer.id)
        .collect();
    assert!(owners.iter().all(|id| *id == owners[0]));
    scene.assert_laws();
}

#[tokio::test]
async fn an_open_ticket_goes_on_where_the_other_ones_was_closed() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, OLD, "m1", "Hello")]).await;
    let first = scene.only_ticket().id;
    scene.receive(vec![text(ONE, NEW, "m2", "Hello")]).await;
    scene.move_to(&first, Status::Closed).await.expect("closed");
    scene.receive(vec![renamed(OLD, NEW, 5)]).await;
    scene.receive(vec![text(ONE, NEW, "m3", "And?")]).await;
    assert_eq!(scene.store.all_tickets().len(), 2);
    assert_eq!(used_customers(&scene), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_change_of_numbers_that_comes_late_does_not_undo_a_later_one() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, OLD, "m1", "Hello")]).await;
    scene.receive(vec![renamed(OLD, NEW, 5)]).await;
    scene.receive(vec![renamed(NEW, OLD, 9)]).await;
    scene.receive(vec![renamed(OLD, NEW, 5)]).await;
    assert_eq!(scene.only_ticket().source.origin_platform_id, OLD);
    scene.assert_laws();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whatever_is_heard_first_it_is_one_person(
        order in Just(vec![
            text(ONE, OLD, "m1", "Hello"),
            renamed(OLD, NEW, 5),
            text(ONE, NEW, "m2", "Me again"),
            text(ONE, "12195555358|US.1349", "m3", "With both"),
            text(ONE, USER, "m4", "With one"),
        ]).prop_shuffle(),
        seed: u64,
    ) {
        let scene = Scene::seeded(seed);
        run(async {
            for event in order.iter().chain(&order) {
                scene.fresh_process().receive(vec![event.clone()]).await;
                scene.assert_laws();
            }
        });
        prop_assert_eq!(used_customers(&scene), 1);
        let messages: u64 = scene.store.all_tickets().iter().map(|t| t.message_count).sum();
        prop_assert_eq!(messages, 4);
        let taking = scene.store.all_tickets().into_iter().filter(|t| !t.superseded).count();
        prop_assert_eq!(taking, 1, "one conversation goes on");
    }
}
