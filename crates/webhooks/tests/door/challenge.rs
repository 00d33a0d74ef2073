//! X's challenge.

use serde_json::{Value, json};

use crate::scene::{Platform, Scene};

const PATH: &str = "/api/webhooks/twitter";

#[tokio::test]
async fn the_published_challenge_is_answered_as_x_expects() {
    let vector = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/vectors/x_crc_vector.json"
    );
    let vector: Value =
        serde_json::from_slice(&std::fs::read(vector).expect("is there")).expect("JSON");
    let scene = Scene::bare().await;
    let secret = vector["consumer_secret"].as_str().expect("a secret");
    scene
        .hold(Platform::Twitter, Platform::Twitter.stored(secret))
        .await;
    let request = vector["request"].as_str().expect("a request");
    let (_, query) = request.split_once('?').expect("a query");
    let answer = scene.get(&format!("{PATH}?{query}")).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, vector["response"].clone())
    );
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_token_that_is_missing_or_too_long_is_refused_by_name() {
    let scene = Scene::open().await;
    let long = "x".repeat(1025);
    for query in [
        String::new(),
        "?crc_token=".to_owned(),
        "?token=x".to_owned(),
        format!("?crc_token={long}"),
        "?crc_token=a&crc_token=b".to_owned(),
    ] {
        let answer = scene.get(&format!("{PATH}{query}")).await;
        answer.is_problem(400, "invalid-parameter");
        let detail = answer.json()["detail"].clone();
        assert!(
            detail.as_str().expect("text").contains("crc_token"),
            "{detail}"
        );
    }
    let most = "x".repeat(1024);
    assert_eq!(
        scene.get(&format!("{PATH}?crc_token={most}")).await.status,
        200
    );
    assert_eq!(
        scene
            .get(&format!("{PATH}?crc_token=a&nonce=1"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn without_a_secret_nothing_is_signed() {
    let scene = Scene::bare().await;
    for secret in [json!({}), Platform::Twitter.stored("")] {
        scene.hold(Platform::Twitter, secret).await;
        let answer = scene.get(&format!("{PATH}?crc_token=x")).await;
        answer.is_problem(503, "temporarily-unavailable");
        assert!(!answer.body.contains("sha256="));
    }
}
