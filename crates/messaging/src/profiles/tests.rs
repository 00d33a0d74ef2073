//! Questions against servers that answer as the platforms do, and as they should not.

use std::sync::Mutex;

use serde_json::{Value, json};
use tributary_domain::Timestamp;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::health::{InstagramToken, WhatsAppToken};
use crate::testing::{hangs_up, nobody};

/// Credentials whose tokens are `hush-0`, and `hush-1` once they were read again.
#[derive(Default)]
struct Kept(Mutex<usize>);

impl Kept {
    fn token(&self) -> Secret {
        Secret::new(format!("hush-{}", self.0.lock().expect("no panic")))
    }
}

impl HealthCredentials for Kept {
    async fn page(&self, account: &AccountId) -> Result<Secret, CredentialError> {
        match account.as_str() {
            "gone" => Err(CredentialError::UnknownAccount),
            "broken" => Err(CredentialError::Unavailable("store is gone".into())),
            _ => Ok(self.token()),
        }
    }
    async fn instagram(&self, _: &AccountId) -> Result<InstagramToken, CredentialError> {
        Ok(InstagramToken {
            access_token: self.token(),
            expires_at: None::<Timestamp>,
        })
    }
    async fn keep_instagram(
        &self,
        _: &AccountId,
        _: &Secret,
        _: &InstagramToken,
    ) -> Result<bool, CredentialError> {
        Ok(false)
    }
    async fn number(&self, _: &AccountId) -> Result<WhatsAppToken, CredentialError> {
        Err(CredentialError::UnknownAccount)
    }
    async fn x_app(&self) -> Result<Option<Secret>, CredentialError> {
        Ok(None)
    }
    async fn reread(&self, _: Channel) {
        *self.0.lock().expect("no panic") += 1;
    }
}

async fn ask_at(origin: &str, channel: Channel, account: &str) -> Result<String, ProfileError> {
    let origin = || origin.to_owned();
    let config = HealthConfig {
        facebook_origin: origin(),
        instagram_origin: origin(),
        whatsapp_origin: origin(),
        twitter_origin: origin(),
        graph_api_version: "v26.0".to_owned(),
    };
    let profiles = PlatformProfiles::new(&config, Kept::default()).expect("origins");
    let account = AccountId::parse(account).expect("an account");
    profiles.name_of(channel, &account, "2400").await
}

async fn answered(channel: Channel, answer: ResponseTemplate) -> Result<String, ProfileError> {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/v26.0/2400"))
        .respond_with(answer)
        .mount(&server)
        .await;
    ask_at(&server.uri(), channel, "7").await
}

fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn refused(status: u16, code: i64, subcode: Option<i64>) -> ResponseTemplate {
    let error = json!({"message": "2400 hush", "code": code, "error_subcode": subcode});
    ResponseTemplate::new(status).set_body_json(json!({ "error": error }))
}

#[tokio::test]
async fn each_platform_is_asked_for_its_fields_with_the_token_in_the_header_only() {
    for (channel, fields) in [
        (Channel::Facebook, "name,first_name,last_name"),
        (Channel::Instagram, "name,username"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path("/v26.0/2400"))
            .and(query_param("fields", fields))
            .and(header("authorization", "Bearer hush-0"))
            .respond_with(ok(&json!({"name": "Ben Okafor", "id": "2400"})))
            .expect(1)
            .mount(&server)
            .await;
        let name = ask_at(&server.uri(), channel, "7").await;
        assert_eq!(name.as_deref(), Ok("Ben Okafor"));
        let asked = server.received_requests().await.expect("is recorded");
        assert!(asked.iter().all(|r| !r.url.as_str().contains("hush")));
    }
}

#[tokio::test]
async fn a_name_is_what_the_platform_shows_then_both_names_then_the_user_name() {
    for (body, name) in [
        (
            json!({"name": " Ben\n Okafor ", "first_name": "B"}),
            "Ben Okafor",
        ),
        (
            json!({"first_name": "Ben", "last_name": "Okafor"}),
            "Ben Okafor",
        ),
        (json!({"name": "", "first_name": "Ben"}), "Ben"),
        (json!({"name": null, "username": "ida.l"}), "ida.l"),
    ] {
        let told = answered(Channel::Instagram, ok(&body)).await;
        assert_eq!(told.as_deref(), Ok(name), "{body}");
    }
    let long = answered(Channel::Facebook, ok(&json!({"name": "x".repeat(999)}))).await;
    assert_eq!(long.map(|name| name.len()), Ok(MAX_NAME_CHARS));
    let none = answered(Channel::Facebook, ok(&json!({"id": "2400"}))).await;
    assert!(matches!(none, Err(ProfileError::Never(_))), "{none:?}");
}

#[tokio::test]
async fn refusals_that_do_not_change_are_told_from_those_that_pass() {
    for (status, code, subcode) in [
        (400, 10, None),
        (403, 200, None),
        (400, 230, None),
        (400, 100, Some(33)),
        (400, 100, Some(2_018_218)),
        (400, 100, Some(2_018_247)),
        (400, 803, None),
    ] {
        let told = answered(Channel::Facebook, refused(status, code, subcode)).await;
        let Err(ProfileError::Never(reason)) = told else {
            panic!("{code}: {told:?}");
        };
        assert!(reason.starts_with(&format!("code {code}")), "{reason}");
        assert!(
            !reason.contains("2400") && !reason.contains("hush"),
            "{reason}"
        );
    }
    for answer in [
        refused(500, 1, None),
        refused(400, 2, None),
        refused(400, 4, None),
        refused(400, 613, None),
        refused(400, 80_006, None),
        refused(500, 10, None),
        ResponseTemplate::new(503),
        ResponseTemplate::new(404),
        ResponseTemplate::new(302).insert_header("location", "https://example.com/"),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_bytes(vec![b' '; 100 * 1024]),
    ] {
        let told = answered(Channel::Instagram, answer).await;
        assert!(matches!(told, Err(ProfileError::NotNow { .. })), "{told:?}");
    }
    let slow = ResponseTemplate::new(429).insert_header("retry-after", "90");
    let Err(ProfileError::NotNow { retry_after, .. }) = answered(Channel::Facebook, slow).await
    else {
        panic!("it passes");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(90)));
    for (code, subcode) in [(368, None), (10, Some(1_893_063))] {
        let told = answered(Channel::Facebook, refused(400, code, subcode)).await;
        assert!(
            matches!(told, Err(ProfileError::AccountBroken(_))),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_token_is_read_again_once() {
    for (second, is_told) in [
        (ok(&json!({"name": "Ben"})), true),
        (refused(401, 190, None), false),
    ] {
        let server = MockServer::start().await;
        for (token, answer) in [("hush-0", refused(401, 190, Some(463))), ("hush-1", second)] {
            Mock::given(method("GET"))
                .and(header("authorization", format!("Bearer {token}").as_str()))
                .respond_with(answer)
                .expect(1)
                .mount(&server)
                .await;
        }
        let told = ask_at(&server.uri(), Channel::Facebook, "7").await;
        assert_eq!(told.is_ok(), is_told);
        if !is_told {
            assert!(
                matches!(told, Err(ProfileError::AccountBroken(_))),
                "{told:?}"
            );
        }
    }
}

#[tokio::test]
async fn without_an_answer_or_credentials_it_is_asked_again_and_without_an_account_never() {
    for origin in [nobody().await, hangs_up().await] {
        let told = ask_at(&origin, Channel::Facebook, "7").await;
        assert!(matches!(told, Err(ProfileError::NotNow { .. })), "{told:?}");
    }
    let origin = nobody().await;
    let told = ask_at(&origin, Channel::Facebook, "broken").await;
    assert!(matches!(told, Err(ProfileError::NotNow { .. })), "{told:?}");
    for (channel, account) in [(Channel::Facebook, "gone"), (Channel::WhatsApp, "7")] {
        let told = ask_at(&origin, channel, account).await;
        assert!(matches!(told, Err(ProfileError::Never(_))), "{told:?}");
    }
}
