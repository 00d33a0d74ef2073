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
use serde_json::json;
use tributary_edge::aws::{Aws, http_client};
use tributary_edge::settings::CognitoSettings;
use wiremock::matchers::{header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";

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
    let secret = json!({"secrets": ["whsec_dGVzdC1zZWNyZXQ="], "status_token_keys": ["status"]});
    Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "Name": "test/chatbot", "SecretString": secret.to_string(),
        })))
        .mount(&server)
        .await;
    server
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

/// An access token of a member of these groups.
pub(crate) fn access_token(groups: &[&str]) -> String {
    let claims = json!({
        "iss": ISSUER, "sub": "agent-1", "token_use": "access", "client_id": "client",
        "exp": 1_735_736_400, "username": "agent@example.com", "cognito:groups": groups,
    });
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("one".to_owned());
    encode(&header, &claims, &KEY).expect("a token")
}
