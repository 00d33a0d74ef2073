//! The store in memory keeps the promises that the use cases are tested on.

use std::time::Duration;

use crate::delivery::DeliveryState;
use crate::id::MessageId;
use crate::ports::{
    Commit, CommitError, IdempotencyRecord, IdempotencyScope, Inbox, InboxFilter, Slot, SlotKey,
    SlotMessage, SlotWrite, TicketWrite, Tickets, Waited, WaitingEvent,
};
use crate::scene::{ANN, BOB, ONE, Scene, account, text};
use crate::surroundings::Surroundings;

/// A commit that changes nothing of Ann's ticket but its version.
fn touch(scene: &Scene) -> Commit {
    let mut ticket = scene.store.all_tickets().remove(0);
    let expected_version = ticket.version;
    ticket.version += 1;
    Commit {
        ticket: TicketWrite::Update {
            ticket: Box::new(ticket),
            expected_version,
        },
        evicted: Vec::new(),
        revised: Vec::new(),
        events: Vec::new(),
        customer: None,
        identities: Vec::new(),
        slots: Vec::new(),
        sends: Vec::new(),
        fetches: Vec::new(),
        errands: Vec::new(),
        idempotency: None,
        relies_on: None,
    }
}

fn key(id: &str) -> SlotKey {
    SlotKey {
        channel: crate::channel::Channel::WhatsApp,
        account: account(ONE),
        platform_message_id: id.to_owned(),
    }
}

fn slot(scene: &Scene, id: &str, applies: usize) -> SlotWrite {
    let ticket = scene.store.all_tickets().remove(0);
    SlotWrite {
        key: key(id),
        message: SlotMessage {
            ticket_id: ticket.id.clone(),
            message_id: ticket.window.messages()[0].id.clone(),
            position: 1,
            attempt: 0,
            part: 0,
        },
        applies,
    }
}

fn waiting(scene: &Scene, state: DeliveryState) -> WaitingEvent {
    WaitingEvent::Delivery {
        state,
        at: scene.surroundings.now(),
        error: None,
    }
}

async fn commit(scene: &Scene, commit: &Commit) -> Result<(), CommitError> {
    scene.store.commit(commit, Duration::from_secs(1)).await
}

#[tokio::test]
async fn done_before_is_told_before_taken_slots_and_those_before_races() {
    let (scene, id) = Scene::with_ticket().await;
    let record = IdempotencyRecord {
        scope: IdempotencyScope::Chatbot,
        key: "key".to_owned(),
        ticket_id: id.clone(),
        message_id: MessageId::generate(scene.surroundings.now(), 1),
        token_expires_at: None,
    };
    let mut wanted = touch(&scene);
    wanted.idempotency = Some(record.clone());
    wanted.slots = vec![slot(&scene, "new", 0)];
    commit(&scene, &wanted).await.expect("the first");
    let again = commit(&scene, &wanted).await;
    assert!(matches!(again, Err(CommitError::AlreadyDone(done)) if *done == record));
    wanted.idempotency = None;
    let again = commit(&scene, &wanted).await;
    assert!(matches!(again, Err(CommitError::SlotsTaken(taken)) if taken.len() == 1));
    wanted.slots.clear();
    let again = commit(&scene, &wanted).await;
    assert!(matches!(again, Err(CommitError::Raced)));
    assert_eq!(scene.ticket(&id).version, 2);
}

#[tokio::test]
async fn a_slot_with_waiting_events_is_taken_only_with_exactly_those() {
    let (scene, _) = Scene::with_ticket().await;
    let (sent, read) = (
        waiting(&scene, DeliveryState::Sent),
        waiting(&scene, DeliveryState::Read),
    );
    for (event, expected) in [
        (&sent, Waited::Parked),
        (&sent, Waited::Repeated),
        (&read, Waited::Parked),
    ] {
        let waited = scene.store.wait_in_slot(&key("early"), event).await;
        assert_eq!(waited.expect("asked"), expected);
    }
    for applies in [0, 1, 3] {
        let mut wanted = touch(&scene);
        wanted.slots = vec![slot(&scene, "early", applies)];
        let Err(CommitError::SlotsTaken(taken)) = commit(&scene, &wanted).await else {
            panic!("taken with {applies}");
        };
        assert!(matches!(&taken[..], [(_, Slot::Waiting(held))] if held.len() == 2));
    }
    let mut wanted = touch(&scene);
    wanted.slots = vec![slot(&scene, "early", 2)];
    commit(&scene, &wanted).await.expect("taken over");
    let waited = scene.store.wait_in_slot(&key("early"), &sent).await;
    assert!(matches!(waited, Ok(Waited::Present(_))));
}

#[tokio::test]
async fn a_reference_stands_for_one_ticket() {
    let (scene, id) = Scene::with_ticket().await;
    let mut other = scene.ticket(&id);
    other.id = crate::id::TicketId::generate(other.created_at, 9);
    let wanted = Commit {
        ticket: TicketWrite::Create(Box::new(other)),
        ..touch(&scene)
    };
    assert!(matches!(
        commit(&scene, &wanted).await,
        Err(CommitError::Raced)
    ));
    assert_eq!(scene.store.all_tickets().len(), 1);
}

#[tokio::test]
async fn what_a_commit_relies_on_must_not_have_changed() {
    let (scene, id) = Scene::with_ticket().await;
    let mut wanted = touch(&scene);
    wanted.relies_on = Some((id.clone(), 7));
    assert!(matches!(
        commit(&scene, &wanted).await,
        Err(CommitError::Raced)
    ));
    wanted.relies_on = Some((id, 1));
    commit(&scene, &wanted).await.expect("it has not");
}

#[tokio::test]
async fn a_list_is_paged_newest_first_and_its_rows_have_no_window() {
    let scene = Scene::new();
    for (index, person) in [ANN, BOB, "15550177"].into_iter().enumerate() {
        let event = text(ONE, person, &format!("m{index}"), &format!("Order {index}"));
        scene.receive(vec![event]).await;
        scene.surroundings.advance(Duration::from_secs(1));
    }
    let filter = InboxFilter::default();
    let first = scene.store.page(&filter, None, 2).await.expect("a page");
    let rest = scene.store.page(&filter, first.next.as_ref(), 2).await;
    let rest = rest.expect("a page");
    let subjects: Vec<String> = first
        .tickets
        .iter()
        .chain(&rest.tickets)
        .map(|t| t.subject.clone())
        .collect();
    assert_eq!(subjects, ["Order 2", "Order 1", "Order 0"]);
    assert_eq!(rest.next, None);
    assert!(rest.tickets[0].window.messages().is_empty());
    for (words, found) in [(vec!["ord"], 3), (vec!["ord", "1"], 3), (vec!["rder"], 0)] {
        let filter = InboxFilter {
            words: words.into_iter().map(str::to_owned).collect(),
            ..InboxFilter::default()
        };
        let page = scene.store.page(&filter, None, 10).await.expect("a page");
        assert_eq!(page.tickets.len(), found);
    }
}

#[tokio::test]
async fn while_anybody_is_awake_time_stands_still() {
    let (scene, id) = Scene::with_ticket().await;
    let second = Duration::from_secs(1);
    let sleeper = scene.surroundings.sleep(second);
    let worker = async {
        for _ in 0..50 {
            scene.store.ticket(&id).await.expect("read");
        }
        scene.surroundings.monotonic()
    };
    let (_, seen) = futures::future::join(sleeper, worker).await;
    assert_eq!(seen, Duration::ZERO);
    assert_eq!(scene.surroundings.monotonic(), second);
}
