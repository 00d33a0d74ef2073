//! The client against a server that answers as SendGrid does, and as it should not.

use std::time::Duration;

use serde_json::{Value, json};
use tributary_domain::Channel;
use tributary_domain::ports::{Answered, OutgoingPart, PartContent};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::Http;
use crate::testing::*;

mod content;

async fn send_within(
    origin: &str,
    mail: &OutgoingPart,
    credentials: &Counting,
    budget: Duration,
) -> SendOutcome {
    let sendgrid = SendGrid {
        origin: Url::parse(origin).expect("an origin"),
        from: "support@example.com".into(),
        reply_domain: "reply.example.com".into(),
    };
    let http = Http::default();
    sendgrid
        .send(&handover(mail, &http, credentials, budget))
        .await
}

async fn send(origin: &str, mail: &OutgoingPart) -> SendOutcome {
    send_within(origin, mail, &Counting::default(), BUDGET).await
}

fn mail() -> OutgoingPart {
    part(Channel::Email, "c@example.org", "Hello")
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v3/mail/send"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(202).insert_header("x-message-id", "sg-1")
}

#[tokio::test]
async fn a_mail_goes_to_the_customer_and_its_answers_come_back_to_the_ticket() {
    let server = MockServer::start().await;
    Mock::given(path("/v3/mail/send"))
        .and(header("authorization", "Bearer hush-0"))
        .respond_with(taken())
        .mount(&server)
        .await;
    let mail = mail();
    let outcome = send(&server.uri(), &mail).await;
    assert_eq!(outcome, accepted("sg-1"));
    let correlation = &mail.correlation;
    let expected = json!({
        "personalizations": [{"to": [{"email": "c@example.org", "name": "Ann"}], "custom_args": {"desk_msg": correlation.as_text()}}],
        "from": {"email": "support@example.com"},
        "reply_to": {"email": format!("support+{}@reply.example.com", correlation.ticket_id)},
        "subject": "Re: Where is my order? [7K3M9Q2X]",
        "content": [
            {"type": "text/plain", "value": "Hello"},
            {"type": "text/html", "value": "<!DOCTYPE html><html><body><p dir=\"auto\">Hello</p>\n</body></html>"},
        ],
        "headers": {"Message-ID": own_id(&mail), "X-Loop": "tributary"},
        "tracking_settings": {"click_tracking": {"enable": false}, "open_tracking": {"enable": false}},
    });
    assert_eq!(bodies(&server).await, [expected]);
}

fn own_id(mail: &OutgoingPart) -> String {
    let bare = |id: &str| id.split_once('_').expect("a prefix").1.to_owned();
    let (ticket, message) = (&mail.correlation.ticket_id, &mail.correlation.message_id);
    let (ticket, message) = (bare(ticket.as_str()), bare(message.as_str()));
    let position = mail.correlation.position;
    format!("<desk.{ticket}.{message}.{position}@reply.example.com>")
}

#[tokio::test]
async fn an_answer_names_the_mail_it_answers_and_all_before_it() {
    let server = answering(taken()).await;
    let mut mail = mail();
    mail.subject = "RE: Where is my order? [7K3M9Q2X]".into();
    mail.answers = Some(Answered {
        message_id: "<c@example.org>".into(),
        references: [
            "<a@example.org>",
            "no id",
            "<b@example.org>",
            "<c@example.org>",
        ]
        .map(str::to_owned)
        .to_vec(),
    });
    send(&server.uri(), &mail).await;
    let sent = &bodies(&server).await[0];
    assert_eq!(sent["headers"]["In-Reply-To"], "<c@example.org>");
    assert_eq!(
        sent["headers"]["References"],
        "<a@example.org> <b@example.org> <c@example.org>"
    );
    assert_eq!(sent["subject"], "RE: Where is my order? [7K3M9Q2X]");
}

#[tokio::test]
async fn no_id_of_a_customers_mail_can_add_a_header() {
    let server = answering(taken()).await;
    let mut mail = mail();
    mail.answers = Some(Answered {
        message_id: "<c@example.org>\r\nBcc: <x@example.org>".into(),
        references: vec!["<a@example.org>".into()],
    });
    send(&server.uri(), &mail).await;
    let sent = &bodies(&server).await[0];
    assert_eq!(
        sent["headers"],
        json!({"Message-ID": own_id(&mail), "X-Loop": "tributary"})
    );
}

#[tokio::test]
async fn the_message_id_is_the_same_at_every_attempt_and_the_correlation_is_not() {
    let server = answering(taken()).await;
    let mut mail = mail();
    for attempt in [1, 2] {
        mail.correlation.attempt = attempt;
        send(&server.uri(), &mail).await;
    }
    let sent = bodies(&server).await;
    assert_eq!(sent[0]["headers"], sent[1]["headers"]);
    assert_ne!(sent[0]["personalizations"], sent[1]["personalizations"]);
}

#[tokio::test]
async fn no_subject_or_name_can_add_a_header() {
    let server = answering(taken()).await;
    let mut mail = mail();
    mail.subject = "Hi\r\nBcc: x@example.org".into();
    mail.to_name = Some("Ann\nCc: y".into());
    send(&server.uri(), &mail).await;
    let sent = &bodies(&server).await[0];
    assert_eq!(sent["subject"], "Re: Hi  Bcc: x@example.org [7K3M9Q2X]");
    assert_eq!(sent["personalizations"][0]["to"][0]["name"], "Ann Cc: y");
}

#[tokio::test]
async fn a_customer_without_an_address_gets_no_mail() {
    let server = answering(taken()).await;
    let outcome = send(&server.uri(), &part(Channel::WebChat, "", "Hello")).await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Refused, "no-address")
    );
    assert!(bodies(&server).await.is_empty());
}

#[tokio::test]
async fn a_refused_key_is_read_again_once() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", "Bearer hush-0"))
        .respond_with(ResponseTemplate::new(401))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(header("authorization", "Bearer hush-1"))
        .respond_with(taken())
        .expect(1)
        .mount(&server)
        .await;
    let outcome = send(&server.uri(), &mail()).await;
    assert_eq!(outcome, accepted("sg-1"));

    let server = answering(ResponseTemplate::new(401)).await;
    let credentials = Counting::default();
    let outcome = send_within(&server.uri(), &mail(), &credentials, BUDGET).await;
    assert_eq!((kind(&outcome), code(&outcome)), (Kind::Broken, "http-401"));
    assert_eq!((credentials.rereads(), bodies(&server).await.len()), (1, 2));
}

#[tokio::test]
async fn what_ends_without_an_answer_is_unknown_only_when_it_may_have_been_taken() {
    let slow = answering(taken().set_delay(Duration::from_secs(30))).await;
    for (origin, expected) in [
        (slow.uri(), (Kind::Unknown, "timeout")),
        (hangs_up().await, (Kind::Unknown, "connection-cut")),
        (nobody().await, (Kind::Again, "not-reached")),
    ] {
        let budget = Duration::from_secs(1);
        let outcome = send_within(&origin, &mail(), &Counting::default(), budget).await;
        assert_eq!((kind(&outcome), code(&outcome)), expected);
    }
}
