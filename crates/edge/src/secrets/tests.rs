//! What is read, how often, what is refused, and what never shows.

use super::*;
use crate::aws::tests::aws_at;
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use wiremock::matchers::{body_json, header};
use wiremock::{Mock, MockServer, ResponseTemplate};

mod renewal;
mod version;

/// A Secrets Manager with a clock to turn.
struct Stand {
    server: MockServer,
    secrets: Secrets,
    now: Arc<AtomicI64>,
}

impl Stand {
    async fn new() -> Self {
        let server = MockServer::start().await;
        let now = Arc::new(AtomicI64::new(1_000_000));
        let mut secrets = Secrets::new(aws_at(&server.uri()), "tributary", SECRET_TTL);
        secrets.clock = Arc::new({
            let now = Arc::clone(&now);
            move || now.load(Ordering::Relaxed)
        });
        Self {
            server,
            secrets,
            now,
        }
    }

    /// What Secrets Manager holds from now on; forgets what it was asked.
    async fn holds(&self, platform: &str, secret: Value) {
        self.server.reset().await;
        self.holds_also(platform, secret.to_string()).await;
    }

    async fn holds_also(&self, platform: &str, text: String) {
        let name = format!("tributary/{platform}");
        let answer = json!({"ARN": "arn", "Name": name, "SecretString": text, "VersionId": "1"});
        Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
            .and(body_json(json!({"SecretId": name})))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&self.server)
            .await;
    }

    async fn holds_nothing(&self) {
        self.server.reset().await;
        let error = json!({"__type": "ResourceNotFoundException", "Message": "hidden-in-message"});
        Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
            .respond_with(ResponseTemplate::new(400).set_body_json(error))
            .mount(&self.server)
            .await;
    }

    async fn asked(&self) -> usize {
        self.server
            .received_requests()
            .await
            .expect("recorded")
            .len()
    }

    fn wait(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }
}

fn whatsapp(app_secret: &str) -> Value {
    json!({"app_secrets": [app_secret], "verify_token": "v", "access_token": "hidden-token", "phone_number_id": "300001",
        "a_key_of_the_future": true})
}

#[tokio::test]
async fn one_account_or_several_read_alike() {
    let stand = Stand::new().await;
    stand.holds("whatsapp", whatsapp("s")).await;
    let one = stand.secrets.whatsapp().await.expect("read");
    assert_eq!(one.app_secrets, ["s"]);
    assert_eq!(one.accounts[0].phone_number_id, "300001");

    let stand = Stand::new().await;
    let two = json!({"app_secrets": ["s", "t"], "verify_token": "v", "accounts": [
        {"access_token": "a", "phone_number_id": 1},
        {"access_token": "b", "phone_number_id": "2", "app_secrets": ["t", "u"]},
    ]});
    stand.holds("whatsapp", two).await;
    let several = stand.secrets.whatsapp().await.expect("read");
    assert_eq!(several.app_secrets, ["s", "t", "u"]);
    let ids: Vec<_> = several
        .accounts
        .iter()
        .map(|account| account.phone_number_id.as_str())
        .collect();
    assert_eq!(ids, ["1", "2"]);
}

#[tokio::test]
async fn every_platforms_secret_is_read_as_the_contract_writes_it() {
    let stand = Stand::new().await;
    let app = |own: Value| {
        let mut whole = json!({"app_secrets": ["s"], "verify_token": "v"});
        whole
            .as_object_mut()
            .expect("an object")
            .extend(own.as_object().expect("an object").clone());
        whole
    };
    for (platform, secret) in [
        (
            "facebook",
            app(json!({"page_access_token": "t", "page_id": "100001"})),
        ),
        (
            "instagram",
            app(json!({"access_token": "t", "account_id": "200001"})),
        ),
        (
            "twitter",
            json!({"consumer_key": "k", "consumer_secret": "s", "access_token": "t",
            "access_token_secret": "u", "user_id": "900001"}),
        ),
        (
            "sendgrid",
            json!({"api_key": "k", "basic_auth": "sendgrid:pass:word", "inbound_public_key": ""}),
        ),
        (
            "chatbot",
            json!({"secrets": ["whsec_b2xk"], "status_token_keys": ["k"]}),
        ),
    ] {
        stand.holds_also(platform, secret.to_string()).await;
    }
    assert_eq!(
        stand.secrets.facebook().await.expect("read").accounts[0].page_id,
        "100001"
    );
    assert_eq!(
        stand.secrets.instagram().await.expect("read").accounts[0].account_id,
        "200001"
    );
    assert_eq!(
        stand.secrets.twitter().await.expect("read").accounts[0].user_id,
        "900001"
    );
    let sendgrid = stand.secrets.sendgrid().await.expect("read");
    assert_eq!(sendgrid.accounts[0].mailbox, None);
    assert_eq!(sendgrid.inbound_public_key, None);
    let basic = sendgrid.basic_auth.as_ref().expect("given");
    assert_eq!(
        (basic.username.as_str(), basic.password.as_str()),
        ("sendgrid", "pass:word")
    );
    let chatbot = stand.secrets.chatbot().await.expect("read");
    assert_eq!(
        chatbot.status_tokens(),
        crate::auth::status_token::StatusTokenKeys::from_secrets(&["k".to_owned()])
    );
}

#[tokio::test]
async fn mailboxes_share_the_api_key_unless_they_have_their_own() {
    let stand = Stand::new().await;
    let secret = json!({"api_key": "k", "accounts": [{"mailbox": "a@example.com"}, {"mailbox": "b@example.com", "api_key": "l"}]});
    stand.holds("sendgrid", secret).await;
    let sendgrid = stand.secrets.sendgrid().await.expect("read");
    let keys: Vec<_> = sendgrid
        .accounts
        .iter()
        .map(|account| account.api_key.as_str())
        .collect();
    assert_eq!(keys, ["k", "l"]);
    assert_eq!(
        sendgrid.accounts[0].mailbox.as_deref(),
        Some("a@example.com")
    );
}

#[tokio::test]
async fn a_secret_is_read_once_in_five_minutes_however_many_ask() {
    let stand = Stand::new().await;
    stand.holds("whatsapp", whatsapp("s")).await;
    let all = futures::future::join_all((0..20).map(|_| stand.secrets.whatsapp())).await;
    assert!(all.iter().all(Result::is_ok));
    stand.wait(299);
    stand.secrets.whatsapp().await.expect("cached");
    assert_eq!(stand.asked().await, 1);
    stand.wait(1);
    stand.secrets.whatsapp().await.expect("read again");
    assert_eq!(stand.asked().await, 2);
}

#[tokio::test]
async fn an_outage_is_bridged_for_an_hour_by_what_was_read_before() {
    let stand = Stand::new().await;
    stand.holds("whatsapp", whatsapp("s")).await;
    stand.secrets.whatsapp().await.expect("read");
    stand.holds_nothing().await;
    stand.wait(3599);
    assert_eq!(
        stand.secrets.whatsapp().await.expect("stale").app_secrets,
        ["s"]
    );
    stand.wait(1);
    let unavailable = Err(SecretError::Unavailable(SecretKind::WhatsApp));
    assert_eq!(stand.secrets.whatsapp().await, unavailable);
}

#[tokio::test]
async fn failed_proofs_re_read_at_most_once_in_ten_seconds_and_say_whether_it_helped() {
    let stand = Stand::new().await;
    stand.holds("whatsapp", whatsapp("old")).await;
    stand.secrets.whatsapp().await.expect("read");
    stand.wait(20);
    for _ in 0..50 {
        assert_eq!(
            stand
                .secrets
                .refresh_after_failed_proof(SecretKind::WhatsApp)
                .await,
            Ok(false)
        );
    }
    assert_eq!(stand.asked().await, 2);

    stand.holds("whatsapp", whatsapp("new")).await;
    stand.wait(10);
    // The second caller checked against the old secret too, and must be told to check again.
    for _ in 0..2 {
        assert_eq!(
            stand
                .secrets
                .refresh_after_failed_proof(SecretKind::WhatsApp)
                .await,
            Ok(true)
        );
    }
    assert_eq!(
        stand.secrets.whatsapp().await.expect("read").app_secrets,
        ["new"]
    );
    assert_eq!(stand.asked().await, 1);
    stand.wait(10);
    assert_eq!(
        stand
            .secrets
            .refresh_after_failed_proof(SecretKind::WhatsApp)
            .await,
        Ok(false)
    );
}

#[tokio::test]
async fn a_missing_or_malformed_secret_is_unavailable_and_never_shows() {
    let stand = Stand::new().await;
    stand.holds_nothing().await;
    assert_eq!(
        stand.secrets.chatbot().await,
        Err(SecretError::Unavailable(SecretKind::Chatbot))
    );
    for text in [
        "",
        "hidden",
        "[]",
        "{}",
        r#"{"secrets":[],"status_token_keys":["k"]}"#,
        r#"{"secrets":["whsec_b2xk"],"status_token_keys":[""]}"#,
        r#"{"secrets":["hidden"],"status_token_keys":["k"]}"#,
        r#"{"secrets":"hidden","status_token_keys":["k"]}"#,
        r#"{"accounts":[],"secrets":["whsec_b2xk"],"status_token_keys":["k"]}"#,
    ] {
        let stand = Stand::new().await;
        stand.holds_also("chatbot", text.to_owned()).await;
        let error = stand.secrets.chatbot().await.expect_err(text);
        assert_eq!(
            error,
            SecretError::Unavailable(SecretKind::Chatbot),
            "{text}"
        );
        assert!(!format!("{error} {error:?}").contains("hidden"));
    }
}

#[tokio::test]
async fn a_development_secret_is_refused_unless_secrets_manager_is_on_this_machine() {
    for (platform, secret) in [
        ("whatsapp", whatsapp("dev-whatsapp-app-secret")),
        (
            "sendgrid",
            json!({"api_key": "k", "basic_auth": "sendgrid:dev-sendgrid-inbound"}),
        ),
        (
            "chatbot",
            json!({"secrets": ["whsec_ZGV2LWNoYXRib3Qtc2VjcmV0LTMyLWJ5dGVzLWxvbmc="], "status_token_keys": ["k"]}),
        ),
    ] {
        for local in [true, false] {
            let mut stand = Stand::new().await;
            assert!(
                stand.secrets.development_allowed,
                "the double listens on loopback"
            );
            stand.secrets.development_allowed = local;
            stand.holds(platform, secret.clone()).await;
            let error = match platform {
                "whatsapp" => stand.secrets.whatsapp().await.err(),
                "sendgrid" => stand.secrets.sendgrid().await.err(),
                _ => stand.secrets.chatbot().await.err(),
            };
            assert_eq!(error.is_none(), local, "{platform}");
            assert!(
                error.is_none_or(|error| matches!(error, SecretError::Development(_))),
                "{platform}"
            );
        }
    }
    let remote = Secrets::new(
        aws_at("https://secretsmanager.us-east-1.amazonaws.com"),
        "tributary",
        SECRET_TTL,
    );
    assert!(!remote.development_allowed);
}

#[tokio::test]
async fn no_secret_shows_when_printed() {
    let stand = Stand::new().await;
    stand.holds("whatsapp", whatsapp("hidden-app-secret")).await;
    let secret = stand.secrets.whatsapp().await.expect("read");
    assert!(!format!("{secret:?} {:?}", secret.accounts).contains("hidden"));
}
