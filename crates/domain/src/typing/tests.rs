//! That an agent types is shown while it is fresh, once, and not behind the answer.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::channel::Channel;
use crate::channel::inbound::InboundKind;
use crate::delivery::DeliveryError;
use crate::id::TicketId;
use crate::permission::Principal;
use crate::ports::{Gates, SendOutcome};
use crate::scene::{ANN, HOUR, ONE, Scene, account, agent, supervisor, text};
use crate::stop_account::stop_account;
use crate::surroundings::Surroundings;

const SECOND: Duration = Duration::from_secs(1);

fn everywhere() -> BTreeSet<Channel> {
    Channel::ALL.into_iter().collect()
}

async fn note(scene: &Scene, id: &TicketId) -> bool {
    let noted = note_typing(&scene.desk, &agent(), id, &everywhere()).await;
    noted.expect("heard")
}

async fn show(scene: &Scene, id: &TicketId) -> bool {
    let shown = show_typing(&scene.desk, &scene.messenger, id).await;
    shown.expect("asked")
}

/// A ticket of Ann's, whose message has an id of its platform.
async fn asked() -> (Scene, TicketId) {
    let scene = Scene::new();
    let mut hello = text(ONE, ANN, "a0", "Hello");
    if let InboundKind::Message(message) = &mut hello.kind {
        let data = json!({"wamid": "a0"});
        message.data = data.as_object().cloned().unwrap_or_default().into();
    }
    scene.receive(vec![hello]).await;
    let id = scene.only_ticket().id;
    scene.surroundings.advance(60 * SECOND);
    (scene, id)
}

#[tokio::test]
async fn what_is_noted_is_shown_once_to_the_customer_with_the_latest_message_they_wrote() {
    let (scene, id) = asked().await;
    assert!(note(&scene, &id).await);
    let shown = futures::future::join(show(&scene, &id), show(&scene, &id)).await;
    assert!(shown.0 != shown.1, "one of two relays shows it");
    assert!(!show(&scene, &id).await);
    let to = TypingTo {
        channel: Channel::WhatsApp,
        account: account(ONE),
        person: ANN.to_owned(),
        latest: Some("a0".to_owned()),
    };
    assert_eq!(scene.messenger.typing(), [to]);
    assert_eq!(scene.ticket(&id).version, 1, "the ticket is as it was");
}

#[tokio::test]
async fn a_ticket_is_noted_once_in_15_seconds_however_many_agents_type() {
    let (scene, id) = asked().await;
    let notes = futures::future::join3(note(&scene, &id), note(&scene, &id), note(&scene, &id));
    let notes: [bool; 3] = notes.await.into();
    assert_eq!(notes.iter().filter(|noted| **noted).count(), 1);
    scene
        .surroundings
        .advance(15 * SECOND - Duration::from_millis(1));
    assert!(!note(&scene, &id).await);
    scene.surroundings.advance(Duration::from_millis(1));
    assert!(note(&scene, &id).await);
}

#[tokio::test]
async fn what_is_older_than_20_seconds_is_shown_to_nobody() {
    for (age, is_shown) in [(20, true), (21, false)] {
        let (scene, id) = asked().await;
        assert!(note(&scene, &id).await);
        scene.surroundings.advance(age * SECOND);
        assert_eq!(show(&scene, &id).await, is_shown, "{age}");
    }
}

#[tokio::test]
async fn an_answer_that_was_written_meanwhile_is_not_followed_by_typing() {
    let (scene, id) = asked().await;
    assert!(note(&scene, &id).await);
    scene.surroundings.advance(SECOND);
    scene.reply(&id, "On its way.").await;
    assert!(!show(&scene, &id).await, "queued");

    // What was typed before the answer comes behind it.
    scene.surroundings.advance(SECOND);
    assert!(!note(&scene, &id).await);
    scene.surroundings.advance(14 * SECOND);
    assert!(note(&scene, &id).await, "the next answer");
    assert!(show(&scene, &id).await);
}

#[tokio::test]
async fn a_note_for_agents_is_no_answer() {
    let (scene, id) = asked().await;
    assert!(note(&scene, &id).await);
    let note = scene.post(&id, "He is angry.", Visibility::Internal, None);
    note.await.expect("written");
    assert!(show(&scene, &id).await);
}

#[tokio::test]
async fn nothing_is_noted_where_it_is_not_wanted_not_shown_closed_or_out_of_time() {
    let (scene, id) = asked().await;
    let others = BTreeSet::from([Channel::Facebook, Channel::Instagram]);
    let noted = note_typing(&scene.desk, &agent(), &id, &others).await;
    assert!(!noted.expect("heard"));
    let x = scene.x_ticket("5000").await;
    assert!(!note(&scene, &x).await);
    assert_eq!(scene.store.typing_notes(), 0, "nothing is written");

    scene.surroundings.advance(24 * HOUR);
    assert!(!note(&scene, &id).await, "only templates go");
    let (scene, id) = asked().await;
    scene.move_to(&id, Status::Closed).await.expect("closed");
    assert!(!note(&scene, &id).await);
    assert_eq!(scene.store.typing_notes(), 0);
}

#[tokio::test]
async fn what_was_closed_or_stopped_meanwhile_shows_nothing() {
    let (scene, id) = asked().await;
    assert!(note(&scene, &id).await);
    scene.move_to(&id, Status::Closed).await.expect("closed");
    assert!(!show(&scene, &id).await);

    let (scene, id) = asked().await;
    assert!(note(&scene, &id).await);
    let ours = account(ONE);
    let of = (Channel::WhatsApp, &ours);
    let (store, world) = (&scene.store, &scene.surroundings);
    let by = supervisor();
    let stopped = stop_account(store, world, &by, of, true, scene.deadline());
    stopped.await.expect("stopped");
    assert!(!show(&scene, &id).await);
    assert!(scene.messenger.typing().is_empty());
}

#[tokio::test]
async fn a_platform_that_shows_nothing_neither_breaks_nor_proves_its_account() {
    let (scene, id) = asked().await;
    scene.messenger.show_nothing();
    assert!(note(&scene, &id).await);
    assert!(!show(&scene, &id).await);
    assert!(!show(&scene, &id).await);
    assert_eq!(scene.messenger.typing().len(), 1, "it is not tried again");
    let ours = account(ONE);
    let gate = || scene.store.gate(Channel::WhatsApp, &ours);
    assert_eq!(gate().await.expect("read"), crate::gate::Gate::default());

    let error = DeliveryError {
        code: "190".to_owned(),
        message: "The token has expired.".to_owned(),
        hint: String::new(),
    };
    scene.messenger.answer(SendOutcome::Broken { error });
    scene.reply(&id, "On its way.").await;
    scene.relay(&id).await.expect("looked at");
    let broken = gate().await.expect("read");
    assert!(broken.broken.is_some());
    scene.surroundings.advance(20 * SECOND);
    assert!(note(&scene, &id).await);
    assert!(!show(&scene, &id).await);
    assert_eq!(gate().await.expect("read"), broken);
    assert_eq!(scene.messenger.typing().len(), 1, "nothing is called");
}

#[tokio::test]
async fn only_agents_type_and_only_in_tickets_that_are_there() {
    let (scene, id) = asked().await;
    let noted = note_typing(&scene.desk, &Principal::Stranger, &id, &everywhere()).await;
    assert!(matches!(noted, Err(TypingError::Forbidden)));
    let other = TicketId::generate(scene.surroundings.now(), 7);
    let noted = note_typing(&scene.desk, &agent(), &other, &everywhere()).await;
    assert!(matches!(noted, Err(TypingError::NoSuchTicket)));
}
