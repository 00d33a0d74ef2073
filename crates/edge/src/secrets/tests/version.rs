//! Which version of a secret there is.

use serde_json::json;
use wiremock::matchers::header;
use wiremock::{Mock, ResponseTemplate};

use super::{SecretKind, Stand, whatsapp};

async fn holds(stand: &Stand, app_secret: &str, version: &str) {
    stand.server.reset().await;
    let text = whatsapp(app_secret).to_string();
    let answer = json!({"ARN": "arn", "Name": "n", "SecretString": text, "VersionId": version});
    Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&stand.server)
        .await;
}

#[tokio::test]
async fn the_version_is_asked_for_each_time_and_what_came_with_it_is_used_at_once() {
    let stand = Stand::new().await;
    holds(&stand, "old", "1").await;
    let before = stand.secrets.whatsapp().await.expect("read");
    assert_eq!(before.app_secrets, ["old"]);
    let version = stand.secrets.version(SecretKind::WhatsApp).await;
    assert_eq!(version, Ok(Some("1".to_owned())));
    assert_eq!(stand.asked().await, 2);

    holds(&stand, "new", "2").await;
    let version = stand.secrets.version(SecretKind::WhatsApp).await;
    assert_eq!(version, Ok(Some("2".to_owned())));
    let after = stand.secrets.whatsapp().await.expect("held");
    assert_eq!(after.app_secrets, ["new"]);
    assert_eq!(stand.asked().await, 1);
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_has_no_version() {
    let stand = Stand::new().await;
    stand.holds_nothing().await;
    assert!(stand.secrets.version(SecretKind::Twitter).await.is_err());
}
