//! Answering customers and writing notes.

use serde_json::{Value, json};
use tributary_domain::EventType;

use crate::platform::AGENT;
use crate::scene::Scene;

#[tokio::test]
async fn a_reply_is_queued_opens_a_new_ticket_and_comes_back_last() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let answer = scene
        .message(&id, json!({"content": "On its way.\n"}))
        .await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.etag(), "\"2\"");
    assert_eq!(answer.json["status"], "open");
    let timeline = answer.json["timeline"].as_array().expect("a timeline");
    let last = timeline.last().expect("entries");
    assert_eq!(last["content"], "On its way.\n", "kept as typed");
    assert_eq!(last["agent_id"], AGENT);
    assert_eq!(last["visibility"], "public");
    assert_eq!(last["delivery"]["state"], "queued");
    assert_eq!(scene.store.all_sends().len(), 1);
    let told: Vec<EventType> = scene
        .publisher
        .published()
        .iter()
        .map(|e| e.event_type)
        .collect();
    assert_eq!(
        told[2..],
        [EventType::TicketUpdated, EventType::MessageSent]
    );
}

#[tokio::test]
async fn a_note_goes_nowhere_and_moves_no_status() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let answer = scene
        .message(
            &id,
            json!({"content": "Called her.", "visibility": "internal"}),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json["status"]),
        (201, &json!("new"))
    );
    assert_eq!(answer.json["timeline"][1]["delivery"], Value::Null);
    assert!(scene.store.all_sends().is_empty());
}

#[tokio::test]
async fn the_same_client_message_id_does_nothing_twice() {
    let scene = Scene::open().await;
    let (id, other) = (
        scene.ticket_of("15550100").await,
        scene.ticket_of("15550199").await,
    );
    let body = json!({"content": "On its way.", "client_message_id": "c-1", "attachments": []});
    assert_eq!(scene.message(&id, body.clone()).await.status, 201);
    let again = scene.message(&id, body.clone()).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json["message_count"], 2);
    assert_eq!(scene.store.all_sends().len(), 1);
    assert_eq!(
        scene.message(&other, body).await.status,
        201,
        "the key is the ticket's"
    );
}

#[tokio::test]
async fn each_bad_field_is_named() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    for (body, pointer) in [
        (json!({}), "/content"),
        (json!({"content": ""}), "/content"),
        (json!({"content": " \n"}), "/content"),
        (json!({"content": "x".repeat(10_001)}), "/content"),
        (json!({"content": null}), "/content"),
        (
            json!({"content": "x", "visibility": "secret"}),
            "/visibility",
        ),
        (
            json!({"content": "x", "attachments": [{"name": "a"}]}),
            "/attachments/0/attachment_id",
        ),
        (
            json!({"content": "x", "attachments": [{"attachment_id": "1", "name": "a"}]}),
            "/attachments/0/attachment_id",
        ),
        (json!({"attachments": []}), "/content"),
        (json!({"content": "x", "reply_to": "1"}), "/reply_to"),
        (
            json!({"content": "x", "reply_to": "msg_01arz3ndektsv4rrffq69g5fav"}),
            "/reply_to",
        ),
        (
            json!({"content": "x", "template": {"name": "a", "language": "en"}}),
            "/content",
        ),
        (
            json!({"template": {"name": "a", "language": "en"}}),
            "/template/name",
        ),
        (
            json!({"template": {"name": "a", "language": "en"}, "visibility": "internal"}),
            "/template",
        ),
        (
            json!({"content": "x", "attachments": "file"}),
            "/attachments",
        ),
        (
            json!({"content": "x", "client_message_id": ""}),
            "/client_message_id",
        ),
        (
            json!({"content": "x", "client_message_id": "k".repeat(129)}),
            "/client_message_id",
        ),
    ] {
        scene.message(&id, body).await.names_field(pointer);
    }
    scene
        .message(&id, json!({"content": "x", "to": "y"}))
        .await
        .is_problem(400, "unknown-field");
    assert_eq!(scene.stored(&id).version, 1);
    assert_eq!(
        scene
            .message(&id, json!({"content": "ü".repeat(10_000)}))
            .await
            .status,
        201
    );
}
