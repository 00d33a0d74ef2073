//! Which ticket a mail goes into, and as whose.

use super::{ANN, BEN, answer, id, mail, route, to};
use crate::change_delivery::{Decision, decide};
use crate::channel::email::Mail;
use crate::channel::{Channel, ChannelIdentity};
use crate::delivery::DeliveryError;
use crate::handoff::{Handoff, hand_off};
use crate::id::TicketId;
use crate::message::{Message, SenderType, Visibility};
use crate::ports::{Answered, SendOutcome};
use crate::receive_mail::Route;
use crate::scene::{HOUR, Scene, agent};
use crate::ticket::{Priority, Status, Ticket};
use crate::time::Timestamp;

fn is_participant(message: &Message) -> bool {
    message.channel_specific_data.get("participant") == Some(&true.into())
}

fn last(scene: &Scene, ticket: &Ticket) -> Message {
    let timeline = scene.store.timeline(&ticket.id);
    timeline.last().expect("an entry").clone()
}

#[tokio::test]
async fn an_answer_to_our_mail_comes_back_to_its_ticket() {
    let (scene, ticket, ours) = Scene::answered().await;
    assert_eq!(scene.mail(answer(ANN, "a2", &ours, &[])).await.stored, 1);
    let there = scene.only_ticket();
    assert_eq!((there.id, there.message_count), (ticket.id.clone(), 3));
    assert!(!is_participant(&last(&scene, &ticket)));
    scene.assert_laws();
}

#[tokio::test]
async fn references_are_looked_up_from_the_last_to_the_first() {
    let scene = Scene::new();
    scene.mail(mail(ANN, "a1", "One")).await;
    scene.mail(mail(ANN, "b1", "Two")).await;
    let both = Mail {
        in_reply_to: Vec::new(),
        ..answer(ANN, "a2", "", &[&id("a1"), &id("unknown"), &id("b1")])
    };
    scene.mail(both).await;
    let tickets = scene.store.all_tickets();
    let second = tickets.iter().find(|t| t.message_count == 2).expect("one");
    assert_eq!(scene.texts(second), ["Two", "An answer"]);
}

#[tokio::test]
async fn any_number_of_references_costs_a_bounded_number_of_reads() {
    let scene = Scene::new();
    let many: Vec<String> = (0..10_000).map(|i| id(&format!("x{i}"))).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let before = scene.store.reads();
    scene.mail(answer(ANN, "a1", "<y@z>", &many)).await;
    assert!(scene.store.reads() - before <= 30);
}

#[tokio::test]
async fn the_signed_address_counts_before_all_references() {
    let (scene, ticket, _) = Scene::answered().await;
    scene.mail(mail(ANN, "b1", "Another matter")).await;
    let misled = answer(ANN, "a2", &id("b1"), &[]);
    scene.mail_by(misled, &to(&ticket)).await;
    assert_eq!(scene.ticket(&ticket.id).message_count, 3);
}

#[tokio::test]
async fn a_stranger_who_quotes_a_ticket_is_a_marked_participant_and_gets_no_reply() {
    let (scene, ticket, ours) = Scene::answered().await;
    assert_eq!(
        scene
            .mail(answer(BEN, "b1", &ours, &[&id("a1")]))
            .await
            .stored,
        1
    );
    let ticket = scene.ticket(&ticket.id);
    let message = last(&scene, &ticket);
    assert!(is_participant(&message));
    assert_eq!(message.channel_specific_data["from"]["address"], BEN);
    assert_eq!(ticket.customer.channel_identity.platform_id(), ANN);
    scene.reply(&ticket.id, "For Ann").await;
    scene.surroundings.advance(crate::reply::UNDO_WITHIN);
    scene.relay(&ticket.id).await.expect("sent");
    let calls = scene.messenger.calls();
    assert_eq!(calls.last().expect("a call").to, ANN);
    assert_eq!(
        scene.store.all_customers().len(),
        1,
        "no customer is made of them"
    );
    scene.assert_laws();
}

#[tokio::test]
async fn a_stranger_with_the_signed_address_is_a_participant_too() {
    let (scene, ticket, _) = Scene::answered().await;
    scene.mail_by(mail(BEN, "b1", "Me too"), &to(&ticket)).await;
    assert!(is_participant(&last(&scene, &ticket)));
}

#[tokio::test]
async fn a_forged_id_of_ours_leads_nowhere() {
    let (scene, ticket, ours) = Scene::answered().await;
    let forged = ours.replace(&ticket.id.as_str()[4..], "01arz3ndektsv4rrffq69g5fav");
    scene.mail(answer(BEN, "b1", &forged, &[])).await;
    assert_eq!(scene.ticket(&ticket.id).message_count, 2);
    assert_eq!(scene.store.all_tickets().len(), 2);
    let gone = Route {
        ticket: TicketId::parse("tkt_01arz3ndektsv4rrffq69g5fav").ok(),
        ..route()
    };
    scene.mail_by(mail(BEN, "b2", "Hello"), &gone).await;
    assert_eq!(scene.store.all_tickets().len(), 3);
}

#[tokio::test]
async fn a_visitor_who_answers_our_mail_is_in_the_chats_ticket() {
    let scene = Scene::new();
    let handoff = Handoff {
        session: ChannelIdentity::new(Channel::WebChat, "session-1").expect("a session"),
        email: "Ann@Example.org".to_owned(),
        name: Some("Ann".to_owned()),
        subject: "Refund".to_owned(),
        initial_message: "A human, please".to_owned(),
        priority: Priority::Medium,
        tags: Vec::new(),
        transcript: Vec::new(),
        webhook_id: "w1".to_owned(),
    };
    let handed = hand_off(&scene.desk, &handoff, scene.deadline()).await;
    let ticket = handed.expect("handed over").ticket;
    scene
        .mail_by(mail(ANN, "a1", "By mail"), &to(&ticket))
        .await;
    assert_eq!(scene.ticket(&ticket.id).last_mail, Some(2));
    let message = last(&scene, &ticket);
    assert_eq!(
        (message.channel, message.content.as_str()),
        (Channel::Email, "By mail")
    );
    assert!(!is_participant(&message));
    assert_eq!(scene.store.all_tickets().len(), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_resolved_ticket_is_taken_up_again_in_its_time_and_a_closed_one_is_followed() {
    let (scene, ticket, ours) = Scene::answered().await;
    scene
        .move_to(&ticket.id, Status::Resolved)
        .await
        .expect("resolved");
    scene.mail(answer(ANN, "a2", &ours, &[])).await;
    assert_eq!(scene.ticket(&ticket.id).status, Status::Open);

    scene
        .move_to(&ticket.id, Status::Resolved)
        .await
        .expect("resolved");
    scene.surroundings.advance(73 * HOUR);
    scene.mail(answer(ANN, "a3", &ours, &[])).await;
    let tickets = scene.store.all_tickets();
    let follower = tickets
        .iter()
        .find(|t| t.id != ticket.id)
        .expect("a new one");
    let message = last(&scene, follower);
    let follows = &message.channel_specific_data["follows"];
    assert_eq!(follows["ticket_id"], ticket.id.as_str());
    assert_eq!(follower.customer.id, ticket.customer.id);

    scene.mail(answer(BEN, "b1", &ours, &[])).await;
    let tickets = scene.store.all_tickets();
    let bens = tickets.iter().find(|t| t.customer.id != ticket.customer.id);
    let message = last(&scene, bens.expect("Ben's own"));
    assert!(!message.channel_specific_data.contains_key("follows"));
    scene.assert_laws();
}

#[tokio::test]
async fn a_merged_ticket_leads_to_the_one_it_became() {
    let (scene, ticket, ours) = Scene::answered().await;
    scene.mail(mail(ANN, "b1", "Another matter")).await;
    let tickets = scene.store.all_tickets();
    let other = tickets
        .iter()
        .find(|t| t.id != ticket.id)
        .expect("one")
        .id
        .clone();
    let mut merged = scene.ticket(&ticket.id);
    merged.merged_into = Some(other.clone());
    scene.store.replace_ticket(merged);
    scene.mail(answer(ANN, "a2", &ours, &[])).await;
    assert_eq!(scene.ticket(&other).message_count, 2);
}

#[tokio::test]
async fn an_answer_of_ours_names_the_mail_it_answers_and_those_before() {
    let (scene, ticket, ours) = Scene::answered().await;
    scene
        .mail(answer(ANN, "a2", &ours, &[&id("a1"), &ours]))
        .await;
    scene.reply(&ticket.id, "Again").await;
    scene.surroundings.advance(crate::reply::UNDO_WITHIN);
    scene.relay(&ticket.id).await.expect("sent");
    let calls = scene.messenger.calls();
    let answered = calls
        .last()
        .expect("a call")
        .answers
        .clone()
        .expect("a mail");
    assert_eq!(answered.message_id, id("a2"));
    assert_eq!(answered.references, [id("a1"), ours]);
}

/// What the latest call says that it answers.
fn answered_by_last_call(scene: &Scene) -> Option<Answered> {
    let calls = scene.messenger.calls();
    calls.last().expect("a call").answers.clone()
}

async fn say(scene: &Scene, ticket: &Ticket, text: &str) {
    scene.reply(&ticket.id, text).await;
    scene.surroundings.advance(crate::reply::UNDO_WITHIN);
    scene.relay(&ticket.id).await.expect("sent");
}

#[tokio::test]
async fn an_answer_names_the_customers_mail_however_much_was_written_since() {
    let (scene, ticket, ours) = Scene::answered().await;
    let long = Mail {
        text: Some("x".repeat(7000)),
        ..answer(ANN, "a2", &ours, &[&id("a1"), &ours])
    };
    scene.mail(long).await;
    for n in 0..12 {
        say(&scene, &ticket, &format!("Answer {n} {}", "y".repeat(2000))).await;
        let answered = answered_by_last_call(&scene).expect("a mail");
        assert_eq!(answered.message_id, id("a2"), "{n}");
        assert_eq!(answered.references, [id("a1"), ours.clone()], "{n}");
    }
    let window = scene.ticket(&ticket.id).window;
    let mails = window.messages().iter();
    assert!(mails.clone().all(|m| m.sender_type != SenderType::Customer));
    let nameless = Mail {
        message_id: None,
        ..answer(ANN, "", &ours, &[])
    };
    scene.mail(nameless).await;
    say(&scene, &ticket, "Once more").await;
    let answered = answered_by_last_call(&scene).expect("a mail");
    assert_eq!(answered.message_id, id("a2"), "the last that has a name");
    scene.assert_laws();
}

#[tokio::test]
async fn an_old_answer_that_is_sent_again_stays_in_the_conversation() {
    let (scene, ticket, ours) = Scene::answered().await;
    scene.messenger.answer(SendOutcome::Refused {
        error: DeliveryError {
            code: "550".to_owned(),
            message: "Refused.".to_owned(),
            hint: "Again.".to_owned(),
        },
    });
    say(&scene, &ticket, "Refused").await;
    let refused = last(&scene, &ticket).id;
    assert_eq!(
        answered_by_last_call(&scene).expect("a mail").message_id,
        id("a1")
    );
    for n in 0..10 {
        let text = format!("Note {n}");
        let note = scene.post(&ticket.id, &text, Visibility::Internal, None);
        note.await.expect("noted");
    }
    scene.mail(answer(ANN, "a2", &ours, &[])).await;
    let (agent, message) = (agent(), (&ticket.id, &refused));
    let again = decide(
        &scene.desk,
        &agent,
        message,
        Decision::Retry,
        scene.deadline(),
    );
    again.await.expect("again");
    scene.relay(&ticket.id).await.expect("sent");
    let answered = answered_by_last_call(&scene).expect("a mail");
    assert_eq!(
        answered.message_id,
        id("a2"),
        "the mail before has left the window"
    );
}

#[tokio::test]
async fn a_ticket_stored_before_its_last_mail_was_noted_finds_it_in_the_window() {
    let (scene, ticket, _) = Scene::answered().await;
    let mut stored = scene.ticket(&ticket.id);
    assert_eq!(stored.last_mail.take(), Some(1));
    scene.store.replace_ticket(stored);
    say(&scene, &ticket, "Again").await;
    assert_eq!(
        answered_by_last_call(&scene).expect("a mail").message_id,
        id("a1")
    );
}

#[tokio::test]
async fn a_mail_from_the_future_was_written_when_it_came() {
    let scene = Scene::new();
    let late = Mail {
        date: Timestamp::parse("2099-01-01T00:00:00Z").ok(),
        ..mail(ANN, "a1", "Hello")
    };
    scene.mail(late).await;
    let ticket = scene.only_ticket();
    let message = last(&scene, &ticket);
    assert_eq!(message.timestamp, message.received_at);
}
