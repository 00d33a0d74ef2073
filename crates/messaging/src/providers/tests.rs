//! The port: which provider a channel goes to, and what is told about it.

use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::testing::{Counting, accepted, bodies, part};

fn providers(server: &MockServer) -> Providers<Counting> {
    let config = ProvidersConfig {
        facebook_origin: server.uri(),
        instagram_origin: server.uri(),
        twitter_origin: server.uri(),
        whatsapp_origin: server.uri(),
        graph_api_version: "v26.0".into(),
        sendgrid_origin: server.uri(),
        mail_from: "support@example.com".into(),
        mail_reply_domain: "reply.example.com".into(),
    };
    Providers::new(config, Counting::default()).expect("origins")
}

#[test]
fn an_origin_is_scheme_host_and_port_alone() {
    for good in [
        "https://graph.facebook.com",
        "http://127.0.0.1:8080",
        "https://api.sendgrid.com/",
    ] {
        assert!(origin("it", good).is_ok(), "{good}");
    }
    for bad in [
        "graph.facebook.com",
        "https://h/v26.0",
        "ftp://h",
        "https://u:p@h",
        "https://h?x",
        "https://h#x",
        "",
    ] {
        assert_eq!(
            origin("it", bad),
            Err(InvalidOrigin { provider: "it" }),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn each_channel_goes_to_its_provider_and_chats_are_answered_by_mail() {
    let server = MockServer::start().await;
    let answer = |status: u16, body: serde_json::Value| {
        ResponseTemplate::new(status)
            .insert_header("x-message-id", "sg")
            .set_body_json(body)
    };
    let message = |id: &str| serde_json::json!({"recipient_id": "7001", "message_id": id});
    for (at, answer) in [
        (
            "/v26.0/300001/messages",
            answer(200, serde_json::json!({"messages": [{"id": "wamid.1"}]})),
        ),
        ("/v26.0/100001/messages", answer(200, message("m_1"))),
        ("/v26.0/200001/messages", answer(200, message("aWc"))),
        (
            "/2/dm_conversations/with/4400/messages",
            answer(201, serde_json::json!({"data": {"dm_event_id": "1880"}})),
        ),
        ("/v3/mail/send", answer(202, serde_json::Value::Null)),
    ] {
        Mock::given(path(at))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    let providers = providers(&server);
    for (channel, to, expected) in [
        (Channel::WhatsApp, "15550100", "wamid.1"),
        (Channel::Facebook, "7001", "m_1"),
        (Channel::Instagram, "5600", "aWc"),
        (Channel::Twitter, "4400", "1880"),
        (Channel::Email, "c@example.org", "sg"),
        (Channel::WebChat, "c@example.org", "sg"),
    ] {
        let outcome = providers.send(&part(channel, to, "Hello")).await;
        assert_eq!(outcome, accepted(expected), "{channel}");
    }
}

#[tokio::test]
async fn the_version_of_a_secret_is_that_of_the_channels() {
    let server = MockServer::start().await;
    let version = providers(&server).secret_version(Channel::Twitter).await;
    assert_eq!(version.as_deref(), Some("twitter-0"));
}

/// A server that takes a seen message as `seen` says, and messages as Messenger and WhatsApp do.
async fn taking(seen: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    for told in [
        json!({"sender_action": "mark_seen", "recipient": {"id": "4400"}}),
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "in.1"}),
    ] {
        Mock::given(body_partial_json(told))
            .respond_with(seen.clone())
            .with_priority(1)
            .mount(&server)
            .await;
    }
    let taken =
        json!({"recipient_id": "4400", "message_id": "out.1", "messages": [{"id": "out.1"}]});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(taken))
        .with_priority(9)
        .mount(&server)
        .await;
    server
}

fn first_answer(channel: Channel) -> OutgoingPart {
    OutgoingPart {
        seen: Some("in.1".into()),
        ..part(channel, "4400", "Hello")
    }
}

#[tokio::test]
async fn a_seen_message_is_shown_once_before_the_answer_where_that_is_wanted() {
    let server = taking(ResponseTemplate::new(200)).await;
    let providers = providers(&server).showing_seen([Channel::Facebook, Channel::WhatsApp]);
    for channel in [Channel::Facebook, Channel::WhatsApp] {
        let sent = providers.send(&first_answer(channel)).await;
        assert_eq!(sent, accepted("out.1"));
        providers.send(&part(channel, "4400", "Hello")).await;
    }
    let is_seen = |body: &Value| body["sender_action"].is_string() || body["status"].is_string();
    let shown: Vec<bool> = bodies(&server).await.iter().map(is_seen).collect();
    assert_eq!(shown, [true, false, false, true, false, false]);
}

#[tokio::test]
async fn nobody_is_shown_anything_unless_it_is_wanted() {
    let server = taking(ResponseTemplate::new(200)).await;
    let nowhere = providers(&server);
    let elsewhere = providers(&server).showing_seen([Channel::WhatsApp]);
    for providers in [nowhere, elsewhere] {
        let sent = providers.send(&first_answer(Channel::Facebook)).await;
        assert_eq!(sent, accepted("out.1"));
    }
    assert_eq!(bodies(&server).await.len(), 2);
}

#[tokio::test]
async fn an_answer_goes_whatever_comes_of_showing_that_a_message_was_seen() {
    for seen in [
        ResponseTemplate::new(401),
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_delay(Duration::from_secs(60)),
    ] {
        let server = taking(seen).await;
        let providers = providers(&server).showing_seen([Channel::Facebook, Channel::WhatsApp]);
        for channel in [Channel::Facebook, Channel::WhatsApp] {
            let begun = Instant::now();
            let sent = providers.send(&first_answer(channel)).await;
            assert_eq!(sent, accepted("out.1"), "{channel}");
            assert!(begun.elapsed() < Duration::from_secs(8), "{channel}");
        }
        assert_eq!(providers.credentials.rereads(), 0);
    }
}

fn typing(channel: Channel, latest: Option<&str>) -> TypingTo {
    TypingTo {
        channel,
        account: AccountId::parse("300001").expect("an account"),
        person: "4400".into(),
        latest: latest.map(str::to_owned),
    }
}

#[tokio::test]
async fn typing_is_shown_alone_and_on_whatsapp_with_the_message_that_it_marks_as_read() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let providers = providers(&server);
    for channel in [Channel::Facebook, Channel::Instagram, Channel::WhatsApp] {
        assert!(providers.show_typing(&typing(channel, Some("in.1"))).await);
    }
    let action = json!({"recipient": {"id": "4400"}, "sender_action": "typing_on"});
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "in.1",
        "typing_indicator": {"type": "text"}});
    assert_eq!(bodies(&server).await, [action.clone(), action, read]);
    let received = server.received_requests().await.expect("recorded");
    let paths: Vec<&str> = received.iter().map(|r| r.url.path()).collect();
    let at = |account| format!("/v26.0/{account}/messages");
    assert_eq!(paths, [at("100001"), at("200001"), at("300001")]);
}

#[tokio::test]
async fn typing_is_not_shown_where_there_is_no_such_thing_or_nothing_to_mark_as_read() {
    let server = MockServer::start().await;
    let providers = providers(&server);
    for (channel, latest) in [
        (Channel::WhatsApp, None),
        (Channel::Twitter, Some("in.1")),
        (Channel::Email, Some("in.1")),
        (Channel::WebChat, Some("in.1")),
    ] {
        assert!(!providers.show_typing(&typing(channel, latest)).await);
    }
    assert!(bodies(&server).await.is_empty());
}

#[tokio::test]
async fn typing_that_a_platform_does_not_show_is_neither_tried_again_nor_waited_for() {
    for answer in [
        ResponseTemplate::new(401),
        ResponseTemplate::new(429),
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_delay(Duration::from_secs(60)),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let providers = providers(&server);
        for channel in [Channel::Facebook, Channel::Instagram, Channel::WhatsApp] {
            let begun = Instant::now();
            let shown = providers.show_typing(&typing(channel, Some("in.1"))).await;
            assert!(!shown, "{channel}");
            assert!(begun.elapsed() < Duration::from_secs(5), "{channel}");
        }
        assert_eq!(providers.credentials.rereads(), 0);
        assert_eq!(bodies(&server).await.len(), 3);
    }
}
