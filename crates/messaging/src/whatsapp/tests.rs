//! The client against a server that answers as WhatsApp does, and as it should not.

use std::time::Duration;

use serde_json::{Value, json};
use tributary_domain::Channel;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::*;
use crate::testing::{Counting, code, hangs_up, message, nobody};

const PATH: &str = "/v26.0/300001/messages";
const BUDGET: Duration = Duration::from_secs(10);

fn whatsapp(origin: &str) -> WhatsApp {
    WhatsApp {
        origin: Url::parse(origin).expect("an origin"),
        version: "v26.0".into(),
    }
}

async fn send_within(
    origin: &str,
    text: &str,
    credentials: &Counting,
    budget: Duration,
) -> SendOutcome {
    let message = message(Channel::WhatsApp, "15550100", text);
    whatsapp(origin)
        .send(
            &message,
            &Http::default(),
            credentials,
            Instant::now() + budget,
        )
        .await
}

async fn send(server: &MockServer, text: &str) -> SendOutcome {
    send_within(&server.uri(), text, &Counting::default(), BUDGET).await
}

fn accepted(id: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "1"}], "messages": [{"id": id}]}))
}

fn graph_error(status: u16, code: i64) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"message": "no", "code": code}}))
}

/// Takes this many messages as `wamid.1`, …, then answers with `then`.
async fn taking(count: usize, then: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let taken = std::sync::atomic::AtomicUsize::new(0);
    Mock::given(method("POST"))
        .and(path(PATH))
        .respond_with(move |_: &Request| {
            let number = taken.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            if number <= count {
                accepted(&format!("wamid.{number}"))
            } else {
                then.clone()
            }
        })
        .mount(&server)
        .await;
    server
}

async fn bodies(server: &MockServer) -> Vec<Value> {
    let requests = server.received_requests().await.expect("recorded");
    requests
        .iter()
        .map(|r| r.body_json().expect("JSON"))
        .collect()
}

#[tokio::test]
async fn a_text_goes_to_the_phone_number_with_what_brings_its_reports_back() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(PATH))
        .and(header("authorization", "Bearer hush-0"))
        .respond_with(accepted("wamid.1"))
        .mount(&server)
        .await;
    assert_eq!(
        send(&server, "Hello").await,
        SendOutcome::Accepted {
            platform_message_ids: vec!["wamid.1".into()]
        }
    );
    let correlation = message(Channel::WhatsApp, "", "").correlation.as_text();
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "15550100", "type": "text",
        "text": {"body": "Hello", "preview_url": false}, "biz_opaque_callback_data": correlation,
    });
    assert_eq!(bodies(&server).await, [expected]);
}

#[tokio::test]
async fn a_customer_without_a_number_is_addressed_by_the_business_scoped_id() {
    let server = taking(1, graph_error(400, 100)).await;
    let message = message(Channel::WhatsApp, "US.13491208655302741918", "Hello");
    whatsapp(&server.uri())
        .send(
            &message,
            &Http::default(),
            &Counting::default(),
            Instant::now() + BUDGET,
        )
        .await;
    let body = &bodies(&server).await[0];
    assert_eq!(body["recipient"], "US.13491208655302741918");
    assert_eq!(body.get("to"), None);
}

#[tokio::test]
async fn a_long_text_goes_in_parts_in_order() {
    let server = taking(3, graph_error(400, 100)).await;
    let text: String = ('a'..='z').cycle().take(10_000).collect();
    let outcome = send(&server, &text).await;
    let ids = ["wamid.1", "wamid.2", "wamid.3"].map(String::from).to_vec();
    assert_eq!(
        outcome,
        SendOutcome::Accepted {
            platform_message_ids: ids
        }
    );
    let sent: Vec<String> = bodies(&server)
        .await
        .iter()
        .map(|b| b["text"]["body"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(sent.len(), 3);
    assert_eq!(sent.concat(), text);
}

#[tokio::test]
async fn a_refused_first_part_is_refused_whole_and_the_rest_is_not_sent() {
    let server = taking(0, graph_error(400, 131_047)).await;
    let outcome = send(&server, &"x".repeat(10_000)).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused { error } if error.code == "131047" && !error.hint.contains("parts"))
    );
    assert_eq!(bodies(&server).await.len(), 1);
}

#[tokio::test]
async fn a_first_part_that_may_be_retried_is_left_to_the_next_attempt() {
    let server = taking(0, graph_error(500, 2)).await;
    let outcome = send(&server, &"x".repeat(10_000)).await;
    assert!(matches!(outcome, SendOutcome::Retryable { .. }));
    assert_eq!(bodies(&server).await.len(), 1);
}

#[tokio::test]
async fn a_later_part_that_is_refused_says_how_many_were_sent() {
    let server = taking(1, graph_error(400, 131_026)).await;
    let outcome = send(&server, &"x".repeat(10_000)).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused { error } if error.code == "131026" && error.hint.starts_with("Only the first 1 of 3 parts were sent.")),
        "{outcome:?}"
    );
    assert_eq!(bodies(&server).await.len(), 2);
}

#[tokio::test]
async fn a_later_part_that_may_be_retried_is_tried_again_without_the_first_ones() {
    let server = MockServer::start().await;
    let calls = std::sync::atomic::AtomicUsize::new(0);
    Mock::given(method("POST"))
        .respond_with(move |_: &Request| {
            match calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                1 | 2 => graph_error(500, 2),
                call => accepted(&format!("wamid.{call}")),
            }
        })
        .mount(&server)
        .await;
    let outcome = send(&server, &"x".repeat(5_000)).await;
    assert_eq!(
        outcome,
        SendOutcome::Accepted {
            platform_message_ids: vec!["wamid.0".into(), "wamid.3".into()]
        }
    );
    let lengths: Vec<usize> = bodies(&server)
        .await
        .iter()
        .map(|b| b["text"]["body"].as_str().expect("text").len())
        .collect();
    assert_eq!(lengths, [4096, 904, 904, 904]);
}

#[tokio::test]
async fn a_later_part_that_stays_retryable_ends_as_refused_so_that_nothing_is_sent_twice() {
    let server = taking(2, graph_error(400, 190)).await;
    let outcome = send(&server, &"x".repeat(10_000)).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused { error } if error.code == "190" && error.hint.starts_with("Only the first 2 of 3 parts were sent.")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_later_part_without_an_answer_leaves_the_message_unknown() {
    let server = taking(1, ResponseTemplate::new(502)).await;
    let outcome = send(&server, &"x".repeat(10_000)).await;
    assert!(
        matches!(&outcome, SendOutcome::Unknown { error } if error.code == "http-502" && error.hint.starts_with("Only the first 1 of 3")),
        "{outcome:?}"
    );
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
        .respond_with(accepted("wamid.1"))
        .expect(1)
        .mount(&server)
        .await;
    let credentials = Counting::default();
    let outcome = send_within(&server.uri(), "Hello", &credentials, BUDGET).await;
    assert!(matches!(outcome, SendOutcome::Accepted { .. }));
    assert_eq!(credentials.rereads(), 1);
}

#[tokio::test]
async fn a_token_that_stays_refused_waits_for_an_administrator_with_its_code_kept() {
    for (status, own) in [(401, 190), (400, 190), (401, 0)] {
        let server = taking(0, graph_error(status, own)).await;
        let credentials = Counting::default();
        let outcome = send_within(&server.uri(), "Hello", &credentials, BUDGET).await;
        assert!(
            matches!(&outcome, SendOutcome::Retryable { error, retry_after: Some(after) } if error.code == own.to_string() && *after >= Duration::from_secs(600)),
            "{outcome:?}"
        );
        assert_eq!(credentials.rereads(), 1, "once");
        assert_eq!(bodies(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let slow = accepted("wamid.1").set_delay(Duration::from_secs(30));
    let server = taking(0, slow).await;
    let started = Instant::now();
    let outcome = send_within(
        &server.uri(),
        "Hello",
        &Counting::default(),
        Duration::from_millis(500),
    )
    .await;
    assert!(
        matches!(&outcome, SendOutcome::Unknown { error } if error.code == "timeout"),
        "{outcome:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_connection_cut_after_the_request_left_is_unknown() {
    let outcome = send_within(&hangs_up().await, "Hello", &Counting::default(), BUDGET).await;
    assert!(
        matches!(&outcome, SendOutcome::Unknown { error } if error.code == "connection-cut"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_certainly_took_nothing() {
    let outcome = send_within(&nobody().await, "Hello", &Counting::default(), BUDGET).await;
    assert!(
        matches!(&outcome, SendOutcome::Retryable { error, .. } if error.code == "not-reached"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn an_answer_longer_than_any_of_metas_is_not_read_to_its_end() {
    let endless = ResponseTemplate::new(200).set_body_string("x".repeat(1 << 20));
    let server = taking(0, endless).await;
    assert_eq!(code(&send(&server, "Hello").await), "unreadable-answer");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(accepted("wamid.1"))
        .expect(0)
        .mount(&elsewhere)
        .await;
    let server = taking(
        0,
        ResponseTemplate::new(307).insert_header("location", elsewhere.uri().as_str()),
    )
    .await;
    assert_eq!(code(&send(&server, "Hello").await), "http-307");
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let server = MockServer::start().await;
    for (account, expected) in [
        ("broken", "credentials-unavailable"),
        ("999", "account-not-connected"),
    ] {
        let mut message = message(Channel::WhatsApp, "15550100", "Hello");
        message.account = tributary_domain::AccountId::parse(account).expect("an account");
        let outcome = whatsapp(&server.uri())
            .send(
                &message,
                &Http::default(),
                &Counting::default(),
                Instant::now() + BUDGET,
            )
            .await;
        assert_eq!(code(&outcome), expected);
        assert_eq!(
            matches!(outcome, SendOutcome::Retryable { .. }),
            account == "broken"
        );
    }
    assert!(bodies(&server).await.is_empty());
}
