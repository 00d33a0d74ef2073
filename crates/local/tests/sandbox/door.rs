//! Who may use the sandbox's API, what it refuses, and what it remembers.
use http::{Method, StatusCode};
use serde_json::json;
use tributary_local::sandbox::model::Channel;

use crate::world::World;

#[tokio::test]
async fn conversations_are_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sandbox.json");
    let world = World::with(Some(file.clone()), Vec::new()).await;
    world.write("c1", "Remember me").await;
    world
        .post(
            "/customers",
            &json!({ "channel": "facebook", "name": "Dora" }),
        )
        .await;
    world.sandbox.flush().await;
    let before = world.state().await;
    let after = World::with(Some(file), Vec::new()).await.state().await;
    assert_eq!(after["messages"], before["messages"]);
    assert_eq!(after["customers"], before["customers"]);
}

#[tokio::test]
async fn the_state_is_not_sent_again_while_it_is_the_same() {
    let world = World::new().await;
    let url = format!("{}/sandbox/api/state", world.url);
    let first = world.client.get(&url).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let again = || {
        world
            .client
            .get(&url)
            .header("if-none-match", tag.clone())
            .send()
    };
    assert_eq!(again().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    world.write("c1", "New").await;
    assert_eq!(again().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_provider_set_in_the_environment_is_not_played_and_writing_to_the_desk_still_works() {
    let mut world = World::with(None, vec![Channel::Whatsapp]).await;
    let (status, answer) = world
        .call(
            Method::PUT,
            "/channels/whatsapp",
            &json!({ "receipts": "none" }),
        )
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        answer["detail"]
            .as_str()
            .unwrap()
            .contains("WHATSAPP_API_URL")
    );
    assert_eq!(world.state().await["channels"][0]["played"], false);
    world
        .knobs("whatsapp", &json!({ "delivery": "immediate" }))
        .await;
    assert_eq!(world.write("c1", "Hello").await["state"], "delivered");
    world.got().await;
}

#[tokio::test]
async fn bad_input_is_refused_with_a_sentence_and_changes_nothing() {
    let world = World::new().await;
    let before = world.state().await;
    for (method, path, body, expected) in [
        (
            Method::POST,
            "/customers",
            json!({ "channel": "fax", "name": "x" }),
            422,
        ),
        (
            Method::POST,
            "/customers",
            json!({ "channel": "whatsapp", "name": " " }),
            422,
        ),
        (
            Method::POST,
            "/customers",
            json!({ "channel": "web_chat", "name": "x" }),
            422,
        ),
        (
            Method::POST,
            "/customers",
            json!({ "channel": "whatsapp", "name": "x", "age": 1 }),
            422,
        ),
        (
            Method::POST,
            "/customers/c1/messages",
            json!({ "text": "" }),
            422,
        ),
        (
            Method::POST,
            "/customers/c99/messages",
            json!({ "text": "x" }),
            404,
        ),
        (Method::POST, "/messages/m99/redeliver", json!({}), 404),
        (Method::PUT, "/channels/fax", json!({}), 404),
        (
            Method::PUT,
            "/channels/whatsapp",
            json!({ "fault": { "kind": "slow", "seconds": 61 } }),
            422,
        ),
        (
            Method::PUT,
            "/channels/whatsapp",
            json!({ "fault": { "kind": "none", "times": 0 } }),
            422,
        ),
        (
            Method::PUT,
            "/channels/web_chat",
            json!({ "fault": { "kind": "window_closed" } }),
            422,
        ),
        (
            Method::POST,
            "/customers",
            json!({ "channel": "email", "name": "x" }),
            422,
        ),
        (
            Method::POST,
            "/customers/c6/messages",
            json!({ "kind": "reply_gmail", "text": "To what?" }),
            422,
        ),
        (
            Method::POST,
            "/customers/c1/messages",
            json!({ "text": "x", "subject": "x" }),
            422,
        ),
        (
            Method::POST,
            "/customers/c6/messages",
            json!({ "text": "x", "html": "<p>x</p>" }),
            422,
        ),
        (
            Method::PUT,
            "/channels/email",
            json!({ "receipts": "read" }),
            422,
        ),
        (
            Method::PUT,
            "/channels/whatsapp",
            json!({ "fault": { "kind": "bounced" } }),
            422,
        ),
        (
            Method::POST,
            "/held/deliver",
            json!({ "order": "sideways" }),
            422,
        ),
        (Method::GET, "/nothing", json!({}), 404),
    ] {
        let (status, answer) = world.call(method, path, &body).await;
        assert_eq!(status.as_u16(), expected, "{path} {body}");
        assert!(
            answer["detail"].as_str().unwrap().ends_with('.'),
            "{answer}"
        );
    }
    assert_eq!(world.state().await, before);
}

#[tokio::test]
async fn only_this_machine_and_only_json_get_in() {
    let world = World::new().await;
    let url = format!("{}/sandbox/api/customers", world.url);
    let body = r#"{"channel":"whatsapp","name":"Eve"}"#;
    let form = world
        .client
        .post(&url)
        .header("content-type", "text/plain")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for host in [
        "evil.example",
        "evil.example:8787",
        "127.0.0.1.evil.example",
        "",
    ] {
        let request = world
            .client
            .get(format!("{}/sandbox/api/state", world.url))
            .header("host", host);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::MISDIRECTED_REQUEST,
            "{host}"
        );
    }
    for host in ["localhost:1", "127.0.0.1", "[::1]:8787"] {
        let request = world
            .client
            .get(format!("{}/sandbox/api/state", world.url))
            .header("host", host);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::OK,
            "{host}"
        );
    }
    assert_eq!(
        world.state().await["customers"].as_array().unwrap().len(),
        6
    );
}
