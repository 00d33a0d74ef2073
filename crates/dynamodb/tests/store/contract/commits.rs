//! Tickets and their timelines.

use std::collections::BTreeMap;

use serde_json::json;
use tributary_domain::attachment::{AttachmentKind, MediaSource};
use tributary_domain::delivery::DeliveryError;
use tributary_domain::draft::Draft;
use tributary_domain::message::{Html, Reaction};
use tributary_domain::ports::{CommitError, SlotMessage, TicketWrite};
use tributary_domain::{
    AgentId, Attachment, AttachmentId, AttachmentState, DeliveryState, SenderType, Status,
    Surroundings, TicketId, Visibility,
};

use crate::support::{
    BUDGET, Store, at, blank, commit, customer_id, entry, message, opened, opening, person,
    slot_key, world,
};

pub async fn what_is_absent_is_none(store: &impl Store) {
    let world = world();
    let id = TicketId::generate(world.now(), 1);
    assert_eq!(store.ticket(&id).await.expect("asks"), None);
    assert_eq!(
        store.customer(&customer_id(&world)).await.expect("asks"),
        None
    );
    assert_eq!(store.identities(&[]).await.expect("asks"), vec![]);
    assert_eq!(
        store.identities(&[person("1")]).await.expect("asks"),
        vec![]
    );
    assert_eq!(
        store
            .identities(&[person("1"), person("2")])
            .await
            .expect("asks"),
        vec![]
    );
    assert_eq!(store.slot(&slot_key("wamid.1")).await.expect("asks"), None);
    assert_eq!(
        store.older_messages(&id, 100, 10).await.expect("asks"),
        vec![]
    );
    assert!(!store.is_pending(&id, 1).await.expect("asks"));
    assert_eq!(store.sends(&id).await.expect("asks"), vec![]);
    assert_eq!(store.events_after(&id, 0, 10).await.expect("asks"), vec![]);
}

/// Everything a ticket and a message can have.
pub fn rich(
    world: &tributary_domain::memory::SimulatedSurroundings,
) -> tributary_domain::ports::Commit {
    let mut ticket = blank(world);
    ticket.tags = vec!["billing".to_owned(), "vip".to_owned()];
    ticket.assigned_agent_id = Some(AgentId::parse("agent-1").expect("an agent"));
    ticket.snoozed_until = Some(at("2026-02-01T00:00:00Z"));
    ticket.merged_into = Some(TicketId::generate(world.now(), 5));
    ticket.superseded = true;
    ticket.last_mail = Some(7);
    ticket.source.is_bot_handoff = true;
    ticket.customer.email = Some("ann@example.com".to_owned());
    ticket.custom_fields =
        BTreeMap::from([("order".to_owned(), json!({"number": 7, "big": 1e300}))]);
    let mut draft = Draft::create(world, ticket);
    let mut asked = entry(world, SenderType::Customer, "");
    asked.attachments = vec![Attachment {
        id: AttachmentId::generate(world.now(), 9),
        kind: AttachmentKind::Image,
        state: AttachmentState::Stored,
        source: Some(MediaSource::Media {
            id: "9".to_owned(),
            sha256: Some("c2hh".to_owned()),
        }),
        blob_key: Some("attachments/9".to_owned()),
        name: Some("receipt.jpg".to_owned()),
        mime_type: Some("image/jpeg".to_owned()),
        size_bytes: Some(12_345),
    }];
    asked
        .channel_specific_data
        .insert("wamid".to_owned(), json!("wamid.1"));
    asked.content_truncated = true;
    asked.reply_to = Some("wamid.0".to_owned());
    draft.append(asked);
    draft.move_status(
        Status::Open,
        Some(&AgentId::parse("agent-1").expect("an agent")),
    );
    let reply = draft.append(entry(world, SenderType::Agent, "On its way"));
    let error = DeliveryError {
        code: "131047".to_owned(),
        message: "Too late".to_owned(),
        hint: "Use a template".to_owned(),
    };
    let second = SlotMessage {
        ticket_id: draft.ticket().id.clone(),
        message_id: reply.message_id,
        position: reply.position,
        attempt: 1,
        part: 1,
    };
    draft.observe(&second, DeliveryState::Failed, world.now(), Some(error));
    let mut note = entry(world, SenderType::Agent, "They are upset");
    note.visibility = Visibility::Internal;
    note.delivery = None;
    draft.append(note);
    let first = draft.ticket_mut().window.at_mut(1).expect("the first");
    first.html = Some(Html::Here("<p>Hi</p>".to_owned()));
    first.reactions = vec![Reaction {
        emoji: Some("🙏".to_owned()),
        sender_type: SenderType::Customer,
        by: "15550100".to_owned(),
        at: at("2026-01-01T12:00:02Z"),
    }];
    first.edit_number = 2;
    first.heard = vec!["edit:2".to_owned()];
    first.edited_at = Some(at("2026-01-01T12:00:01Z"));
    first.deleted_at = Some(at("2026-01-01T12:00:02Z"));
    let second = draft.ticket_mut().window.at_mut(2).expect("the second");
    second.html = Some(Html::Kept {
        blob_key: "html/1.html".to_owned(),
        size_bytes: 20_000,
    });
    draft.move_status(Status::Resolved, None);
    draft.finish()
}

pub async fn a_ticket_reads_back_as_it_was_committed(store: &impl Store) {
    let world = world();
    for ticket in [
        opened(store, &world).await,
        commit(store, rich(&world)).await,
    ] {
        assert_eq!(store.ticket(&ticket.id).await.expect("reads"), Some(ticket));
    }
}

pub async fn a_stale_version_is_refused_and_changes_nothing(store: &impl Store) {
    let world = world();
    let read = opened(store, &world).await;
    let mine = message(&world, &read, "mine");
    let theirs = commit(store, message(&world, &read, "theirs")).await;
    assert!(matches!(
        store.commit(&mine, BUDGET).await,
        Err(CommitError::Raced)
    ));
    assert_eq!(
        store.ticket(&read.id).await.expect("reads").as_ref(),
        Some(&theirs)
    );
    assert_eq!(
        store
            .events_after(&read.id, 0, 10)
            .await
            .expect("reads")
            .len(),
        3,
        "created, Hello, theirs"
    );
    assert!(
        matches!(
            store.commit(&opening(&world, read), BUDGET).await,
            Err(CommitError::Raced)
        ),
        "an id is used once"
    );
}

pub async fn a_reference_belongs_to_one_ticket(store: &impl Store) {
    let world = world();
    let first = opened(store, &world).await;
    let mut second = blank(&world);
    second.reference = first.reference.clone();
    let id = second.id.clone();
    assert!(matches!(
        store.commit(&opening(&world, second), BUDGET).await,
        Err(CommitError::Raced)
    ));
    assert_eq!(store.ticket(&id).await.expect("reads"), None);
}

pub async fn a_relied_on_ticket_must_not_have_changed(store: &impl Store) {
    let world = world();
    let old = opened(store, &world).await;
    let mut relying = opening(&world, blank(&world));
    relying.relies_on = Some((old.id.clone(), old.version));
    let changed = commit(store, message(&world, &old, "still here")).await;
    assert!(matches!(
        store.commit(&relying, BUDGET).await,
        Err(CommitError::Raced)
    ));
    relying.relies_on = Some((changed.id, changed.version));
    commit(store, relying).await;
}

pub async fn a_message_lives_either_in_the_window_or_outside_it(store: &impl Store) {
    let world = world();
    let mut ticket = opened(store, &world).await;
    for n in 2..=25 {
        ticket = commit(store, message(&world, &ticket, &format!("message {n}"))).await;
    }
    let stored = store
        .ticket(&ticket.id)
        .await
        .expect("reads")
        .expect("is there");
    let window: Vec<u64> = stored
        .window
        .messages()
        .iter()
        .map(|m| m.position)
        .collect();
    assert_eq!(window, (16..=25).collect::<Vec<_>>());
    let positions = |messages: &[tributary_domain::Message]| {
        messages.iter().map(|m| m.position).collect::<Vec<_>>()
    };
    let older = store
        .older_messages(&ticket.id, 16, 100)
        .await
        .expect("reads");
    assert_eq!(positions(&older), (1..=15).rev().collect::<Vec<_>>());
    assert_eq!(older[0].content, "message 15");
    let page = store
        .older_messages(&ticket.id, 11, 4)
        .await
        .expect("reads");
    assert_eq!(positions(&page), vec![10, 9, 8, 7]);
    let all = store
        .older_messages(&ticket.id, u64::MAX >> 12, 100)
        .await
        .expect("reads");
    assert_eq!(all.len(), 15, "nothing of the window is outside it");
}

pub async fn only_a_message_outside_the_window_can_be_revised(store: &impl Store) {
    let world = world();
    let mut ticket = opened(store, &world).await;
    for n in 2..=12 {
        ticket = commit(store, message(&world, &ticket, &format!("message {n}"))).await;
    }
    let mut first = store
        .older_messages(&ticket.id, 2, 1)
        .await
        .expect("reads")
        .remove(0);
    first.deleted_at = Some(world.now());
    let mut revising = message(&world, &ticket, "one more");
    revising.revised = vec![first.clone()];
    ticket = commit(store, revising).await;
    assert_eq!(
        store.older_messages(&ticket.id, 2, 1).await.expect("reads"),
        vec![first.clone()]
    );
    let mut wrong = message(&world, &ticket, "yet another");
    first.position = 999;
    wrong.revised = vec![first];
    assert!(matches!(
        store.commit(&wrong, BUDGET).await,
        Err(CommitError::Raced)
    ));
    assert!(matches!(wrong.ticket, TicketWrite::Update { .. }));
}
