//! The client against a server that answers as Instagram does, and as it should not.

use std::time::Duration;

use serde_json::json;
use tributary_domain::ports::OutgoingPart;
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{AccountId, Channel, Timestamp};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::Http;
use crate::testing::*;

const PATH: &str = "/v26.0/200001/messages";

async fn deliver(origin: &str, part: &OutgoingPart, credentials: &Counting) -> SendOutcome {
    let instagram = Instagram {
        origin: Url::parse(origin).expect("an origin"),
        version: "v26.0".into(),
    };
    let http = Http::default();
    let handover = handover(part, &http, credentials, Duration::from_secs(2));
    instagram.send(&handover).await
}

fn message(text: &str) -> OutgoingPart {
    part(Channel::Instagram, "5600", text)
}

async fn send(origin: &str) -> SendOutcome {
    deliver(origin, &message("Hello"), &Counting::default()).await
}

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"recipient_id": "5600", "message_id": "aWc"}))
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
async fn a_text_goes_to_the_person_and_says_nothing_else() {
    let server = answering(taken()).await;
    assert_eq!(send(&server.uri()).await, accepted("aWc"));
    let expected = json!({"recipient": {"id": "5600"}, "message": {"text": "Hello"}});
    assert_eq!(bodies(&server).await, [expected]);
}

#[tokio::test]
async fn a_file_goes_by_its_address_and_shows_what_it_answers() {
    let server = answering(taken()).await;
    for (mime_type, kind) in [
        ("image/png", "image"),
        ("audio/mp4", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
    ] {
        let file = file("a", mime_type, "bytes");
        let part = OutgoingPart {
            reply_to: Some("aWb".into()),
            ..with_files(message(""), std::slice::from_ref(&file))
        };
        deliver(&server.uri(), &part, &Counting::default()).await;
        let expected = json!({
            "recipient": {"id": "5600"}, "reply_to": {"mid": "aWb"},
            "message": {"attachment": {"type": kind, "payload": {"url": file.url}}},
        });
        assert_eq!(bodies(&server).await.last(), Some(&expected));
    }
}

#[tokio::test]
async fn after_a_day_the_tag_says_that_a_human_wrote_and_nothing_says_so_of_a_machine() {
    let server = answering(taken()).await;
    let until = Timestamp::from_millis(1_735_732_800_000);
    for is_automatic in [false, true] {
        let part = OutgoingPart {
            reply_window: ReplyWindow::HumanAgent(until),
            is_automatic,
            ..message("Hello")
        };
        deliver(&server.uri(), &part, &Counting::default()).await;
    }
    let plain = json!({"recipient": {"id": "5600"}, "message": {"text": "Hello"}});
    let mut tagged = plain.clone();
    tagged["messaging_type"] = json!("MESSAGE_TAG");
    tagged["tag"] = json!("HUMAN_AGENT");
    assert_eq!(bodies(&server).await, [tagged, plain]);
}

#[tokio::test]
async fn a_refused_token_is_read_again_once_before_the_account_is_called_broken() {
    let refusal = json!({"error": {"code": 190, "error_subcode": 463}});
    let refusal = ResponseTemplate::new(401).set_body_json(refusal);
    let server = answering(refusal.clone()).await;
    let renewed = Mock::given(header("authorization", "Bearer hush-1"))
        .respond_with(taken())
        .mount_as_scoped(&server)
        .await;
    assert_eq!(send(&server.uri()).await, accepted("aWc"));
    drop(renewed);
    Mock::given(header("authorization", "Bearer hush-1"))
        .respond_with(refusal)
        .mount(&server)
        .await;
    let outcome = send(&server.uri()).await;
    assert_eq!((kind(&outcome), code(&outcome)), (Kind::Broken, "190"));
}

#[tokio::test]
async fn an_answer_that_is_cut_late_or_unreadable_leaves_the_message_unknown_and_none_at_all_does_not()
 {
    let slow = answering(taken().set_delay(Duration::from_secs(30))).await;
    let unreadable = answering(ResponseTemplate::new(200).set_body_string("{}")).await;
    let gateway = answering(ResponseTemplate::new(504)).await;
    for (origin, expected) in [
        (hangs_up().await, (Kind::Unknown, "connection-cut")),
        (slow.uri(), (Kind::Unknown, "timeout")),
        (unreadable.uri(), (Kind::Unknown, "unreadable-answer")),
        (gateway.uri(), (Kind::Unknown, "http-504")),
        (nobody().await, (Kind::Again, "not-reached")),
    ] {
        let outcome = send(&origin).await;
        assert_eq!((kind(&outcome), code(&outcome)), expected);
    }
}

#[tokio::test]
async fn an_account_that_is_in_no_secret_is_broken() {
    let server = answering(taken()).await;
    let part = OutgoingPart {
        account: AccountId::parse("999").expect("an account"),
        ..message("Hello")
    };
    let outcome = deliver(&server.uri(), &part, &Counting::default()).await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Broken, "account-not-connected")
    );
    assert!(bodies(&server).await.is_empty());
}
