//! New, current, reopened or another ticket.

use std::time::Duration;

use crate::event::EventType::{
    MessageReceived, TicketClosed, TicketCreated, TicketReopened, TicketUpdated,
};
use crate::id::TicketId;
use crate::memory::Fate;
use crate::message::SenderType;
use crate::scene::{ANN, HOUR, ONE, Scene, TWO, text, types};
use crate::ticket::Status;

/// Ann writes again; returns the ticket that got it and the types of the events told.
async fn ann_writes(scene: &Scene) -> (TicketId, Vec<crate::event::EventType>) {
    let outcome = scene.deliver(vec![text(ONE, ANN, "a1", "Again")]).await;
    assert!(outcome.unfinished.is_none());
    assert_eq!(outcome.received.counts.stored, 1);
    scene.assert_laws();
    let events = outcome.received.events;
    (events[0].ticket_id.clone(), types(&events))
}

#[tokio::test]
async fn a_first_message_makes_a_new_ticket_without_a_system_entry() {
    let (scene, id) = Scene::with_ticket().await;
    let ticket = scene.ticket(&id);
    assert_eq!(ticket.status, Status::New);
    assert_eq!(ticket.subject, "Hello");
    assert_eq!(ticket.version, 1);
    assert_eq!(ticket.message_count, 1);
    let told = types(&scene.store.events(&id));
    assert_eq!(told, [TicketCreated, MessageReceived]);
    assert_eq!(ticket.source.origin_platform_id, ANN);
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_on_an_open_ticket_is_appended_and_takes_a_waiting_one_up() {
    for (before, after, told) in [
        (Status::New, Status::New, vec![MessageReceived]),
        (Status::Open, Status::Open, vec![MessageReceived]),
        (
            Status::PendingCustomer,
            Status::Open,
            vec![TicketUpdated, MessageReceived],
        ),
    ] {
        let (scene, id) = Scene::with_status(before).await;
        assert_eq!(ann_writes(&scene).await, (id.clone(), told));
        assert_eq!(scene.ticket(&id).status, after);
    }
}

#[tokio::test]
async fn a_resolved_ticket_is_reopened_within_the_window_and_the_note_stands_before_the_message() {
    let (scene, id) = Scene::with_status(Status::Resolved).await;
    scene
        .surroundings
        .advance(72 * HOUR - Duration::from_millis(1));
    let told = vec![TicketReopened, MessageReceived];
    assert_eq!(ann_writes(&scene).await, (id.clone(), told));
    let ticket = scene.ticket(&id);
    assert_eq!((ticket.status, ticket.resolved_at), (Status::Open, None));
    let timeline = scene.store.timeline(&id);
    let senders: Vec<SenderType> = timeline.iter().map(|m| m.sender_type).collect();
    let (customer, system) = (SenderType::Customer, SenderType::System);
    assert_eq!(senders, [customer, system, system, customer]);
}

#[tokio::test]
async fn a_ticket_resolved_too_long_ago_or_closed_gives_way_to_a_new_one() {
    for (status, later) in [(Status::Resolved, 72 * HOUR), (Status::Closed, HOUR)] {
        let (scene, id) = Scene::with_status(status).await;
        scene.surroundings.advance(later);
        let (newer, told) = ann_writes(&scene).await;
        assert_ne!(newer, id);
        assert_eq!(told, [TicketCreated, MessageReceived]);
        assert_eq!(scene.ticket(&id).status, status);
        assert_eq!(scene.store.all_customers().len(), 1);
        // And there it stays, also for a process that remembers nothing.
        let more = vec![text(ONE, ANN, "a2", "And again")];
        scene.fresh_process().receive(more).await;
        assert_eq!(scene.ticket(&newer).message_count, 2);
    }
}

#[tokio::test]
async fn with_a_reopen_window_of_zero_nothing_is_reopened() {
    let mut scene = Scene::with_status(Status::Resolved).await.0.fresh_process();
    let desk = std::sync::Arc::get_mut(&mut scene.desk).expect("not shared yet");
    desk.policy.reopen_window = Duration::ZERO;
    let (_, told) = ann_writes(&scene).await;
    assert_eq!(told, [TicketCreated, MessageReceived]);
}

#[tokio::test]
async fn a_merged_or_superseded_ticket_takes_no_messages_whatever_its_status() {
    for status in [Status::Open, Status::Resolved] {
        for is_merged in [true, false] {
            let (scene, id) = Scene::with_status(status).await;
            let mut ticket = scene.ticket(&id);
            if is_merged {
                ticket.merged_into = Some(TicketId::generate(ticket.created_at, 7));
            } else {
                ticket.superseded = true;
            }
            ticket.version += 1;
            scene.store.replace_ticket(ticket);
            let (newer, told) = ann_writes(&scene).await;
            assert_ne!(newer, id);
            assert_eq!(told, [TicketCreated, MessageReceived]);
        }
    }
}

#[tokio::test]
async fn one_person_has_a_ticket_of_each_account_and_one_customer() {
    let scene = Scene::new();
    let both = vec![
        text(ONE, ANN, "a1", "To sales"),
        text(TWO, ANN, "a2", "To service"),
    ];
    let counts = scene.receive(both).await;
    assert_eq!(counts.stored, 2);
    assert_eq!(scene.store.all_tickets().len(), 2);
    assert_eq!(scene.store.all_customers().len(), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_id_of_one_account_is_another_message_on_another_account() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, ANN, "same", "One")]).await;
    let counts = scene.receive(vec![text(TWO, ANN, "same", "Two")]).await;
    assert_eq!((counts.stored, counts.duplicates), (1, 0));
    assert_eq!(scene.store.all_tickets().len(), 2);
}

#[tokio::test]
async fn a_ticket_closed_between_read_and_commit_does_not_swallow_the_message() {
    let (scene, id) = Scene::with_status(Status::Open).await;
    let (other, ticket) = (scene.clone(), id.clone());
    scene.store.befall([Fate::after(async move {
        let (_, events) = other
            .move_to(&ticket, Status::Closed)
            .await
            .expect("closed");
        assert_eq!(types(&events), [TicketClosed]);
    })]);
    let (newer, told) = ann_writes(&scene).await;
    assert_ne!(newer, id);
    assert_eq!(told, [TicketCreated, MessageReceived]);
}

#[tokio::test]
async fn a_wall_clock_that_jumps_back_moves_no_time_of_a_ticket_back() {
    let (scene, id) = Scene::with_ticket().await;
    let before = scene.ticket(&id).updated_at;
    scene.surroundings.set_now(before.minus(HOUR));
    ann_writes(&scene).await;
    assert!(scene.ticket(&id).updated_at >= before);
}
