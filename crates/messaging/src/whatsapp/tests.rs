//! The client against a server that answers as WhatsApp does, and as it should not.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use tributary_domain::ports::OutgoingPart;
use tributary_domain::{AccountId, Channel};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::Http;
use crate::testing::*;

mod files;
mod messages;

const PATH: &str = "/v26.0/300001/messages";

async fn deliver_within(
    origin: &str,
    part: &OutgoingPart,
    credentials: &Counting,
    budget: Duration,
) -> SendOutcome {
    let whatsapp = WhatsApp {
        origin: Url::parse(origin).expect("an origin"),
        version: "v26.0".into(),
    };
    let http = Http::default();
    whatsapp
        .send(&handover(part, &http, credentials, budget))
        .await
}

async fn deliver(origin: &str, part: &OutgoingPart) -> SendOutcome {
    deliver_within(origin, part, &Counting::default(), BUDGET).await
}

fn message(text: &str) -> OutgoingPart {
    part(Channel::WhatsApp, "15550100", text)
}

async fn send(server: &MockServer) -> SendOutcome {
    deliver(&server.uri(), &message("Hello")).await
}

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "1"}], "messages": [{"id": "wamid.1"}]}))
}

fn graph_error(status: u16, code: i64) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"message": "no", "code": code}}))
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(PATH))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_refused_token_is_read_again_once_and_the_message_goes_with_the_new_one() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", "Bearer hush-0"))
        .respond_with(graph_error(401, 190))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(header("authorization", "Bearer hush-1"))
        .respond_with(taken())
        .expect(1)
        .mount(&server)
        .await;
    let credentials = Counting::default();
    let outcome = deliver_within(&server.uri(), &message("Hello"), &credentials, BUDGET).await;
    assert_eq!(outcome, accepted("wamid.1"));
    assert_eq!(credentials.rereads(), 1);
}

#[tokio::test]
async fn a_token_that_stays_refused_breaks_the_account_with_its_code_kept() {
    for (status, own) in [(401, 190), (400, 190), (401, 0)] {
        let server = answering(graph_error(status, own)).await;
        let credentials = Counting::default();
        let outcome = deliver_within(&server.uri(), &message("Hello"), &credentials, BUDGET).await;
        assert_eq!(
            (kind(&outcome), code(&outcome)),
            (Kind::Broken, own.to_string().as_str())
        );
        assert_eq!(credentials.rereads(), 1, "once");
        assert_eq!(bodies(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let server = answering(taken().set_delay(Duration::from_secs(30))).await;
    let started = Instant::now();
    let budget = Duration::from_millis(500);
    let outcome = deliver_within(
        &server.uri(),
        &message("Hello"),
        &Counting::default(),
        budget,
    )
    .await;
    assert_eq!((kind(&outcome), code(&outcome)), (Kind::Unknown, "timeout"));
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_connection_cut_after_the_request_left_is_unknown() {
    let outcome = deliver(&hangs_up().await, &message("Hello")).await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Unknown, "connection-cut")
    );
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_certainly_took_nothing() {
    let outcome = deliver(&nobody().await, &message("Hello")).await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Again, "not-reached")
    );
}

#[tokio::test]
async fn an_answer_longer_than_any_of_metas_is_not_read_to_its_end() {
    let endless = ResponseTemplate::new(200).set_body_string("x".repeat(1 << 20));
    let server = answering(endless).await;
    assert_eq!(code(&send(&server).await), "unreadable-answer");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(taken())
        .expect(0)
        .mount(&elsewhere)
        .await;
    let uri = elsewhere.uri();
    let redirect = ResponseTemplate::new(307).insert_header("location", uri.as_str());
    let server = answering(redirect).await;
    assert_eq!(code(&send(&server).await), "http-307");
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let server = MockServer::start().await;
    for (account, expected) in [
        ("broken", "credentials-unavailable"),
        ("999", "account-not-connected"),
    ] {
        let part = OutgoingPart {
            account: AccountId::parse(account).expect("an account"),
            ..message("Hello")
        };
        let outcome = deliver(&server.uri(), &part).await;
        assert_eq!((kind(&outcome), code(&outcome)), (Kind::Broken, expected));
    }
    assert!(bodies(&server).await.is_empty());
}
