//! The development secrets of every platform, created when absent: what an operator changed stays.
use anyhow::Result;
use aws_config::SdkConfig;
use serde_json::{Value, json};

pub(super) async fn seed(config: &SdkConfig, prefix: &str) -> Result<()> {
    let client = aws_sdk_secretsmanager::Client::new(config);
    for (platform, value) in development_secrets() {
        let created = client
            .create_secret()
            .name(format!("{prefix}/{platform}"))
            .secret_string(value.to_string())
            .send()
            .await;
        if let Err(error) = created {
            let error = error.into_service_error();
            if !error.is_resource_exists_exception() {
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// Values that mean something on this machine only; a deployed function that finds one refuses to start.
fn development_secrets() -> [(&'static str, Value); 6] {
    [
        (
            "facebook",
            json!({
                "app_secrets": ["dev-facebook-app-secret"],
                "verify_token": "dev-verify-token",
                "page_access_token": "dev-facebook-token",
                "page_id": "100001",
            }),
        ),
        (
            "instagram",
            json!({
                "app_secrets": ["dev-instagram-app-secret"],
                "verify_token": "dev-verify-token",
                "access_token": "dev-instagram-token",
                "account_id": "200001",
            }),
        ),
        (
            "whatsapp",
            json!({
                "app_secrets": ["dev-whatsapp-app-secret"],
                "verify_token": "dev-verify-token",
                "access_token": "dev-whatsapp-token",
                "phone_number_id": "300001",
                "waba_id": "310001",
            }),
        ),
        (
            "twitter",
            json!({
                "consumer_key": "dev-twitter-consumer-key",
                "consumer_secret": "dev-twitter-consumer-secret",
                "access_token": "dev-twitter-token",
                "access_token_secret": "dev-twitter-token-secret",
                "user_id": "900001",
                "bearer_token": "dev-twitter-bearer",
            }),
        ),
        (
            "sendgrid",
            json!({
                "api_key": "dev-sendgrid-key",
                "basic_auth": "sendgrid:dev-sendgrid-inbound",
            }),
        ),
        (
            "chatbot",
            json!({
                "secrets": ["whsec_ZGV2LWNoYXRib3Qtc2VjcmV0LTMyLWJ5dGVzLWxvbmc="],
                "status_token_keys": ["dev-status-token-key"],
            }),
        ),
    ]
}
