//! The port: which provider a channel goes to, and what is told about it.

use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::testing::{Counting, code, message};

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
    let taken = serde_json::json!({"messages": [{"id": "wamid.1"}]});
    Mock::given(path("/v26.0/300001/messages"))
        .respond_with(ResponseTemplate::new(200).set_body_json(taken))
        .mount(&server)
        .await;
    let taken = serde_json::json!({"recipient_id": "7001", "message_id": "m_1"});
    Mock::given(path("/v26.0/100001/messages"))
        .respond_with(ResponseTemplate::new(200).set_body_json(taken))
        .mount(&server)
        .await;
    Mock::given(path("/v3/mail/send"))
        .respond_with(ResponseTemplate::new(202).insert_header("x-message-id", "sg"))
        .mount(&server)
        .await;
    let providers = providers(&server);
    for (channel, to, expected) in [
        (Channel::WhatsApp, "15550100", "wamid.1"),
        (Channel::Facebook, "7001", "m_1"),
        (Channel::Email, "c@example.org", "sg"),
        (Channel::WebChat, "c@example.org", "sg"),
    ] {
        let outcome = providers.send(&message(channel, to, "Hello")).await;
        assert_eq!(
            outcome,
            SendOutcome::Accepted {
                platform_message_ids: vec![expected.into()]
            },
            "{channel}"
        );
    }
    for channel in [Channel::Instagram, Channel::Twitter] {
        let outcome = providers.send(&message(channel, "1", "Hello")).await;
        assert!(
            matches!(outcome, SendOutcome::Refused { .. })
                && code(&outcome) == "channel-not-connected",
            "{channel}"
        );
    }
}
