//! Customers and agents.

use http::Method;
use serde_json::json;

use crate::platform::{AGENT, SUPERVISOR, token};
use crate::scene::{Call, Scene};

#[tokio::test]
async fn a_customer_shows_every_field_of_the_contract() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let customer = scene.stored(&id).customer.id.to_string();
    let answer = scene.get(&format!("/api/customers/{customer}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json,
        json!({
            "internal_id": customer,
            "name": "Ann Example",
            "primary_email": null,
            "channels": ["whatsapp"],
            "identities": ["whatsapp:15550100"],
            "created_at": "2025-01-01T12:00:00.000Z",
        })
    );
}

#[tokio::test]
async fn an_unknown_customer_is_404_and_a_bad_id_400() {
    let scene = Scene::open().await;
    for rest in ["", "/tickets"] {
        let unknown = format!("/api/customers/cust_01arz3ndektsv4rrffq69g5fav{rest}");
        scene
            .get(&unknown)
            .await
            .is_problem(404, "customer-not-found");
        scene
            .get(&format!("/api/customers/x{rest}"))
            .await
            .is_problem(400, "invalid-id");
    }
}

#[tokio::test]
async fn agents_are_those_of_both_groups_by_address() {
    let scene = Scene::open().await;
    let answer = scene.get("/api/agents").await;
    assert_eq!(
        answer.json,
        json!({"agents": [
            {"agent_id": AGENT, "email": "agent@example.com", "name": "Alex Agent", "groups": ["Agents"]},
            {"agent_id": SUPERVISOR, "email": "supervisor@example.com", "name": "Sam Super", "groups": ["Supervisors"]},
        ]})
    );
}

#[tokio::test]
async fn i_am_who_my_token_says_with_the_address_cognito_knows() {
    let scene = Scene::open().await;
    let supervisor = scene
        .send(Call::new(Method::GET, "/api/me").supervisor())
        .await;
    assert_eq!(supervisor.json["email"], "supervisor@example.com");
    assert_eq!(supervisor.json["groups"], json!(["Supervisors"]));
    let gone = token(json!({"sub": "gone"}));
    let gone = scene
        .send(Call::new(Method::GET, "/api/me").bearer(&gone))
        .await;
    assert_eq!(
        gone.json,
        json!({"agent_id": "gone", "email": null, "name": null, "groups": ["Agents"]})
    );
}
