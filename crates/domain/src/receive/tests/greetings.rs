//! The automatic greeting: once for who opens a ticket, and off unless told.

use std::sync::Arc;
use std::time::Duration;

use crate::channel::Channel;
use crate::delivery::DeliveryState;
use crate::message::SenderType;
use crate::receive::Desk;
use crate::scene::{ANN, BOB, HOUR, ONE, Scene, text};
use crate::ticket::Status;

const HELLO: &str = "Thanks, we answer soon.";

fn greeting() -> Scene {
    let mut scene = Scene::new();
    let desk = Arc::get_mut(&mut scene.desk).expect("nobody shares it yet");
    let Desk { policy, .. } = desk;
    policy.greetings.insert(Channel::WhatsApp, HELLO.to_owned());
    scene
}

fn greeted(scene: &Scene) -> usize {
    let tickets = scene.store.all_tickets();
    let timelines = tickets.iter().flat_map(|t| scene.store.timeline(&t.id));
    timelines.filter(|m| m.content == HELLO).count()
}

#[tokio::test]
async fn who_opens_a_ticket_is_greeted_once_after_what_they_wrote() {
    let scene = greeting();
    let both = vec![text(ONE, ANN, "a1", "Hi"), text(ONE, ANN, "a2", "Anybody?")];
    scene.receive(both.clone()).await;
    scene.receive(both).await;
    scene.receive(vec![text(ONE, ANN, "a3", "Hello?")]).await;
    let ticket = scene.only_ticket();
    let timeline = scene.store.timeline(&ticket.id);
    let texts: Vec<&str> = timeline.iter().map(|m| m.content.as_str()).collect();
    assert_eq!(texts, ["Hi", "Anybody?", HELLO, "Hello?"]);
    assert_eq!(timeline[2].sender_type, SenderType::Bot);
    assert_eq!(ticket.status, Status::New, "nobody has answered yet");
    scene.relay(&ticket.id).await.expect("sent");
    assert_eq!(scene.sent_texts(), [HELLO]);
    assert!(scene.messenger.calls()[0].is_automatic);
    assert_eq!(scene.state_of(&ticket.id, HELLO), DeliveryState::Sent);
    scene.assert_laws();
}

#[tokio::test]
async fn nobody_is_greeted_twice_a_day() {
    let scene = greeting();
    let close = async || {
        let open = scene
            .store
            .all_tickets()
            .into_iter()
            .find(|t| t.status.is_open());
        let id = open.expect("an open ticket").id;
        scene.move_to(&id, Status::Closed).await.expect("closed");
    };
    scene.receive(vec![text(ONE, ANN, "a1", "Hi")]).await;
    close().await;
    scene.surroundings.advance(23 * HOUR);
    scene.receive(vec![text(ONE, ANN, "a2", "Hi again")]).await;
    assert_eq!(greeted(&scene), 1);
    close().await;
    scene.surroundings.advance(Duration::from_secs(24 * 3600));
    scene
        .receive(vec![text(ONE, ANN, "a3", "Hi once more")])
        .await;
    scene.receive(vec![text(ONE, BOB, "b1", "Me too")]).await;
    assert_eq!(greeted(&scene), 3);
    scene.assert_laws();
}

#[tokio::test]
async fn it_is_off_unless_told() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, ANN, "a1", "Hi")]).await;
    assert_eq!(greeted(&scene), 0);
    assert!(scene.store.all_sends().is_empty());
}
