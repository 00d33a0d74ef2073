//! The client against a server that answers as Messenger does, and as it should not.

use std::time::Duration;

use serde_json::{Value, json};
use tributary_domain::ports::OutgoingPart;
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{AccountId, Channel, Timestamp};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::Http;
use crate::testing::*;

const PATH: &str = "/v26.0/100001/messages";

async fn deliver(origin: &str, part: &OutgoingPart, credentials: &Counting) -> SendOutcome {
    let facebook = Facebook {
        origin: Url::parse(origin).expect("an origin"),
        version: "v26.0".into(),
    };
    let http = Http::default();
    let handover = handover(part, &http, credentials, Duration::from_secs(2));
    facebook.send(&handover).await
}

fn message(text: &str) -> OutgoingPart {
    part(Channel::Facebook, "7001", text)
}

async fn send(origin: &str, text: &str) -> SendOutcome {
    deliver(origin, &message(text), &Counting::default()).await
}

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"recipient_id": "7001", "message_id": "m_1"}))
}

fn graph_error(status: u16, code: i64) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"message": "no", "code": code}}))
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(PATH))
        .and(header("authorization", "Bearer hush-0"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_text_goes_to_the_person_with_what_brings_its_echo_back() {
    let server = answering(taken()).await;
    assert_eq!(send(&server.uri(), "Hello").await, accepted("m_1"));
    let metadata = message("").correlation.as_text();
    let expected = json!({
        "recipient": {"id": "7001"}, "messaging_type": "RESPONSE",
        "message": {"text": "Hello", "metadata": metadata},
    });
    assert_eq!(bodies(&server).await, [expected]);
    assert!(metadata.len() < 1000, "Messenger takes less than 1000");
}

#[tokio::test]
async fn a_file_goes_by_its_address_and_shows_what_it_answers() {
    let server = answering(taken()).await;
    for (mime_type, kind) in [
        ("image/png", "image"),
        ("audio/ogg", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
    ] {
        let file = file("a", mime_type, "bytes");
        let part = OutgoingPart {
            reply_to: Some("m_0".into()),
            ..with_files(message(""), std::slice::from_ref(&file))
        };
        deliver(&server.uri(), &part, &Counting::default()).await;
        let attachment = json!({"type": kind, "payload": {"url": file.url, "is_reusable": false}});
        let expected = json!({
            "recipient": {"id": "7001"}, "messaging_type": "RESPONSE", "reply_to": {"mid": "m_0"},
            "message": {"attachment": attachment, "metadata": part.correlation.as_text()},
        });
        assert_eq!(bodies(&server).await.last(), Some(&expected));
    }
}

#[tokio::test]
async fn what_does_not_fit_into_one_message_is_not_sent_in_half() {
    let server = answering(taken()).await;
    let image = file("a.png", "image/png", "bytes");
    let credentials = Counting::default();
    for part in [
        with_files(message("Hello"), std::slice::from_ref(&image)),
        with_files(message(""), &[image.clone(), image]),
    ] {
        let outcome = deliver(&server.uri(), &part, &credentials).await;
        assert_eq!(
            (kind(&outcome), code(&outcome)),
            (Kind::Refused, "too-much-at-once")
        );
    }
    let part = OutgoingPart {
        content: template(&[]),
        ..message("")
    };
    let outcome = deliver(&server.uri(), &part, &credentials).await;
    assert_eq!(code(&outcome), "no-templates");
    assert!(bodies(&server).await.is_empty());
}

#[tokio::test]
async fn after_a_day_the_tag_says_that_a_human_wrote_and_nothing_says_so_of_a_machine() {
    let server = answering(graph_error(400, 10)).await;
    let until = Timestamp::from_millis(1_735_732_800_000);
    for (window, is_automatic) in [
        (ReplyWindow::Free(Some(until)), false),
        (ReplyWindow::HumanAgent(until), false),
        (ReplyWindow::HumanAgent(until), true),
        (ReplyWindow::Closed, false),
    ] {
        let part = OutgoingPart {
            reply_window: window,
            is_automatic,
            ..message("Hello")
        };
        deliver(&server.uri(), &part, &Counting::default()).await;
    }
    let kinds: Vec<(Value, Value)> = bodies(&server)
        .await
        .iter()
        .map(|b| (b["messaging_type"].clone(), b["tag"].clone()))
        .collect();
    let response = (json!("RESPONSE"), Value::Null);
    let human = (json!("MESSAGE_TAG"), json!("HUMAN_AGENT"));
    assert_eq!(kinds, [response.clone(), human, response.clone(), response]);
}

#[tokio::test]
async fn a_refused_token_is_read_again_once_and_the_message_goes_with_the_new_one() {
    let server = answering(graph_error(400, 190)).await;
    Mock::given(header("authorization", "Bearer hush-1"))
        .respond_with(taken())
        .expect(1)
        .mount(&server)
        .await;
    let credentials = Counting::default();
    let outcome = deliver(&server.uri(), &message("Hello"), &credentials).await;
    assert_eq!(outcome, accepted("m_1"));
    assert_eq!(credentials.rereads(), 1);
}

#[tokio::test]
async fn an_answer_that_is_cut_late_or_unreadable_leaves_the_message_unknown_and_none_at_all_does_not()
 {
    let outcome = send(&hangs_up().await, "Hello").await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Unknown, "connection-cut")
    );
    let slow = answering(taken().set_delay(Duration::from_secs(30))).await;
    let outcome = send(&slow.uri(), "Hello").await;
    assert_eq!((kind(&outcome), code(&outcome)), (Kind::Unknown, "timeout"));
    for body in ["{}", "Hello", r#"{"recipient_id":"7001","message_id":""}"#] {
        let server = answering(ResponseTemplate::new(200).set_body_string(body)).await;
        let outcome = send(&server.uri(), "Hello").await;
        assert_eq!(
            (kind(&outcome), code(&outcome)),
            (Kind::Unknown, "unreadable-answer"),
            "{body}"
        );
    }
    let outcome = send(&nobody().await, "Hello").await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Again, "not-reached")
    );
}

#[tokio::test]
async fn without_credentials_the_account_is_broken_and_an_unknown_one_is_looked_for_once_more() {
    let server = MockServer::start().await;
    for (account, expected, rereads) in [
        ("broken", "credentials-unavailable", 0),
        ("999", "account-not-connected", 1),
    ] {
        let part = OutgoingPart {
            account: AccountId::parse(account).expect("an account"),
            ..message("Hello")
        };
        let credentials = Counting::default();
        let outcome = deliver(&server.uri(), &part, &credentials).await;
        assert_eq!((kind(&outcome), code(&outcome)), (Kind::Broken, expected));
        assert_eq!(credentials.rereads(), rereads);
    }
    assert!(bodies(&server).await.is_empty());
}
