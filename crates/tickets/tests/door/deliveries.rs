//! What agents decide about messages on their way out, and what the platforms let through.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tributary_domain::ports::Blobs;

use crate::scene::{Answer, Call, Scene};

async fn decide(scene: &Scene, ticket: &str, message: &str, decision: &str) -> Answer {
    let path = format!("/api/tickets/{ticket}/message/{message}/{decision}");
    scene.send(Call::new(Method::POST, &path)).await
}

/// A ticket with a reply that waits, and the reply's id.
async fn with_reply(scene: &Scene) -> (String, String) {
    let id = scene.ticket_of("15550100").await;
    let answer = scene.message(&id, json!({"content": "On its way."})).await;
    let last = last(&answer);
    assert_eq!(last["delivery"]["actions"], json!(["discard"]));
    let message = last["message_id"].as_str().expect("an id").to_owned();
    (id, message)
}

fn last(answer: &Answer) -> &Value {
    let timeline = answer.json["timeline"].as_array().expect("a timeline");
    timeline.last().expect("entries")
}

#[tokio::test]
async fn a_reply_that_waits_can_be_taken_back_once() {
    let scene = Scene::open().await;
    let (id, message) = with_reply(&scene).await;
    let answer = decide(&scene, &id, &message, "discard").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.etag(), "\"3\"");
    let taken_back = last(&answer);
    assert_eq!(taken_back["delivery"]["error"]["code"], "discarded");
    assert_eq!(taken_back["delivery"]["actions"], json!([]));
    assert_ne!(taken_back["deleted_at"], Value::Null);
    assert!(scene.store.all_sends().is_empty());
    for decision in ["discard", "retry", "arrived"] {
        let again = decide(&scene, &id, &message, decision).await;
        again.is_problem(409, "delivery-stage");
        assert_eq!(again.json["possible"], json!([]));
        assert_eq!(again.json["state"], "failed");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_missing() {
    let scene = Scene::open().await;
    let (id, message) = with_reply(&scene).await;
    let other = "msg_01arz3ndektsv4rrffq69g5fav";
    decide(&scene, &id, other, "retry")
        .await
        .is_problem(404, "message-not-found");
    decide(&scene, &id, "no", "retry")
        .await
        .is_problem(400, "invalid-id");
    let ticket = "tkt_01arz3ndektsv4rrffq69g5fav";
    decide(&scene, ticket, &message, "retry")
        .await
        .is_problem(404, "ticket-not-found");
}

#[tokio::test]
async fn once_the_window_is_closed_only_a_template_goes() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let mut ticket = scene.stored(&id);
    ticket.last_customer_message_at = Some(ticket.created_at.minus(Duration::from_secs(25 * 3600)));
    scene.store.replace_ticket(ticket);
    let late = scene.message(&id, json!({"content": "Hello?"})).await;
    late.is_problem(409, "reply-window-closed");
    assert_eq!(
        late.json["reply_window"],
        json!({"mode": "template", "until": null})
    );
    assert_eq!(scene.stored(&id).version, 1);
    let note = json!({"content": "Too late.", "visibility": "internal"});
    assert_eq!(scene.message(&id, note).await.status, 201);

    let templates = json!([{"name": "hello", "language": "en_US", "category": "UTILITY",
        "body": "Hello {{1}}, how are you?", "footer": null, "parameters": 1, "examples": ["Ann"]}]);
    scene
        .keep("templates/whatsapp/300001.json", &templates)
        .await;
    let listed = scene.get(&format!("/api/tickets/{id}/templates")).await;
    assert_eq!(listed.json, json!({"templates": templates}));
    let template = |parameters: Value| json!({"template": {"name": "hello", "language": "en_US", "parameters": parameters}});
    scene
        .message(&id, template(json!([])))
        .await
        .names_field("/template/parameters");
    scene
        .message(&id, template(json!(["a\nb"])))
        .await
        .names_field("/template/parameters/0");
    let sent = scene.message(&id, template(json!(["Ann"]))).await;
    assert_eq!(sent.status, 201);
    assert_eq!(last(&sent)["content"], "Hello Ann, how are you?");
    assert_eq!(
        last(&sent)["channel_specific_data"]["template"]["name"],
        "hello"
    );
}

#[tokio::test]
async fn a_file_is_put_into_its_place_and_then_named() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let place = scene
        .send(Call::new(
            Method::POST,
            &format!("/api/tickets/{id}/attachments"),
        ))
        .await;
    assert_eq!(place.status, 201);
    assert_eq!(place.json["max_bytes"], 25 * 1024 * 1024);
    let file = place.text("attachment_id");
    let named = json!({"attachments": [{"attachment_id": file, "name": "leg.png"}]});
    scene
        .message(&id, named.clone())
        .await
        .names_field("/attachments/0");
    let fields = place.json["fields"].as_array().expect("fields");
    let key = fields.iter().find(|f| f["name"] == "key").expect("the key");
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    scene
        .keep_bytes(key["value"].as_str().expect("text"), png)
        .await;
    let sent = scene.message(&id, named).await;
    assert_eq!(sent.status, 201, "{:?}", sent.json);
    let attachment = &last(&sent)["attachments"][0];
    assert_eq!(attachment["attachment_id"], file);
    assert_eq!(
        (&attachment["type"], &attachment["state"]),
        (&json!("image"), &json!("stored"))
    );
    assert_eq!(last(&sent)["content_type"], "image");
}

/// A file in its place for a ticket of the desk's; its id, and the key under which it waits.
async fn uploaded(scene: &Scene, ticket: &str) -> (String, String) {
    let path = format!("/api/tickets/{ticket}/attachments");
    let place = scene.send(Call::new(Method::POST, &path)).await;
    let fields = place.json["fields"].as_array().expect("fields");
    let key = fields.iter().find(|f| f["name"] == "key").expect("the key");
    let key = key["value"].as_str().expect("text").to_owned();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    scene.keep_bytes(&key, png).await;
    (place.text("attachment_id"), key)
}

#[tokio::test]
async fn a_repetition_needs_neither_the_upload_nor_the_template_any_more() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let (file, key) = uploaded(&scene, &id).await;
    let named = |key| json!({"attachments": [{"attachment_id": file, "name": "leg.png"}], "client_message_id": key});
    assert_eq!(scene.message(&id, named("c-1")).await.status, 201);
    let template =
        |key| json!({"template": {"name": "hello", "language": "en_US"}, "client_message_id": key});
    let kept = "templates/whatsapp/300001.json";
    let approved = json!([{"name": "hello", "language": "en_US", "category": "UTILITY",
        "body": "Hello.", "footer": null, "parameters": 0, "examples": []}]);
    scene.keep(kept, &approved).await;
    assert_eq!(scene.message(&id, template("c-2")).await.status, 201);

    // A day later the upload is gone, and the template is not approved any more.
    scene.blobs.delete(&key).await.expect("deleted");
    scene.keep(kept, &json!([])).await;
    for body in [named("c-1"), template("c-2")] {
        let again = scene.message(&id, body).await;
        assert_eq!(again.status, 200, "{:?}", again.json);
        assert_eq!(again.json["message_count"], 3);
    }
    assert_eq!(scene.store.all_sends().len(), 2);
    let other = scene.message(&id, named("c-3")).await;
    other.names_field("/attachments/0");
    let other = scene.message(&id, template("c-3")).await;
    other.names_field("/template/name");
}
