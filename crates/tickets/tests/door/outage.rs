//! What clients see when something behind the door is away.

use http::Method;
use serde_json::json;
use tributary_domain::EventType;

use crate::scene::{Answer, Call, Scene, new_ticket};

#[tokio::test]
async fn a_store_that_is_away_is_503_on_every_route_and_names_no_internals() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let customer = scene.stored(&id).customer.id.to_string();
    scene.store.set_gone(true);
    let answers: Vec<Answer> = vec![
        scene.post("/api/tickets/create", new_ticket("1")).await,
        scene.get("/api/tickets").await,
        scene.get(&format!("/api/tickets/{id}")).await,
        scene.get(&format!("/api/tickets/{id}/timeline")).await,
        scene.put(&id, json!({"subject": "x"})).await,
        scene.message(&id, json!({"content": "x"})).await,
        scene.get(&format!("/api/customers/{customer}")).await,
        scene
            .get(&format!("/api/customers/{customer}/tickets"))
            .await,
    ];
    for answer in answers {
        answer.is_problem(503, "temporarily-unavailable");
        assert!(answer.headers.contains_key("retry-after"));
        assert_eq!(answer.json["detail"], answer.json["title"]);
    }
    assert_eq!(scene.get("/api/health").await.status, 200);
}

#[tokio::test]
async fn a_broker_that_is_away_changes_no_answer_and_leaves_the_events_to_the_relay() {
    let scene = Scene::open().await;
    scene.publisher.set_ready(false);
    let id = scene.ticket_of("15550100").await;
    assert!(scene.publisher.published().is_empty());
    let left: Vec<EventType> = scene
        .store
        .events(&scene.stored(&id).id)
        .iter()
        .map(|e| e.event_type)
        .collect();
    assert_eq!(left, [EventType::TicketCreated, EventType::MessageReceived]);
}

#[tokio::test]
async fn a_platforms_secret_that_cannot_be_used_is_503_and_not_a_fault_of_the_call() {
    let scene = Scene::open().await;
    scene.services().reset().await;
    // The pool's keys are gone too, so no token can be checked: not 401, which would sign agents out.
    let answer = scene.send(Call::new(Method::GET, "/api/me")).await;
    answer.is_problem(503, "temporarily-unavailable");
}

#[tokio::test]
async fn blobs_that_are_away_keep_long_content_from_being_lost() {
    let scene = Scene::open().await;
    scene.blobs.set_gone(true);
    let mut long = new_ticket("15550100");
    long["initial_message"] = json!("x".repeat(20_000));
    let answer = scene.post("/api/tickets/create", long).await;
    answer.is_problem(503, "temporarily-unavailable");
    assert!(scene.store.all_tickets().is_empty());
}
