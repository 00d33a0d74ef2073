//! Answers and notes.

use futures::future::join_all;

use crate::delivery::DeliveryState;
use crate::event::EventType::{MessageSent, TicketUpdated};
use crate::memory::Fate;
use crate::message::{SenderType, Visibility};
use crate::permission::Principal;
use crate::ports::SendState;
use crate::reply::{NewMessage, PostError, Posted, post_message};
use crate::scene::{ANN, ONE, Scene, killed_after, text, types};
use crate::ticket::Status;

#[tokio::test]
async fn the_first_answer_opens_a_new_ticket_and_the_note_of_it_stands_before_the_message() {
    let (scene, id) = Scene::with_ticket().await;
    let told = scene.reply(&id, "Answer").await;
    assert_eq!(types(&told), [TicketUpdated, MessageSent]);
    assert!(told.iter().all(|e| e.status == Status::Open));
    let timeline = scene.store.timeline(&id);
    let senders: Vec<SenderType> = timeline.iter().map(|m| m.sender_type).collect();
    let (customer, system, agent) = (SenderType::Customer, SenderType::System, SenderType::Agent);
    assert_eq!(senders, [customer, system, agent]);
    let ticket = scene.ticket(&id);
    let last = ticket.last_agent_message.as_ref().map(|p| p.position);
    assert_eq!((last, ticket.message_count), (Some(3), 2));
    scene.assert_laws();
}

#[tokio::test]
async fn an_answer_comes_with_its_intent_to_send() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    let intents = scene.store.all_sends();
    assert_eq!(intents.len(), 1);
    assert_eq!((intents[0].position, intents[0].attempt), (3, 1));
    let now = scene.ticket(&id).updated_at;
    let queued = SendState::Queued {
        not_before: now,
        held: false,
    };
    assert_eq!(intents[0].state, queued);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Queued);
}

#[tokio::test]
async fn a_note_is_told_but_neither_sent_nor_shown_nor_moving_the_status() {
    let (scene, id) = Scene::with_ticket().await;
    let posted = scene.post(&id, "Beware", Visibility::Internal, None).await;
    let Ok(Posted::Created(ticket, told)) = posted else {
        panic!("not posted");
    };
    assert_eq!(types(&told), [MessageSent]);
    assert_eq!(ticket.status, Status::New);
    assert_eq!(ticket.last_agent_message, None);
    assert_eq!(ticket.message_count, 2);
    assert!(scene.store.all_sends().is_empty());
    scene.relay(&id).await.expect("nothing to do");
    assert!(scene.messenger.calls().is_empty());
    scene.assert_laws();
}

#[tokio::test]
async fn the_same_client_message_id_again_does_nothing_twice() {
    let (scene, id) = Scene::with_ticket().await;
    let visible = Visibility::Public;
    let first = scene.post(&id, "Answer", visible, Some("key")).await;
    assert!(matches!(first, Ok(Posted::Created(..))));
    let before = scene.ticket(&id);
    let again = scene.post(&id, "Answer", visible, Some("key")).await;
    assert!(matches!(again, Ok(Posted::Repeated(t)) if *t == before));
    assert_eq!(scene.store.all_sends().len(), 1);
    let other = scene.post(&id, "Answer", visible, Some("other")).await;
    assert!(matches!(other, Ok(Posted::Created(..))));
}

#[tokio::test]
async fn a_client_message_id_is_unique_within_its_ticket_only() {
    let (scene, _) = Scene::with_ticket().await;
    scene.receive(vec![text(ONE, "15550177", "c1", "Hi")]).await;
    for ticket in scene.store.all_tickets() {
        let posted = scene
            .post(&ticket.id, "Answer", Visibility::Public, Some("key"))
            .await;
        assert!(matches!(posted, Ok(Posted::Created(..))));
    }
    assert_eq!(scene.store.all_sends().len(), 2);
}

#[tokio::test]
async fn the_same_message_posted_by_many_clicks_at_once_is_written_once() {
    let (scene, id) = Scene::with_ticket().await;
    let clicks = (0..10).map(|_| scene.post(&id, "Answer", Visibility::Public, Some("key")));
    let created = join_all(clicks).await;
    let created = created
        .iter()
        .filter(|p| matches!(p, Ok(Posted::Created(..))));
    assert_eq!(created.count(), 1);
    assert_eq!(scene.ticket(&id).message_count, 2);
    scene.assert_laws();
}

#[tokio::test]
async fn a_client_that_lost_the_answer_at_any_moment_repeats_safely() {
    for polls in 0.. {
        let (scene, id) = Scene::with_ticket().await;
        let post = scene.post(&id, "Answer", Visibility::Public, Some("key"));
        let ended = killed_after(polls, post).await;
        let again = scene
            .post(&id, "Answer", Visibility::Public, Some("key"))
            .await;
        assert!(again.is_ok());
        assert_eq!(scene.ticket(&id).message_count, 2, "killed after {polls}");
        assert_eq!(scene.store.all_sends().len(), 1);
        scene.assert_laws();
        if ended.is_some() {
            break;
        }
    }
}

#[tokio::test]
async fn a_customer_who_writes_in_between_loses_nothing_and_stands_first() {
    let (scene, id) = Scene::with_ticket().await;
    let other = scene.fresh_process();
    scene.store.befall([Fate::after(async move {
        other.receive(vec![text(ONE, ANN, "a1", "Wait")]).await;
    })]);
    scene.reply(&id, "Answer").await;
    let timeline = scene.store.timeline(&id);
    let contents: Vec<&str> = timeline.iter().map(|m| m.content.as_str()).collect();
    let note = "Status changed from new to open";
    assert_eq!(contents, ["Hello", "Wait", note, "Answer"]);
    scene.assert_laws();
}

#[tokio::test]
async fn only_agents_write_and_not_on_merged_tickets() {
    let (scene, id) = Scene::with_ticket().await;
    let message = NewMessage {
        content: "Answer".to_owned(),
        ..NewMessage::default()
    };
    let holder = Principal::StatusHolder {
        ticket_id: id.clone(),
    };
    for principal in [Principal::Stranger, Principal::Chatbot, holder] {
        let message = message.clone();
        let posted = post_message(&scene.desk, &principal, &id, message, scene.deadline()).await;
        assert!(matches!(posted, Err(PostError::Forbidden)));
    }
    let mut ticket = scene.ticket(&id);
    ticket.merged_into = Some(id.clone());
    scene.store.replace_ticket(ticket);
    let posted = scene.post(&id, "Answer", Visibility::Public, None).await;
    assert!(matches!(posted, Err(PostError::Forbidden)));
    assert_eq!(scene.ticket(&id).message_count, 1);
}

#[tokio::test]
async fn a_ticket_that_is_not_there_is_said_to_be_missing() {
    let (scene, id) = Scene::with_ticket().await;
    let missing = crate::id::TicketId::generate(scene.ticket(&id).created_at, 1);
    let posted = scene
        .post(&missing, "Answer", Visibility::Public, None)
        .await;
    assert!(matches!(posted, Err(PostError::NoSuchTicket)));
}

#[tokio::test]
async fn a_store_that_is_gone_is_said_to_be_and_nothing_is_written() {
    let (scene, id) = Scene::with_ticket().await;
    scene.store.set_gone(true);
    let posted = scene.post(&id, "Answer", Visibility::Public, None).await;
    assert!(matches!(posted, Err(PostError::Port(_))));
    scene.store.set_gone(false);
    assert_eq!(scene.ticket(&id).message_count, 1);
}
