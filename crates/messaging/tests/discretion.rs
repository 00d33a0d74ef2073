//! Nothing that is said about a message holds what is in it. A binary of its own, since it listens to
//! everything the process logs.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tributary_domain::ports::{Correlation, Messenger, OutgoingMessage};
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{AccountId, Channel, MessageId, TicketId, Timestamp};
use tributary_messaging::{
    CredentialError, Credentials, FacebookAccount, Providers, ProvidersConfig, Secret,
    SendGridAccount, TwitterAccount, WhatsAppAccount,
};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

struct Fixed;

impl Credentials for Fixed {
    async fn whatsapp(&self, _account: &AccountId) -> Result<WhatsAppAccount, CredentialError> {
        Ok(WhatsAppAccount {
            phone_number_id: "300001".into(),
            access_token: Secret::new("hush"),
        })
    }

    async fn facebook(&self, _account: &AccountId) -> Result<FacebookAccount, CredentialError> {
        Ok(FacebookAccount {
            page_id: "100001".to_owned(),
            page_access_token: Secret::new("hush"),
        })
    }

    async fn twitter(&self, _account: &AccountId) -> Result<TwitterAccount, CredentialError> {
        Ok(TwitterAccount {
            consumer_key: "key".to_owned(),
            consumer_secret: Secret::new("hush"),
            access_token: "token".to_owned(),
            access_token_secret: Secret::new("hush"),
        })
    }

    async fn sendgrid(&self, _ticket: &TicketId) -> Result<SendGridAccount, CredentialError> {
        Ok(SendGridAccount {
            api_key: Secret::new("hush"),
            reply_local_part: "support".into(),
        })
    }

    async fn reread(&self, _channel: Channel) {}
}

fn message(channel: Channel, to: &str) -> OutgoingMessage {
    let at = Timestamp::from_millis(1_735_732_800_000);
    OutgoingMessage {
        channel,
        account: AccountId::parse("300001").expect("an account"),
        to: to.into(),
        to_name: Some("Ann".into()),
        text: "the text".into(),
        subject: "Where is my order?".into(),
        reference: "7K3M9Q2X".into(),
        answers: None,
        correlation: Correlation {
            ticket_id: TicketId::generate(at, 1),
            message_id: MessageId::generate(at, 2),
            position: 3,
            attempt: 1,
        },
        queued_at: at,
        reply_window: ReplyWindow::Free(None),
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_logs_nor_outcomes_hold_tokens_texts_or_addresses() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("the only one");

    let server = MockServer::start().await;
    let echo = serde_json::json!({"error": {"message": "15550100 hush the text", "code": 190}});
    Mock::given(path("/v26.0/300001/messages"))
        .respond_with(ResponseTemplate::new(401).set_body_json(echo))
        .mount(&server)
        .await;
    let echo = serde_json::json!({"error": {"message": "7001 hush the text", "code": 10, "error_subcode": 2_018_278}});
    Mock::given(path("/v26.0/100001/messages"))
        .respond_with(ResponseTemplate::new(400).set_body_json(echo))
        .mount(&server)
        .await;
    let echo = serde_json::json!({"errors": [{"message": "c@example.org the text", "field": "personalizations.0.to"}]});
    Mock::given(path("/v3/mail/send"))
        .respond_with(ResponseTemplate::new(400).set_body_json(echo))
        .mount(&server)
        .await;
    let mut config = ProvidersConfig {
        facebook_origin: server.uri(),
        instagram_origin: server.uri(),
        twitter_origin: server.uri(),
        whatsapp_origin: server.uri(),
        graph_api_version: "v26.0".into(),
        sendgrid_origin: server.uri(),
        mail_from: "support@example.com".into(),
        mail_reply_domain: "reply.example.com".into(),
    };
    let providers = Providers::new(config.clone(), Fixed).expect("origins");
    let mut told = format!("{:?}", Secret::new("hush"));
    for (channel, to) in [
        (Channel::WhatsApp, "15550100"),
        (Channel::Facebook, "7001"),
        (Channel::Email, "c@example.org"),
    ] {
        told.push_str(&format!(
            "{:?}",
            providers.send(&message(channel, to)).await
        ));
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    config.whatsapp_origin = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let unreachable = Providers::new(config, Fixed).expect("origins");
    told.push_str(&format!(
        "{:?}",
        unreachable
            .send(&message(Channel::WhatsApp, "15550100"))
            .await
    ));

    let logged = String::from_utf8(lines.0.lock().expect("lines").clone()).expect("text");
    let ours: String = logged
        .lines()
        .filter(|line| line.contains("tributary_messaging"))
        .collect();
    for expected in [
        "tkt_",
        "msg_",
        "result=\"retryable\" code=\"190\"",
        "result=\"refused\"",
        "code=\"10/2018278\"",
        "not-reached",
    ] {
        assert!(ours.contains(expected), "{expected} in {ours}");
    }
    told.push_str(&ours);
    for secret in [
        "hush",
        "15550100",
        "7001",
        "c@example.org",
        "the text",
        "Ann",
        "order",
    ] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}
