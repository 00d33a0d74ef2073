//! The port: which provider a channel goes to, and what is told about it.

use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::testing::{Counting, accepted, part};

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
