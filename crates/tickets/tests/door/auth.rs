//! Who gets in, and in what order a call is looked at.

use http::Method;
use serde_json::json;

use crate::platform::token;
use crate::scene::{Call, Scene};

const TICKET: &str = "tkt_01arz3ndektsv4rrffq69g5fav";
const CUSTOMER: &str = "cust_01arz3ndektsv4rrffq69g5fav";

/// Every route but health, with nothing sent that it would take.
fn guarded() -> Vec<(Method, String)> {
    vec![
        (Method::POST, "/api/tickets/create".to_owned()),
        (Method::GET, "/api/tickets?limit=no".to_owned()),
        (Method::GET, "/api/tickets/no-id".to_owned()),
        (
            Method::GET,
            format!("/api/tickets/{TICKET}/timeline?cursor=no"),
        ),
        (
            Method::GET,
            format!("/api/tickets/{TICKET}/timeline/no/html"),
        ),
        (Method::PUT, format!("/api/tickets/{TICKET}")),
        (Method::POST, format!("/api/tickets/{TICKET}/message")),
        (
            Method::POST,
            format!("/api/tickets/{TICKET}/message/no/retry"),
        ),
        (
            Method::POST,
            format!("/api/tickets/{TICKET}/message/no/discard"),
        ),
        (
            Method::POST,
            format!("/api/tickets/{TICKET}/message/no/arrived"),
        ),
        (
            Method::POST,
            format!("/api/tickets/{TICKET}/attachments?x=1"),
        ),
        (Method::GET, format!("/api/tickets/{TICKET}/templates?x=1")),
        (Method::POST, format!("/api/tickets/{TICKET}/typing?x=1")),
        (Method::GET, "/api/customers/no-id".to_owned()),
        (
            Method::GET,
            format!("/api/customers/{CUSTOMER}/tickets?limit=0"),
        ),
        (Method::GET, "/api/agents?x=1".to_owned()),
        (Method::GET, "/api/me?x=1".to_owned()),
    ]
}

#[tokio::test]
async fn without_a_valid_access_token_nothing_else_is_looked_at() {
    let scene = Scene::open().await;
    let id_token = token(json!({"token_use": "id", "aud": "client", "client_id": null}));
    let expired = token(json!({"exp": 1_735_732_000}));
    for (method, path) in guarded() {
        let call = || Call::new(method.clone(), &path);
        for call in [
            call().anonymous(),
            call().bearer("x"),
            call().bearer(&id_token),
            call().bearer(&expired),
            call().anonymous().header("authorization", "Basic eDp5"),
        ] {
            let answer = scene.send(call).await;
            answer.is_problem(401, "unauthenticated");
            assert_eq!(
                answer.headers["www-authenticate"], "Bearer",
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_user_of_neither_group_is_refused_before_the_input_is_looked_at() {
    let scene = Scene::open().await;
    for groups in [json!([]), json!(["Others", "agents"])] {
        let stranger = token(json!({"cognito:groups": groups}));
        for (method, path) in guarded() {
            let call = Call::new(method, &path).bearer(&stranger);
            scene.send(call).await.is_problem(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn members_of_either_group_come_to_the_input_and_that_is_looked_at_before_existence() {
    let scene = Scene::open().await;
    for (method, path) in guarded() {
        let call = || Call::new(method.clone(), &path);
        for call in [call(), call().supervisor()] {
            let status = scene.send(call).await.status.as_u16();
            assert_eq!(status, 400, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn health_is_for_anyone() {
    let scene = Scene::open().await;
    let answer = scene
        .send(Call::new(Method::GET, "/api/health").anonymous())
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json,
        json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_and_known_origins_may_call() {
    let scene = Scene::open().await;
    scene.get("/api/nothing").await.is_problem(404, "not-found");
    let delete = Call::new(Method::DELETE, &format!("/api/tickets/{TICKET}"));
    scene
        .send(delete)
        .await
        .is_problem(405, "method-not-allowed");
    scene
        .get("/api/tickets/create")
        .await
        .is_problem(405, "method-not-allowed");
    let call = Call::new(Method::GET, "/api/health").header("origin", "https://desk.example.com");
    let answer = scene.send(call).await;
    assert_eq!(
        answer.headers["access-control-allow-origin"],
        "https://desk.example.com"
    );
}
