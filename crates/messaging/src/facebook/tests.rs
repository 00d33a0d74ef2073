//! The client against a server that answers as Messenger does, and as it should not.

use std::time::Duration;

use serde_json::{Value, json};
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{Channel, Timestamp};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::*;
use crate::testing::{Counting, code, hangs_up, message, nobody};

const PATH: &str = "/v26.0/100001/messages";

fn facebook(origin: &str) -> Facebook {
    Facebook {
        origin: Url::parse(origin).expect("an origin"),
        version: "v26.0".into(),
    }
}

async fn deliver(origin: &str, message: &OutgoingMessage, credentials: &Counting) -> SendOutcome {
    let deadline = Instant::now() + Duration::from_secs(10);
    facebook(origin)
        .send(message, &Http::default(), credentials, deadline)
        .await
}

async fn send(origin: &str, text: &str) -> SendOutcome {
    let message = message(Channel::Facebook, "7001", text);
    deliver(origin, &message, &Counting::default()).await
}

fn accepted(id: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"recipient_id": "7001", "message_id": id}))
}

fn graph_error(status: u16, code: i64) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"message": "no", "code": code}}))
}

/// Takes this many messages as `m_1`, …, then answers with `then`.
async fn taking(count: usize, then: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let taken = std::sync::atomic::AtomicUsize::new(0);
    Mock::given(method("POST"))
        .and(path(PATH))
        .respond_with(move |_: &Request| {
            let number = taken.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            if number <= count {
                accepted(&format!("m_{number}"))
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
async fn a_text_goes_to_the_person_with_what_brings_its_echo_back() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(PATH))
        .and(header("authorization", "Bearer hush-0"))
        .respond_with(accepted("m_1"))
        .mount(&server)
        .await;
    assert_eq!(
        send(&server.uri(), "Hello").await,
        SendOutcome::Accepted {
            platform_message_ids: vec!["m_1".into()]
        }
    );
    let metadata = message(Channel::Facebook, "", "").correlation.as_text();
    let expected = json!({
        "recipient": {"id": "7001"}, "messaging_type": "RESPONSE",
        "message": {"text": "Hello", "metadata": metadata},
    });
    assert_eq!(bodies(&server).await, [expected]);
    assert!(metadata.len() < 1000, "Messenger takes less than 1000");
}

#[tokio::test]
async fn after_a_day_the_tag_says_that_a_human_wrote_and_after_a_week_messenger_says_no_itself() {
    let server = taking(0, graph_error(400, 10)).await;
    let until = Timestamp::from_millis(1_735_732_800_000);
    for window in [
        ReplyWindow::Free(Some(until)),
        ReplyWindow::HumanAgent(until),
        ReplyWindow::Closed,
    ] {
        let message = OutgoingMessage {
            reply_window: window,
            ..message(Channel::Facebook, "7001", "Hello")
        };
        deliver(&server.uri(), &message, &Counting::default()).await;
    }
    let kinds: Vec<(Value, Value)> = bodies(&server)
        .await
        .iter()
        .map(|b| (b["messaging_type"].clone(), b["tag"].clone()))
        .collect();
    assert_eq!(
        kinds,
        [
            (json!("RESPONSE"), Value::Null),
            (json!("MESSAGE_TAG"), json!("HUMAN_AGENT")),
            (json!("RESPONSE"), Value::Null),
        ]
    );
}

#[tokio::test]
async fn a_text_of_more_than_2000_characters_goes_in_parts_in_order() {
    let server = taking(3, graph_error(400, 100)).await;
    let text: String = ('a'..='z').cycle().take(5_000).collect();
    let ids = ["m_1", "m_2", "m_3"].map(String::from).to_vec();
    assert_eq!(
        send(&server.uri(), &text).await,
        SendOutcome::Accepted {
            platform_message_ids: ids
        }
    );
    let sent: Vec<String> = bodies(&server)
        .await
        .iter()
        .map(|b| b["message"]["text"].as_str().expect("text").to_owned())
        .collect();
    let mark = message(Channel::Facebook, "", "")
        .correlation
        .as_part_text(3);
    for body in bodies(&server).await {
        assert_eq!(body["message"]["metadata"], mark);
    }
    let lengths: Vec<usize> = sent.iter().map(|part| part.chars().count()).collect();
    assert_eq!(lengths, [2000, 2000, 1000]);
    assert_eq!(sent.concat(), text);
}

#[tokio::test]
async fn a_later_part_that_is_refused_says_how_many_were_sent() {
    let server = taking(1, graph_error(400, 551)).await;
    let outcome = send(&server.uri(), &"x".repeat(3_000)).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused { error } if error.code == "551" && error.hint.starts_with("Only the first 1 of 2 parts were sent.")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_refused_token_is_read_again_once_and_the_message_goes_with_the_new_one() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", "Bearer hush-0"))
        .respond_with(graph_error(400, 190))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(header("authorization", "Bearer hush-1"))
        .respond_with(accepted("m_1"))
        .expect(1)
        .mount(&server)
        .await;
    let credentials = Counting::default();
    let message = message(Channel::Facebook, "7001", "Hello");
    let outcome = deliver(&server.uri(), &message, &credentials).await;
    assert!(matches!(outcome, SendOutcome::Accepted { .. }));
    assert_eq!(credentials.rereads(), 1);
}

#[tokio::test]
async fn an_answer_that_is_cut_or_unreadable_leaves_the_message_unknown_and_none_at_all_does_not() {
    let outcome = send(&hangs_up().await, "Hello").await;
    assert!(matches!(&outcome, SendOutcome::Unknown { .. }));
    assert_eq!(code(&outcome), "connection-cut");
    for body in ["{}", "Hello", r#"{"recipient_id":"7001","message_id":""}"#] {
        let server = taking(0, ResponseTemplate::new(200).set_body_string(body)).await;
        let outcome = send(&server.uri(), "Hello").await;
        assert!(matches!(&outcome, SendOutcome::Unknown { .. }), "{body}");
        assert_eq!(code(&outcome), "unreadable-answer");
    }
    let outcome = send(&nobody().await, "Hello").await;
    assert!(matches!(&outcome, SendOutcome::Retryable { .. }));
    assert_eq!(code(&outcome), "not-reached");
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let server = MockServer::start().await;
    for (account, expected) in [
        ("broken", "credentials-unavailable"),
        ("999", "account-not-connected"),
    ] {
        let mut message = message(Channel::Facebook, "7001", "Hello");
        message.account = tributary_domain::AccountId::parse(account).expect("an account");
        let outcome = deliver(&server.uri(), &message, &Counting::default()).await;
        assert_eq!(code(&outcome), expected);
    }
    assert!(bodies(&server).await.is_empty());
}
