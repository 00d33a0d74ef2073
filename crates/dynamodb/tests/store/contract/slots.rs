//! Slots, what waits in them, and requests that must not be done twice.

use tributary_domain::delivery::DeliveryError;
use tributary_domain::ports::{
    CommitError, IdempotencyRecord, IdempotencyScope, MAX_WAITING, Slot, Waited, WaitingEvent,
};
use tributary_domain::revision::{KeptText, Revised, Revision, WholeText};
use tributary_domain::{AttachmentId, DeliveryState, SenderType, Surroundings};

use crate::support::{
    BUDGET, Store, at, blank, message, opened, opening, slot_key, slot_of, world,
};

fn report(state: DeliveryState, error: bool) -> WaitingEvent {
    let error = error.then(|| DeliveryError {
        code: "1".to_owned(),
        message: "m".to_owned(),
        hint: "h".to_owned(),
    });
    WaitingEvent::Delivery {
        state,
        at: at("2026-01-01T12:00:00Z"),
        error,
    }
}

pub async fn a_taken_slot_tells_its_message_and_nothing_is_written(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let mut first = message(&world, &ticket, "once");
    first.slots = vec![slot_of(&first, "wamid.1", 0)];
    store.commit(&first, BUDGET).await.expect("commits");
    let present = first.slots[0].message.clone();
    assert_eq!(
        store.slot(&slot_key("wamid.1")).await.expect("reads"),
        Some(Slot::Present(present.clone()))
    );

    let mut again = message(&world, first.ticket.ticket(), "twice");
    again.slots = vec![slot_of(&again, "wamid.2", 0), slot_of(&again, "wamid.1", 0)];
    let Err(CommitError::SlotsTaken(taken)) = store.commit(&again, BUDGET).await else {
        panic!("taken")
    };
    assert_eq!(taken, vec![(slot_key("wamid.1"), Slot::Present(present))]);
    assert_eq!(store.slot(&slot_key("wamid.2")).await.expect("reads"), None);
    let stored = store
        .ticket(&ticket.id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(stored.version, first.ticket.ticket().version);

    again.ticket = message(&world, &ticket, "stale too").ticket;
    assert!(
        matches!(
            store.commit(&again, BUDGET).await,
            Err(CommitError::SlotsTaken(_))
        ),
        "slots are told before races"
    );
}

pub async fn events_wait_once_and_are_applied_with_their_message(store: &impl Store) {
    let world = world();
    let key = slot_key("wamid.out");
    let (sent, failed) = (
        report(DeliveryState::Sent, false),
        report(DeliveryState::Failed, true),
    );
    assert_eq!(
        store.wait_in_slot(&key, &sent).await.expect("waits"),
        Waited::Parked
    );
    assert_eq!(
        store.wait_in_slot(&key, &failed).await.expect("waits"),
        Waited::Parked
    );
    assert_eq!(
        store.wait_in_slot(&key, &sent).await.expect("waits"),
        Waited::Repeated
    );
    let Some(Slot::Waiting(events)) = store.slot(&key).await.expect("reads") else {
        panic!("waiting")
    };
    assert_eq!(events.len(), 2);
    assert!(events.contains(&sent) && events.contains(&failed));

    let ticket = opened(store, &world).await;
    let mut commit = message(&world, &ticket, "late");
    commit.slots = vec![slot_of(&commit, "wamid.out", 0)];
    let Err(CommitError::SlotsTaken(taken)) = store.commit(&commit, BUDGET).await else {
        panic!("events wait")
    };
    let [(told_key, Slot::Waiting(told))] = taken.as_slice() else {
        panic!("one slot")
    };
    assert_eq!((told_key, told.len()), (&key, 2));

    commit.slots[0].applies = 2;
    store.commit(&commit, BUDGET).await.expect("commits");
    let present = commit.slots[0].message.clone();
    assert_eq!(
        store.slot(&key).await.expect("reads"),
        Some(Slot::Present(present.clone())),
        "nothing waits any more"
    );
    assert_eq!(
        store.wait_in_slot(&key, &sent).await.expect("waits"),
        Waited::Present(present)
    );
}

pub async fn a_commit_that_applies_too_few_events_is_told_all(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let mut commit = message(&world, &ticket, "late");
    commit.slots = vec![slot_of(&commit, "wamid.out", 1)];
    for state in [DeliveryState::Sent, DeliveryState::Read] {
        store
            .wait_in_slot(&slot_key("wamid.out"), &report(state, false))
            .await
            .expect("waits");
    }
    let Err(CommitError::SlotsTaken(taken)) = store.commit(&commit, BUDGET).await else {
        panic!("one more waits")
    };
    assert!(matches!(taken.as_slice(), [(_, Slot::Waiting(events))] if events.len() == 2));
}

pub async fn a_commit_that_applies_events_nobody_left_is_told_so(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let mut commit = message(&world, &ticket, "late");
    commit.slots = vec![slot_of(&commit, "wamid.out", 1)];
    let Err(CommitError::SlotsTaken(taken)) = store.commit(&commit, BUDGET).await else {
        panic!("nothing waits")
    };
    assert_eq!(taken, vec![(slot_key("wamid.out"), Slot::Waiting(vec![]))]);
}

pub async fn what_was_done_before_is_told_before_slots_and_races(store: &impl Store) {
    let world = world();
    let mut first = opening(&world, blank(&world));
    let slot = slot_of(&first, "chat.1", 0);
    let scopes = [
        IdempotencyScope::Chatbot,
        IdempotencyScope::Message(slot.message.ticket_id.clone()),
    ];
    for scope in &scopes {
        assert_eq!(store.idempotency(scope, "key").await.expect("reads"), None);
    }
    let record = IdempotencyRecord {
        scope: IdempotencyScope::Chatbot,
        key: "key".to_owned(),
        ticket_id: slot.message.ticket_id.clone(),
        message_id: slot.message.message_id.clone(),
        token_expires_at: Some(world.now()),
    };
    first.slots = vec![slot];
    first.idempotency = Some(record.clone());
    store.commit(&first, BUDGET).await.expect("commits");
    assert_eq!(
        store.idempotency(&scopes[0], "key").await.expect("reads"),
        Some(record.clone())
    );
    assert_eq!(
        store.idempotency(&scopes[1], "key").await.expect("reads"),
        None,
        "each scope has its own keys"
    );

    let Err(CommitError::AlreadyDone(done)) = store.commit(&first, BUDGET).await else {
        panic!("done before")
    };
    assert_eq!(*done, record);
}

fn revisions() -> Vec<WaitingEvent> {
    let revision = |key: &str, what| {
        WaitingEvent::Revision(Revision {
            key: key.to_owned(),
            at: at("2026-01-01T12:00:00Z"),
            what,
        })
    };
    let world = world();
    let whole = WholeText {
        attachment_id: AttachmentId::generate(world.now(), 7),
        blob_key: "content/1.txt".to_owned(),
        size_bytes: 9_000,
    };
    let text = KeptText {
        shown: "start".to_owned(),
        whole: Some(whole),
    };
    let reaction = |emoji: Option<&str>| Revised::Reaction {
        emoji: emoji.map(str::to_owned),
        by: "15550100".to_owned(),
        sender_type: SenderType::Customer,
    };
    vec![
        revision("edit:1", Revised::Edit { text, number: 1 }),
        revision("unsend", Revised::Unsend),
        revision("r1", reaction(Some("🙏"))),
        revision("r2", reaction(None)),
    ]
}

pub async fn every_kind_of_event_waits_and_reads_back(store: &impl Store) {
    let key = slot_key("wamid.early");
    for event in revisions() {
        let waited = store.wait_in_slot(&key, &event).await.expect("waits");
        assert_eq!(waited, Waited::Parked);
        let again = store.wait_in_slot(&key, &event).await.expect("waits");
        assert_eq!(again, Waited::Repeated);
    }
    let Some(Slot::Waiting(events)) = store.slot(&key).await.expect("reads") else {
        panic!("they wait")
    };
    assert_eq!(events.len(), revisions().len());
    assert!(revisions().iter().all(|event| events.contains(event)));
}

pub async fn a_slot_holds_so_many_events_and_no_more(store: &impl Store) {
    let key = slot_key("wamid.never");
    let nth = |n: usize| {
        WaitingEvent::Revision(Revision {
            key: format!("unsend {n}"),
            at: at("2026-01-01T12:00:00Z"),
            what: Revised::Unsend,
        })
    };
    for n in 0..MAX_WAITING {
        let waited = store.wait_in_slot(&key, &nth(n)).await.expect("waits");
        assert_eq!(waited, Waited::Parked);
    }
    let beyond = store.wait_in_slot(&key, &nth(MAX_WAITING)).await;
    assert_eq!(beyond.expect("answers"), Waited::Full);
    let known = store.wait_in_slot(&key, &nth(0)).await;
    assert_eq!(known.expect("answers"), Waited::Repeated);
}
