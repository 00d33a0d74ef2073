//! Changing a ticket.

use http::Method;
use serde_json::{Value, json};
use tributary_domain::delivery::DeliveryState;
use tributary_domain::{EventType, Surroundings};

use crate::platform::{AGENT, SUPERVISOR};
use crate::scene::{Answer, Call, Scene};

async fn put_if_match(scene: &Scene, id: &str, tag: &str, body: Value) -> Answer {
    let call = Call::new(Method::PUT, &format!("/api/tickets/{id}"));
    scene.send(call.header("if-match", tag).json(body)).await
}

#[tokio::test]
async fn all_five_fields_change_in_one_call_with_one_event_for_each_kind() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let before = scene.publisher.published().len();
    let body = json!({
        "status": "open", "priority": "critical", "assigned_agent_id": SUPERVISOR,
        "tags": ["vip", " vip", "late"], "subject": " New subject ",
    });
    let answer = scene.put(&id, body).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    let field = |name: &str| answer.json[name].clone();
    assert_eq!(field("status"), "open");
    assert_eq!(field("priority"), "critical");
    assert_eq!(field("assigned_agent_id"), SUPERVISOR);
    assert_eq!(field("tags"), json!(["vip", "late"]));
    assert_eq!(field("subject"), "New subject");
    assert_eq!(answer.etag(), "\"2\"");
    let told: Vec<EventType> = scene.publisher.published()[before..]
        .iter()
        .map(|e| e.event_type)
        .collect();
    assert_eq!(told, [EventType::TicketUpdated, EventType::TicketUpdated]);
    let nobody = scene.put(&id, json!({"assigned_agent_id": null})).await;
    assert!(nobody.json["assigned_agent_id"].is_null());
    assert_eq!(
        nobody.json["subject"], "New subject",
        "what is absent stays"
    );
}

#[tokio::test]
async fn what_is_so_already_changes_and_publishes_nothing() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let before = scene.publisher.published().len();
    let answer = scene
        .put(
            &id,
            json!({"status": "new", "priority": "medium", "tags": []}),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.etag().as_str()),
        (200, "\"1\"")
    );
    assert_eq!(scene.publisher.published().len(), before);
}

#[tokio::test]
async fn a_field_changed_since_the_named_version_is_412_and_other_changes_are_not() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    scene
        .message(&id, json!({"content": "Note", "visibility": "internal"}))
        .await;
    let after_note = put_if_match(&scene, &id, "\"1\"", json!({"priority": "high"})).await;
    assert_eq!(after_note.status, 200, "messages do not count");
    let late = put_if_match(&scene, &id, "\"1\"", json!({"subject": "Late"})).await;
    late.is_problem(412, "version-mismatch");
    assert_eq!(late.json["current_version"], 3);
    assert_eq!(late.json["changed"], json!(["priority"]));
    let mut ticket = scene.stored(&id);
    ticket.version += 1;
    let last = ticket.last_position;
    if let Some(delivery) = ticket.window.at_mut(last).and_then(|m| m.delivery.as_mut()) {
        delivery.advance(0, DeliveryState::Delivered, scene.surroundings.now(), None);
    }
    scene.store.replace_ticket(ticket);
    let after_tick = put_if_match(&scene, &id, "\"3\"", json!({"subject": "In time"})).await;
    assert_eq!(after_tick.status, 200, "delivery ticks do not count");
    let ahead = put_if_match(&scene, &id, "\"99\"", json!({"subject": "Ahead"})).await;
    ahead.is_problem(412, "version-mismatch");
    assert_eq!(ahead.json["changed"], json!([]));
    assert_eq!(
        put_if_match(&scene, &id, "*", json!({"subject": "Any"}))
            .await
            .status,
        200
    );
    let bad = put_if_match(&scene, &id, "3", json!({"subject": "x"})).await;
    bad.is_problem(400, "invalid-parameter");
    assert_eq!(bad.json["parameter"], "If-Match");
}

#[tokio::test]
async fn a_move_that_is_not_allowed_is_409_with_those_that_are() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    scene.put(&id, json!({"status": "resolved"})).await;
    let refused = scene
        .put(&id, json!({"status": "pending_customer", "subject": "x"}))
        .await;
    refused.is_problem(409, "status-move-not-allowed");
    assert_eq!(refused.json["allowed"], json!(["open", "closed"]));
    assert_eq!(
        scene.stored(&id).subject,
        "Where is my order?",
        "all or nothing"
    );
    scene.put(&id, json!({"status": "closed"})).await;
    let agent = scene.put(&id, json!({"status": "open"})).await;
    agent.is_problem(409, "status-move-not-allowed");
    assert_eq!(agent.json["allowed"], json!([]));
    let call = Call::new(Method::PUT, &format!("/api/tickets/{id}")).supervisor();
    assert_eq!(
        scene
            .send(call.json(json!({"status": "open"})))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn each_bad_field_is_named() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let many: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
    for (body, pointer) in [
        (json!({}), ""),
        (json!({"status": "done"}), "/status"),
        (json!({"status": null}), "/status"),
        (json!({"priority": null}), "/priority"),
        (json!({"priority": 1}), "/priority"),
        (json!({"tags": null}), "/tags"),
        (json!({"tags": "vip"}), "/tags"),
        (json!({"tags": many}), "/tags"),
        (json!({"tags": ["a", " "]}), "/tags/1"),
        (json!({"tags": ["x".repeat(51)]}), "/tags/0"),
        (json!({"subject": null}), "/subject"),
        (json!({"subject": ""}), "/subject"),
        (json!({"subject": "x".repeat(256)}), "/subject"),
        (json!({"assigned_agent_id": ""}), "/assigned_agent_id"),
        (json!({"assigned_agent_id": 7}), "/assigned_agent_id"),
        (
            json!({"assigned_agent_id": "33333333-cccc-4ccc-8ccc-333333333333"}),
            "/assigned_agent_id",
        ),
    ] {
        scene.put(&id, body).await.names_field(pointer);
    }
    scene
        .put(&id, json!({"version": 3}))
        .await
        .is_problem(400, "unknown-field");
    assert_eq!(scene.stored(&id).version, 1);
    assert_eq!(
        scene
            .put(&id, json!({"assigned_agent_id": AGENT}))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_merged_ticket_is_not_changed_any_more() {
    let scene = Scene::open().await;
    let (id, into) = (
        scene.ticket_of("15550100").await,
        scene.ticket_of("15550199").await,
    );
    let mut ticket = scene.stored(&id);
    ticket.merged_into = Some(scene.stored(&into).id);
    scene.store.replace_ticket(ticket);
    scene
        .put(&id, json!({"subject": "x"}))
        .await
        .is_problem(403, "forbidden");
    scene
        .message(&id, json!({"content": "x"}))
        .await
        .is_problem(403, "forbidden");
}
