//! The client against a server that answers as X does, and as it should not.

use std::time::Duration;

use serde_json::json;
use tributary_domain::Channel;
use tributary_domain::ports::OutgoingPart;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::*;
use crate::http::Http;
use crate::testing::*;

mod files;

const PATH: &str = "/2/dm_conversations/with/4400/messages";

fn twitter(origin: &str) -> Twitter {
    Twitter::new(Url::parse(origin).expect("an origin"))
}

async fn deliver_with(twitter: &Twitter, part: &OutgoingPart, budget: Duration) -> SendOutcome {
    let (http, credentials) = (Http::default(), Counting::default());
    twitter
        .send(&handover(part, &http, &credentials, budget))
        .await
}

async fn deliver(origin: &str, part: &OutgoingPart) -> SendOutcome {
    deliver_with(&twitter(origin), part, BUDGET).await
}

fn message(text: &str) -> OutgoingPart {
    part(Channel::Twitter, "4400", text)
}

fn taken() -> ResponseTemplate {
    let data = json!({"dm_conversation_id": "4400-900001", "dm_event_id": "1880"});
    ResponseTemplate::new(201).set_body_json(json!({ "data": data }))
}

fn problem(status: u16, kind: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_json(json!({"title": "No", "type": kind, "detail": "No", "status": status}))
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

/// Whether a request is signed as our user's.
fn is_signed(request: &Request, token: &str) -> bool {
    let header = request.headers["authorization"].to_str().expect("text");
    let parts = [
        "oauth_consumer_key=\"key\"",
        "oauth_nonce=\"",
        "oauth_signature=\"",
        "oauth_signature_method=\"HMAC-SHA1\"",
        "oauth_timestamp=\"",
        &format!("oauth_token=\"{token}\""),
        "oauth_version=\"1.0\"",
    ];
    header.starts_with("OAuth ") && parts.iter().all(|part| header.contains(part))
}

#[tokio::test]
async fn a_text_goes_to_the_person_signed_as_our_user() {
    let server = answering(taken()).await;
    let outcome = deliver(&server.uri(), &message("Hello")).await;
    assert_eq!(outcome, accepted("1880"));
    assert_eq!(bodies(&server).await, [json!({"text": "Hello"})]);
    let requests = server.received_requests().await.expect("recorded");
    assert!(is_signed(&requests[0], "token-0"));
}

#[tokio::test]
async fn a_refused_token_is_read_again_once_before_the_account_is_called_broken() {
    let server = answering(problem(401, "about:blank")).await;
    let outcome = deliver(&server.uri(), &message("Hello")).await;
    assert_eq!((kind(&outcome), code(&outcome)), (Kind::Broken, "http-401"));
    let requests = server.received_requests().await.expect("recorded");
    let tokens: Vec<bool> = ["token-0", "token-1"]
        .iter()
        .zip(&requests)
        .map(|(token, request)| is_signed(request, token))
        .collect();
    assert_eq!((tokens, requests.len()), (vec![true, true], 2));
}

#[tokio::test]
async fn an_answer_that_is_cut_late_or_unreadable_leaves_the_message_unknown_and_none_at_all_does_not()
 {
    let slow = answering(taken().set_delay(Duration::from_secs(30))).await;
    let unreadable = answering(ResponseTemplate::new(201).set_body_string("{")).await;
    let gateway = answering(ResponseTemplate::new(503)).await;
    for (origin, expected) in [
        (hangs_up().await, (Kind::Unknown, "connection-cut")),
        (slow.uri(), (Kind::Unknown, "timeout")),
        (unreadable.uri(), (Kind::Unknown, "unreadable-answer")),
        (gateway.uri(), (Kind::Unknown, "http-503")),
        (nobody().await, (Kind::Again, "not-reached")),
    ] {
        let budget = Duration::from_secs(2);
        let outcome = deliver_with(&twitter(&origin), &message("Hello"), budget).await;
        assert_eq!((kind(&outcome), code(&outcome)), expected);
    }
}

#[tokio::test]
async fn who_takes_no_messages_from_us_ends_this_message_and_a_limit_all_of_them() {
    let server = answering(problem(403, "about:blank")).await;
    let outcome = deliver(&server.uri(), &message("Hello")).await;
    assert_eq!(kind(&outcome), Kind::Refused);
    let server = answering(problem(429, "about:blank")).await;
    let outcome = deliver(&server.uri(), &message("Hello")).await;
    assert_eq!(kind(&outcome), Kind::Limited);
}
