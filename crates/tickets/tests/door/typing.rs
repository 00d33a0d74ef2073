//! An agent types an answer.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::scene::{Answer, Call, Scene};

fn typing(ticket: &str) -> Call {
    Call::new(Method::POST, &format!("/api/tickets/{ticket}/typing"))
}

fn is_heard(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), &answer.json), (204, &Value::Null));
}

#[tokio::test]
async fn typing_is_noted_once_and_changes_nothing_that_clients_see() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let before = scene.get(&format!("/api/tickets/{id}")).await;
    for _ in 0..2 {
        is_heard(&scene.send(typing(&id)).await);
    }
    assert_eq!(scene.store.typing_notes(), 1);
    let after = scene.get(&format!("/api/tickets/{id}")).await;
    assert_eq!((after.etag(), after.json), (before.etag(), before.json));
}

#[tokio::test]
async fn where_nobody_is_shown_it_is_heard_and_nothing_is_written() {
    let scene = Scene::open().await;
    let open = async |channel: &str, person: &str| {
        let ticket = json!({"source": {"channel": channel, "origin_platform_id": person},
            "customer": {"name": "Ann"}, "subject": "Hello", "initial_message": "Hello?"});
        let answer = scene.post("/api/tickets/create", ticket).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        answer.text("ticket_id")
    };
    // Messenger has it, but this desk does not want it; X has none.
    for (channel, person) in [("facebook", "7001"), ("twitter", "4400")] {
        let id = open(channel, person).await;
        is_heard(&scene.send(typing(&id)).await);
    }
    let closed = scene.ticket_of("15550100").await;
    scene.put(&closed, json!({"status": "closed"})).await;
    is_heard(&scene.send(typing(&closed)).await);
    let late = scene.ticket_of("15550199").await;
    let mut ticket = scene.stored(&late);
    ticket.last_customer_message_at = Some(ticket.created_at.minus(Duration::from_secs(25 * 3600)));
    scene.store.replace_ticket(ticket);
    is_heard(&scene.send(typing(&late)).await);
    assert_eq!(scene.store.typing_notes(), 0);
}

#[tokio::test]
async fn a_ticket_that_is_not_there_is_said_to_be_missing() {
    let scene = Scene::open().await;
    let call = typing("tkt_01arz3ndektsv4rrffq69g5fav");
    scene.send(call).await.is_problem(404, "ticket-not-found");
    let call = typing("no-id");
    scene.send(call).await.is_problem(400, "invalid-id");
}
