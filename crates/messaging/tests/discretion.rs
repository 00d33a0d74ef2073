//! Nothing that is said about a message holds what is in it. A binary of its own, since it listens to
//! everything the process logs.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tributary_domain::attachment::AttachmentKind;
use tributary_domain::ports::{
    Correlation, Messenger, OutgoingFile, OutgoingPart, PartContent, TypingTo,
};
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{AccountId, Channel, MessageId, TicketId, Timestamp};
use tributary_messaging::{
    CredentialError, Credentials, FacebookAccount, InstagramAccount, Providers, ProvidersConfig,
    Secret, SendGridAccount, TwitterAccount, WhatsAppAccount,
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

    async fn instagram(&self, _account: &AccountId) -> Result<InstagramAccount, CredentialError> {
        Ok(InstagramAccount {
            account_id: "200001".to_owned(),
            access_token: Secret::new("hush"),
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

    async fn secret_version(&self, _channel: Channel) -> Option<String> {
        None
    }
}

fn part(channel: Channel, to: &str, file: Option<&str>) -> OutgoingPart {
    let at = Timestamp::from_millis(1_735_732_800_000);
    let file = file.map(|mime_type| OutgoingFile {
        kind: AttachmentKind::of_media_type(mime_type),
        name: "passport of Ann".into(),
        mime_type: mime_type.into(),
        url: "https://files.example/1?signature=hush".into(),
        bytes: "the bytes".into(),
    });
    OutgoingPart {
        channel,
        account: AccountId::parse("300001").expect("an account"),
        to: to.into(),
        to_name: Some("Ann".into()),
        content: PartContent::Text {
            text: file.as_ref().map_or("the text", |_| "").into(),
            files: file.into_iter().collect(),
        },
        reply_to: None,
        seen: None,
        subject: "Where is my order?".into(),
        reference: "7K3M9Q2X".into(),
        answers: None,
        is_automatic: false,
        correlation: Correlation {
            ticket_id: TicketId::generate(at, 1),
            message_id: MessageId::generate(at, 2),
            position: 3,
            attempt: 1,
            part: 0,
        },
        nth_try: 1,
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
    let graph = |code: u32, subcode: u32| serde_json::json!({"error": {"message": "15550100 7001 5600 hush the text", "code": code, "error_subcode": subcode}});
    let problem =
        serde_json::json!({"title": "4400 hush the text", "type": "about:blank", "detail": "4400"});
    let mail = serde_json::json!({"errors": [{"message": "c@example.org the text", "field": "personalizations.0.to"}]});
    for (at, status, body) in [
        ("/v26.0/300001/messages", 401, graph(190, 463)),
        ("/v26.0/300001/media", 400, graph(131_053, 0)),
        ("/v26.0/100001/messages", 400, graph(10, 2_018_278)),
        ("/v26.0/200001/messages", 400, graph(10, 2_534_022)),
        (
            "/2/dm_conversations/with/4400/messages",
            403,
            problem.clone(),
        ),
        ("/2/media/upload", 500, problem),
        ("/v3/mail/send", 400, mail),
    ] {
        Mock::given(path(at))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
    }
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
        (Channel::Instagram, "5600"),
        (Channel::Twitter, "4400"),
        (Channel::Email, "c@example.org"),
    ] {
        for file in [None, Some("image/png"), Some("application/pdf")] {
            let outcome = providers.send(&part(channel, to, file)).await;
            told.push_str(&format!("{outcome:?}"));
        }
    }
    for (channel, person) in [
        (Channel::WhatsApp, "15550100"),
        (Channel::Facebook, "7001"),
        (Channel::Instagram, "5600"),
    ] {
        let to = TypingTo {
            channel,
            account: AccountId::parse("300001").expect("an account"),
            person: person.to_owned(),
            latest: Some("in.1".to_owned()),
        };
        assert!(!providers.show_typing(&to).await);
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    config.whatsapp_origin = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let unreachable = Providers::new(config, Fixed).expect("origins");
    told.push_str(&format!(
        "{:?}",
        unreachable
            .send(&part(Channel::WhatsApp, "15550100", None))
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
        "result=\"broken\" code=\"190\"",
        "result=\"refused\" code=\"131053\"",
        "code=\"10/2018278\"",
        "code=\"10/2534022\"",
        "result=\"refused\" code=\"http-403\"",
        "result=\"retryable\" code=\"http-500\"",
        "not-reached",
        "a customer is shown that somebody types",
    ] {
        assert!(ours.contains(expected), "{expected} in {ours}");
    }
    told.push_str(&ours);
    for secret in [
        "hush",
        "15550100",
        "7001",
        "5600",
        "4400",
        "c@example.org",
        "the text",
        "the bytes",
        "passport",
        "files.example",
        "Ann",
        "order",
    ] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}
