//! Conversations that a chatbot hands over.

use futures::future::join_all;

use crate::channel::web_chat::{Speaker, TranscriptLine};
use crate::channel::{Channel, ChannelIdentity};
use crate::delivery::DeliveryState;
use crate::event::EventType;
use crate::handoff::{HandedOver, Handoff, HandoffKind, hand_off};
use crate::message::SenderType;
use crate::scene::{HOUR, Scene, killed_after, types};
use crate::ticket::{Priority, Status};

fn handoff(webhook_id: &str, lines: usize) -> Handoff {
    let line = |i: usize| TranscriptLine {
        speaker: if i.is_multiple_of(2) {
            Speaker::Visitor
        } else {
            Speaker::Bot
        },
        text: format!("line {i}"),
        at: None,
    };
    Handoff {
        session: ChannelIdentity::new(Channel::WebChat, "session-1").expect("a session"),
        email: "ann@example.com".to_owned(),
        name: Some("Ann".to_owned()),
        subject: "Refund".to_owned(),
        initial_message: "A human, please".to_owned(),
        priority: Priority::Medium,
        tags: Vec::new(),
        transcript: (0..lines).map(line).collect(),
        webhook_id: webhook_id.to_owned(),
    }
}

async fn hand_over(scene: &Scene, handoff: &Handoff) -> HandedOver {
    let handed = hand_off(&scene.desk, handoff, scene.deadline()).await;
    handed.expect("handed over")
}

#[tokio::test]
async fn the_transcript_stands_before_the_visitors_wish() {
    let scene = Scene::new();
    let handed = hand_over(&scene, &handoff("w1", 2)).await;
    assert_eq!(handed.kind, HandoffKind::Created);
    let ticket = handed.ticket;
    assert!(ticket.source.is_bot_handoff);
    assert_eq!(ticket.message_count, 3);
    let spoken: Vec<_> = ticket
        .window
        .messages()
        .iter()
        .map(|m| (m.sender_type, m.content.as_str()))
        .collect();
    assert_eq!(
        spoken,
        [
            (SenderType::Customer, "line 0"),
            (SenderType::Bot, "line 1"),
            (SenderType::Customer, "A human, please"),
        ]
    );
    scene.assert_laws();
}

#[tokio::test]
async fn a_long_transcript_is_told_whole_in_one_transaction() {
    let scene = Scene::new();
    let handed = hand_over(&scene, &handoff("w1", 500)).await;
    assert_eq!(scene.store.commits(), 1);
    let timeline = scene.store.timeline(&handed.ticket.id);
    assert_eq!(timeline.len(), 22);
    assert!(
        timeline[0]
            .content
            .contains("customer: line 0\nbot: line 1\n")
    );
    assert_eq!(timeline[1].content, "line 480");
    scene.assert_laws();
}

#[tokio::test]
async fn the_same_webhook_id_again_answers_the_same_and_does_nothing() {
    let scene = Scene::new();
    let first = hand_over(&scene, &handoff("w1", 2)).await;
    scene.surroundings.advance(HOUR);
    let again = hand_over(&scene, &handoff("w1", 2)).await;
    assert_eq!(again.kind, HandoffKind::Repeated);
    assert_eq!(again.ticket, first.ticket);
    assert_eq!(again.token_expires_at, first.token_expires_at);
    assert!(again.events.is_empty());
}

#[tokio::test]
async fn the_same_handoff_delivered_by_many_at_once_is_done_once() {
    let scene = Scene::new();
    let processes: Vec<Scene> = (0..10).map(|_| scene.fresh_process()).collect();
    let wish = handoff("w1", 2);
    let handed = join_all(processes.iter().map(|p| hand_over(p, &wish))).await;
    let created = handed.iter().filter(|h| h.kind == HandoffKind::Created);
    assert_eq!(created.count(), 1);
    let expiry = handed[0].token_expires_at;
    assert!(handed.iter().all(|h| h.token_expires_at == expiry));
    assert_eq!(scene.only_ticket().message_count, 3);
    scene.assert_laws();
}

#[tokio::test]
async fn another_handoff_of_the_session_appends_the_wish_alone() {
    let scene = Scene::new();
    let first = hand_over(&scene, &handoff("w1", 2)).await;
    let second = hand_over(&scene, &handoff("w2", 4)).await;
    assert_eq!(second.kind, HandoffKind::Appended);
    assert_eq!(second.ticket.id, first.ticket.id);
    assert_eq!(types(&second.events), [EventType::MessageReceived]);
    scene
        .move_to(&first.ticket.id, Status::Closed)
        .await
        .expect("closed");
    let third = hand_over(&scene, &handoff("w3", 0)).await;
    assert_eq!(third.kind, HandoffKind::Created);
    assert_eq!(third.ticket.customer.id, first.ticket.customer.id);
    scene.assert_laws();
}

#[tokio::test]
async fn killed_at_any_moment_a_repetition_hands_over_once() {
    for polls in 0.. {
        let scene = Scene::new();
        let wish = handoff("w1", 2);
        let ended = killed_after(polls, hand_over(&scene, &wish)).await;
        hand_over(&scene.fresh_process(), &wish).await;
        assert_eq!(scene.only_ticket().message_count, 3);
        scene.assert_laws();
        if ended.is_some() {
            break;
        }
    }
}

#[tokio::test]
async fn a_chat_is_answered_by_mail_and_the_mails_reports_find_it() {
    let scene = Scene::new();
    let id = hand_over(&scene, &handoff("w1", 0)).await.ticket.id;
    scene.reply(&id, "Answer").await;
    scene.relay(&id).await.expect("sent");
    let calls = scene.messenger.calls();
    assert_eq!(calls[0].to, "ann@example.com");
    let (key, _) = scene.store.all_slots().remove(0);
    assert_eq!(key.channel, Channel::Email);
    let mut event = crate::scene::report("x", "y", "out.1", DeliveryState::Delivered);
    event.account = Some(key.account.clone());
    let batch = crate::channel::inbound::InboundBatch {
        channel: Channel::Email,
        events: vec![event],
    };
    let accounts = [crate::channel::AccountId::constant(Channel::Email).into()];
    let outcome = crate::receive::receive_messages(
        &scene.desk,
        batch.channel,
        batch.events,
        &accounts,
        b"",
        scene.deadline(),
    )
    .await;
    assert_eq!(outcome.received.counts.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
}

#[tokio::test]
async fn a_chat_is_not_greeted_since_its_status_tells_what_agents_said_alone() {
    let mut scene = Scene::new();
    let desk = std::sync::Arc::get_mut(&mut scene.desk).expect("nobody shares it yet");
    let text = "Thanks, we answer soon.".to_owned();
    desk.policy.greetings.insert(Channel::WebChat, text.clone());
    desk.policy.greetings.insert(Channel::Email, text.clone());
    let handed = hand_over(&scene, &handoff("w1", 2)).await;
    let timeline = scene.store.timeline(&handed.ticket.id);
    assert!(timeline.iter().all(|m| m.content != text));
    assert!(scene.store.all_sends().is_empty());
}
