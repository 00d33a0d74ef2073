//! What the tests of all platforms share: credentials, a message, and a server that hangs up.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tributary_domain::ports::{Correlation, OutgoingMessage, SendOutcome};
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{AccountId, Channel, MessageId, TicketId, Timestamp};

use crate::credentials::{
    CredentialError, Credentials, FacebookAccount, Secret, SendGridAccount, TwitterAccount,
    WhatsAppAccount,
};

/// Credentials whose token counts how often it was read again: `hush-0`, `hush-1`, …
#[derive(Default)]
pub(crate) struct Counting {
    pub(crate) rereads: AtomicUsize,
}

impl Counting {
    pub(crate) fn rereads(&self) -> usize {
        self.rereads.load(Ordering::SeqCst)
    }

    fn token(&self) -> Secret {
        Secret::new(format!("hush-{}", self.rereads()))
    }
}

impl Credentials for Counting {
    async fn whatsapp(&self, account: &AccountId) -> Result<WhatsAppAccount, CredentialError> {
        match account.as_str() {
            "300001" => Ok(WhatsAppAccount {
                phone_number_id: "300001".into(),
                access_token: self.token(),
            }),
            "broken" => Err(CredentialError::Unavailable("store is gone".into())),
            _ => Err(CredentialError::UnknownAccount),
        }
    }

    async fn facebook(&self, account: &AccountId) -> Result<FacebookAccount, CredentialError> {
        match account.as_str() {
            "broken" => Err(CredentialError::Unavailable("store is gone".into())),
            "999" => Err(CredentialError::UnknownAccount),
            _ => Ok(FacebookAccount {
                page_id: "100001".to_owned(),
                page_access_token: self.token(),
            }),
        }
    }

    async fn twitter(&self, _account: &AccountId) -> Result<TwitterAccount, CredentialError> {
        Ok(TwitterAccount {
            consumer_key: "key".to_owned(),
            consumer_secret: Secret::new("hush-consumer"),
            access_token: "token".to_owned(),
            access_token_secret: Secret::new("hush-token"),
        })
    }

    async fn sendgrid(&self, ticket: &TicketId) -> Result<SendGridAccount, CredentialError> {
        Ok(SendGridAccount {
            api_key: self.token(),
            reply_local_part: format!("support+{ticket}"),
        })
    }

    async fn reread(&self, _channel: Channel) {
        self.rereads.fetch_add(1, Ordering::SeqCst);
    }
}

pub(crate) fn message(channel: Channel, to: &str, text: &str) -> OutgoingMessage {
    let at = Timestamp::from_millis(1_735_732_800_000);
    OutgoingMessage {
        channel,
        account: AccountId::parse("300001").expect("an account"),
        to: to.into(),
        to_name: Some("Ann".into()),
        text: text.into(),
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

/// The code of what was not accepted.
pub(crate) fn code(outcome: &SendOutcome) -> &str {
    match outcome {
        SendOutcome::Accepted { .. } => panic!("accepted"),
        SendOutcome::Retryable { error, .. }
        | SendOutcome::Refused { error }
        | SendOutcome::Unknown { error } => &error.code,
    }
}

/// The origin of a server that reads the start of each request and hangs up.
pub(crate) async fn hangs_up() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 64]).await;
        }
    });
    format!("http://{address}")
}

/// The origin of a port nobody listens on.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}
