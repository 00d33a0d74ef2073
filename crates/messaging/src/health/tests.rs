//! Checks against servers that answer as the platforms do, and as they should not.

use std::sync::Mutex;

use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::testing::nobody;

/// Credentials whose tokens are `hush-0`, and `hush-1` once they were read again.
#[derive(Default)]
struct Kept {
    rereads: Mutex<usize>,
    expires_at: Option<Timestamp>,
    waba_id: Option<String>,
    has_no_bearer: bool,
    kept: Mutex<Vec<InstagramToken>>,
}

impl Kept {
    fn token(&self) -> Secret {
        Secret::new(format!("hush-{}", self.rereads.lock().expect("no panic")))
    }
}

impl HealthCredentials for Kept {
    async fn page(&self, account: &AccountId) -> Result<Secret, CredentialError> {
        match account.as_str() {
            "gone" => Err(CredentialError::UnknownAccount),
            _ => Ok(self.token()),
        }
    }
    async fn instagram(&self, _: &AccountId) -> Result<InstagramToken, CredentialError> {
        Ok(InstagramToken {
            access_token: self.token(),
            expires_at: self.expires_at,
        })
    }
    async fn keep_instagram(
        &self,
        _: &AccountId,
        old: &Secret,
        fresh: &InstagramToken,
    ) -> Result<bool, CredentialError> {
        assert_eq!(old.reveal(), "hush-0");
        self.kept.lock().expect("no panic").push(fresh.clone());
        Ok(true)
    }
    async fn number(&self, _: &AccountId) -> Result<WhatsAppToken, CredentialError> {
        Ok(WhatsAppToken {
            access_token: self.token(),
            waba_id: self.waba_id.clone(),
        })
    }
    async fn x_app(&self) -> Result<Option<Secret>, CredentialError> {
        Ok((!self.has_no_bearer).then(|| self.token()))
    }
    async fn reread(&self, _: Channel) {
        *self.rereads.lock().expect("no panic") += 1;
    }
}

fn platforms(origin: &str, credentials: Kept) -> PlatformHealth<Kept> {
    let origin = || origin.to_owned();
    let config = HealthConfig {
        facebook_origin: origin(),
        instagram_origin: origin(),
        whatsapp_origin: origin(),
        twitter_origin: origin(),
        graph_api_version: "v26.0".to_owned(),
    };
    PlatformHealth::new(config, credentials).expect("origins")
}

fn now() -> Timestamp {
    Timestamp::parse("2026-01-01T12:00:00Z").expect("a time")
}

async fn check(server: &MockServer, channel: Channel, credentials: Kept) -> Checkup {
    let account = AccountId::parse("7").expect("an account");
    platforms(&server.uri(), credentials)
        .check(channel, &account, now())
        .await
}

fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn refused(status: u16, code: i64) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"message": "no", "code": code}}))
}

async fn answers(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

fn apps(fields: &[&str]) -> Value {
    json!({"data": [{"id": "1", "subscribed_fields": ["feed"]}, {"id": "2", "subscribed_fields": fields}]})
}

const APPS: &str = "/v26.0/7/subscribed_apps";

#[tokio::test]
async fn a_page_that_lacks_fields_is_subscribed_to_them_and_keeps_what_it_had() {
    let server = MockServer::start().await;
    answers(&server, "GET", APPS, ok(&apps(&["messages", "feed"]))).await;
    let all = "feed,message_deliveries,message_echoes,message_edits,message_reactions,message_reads,messages,messaging_handovers,messaging_optins,messaging_postbacks,messaging_referrals,standby";
    Mock::given(method("POST"))
        .and(path(APPS))
        .and(query_param("subscribed_fields", all))
        .and(header("authorization", "Bearer hush-0"))
        .respond_with(ok(&json!({"success": true})))
        .expect(1)
        .mount(&server)
        .await;
    let found = check(&server, Channel::Facebook, Kept::default()).await;
    assert!(matches!(found, Checkup::Mended(_)), "{found:?}");
    let asked = server.received_requests().await.expect("is recorded");
    assert!(asked.iter().all(|r| !r.url.as_str().contains("hush")));

    let server = MockServer::start().await;
    let all: Vec<&str> = all.split(',').collect();
    answers(&server, "GET", APPS, ok(&apps(&all))).await;
    assert_eq!(
        check(&server, Channel::Facebook, Kept::default()).await,
        Checkup::Good
    );
}

#[tokio::test]
async fn a_page_that_cannot_be_subscribed_is_broken_only_if_it_gets_no_messages() {
    for (had, is_good) in [("messages", true), ("feed", false)] {
        let server = MockServer::start().await;
        answers(&server, "GET", APPS, ok(&apps(&[had]))).await;
        answers(&server, "POST", APPS, refused(400, 100)).await;
        let found = check(&server, Channel::Facebook, Kept::default()).await;
        assert_eq!(found == Checkup::Good, is_good, "{found:?}");
        assert_eq!(matches!(found, Checkup::Broken(_)), !is_good, "{found:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_read_again_before_the_account_is_called_broken() {
    for channel in [
        Channel::Facebook,
        Channel::Instagram,
        Channel::WhatsApp,
        Channel::Twitter,
    ] {
        let server = MockServer::start().await;
        Mock::given(header("authorization", "Bearer hush-0"))
            .respond_with(refused(401, 190))
            .expect(1)
            .mount(&server)
            .await;
        let full = json!({"id": "7", "data": [{"id": "1", "valid": true, "url": "https://desk.example.com/v1/api/webhooks/twitter",
            "subscribed_fields": ["messages"]}], "success": true});
        Mock::given(header("authorization", "Bearer hush-1"))
            .respond_with(ok(&full))
            .mount(&server)
            .await;
        let credentials = Kept {
            expires_at: Some(now().plus(Duration::from_secs(30 * 24 * 3600))),
            ..Kept::default()
        };
        let found = check(&server, channel, credentials).await;
        assert!(
            matches!(found, Checkup::Good | Checkup::Mended(_)),
            "{channel}: {found:?}"
        );

        let server = MockServer::start().await;
        Mock::given(wiremock::matchers::any())
            .respond_with(refused(401, 190))
            .expect(2)
            .mount(&server)
            .await;
        let Checkup::Broken(reason) = check(&server, channel, Kept::default()).await else {
            panic!("{channel} is broken")
        };
        assert!(
            reason.contains("make") || reason.contains("Make"),
            "{channel}: {reason}"
        );
        assert!(!reason.contains("hush"));
    }
}

#[tokio::test]
async fn what_the_platform_says_decides_and_what_it_does_not_say_changes_nothing() {
    for (answer, is_broken) in [
        (refused(400, 10), true),
        (refused(403, 200), true),
        (refused(400, 368), true),
        (refused(400, 100), true),
        (refused(400, 4), false),
        (refused(500, 1), false),
        (refused(500, 2), false),
        (ResponseTemplate::new(502), false),
        (ResponseTemplate::new(302), false),
        (ResponseTemplate::new(200).set_body_string("<html>"), false),
    ] {
        let server = MockServer::start().await;
        answers(&server, "GET", APPS, answer).await;
        let found = check(&server, Channel::Facebook, Kept::default()).await;
        assert_eq!(matches!(found, Checkup::Broken(_)), is_broken, "{found:?}");
        assert_eq!(
            matches!(found, Checkup::Unclear(_)),
            !is_broken,
            "{found:?}"
        );
    }
    let away = platforms(&nobody().await, Kept::default());
    for channel in Channel::ALL {
        let account = AccountId::parse("7").expect("an account");
        let found = away.check(channel, &account, now()).await;
        assert!(matches!(found, Checkup::Unclear(_)), "{channel}: {found:?}");
    }
    let gone = AccountId::parse("gone").expect("an account");
    let found = away.check(Channel::Facebook, &gone, now()).await;
    assert!(matches!(found, Checkup::Unclear(_)));
}

#[tokio::test]
async fn instagrams_token_is_renewed_in_its_last_ten_days_or_when_its_end_is_unknown_and_kept() {
    let day = Duration::from_secs(24 * 3600);
    for (expires_at, renews) in [
        (None, true),
        (Some(now().plus(10 * day)), true),
        (Some(now().plus(11 * day)), false),
    ] {
        let server = MockServer::start().await;
        let all = [
            "messages",
            "messaging_postbacks",
            "messaging_optins",
            "messaging_referral",
            "messaging_seen",
            "message_reactions",
            "standby",
        ];
        answers(&server, "GET", APPS, ok(&apps(&all))).await;
        Mock::given(method("GET"))
            .and(path("/refresh_access_token"))
            .and(query_param("grant_type", "ig_refresh_token"))
            .and(query_param("access_token", "hush-0"))
            .respond_with(ok(
                &json!({"access_token": "fresh", "token_type": "bearer", "expires_in": 5_184_000}),
            ))
            .expect(u64::from(renews))
            .mount(&server)
            .await;
        let credentials = Kept {
            expires_at,
            ..Kept::default()
        };
        let platforms = platforms(&server.uri(), credentials);
        let account = AccountId::parse("7").expect("an account");
        let found = platforms.check(Channel::Instagram, &account, now()).await;
        assert_eq!(found, Checkup::Good);
        let fresh = InstagramToken {
            access_token: Secret::new("fresh"),
            expires_at: Some(now().plus(60 * day)),
        };
        let expected = if renews { vec![fresh] } else { Vec::new() };
        assert_eq!(
            *platforms.credentials.kept.lock().expect("no panic"),
            expected
        );
    }
}

#[tokio::test]
async fn a_renewal_that_is_refused_leaves_the_account_as_it_is() {
    let server = MockServer::start().await;
    answers(&server, "GET", APPS, ok(&apps(&["messages"]))).await;
    answers(&server, "POST", APPS, ok(&json!({"success": true}))).await;
    answers(&server, "GET", "/refresh_access_token", refused(400, 100)).await;
    let found = check(&server, Channel::Instagram, Kept::default()).await;
    assert!(matches!(found, Checkup::Mended(_)), "{found:?}");
}

#[tokio::test]
async fn a_business_account_without_apps_is_subscribed_and_without_its_id_the_number_is_asked() {
    let business = || Kept {
        waba_id: Some("8".to_owned()),
        ..Kept::default()
    };
    let at = "/v26.0/8/subscribed_apps";
    let server = MockServer::start().await;
    answers(&server, "GET", at, ok(&json!({"data": []}))).await;
    answers(&server, "POST", at, ok(&json!({"success": true}))).await;
    let found = check(&server, Channel::WhatsApp, business()).await;
    assert!(matches!(found, Checkup::Mended(_)), "{found:?}");

    let server = MockServer::start().await;
    let app = json!({"data": [{"whatsapp_business_api_data": {"id": "1"}}]});
    answers(&server, "GET", at, ok(&app)).await;
    let found = check(&server, Channel::WhatsApp, business()).await;
    assert_eq!(found, Checkup::Good);

    let server = MockServer::start().await;
    answers(&server, "GET", "/v26.0/7", ok(&json!({"id": "7"}))).await;
    let found = check(&server, Channel::WhatsApp, Kept::default()).await;
    assert_eq!(found, Checkup::Good);
}

#[tokio::test]
async fn xs_webhook_is_validated_again_and_one_that_is_missing_or_stays_invalid_is_told() {
    let webhook = |id: &str, url: &str, valid: bool| json!({"id": id, "url": url, "valid": valid});
    let ours = "https://desk.example.com/v1/api/webhooks/twitter";
    let other = webhook("2", "https://other.example.com/hook", false);
    let broken = |found: &Checkup| matches!(found, Checkup::Broken(_));

    let server = MockServer::start().await;
    let listed = json!({"data": [webhook("1", ours, false), other.clone()]});
    answers(&server, "GET", "/2/webhooks", ok(&listed)).await;
    let valid = ok(&json!({"data": {"valid": true}}));
    answers(&server, "PUT", "/2/webhooks/1", valid).await;
    let found = check(&server, Channel::Twitter, Kept::default()).await;
    assert!(matches!(found, Checkup::Mended(_)), "{found:?}");

    let server = MockServer::start().await;
    answers(&server, "GET", "/2/webhooks", ok(&listed)).await;
    answers(&server, "PUT", "/2/webhooks/1", ResponseTemplate::new(400)).await;
    let found = check(&server, Channel::Twitter, Kept::default()).await;
    assert!(broken(&found), "{found:?}");

    let server = MockServer::start().await;
    answers(&server, "GET", "/2/webhooks", ok(&listed)).await;
    answers(&server, "PUT", "/2/webhooks/1", ResponseTemplate::new(503)).await;
    let found = check(&server, Channel::Twitter, Kept::default()).await;
    assert!(matches!(found, Checkup::Unclear(_)), "{found:?}");

    let server = MockServer::start().await;
    let listed = json!({"data": [other], "meta": {}});
    answers(&server, "GET", "/2/webhooks", ok(&listed)).await;
    let found = check(&server, Channel::Twitter, Kept::default()).await;
    assert!(broken(&found), "{found:?}");

    let blind = Kept {
        has_no_bearer: true,
        ..Kept::default()
    };
    let found = check(&server, Channel::Twitter, blind).await;
    assert!(matches!(found, Checkup::Unclear(_)), "{found:?}");
}
