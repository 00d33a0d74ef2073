//! What a renewed token replaces.

use serde_json::{Value, json};
use wiremock::matchers::header;
use wiremock::{Mock, ResponseTemplate};

use super::Stand;

/// A Secrets Manager that takes what is put.
async fn puts(stand: &Stand) {
    Mock::given(header("x-amz-target", "secretsmanager.PutSecretValue"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"VersionId": "2"})))
        .mount(&stand.server)
        .await;
}

async fn put_values(stand: &Stand) -> Vec<Value> {
    let requests = stand.server.received_requests().await.expect("is recorded");
    let puts = requests
        .iter()
        .filter(|r| r.headers["x-amz-target"] == "secretsmanager.PutSecretValue");
    puts.map(|r| {
        let body: Value = serde_json::from_slice(&r.body).expect("JSON");
        assert_eq!(body["SecretId"], "tributary/instagram");
        serde_json::from_str(body["SecretString"].as_str().expect("text")).expect("JSON")
    })
    .collect()
}

const ENDS: &str = "2026-03-01T12:00:00.000Z";

#[tokio::test]
async fn a_renewed_token_takes_the_place_of_the_old_one_and_of_nothing_else() {
    let shared = json!({"app_secrets": ["s"], "verify_token": "v", "note": {"kept": [1, null]}});
    let with = |fields: Value| {
        let mut secret = shared.clone();
        for (name, value) in fields.as_object().expect("an object") {
            secret[name] = value.clone();
        }
        secret
    };
    let fresh =
        |id: Value| json!({"account_id": id, "access_token": "fresh", "token_expires_at": ENDS});
    let other = json!({"account_id": "2", "access_token": "old"});
    for (before, after) in [
        (
            with(json!({"account_id": "1", "access_token": "old"})),
            with(fresh(json!("1"))),
        ),
        (
            with(json!({"accounts": [other, {"account_id": 1, "access_token": "old", "x": 1}]})),
            with(
                json!({"accounts": [other, {"account_id": 1, "access_token": "fresh", "token_expires_at": ENDS, "x": 1}]}),
            ),
        ),
        (
            with(
                json!({"access_token": "old", "accounts": [{"account_id": "2"}, {"account_id": "1"}]}),
            ),
            with(
                json!({"access_token": "old", "accounts": [{"account_id": "2"}, fresh(json!("1"))]}),
            ),
        ),
    ] {
        let stand = Stand::new().await;
        stand.holds("instagram", before).await;
        puts(&stand).await;
        let replaced = stand
            .secrets
            .replace_instagram_token("1", "old", "fresh", ENDS);
        assert_eq!(replaced.await, Ok(true));
        assert_eq!(put_values(&stand).await, [after]);
    }
}

#[tokio::test]
async fn a_token_that_somebody_else_changed_stays_theirs() {
    let account = |id: &str, token: &str| json!({"app_secrets": ["s"], "verify_token": "v", "account_id": id, "access_token": token});
    for held in [
        account("1", "theirs"),
        account("2", "old"),
        json!({"accounts": 7}),
    ] {
        let stand = Stand::new().await;
        stand.holds("instagram", held).await;
        puts(&stand).await;
        let replaced = stand
            .secrets
            .replace_instagram_token("1", "old", "fresh", ENDS);
        assert_eq!(replaced.await, Ok(false));
        assert_eq!(put_values(&stand).await, Vec::<Value>::new());
    }
}
