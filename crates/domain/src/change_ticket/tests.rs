//! Changes by agents, and every pair of status and command.

mod pairs;
mod reopening;

use serde_json::json;

use crate::change_ticket::{Change, ChangeError, change_ticket};
use crate::event::EventType::{TicketResolved, TicketUpdated};
use crate::memory::Fate;
use crate::message::{SenderType, Visibility};
use crate::permission::Principal;
use crate::scene::{ANN, ONE, Scene, agent, agent_id, text, types};
use crate::ticket::{Priority, Status};

async fn change(
    scene: &Scene,
    change: Change,
    expected: Option<u64>,
) -> Result<(crate::ticket::Ticket, Vec<crate::event::Event>), ChangeError> {
    let id = scene.only_ticket().id;
    change_ticket(
        &scene.desk,
        &agent(),
        &id,
        &change,
        expected,
        scene.deadline(),
    )
    .await
}

fn tags(tags: &[&str]) -> Change {
    Change {
        tags: Some(tags.iter().map(|t| (*t).to_owned()).collect()),
        ..Change::default()
    }
}

fn priority(priority: Priority) -> Change {
    Change {
        priority: Some(priority),
        ..Change::default()
    }
}

#[tokio::test]
async fn each_changed_field_is_noted_and_all_are_told_in_one_event() {
    let (scene, id) = Scene::with_ticket().await;
    let all = Change {
        status: None,
        priority: Some(Priority::High),
        assigned_agent_id: Some(Some(agent_id())),
        tags: Some(vec!["billing".to_owned()]),
        subject: Some("Refund".to_owned()),
    };
    let (ticket, told) = change(&scene, all.clone(), None).await.expect("changed");
    assert_eq!(types(&told), [TicketUpdated]);
    assert_eq!(ticket.version, 2);
    let notes: Vec<_> = scene.store.timeline(&id).split_off(1);
    assert_eq!(notes.len(), 4);
    for note in &notes {
        assert_eq!(note.sender_type, SenderType::System);
        assert_eq!(note.visibility, Visibility::Internal);
        assert_eq!(note.agent_id, Some(agent_id()));
    }
    let of = |index: usize, key: &str| notes[index].channel_specific_data.get(key).cloned();
    assert_eq!(of(0, "from"), Some(json!("medium")));
    assert_eq!(of(0, "to"), Some(json!("high")));
    assert_eq!(ticket.message_count, 1, "notes are no messages");
    scene.assert_laws();

    let (same, told) = change(&scene, all, None).await.expect("the same again");
    assert!(told.is_empty());
    assert_eq!(same, ticket, "what it is already changes nothing");
}

#[tokio::test]
async fn status_and_fields_change_together_or_not_at_all() {
    let (scene, id) = Scene::with_status(Status::Closed).await;
    let before = scene.ticket(&id);
    let both = |status| Change {
        status: Some(status),
        ..priority(Priority::High)
    };
    let refused = change(&scene, both(Status::Open), None).await;
    assert!(matches!(refused, Err(ChangeError::MoveNotAllowed(_))));
    assert_eq!(scene.ticket(&id), before);
    let (scene, _) = Scene::with_ticket().await;
    let (_, told) = change(&scene, both(Status::Resolved), None)
        .await
        .expect("resolved");
    assert_eq!(types(&told), [TicketResolved, TicketUpdated]);
}

#[tokio::test]
async fn if_match_names_the_fields_that_changed_since() {
    let (scene, _) = Scene::with_ticket().await;
    change(&scene, tags(&["a"]), None).await.expect("version 2");
    change(&scene, priority(Priority::Low), None)
        .await
        .expect("version 3");
    let seen = |version| change(&scene, tags(&["b"]), Some(version));
    let Err(ChangeError::VersionMismatch { current, changed }) = seen(1).await else {
        panic!("expected a mismatch");
    };
    assert_eq!((current, changed), (3, vec!["priority", "tags"]));
    let Err(ChangeError::VersionMismatch { changed, .. }) = seen(2).await else {
        panic!("expected a mismatch");
    };
    assert_eq!(changed, ["priority"]);
    assert!(seen(3).await.is_ok());
}

#[tokio::test]
async fn messages_and_delivery_ticks_do_not_count_for_if_match() {
    let (scene, id) = Scene::with_status(Status::Open).await;
    let seen = scene.ticket(&id).version;
    scene.receive(vec![text(ONE, ANN, "a1", "More")]).await;
    scene.reply(&id, "Answer").await;
    scene.relay(&id).await.expect("sent");
    assert!(scene.ticket(&id).version > seen + 2);
    assert!(change(&scene, tags(&["a"]), Some(seen)).await.is_ok());
}

#[tokio::test]
async fn a_status_that_an_event_moved_counts_for_if_match() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let stale = change(&scene, tags(&["a"]), Some(1)).await;
    assert!(matches!(
        stale,
        Err(ChangeError::VersionMismatch { changed, .. }) if changed == ["status"]
    ));
}

#[tokio::test]
async fn a_version_from_the_future_never_matches() {
    let (scene, _) = Scene::with_ticket().await;
    let ahead = change(&scene, tags(&["a"]), Some(2)).await;
    assert!(matches!(
        ahead,
        Err(ChangeError::VersionMismatch { current: 1, .. })
    ));
}

#[tokio::test]
async fn if_match_is_checked_again_after_a_race() {
    let (scene, _) = Scene::with_ticket().await;
    let other = scene.clone();
    scene.store.befall([Fate::after(async move {
        change(&other, priority(Priority::High), None)
            .await
            .expect("changed");
    })]);
    let late = change(&scene, tags(&["a"]), Some(1)).await;
    assert!(matches!(late, Err(ChangeError::VersionMismatch { .. })));

    let (scene, _) = Scene::with_ticket().await;
    let other = scene.fresh_process();
    scene.store.befall([Fate::after(async move {
        other.receive(vec![text(ONE, ANN, "a1", "More")]).await;
    })]);
    let after_message = change(&scene, tags(&["a"]), Some(1)).await;
    assert!(after_message.is_ok(), "a message does not count");
    scene.assert_laws();
}

#[tokio::test]
async fn without_if_match_the_last_write_wins_field_by_field() {
    let (scene, id) = Scene::with_ticket().await;
    let other = scene.clone();
    scene.store.befall([Fate::after(async move {
        let both = Change {
            tags: Some(vec!["theirs".to_owned()]),
            ..priority(Priority::High)
        };
        change(&other, both, None).await.expect("changed");
    })]);
    change(&scene, tags(&["ours"]), None)
        .await
        .expect("changed");
    let ticket = scene.ticket(&id);
    assert_eq!(ticket.tags, ["ours"]);
    assert_eq!(ticket.priority, Priority::High);
}

#[tokio::test]
async fn only_agents_change_tickets() {
    let (scene, id) = Scene::with_ticket().await;
    for principal in [Principal::Stranger, Principal::Chatbot] {
        let wish = tags(&["a"]);
        let changed =
            change_ticket(&scene.desk, &principal, &id, &wish, None, scene.deadline()).await;
        assert!(matches!(changed, Err(ChangeError::Forbidden)));
    }
}
