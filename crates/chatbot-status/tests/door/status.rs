//! What a chatbot learns of its ticket, and who else may ask.

use serde_json::json;
use tributary_domain::{TicketId, Visibility};

use crate::platform::access_token;
use crate::scene::Scene;

const NONE: &str = "tkt_01arz3ndektsv4rrffq69g5fav";

#[tokio::test]
async fn a_status_shows_every_field_and_the_agents_last_answer_but_no_notes() {
    let scene = Scene::open().await;
    let id = scene.ticket("s1").await;
    let token = scene.token(&id, 60, "status");
    let fresh = scene.status(&id, &token).await;
    assert_eq!(fresh.status, 200);
    assert_eq!(
        fresh.json,
        json!({
            "ticket_id": id.as_str(),
            "reference": fresh.json["reference"],
            "status": "new",
            "last_updated": "2025-01-01T12:00:00.000Z",
            "has_agent_reply": false,
            "last_agent_message": null,
        })
    );
    assert_eq!(fresh.headers["cache-control"], "no-store");
    scene.write(&id, "First answer", Visibility::Public).await;
    scene.write(&id, "Second answer", Visibility::Public).await;
    scene
        .write(&id, "A secret note", Visibility::Internal)
        .await;
    let answered = scene.status(&id, &token).await.json;
    assert_eq!(answered["status"], "open");
    assert_eq!(answered["has_agent_reply"], true);
    assert_eq!(
        answered["last_agent_message"],
        json!({
            "message_id": answered["last_agent_message"]["message_id"],
            "timestamp": "2025-01-01T12:00:00.000Z",
            "content": "Second answer",
        })
    );
}

#[tokio::test]
async fn an_answer_that_is_long_or_has_left_the_window_is_shown_whole() {
    let scene = Scene::open().await;
    let id = scene.ticket("s1").await;
    let long = "é".repeat(9_000);
    scene.write(&id, &long, Visibility::Public).await;
    for n in 0..12 {
        scene
            .write(&id, &format!("note {n}"), Visibility::Internal)
            .await;
    }
    let answer = scene.status(&id, &scene.token(&id, 60, "status")).await;
    assert_eq!(answer.json["last_agent_message"]["content"], long);
}

#[tokio::test]
async fn only_a_status_token_of_ours_that_has_not_expired_or_an_agents_token_opens() {
    let scene = Scene::open().await;
    let id = scene.ticket("s1").await;
    let path = format!("/api/tickets/{id}/status");
    let good = scene.token(&id, 60, "status");
    let expired = scene.token(&id, 0, "status");
    let foreign = scene.token(&id, 60, "foreign");
    let changed = format!("{}A", &good[..good.len() - 1]);
    for token in [
        None,
        Some("x"),
        Some("a.b"),
        Some("a.b.c"),
        Some(&*expired),
        Some(&*foreign),
        Some(&*changed),
    ] {
        let answer = scene.get(&path, token).await;
        answer.is_problem(401, "unauthenticated");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    assert_eq!(scene.status(&id, &good).await.status, 200);
    for group in ["Agents", "Supervisors"] {
        assert_eq!(scene.status(&id, &access_token(&[group])).await.status, 200);
    }
    scene
        .status(&id, &access_token(&[]))
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_token_opens_no_other_ticket_whether_it_exists_or_not() {
    let scene = Scene::open().await;
    let (mine, other) = (scene.ticket("s1").await, scene.ticket("s2").await);
    let token = scene.token(&mine, 60, "status");
    scene
        .status(&other, &token)
        .await
        .is_problem(403, "forbidden");
    let nowhere = TicketId::parse(NONE).expect("an id");
    scene
        .status(&nowhere, &token)
        .await
        .is_problem(403, "forbidden");
    scene
        .status(&nowhere, &access_token(&["Agents"]))
        .await
        .is_problem(404, "ticket-not-found");
    let gone = scene.token(&nowhere, 60, "status");
    scene
        .status(&nowhere, &gone)
        .await
        .is_problem(404, "ticket-not-found");
}

#[tokio::test]
async fn a_token_follows_its_ticket_into_the_one_it_was_merged_into() {
    let scene = Scene::open().await;
    let (mine, into) = (scene.ticket("s1").await, scene.ticket("s2").await);
    scene
        .write(&into, "Answered there", Visibility::Public)
        .await;
    scene.merge(&mine, &into);
    let token = scene.token(&mine, 60, "status");
    let answer = scene.status(&mine, &token).await;
    assert_eq!(answer.json["ticket_id"], into.as_str());
    assert_eq!(
        answer.json["last_agent_message"]["content"],
        "Answered there"
    );
    scene
        .status(&into, &token)
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn bad_ids_parameters_and_outages_have_answers_of_their_own() {
    let scene = Scene::open().await;
    let id = scene.ticket("s1").await;
    let agent = access_token(&["Agents"]);
    scene
        .get("/api/tickets/x/status", Some(&agent))
        .await
        .is_problem(400, "invalid-id");
    let path = format!("/api/tickets/{id}/status?x=1");
    scene
        .get(&path, Some(&agent))
        .await
        .is_problem(400, "invalid-parameter");
    let token = scene.token(&id, 60, "status");
    scene.lose_store();
    let answer = scene.status(&id, &token).await;
    answer.is_problem(503, "temporarily-unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    let blind = Scene::open().await;
    blind.services.reset().await;
    for token in [&token, &agent] {
        // Nobody can be known now; 401 would say that the token is at fault.
        blind
            .status(&id, token)
            .await
            .is_problem(503, "temporarily-unavailable");
    }
}

#[test]
fn the_document_holds_the_route_with_both_proofs_and_every_refusal() {
    let document = serde_json::to_value(tributary_chatbot_status::openapi()).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let operation = &document["paths"]["/api/tickets/{id}/status"]["get"];
    assert_eq!(
        operation["security"],
        json!([{"status_token": []}, {"agent": []}])
    );
    let responses = operation["responses"].as_object().expect("responses");
    let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
    assert_eq!(statuses, ["200", "400", "401", "403", "404", "500", "503"]);
    let mut schemas: Vec<&String> = document["components"]["schemas"]
        .as_object()
        .expect("schemas")
        .keys()
        .collect();
    schemas.sort();
    assert_eq!(
        schemas,
        [
            "FieldError",
            "LastAgentMessageView",
            "Problem",
            "StatusName",
            "TicketStatusView"
        ]
    );
}
