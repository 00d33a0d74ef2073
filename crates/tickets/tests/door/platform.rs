//! Cognito and Secrets Manager as far as the door asks them, and tokens of that pool.

use std::sync::LazyLock;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tributary_edge::aws::{Aws, http_client};
use tributary_edge::settings::CognitoSettings;
use wiremock::matchers::{header, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";
pub(crate) const AGENT: &str = "11111111-aaaa-4aaa-8aaa-111111111111";
pub(crate) const SUPERVISOR: &str = "22222222-bbbb-4bbb-8bbb-222222222222";
pub(crate) const CHATBOT_SECRET: &str = "whsec_dGVzdC1jaGF0Ym90LXNlY3JldC0zMi1ieXRlcy1sb25n";

/// A key pair made for this run.
static KEY: LazyLock<EncodingKey> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key pair");
    let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).expect("its DER");
    // The PKCS#1 key inside: a 2048-bit key's PKCS#8 envelope is 26 bytes.
    EncodingKey::from_rsa_der(&der.as_ref()[26..])
});

/// The emulated services.
pub(crate) async fn start() -> MockServer {
    let server = MockServer::start().await;
    let mut jwk = Jwk::from_encoding_key(&KEY, Algorithm::RS256).expect("a JWK");
    jwk.common.key_id = Some("one".to_owned());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Mock::given(path("/jwks.json"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"keys": [jwk]})))
        .mount(&server)
        .await;
    Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
        .respond_with(|request: &Request| {
            let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
            let name = asked["SecretId"].as_str().unwrap_or_default();
            ResponseTemplate::new(200).set_body_json(json!({
                "Name": name, "SecretString": secret(name).to_string(),
            }))
        })
        .mount(&server)
        .await;
    Mock::given(header(
        "x-amz-target",
        "AWSCognitoIdentityProviderService.ListUsersInGroup",
    ))
    .respond_with(|request: &Request| {
        let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
        let users = match asked["GroupName"].as_str() {
            Some("Agents") => vec![user(AGENT, "agent@example.com", "Alex Agent")],
            _ => vec![user(SUPERVISOR, "supervisor@example.com", "Sam Super")],
        };
        ResponseTemplate::new(200).set_body_json(json!({"Users": users}))
    })
    .mount(&server)
    .await;
    server
}

fn secret(name: &str) -> Value {
    match name {
        "test/whatsapp" => json!({
            "app_secrets": ["app"], "verify_token": "verify", "access_token": "token",
            "accounts": [{"phone_number_id": "300001"}, {"phone_number_id": "300002"}],
        }),
        "test/facebook" => json!({
            "app_secrets": ["app"], "verify_token": "verify", "page_access_token": "token", "page_id": "100001",
        }),
        "test/instagram" => json!({
            "app_secrets": ["app"], "verify_token": "verify", "access_token": "token", "account_id": "200001",
        }),
        "test/twitter" => json!({
            "consumer_key": "key", "consumer_secret": "secret", "access_token": "token",
            "access_token_secret": "secret", "user_id": "900001",
        }),
        "test/chatbot" => json!({"secrets": [CHATBOT_SECRET], "status_token_keys": ["status"]}),
        _ => json!({}),
    }
}

fn user(sub: &str, email: &str, name: &str) -> Value {
    json!({
        "Username": email, "Enabled": true, "UserStatus": "CONFIRMED",
        "Attributes": [
            {"Name": "sub", "Value": sub}, {"Name": "email", "Value": email}, {"Name": "name", "Value": name},
        ],
    })
}

/// A configuration that sends every call to the emulated services.
pub(crate) fn aws(server: &MockServer) -> Aws {
    let credentials = Credentials::new("test", "test", None, None, "tests");
    Aws::with_config(
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client(Duration::from_secs(1)))
            .endpoint_url(server.uri())
            .build(),
    )
}

pub(crate) fn cognito(server: &MockServer) -> CognitoSettings {
    CognitoSettings {
        issuer: ISSUER.to_owned(),
        jwks_url: format!("{}/jwks.json", server.uri()),
        client_id: "client".to_owned(),
        user_pool_id: "us-east-1_pool".to_owned(),
    }
}

/// A token of the pool with these claims over those of an agent.
pub(crate) fn token(with: Value) -> String {
    let mut claims = json!({
        "iss": ISSUER, "sub": AGENT, "token_use": "access", "client_id": "client",
        "exp": 1_735_736_400, "username": "agent@example.com", "cognito:groups": ["Agents"],
    });
    for (name, value) in with.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("one".to_owned());
    encode(&header, &claims, &KEY).expect("a token")
}
