//! What the tests of all platforms share: credentials, a part, and a server that hangs up.

use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tributary_domain::attachment::AttachmentKind;
use tributary_domain::delivery::DeliveryError;
use tributary_domain::ports::{
    Correlation, OutgoingFile, OutgoingPart, PartContent, SendOutcome, Template,
};
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{AccountId, Channel, MessageId, TicketId, Timestamp};
use wiremock::MockServer;

use crate::handover::Handover;
use crate::http::{Answer, Http};

mod counting;

pub(crate) use counting::Counting;

pub(crate) const BUDGET: Duration = Duration::from_secs(10);

pub(crate) fn part(channel: Channel, to: &str, text: &str) -> OutgoingPart {
    let at = Timestamp::from_millis(1_735_732_800_000);
    OutgoingPart {
        channel,
        account: AccountId::parse("300001").expect("an account"),
        to: to.into(),
        to_name: Some("Ann".into()),
        content: PartContent::Text {
            text: text.into(),
            files: Vec::new(),
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

pub(crate) fn file(name: &str, mime_type: &str, bytes: impl Into<Bytes>) -> OutgoingFile {
    OutgoingFile {
        kind: AttachmentKind::of_media_type(mime_type),
        name: name.into(),
        mime_type: mime_type.into(),
        url: format!("https://files.example/{name}?signature=hush"),
        bytes: bytes.into(),
    }
}

pub(crate) fn with_files(part: OutgoingPart, files: &[OutgoingFile]) -> OutgoingPart {
    let content = match part.content {
        PartContent::Text { text, files: _ } => PartContent::Text {
            text,
            files: files.to_vec(),
        },
        PartContent::Template(template) => PartContent::Template(template),
    };
    OutgoingPart { content, ..part }
}

pub(crate) fn template(parameters: &[&str]) -> PartContent {
    PartContent::Template(Template {
        name: "order_shipped".into(),
        language: "en_US".into(),
        parameters: parameters.iter().map(|&p| p.to_owned()).collect(),
    })
}

pub(crate) fn handover<'h>(
    part: &'h OutgoingPart,
    http: &'h Http,
    credentials: &'h Counting,
    budget: Duration,
) -> Handover<'h, Counting> {
    Handover {
        part,
        http,
        credentials,
        deadline: Instant::now() + budget,
    }
}

pub(crate) fn accepted(id: &str) -> SendOutcome {
    SendOutcome::Accepted {
        platform_message_id: Some(id.into()),
    }
}

#[derive(Debug, PartialEq, Clone, Copy)]
pub(crate) enum Kind {
    Accepted,
    Again,
    Limited,
    Broken,
    Refused,
    Unknown,
}

pub(crate) fn kind(outcome: &SendOutcome) -> Kind {
    match outcome {
        SendOutcome::Accepted { .. } => Kind::Accepted,
        SendOutcome::Retryable { .. } => Kind::Again,
        SendOutcome::Limited { .. } => Kind::Limited,
        SendOutcome::Broken { .. } => Kind::Broken,
        SendOutcome::Refused { .. } => Kind::Refused,
        SendOutcome::Unknown { .. } => Kind::Unknown,
    }
}

/// What the agent is told of what was not accepted.
pub(crate) fn error(outcome: &SendOutcome) -> &DeliveryError {
    match outcome {
        SendOutcome::Accepted { .. } => panic!("accepted"),
        SendOutcome::Retryable { error, .. }
        | SendOutcome::Limited { error, .. }
        | SendOutcome::Broken { error }
        | SendOutcome::Refused { error }
        | SendOutcome::Unknown { error } => error,
    }
}

/// The code of what was not accepted.
pub(crate) fn code(outcome: &SendOutcome) -> &str {
    &error(outcome).code
}

/// When a provider asked us to come back.
pub(crate) fn retry_after(outcome: &SendOutcome) -> Option<Duration> {
    match outcome {
        SendOutcome::Retryable { retry_after, .. } | SendOutcome::Limited { retry_after, .. } => {
            *retry_after
        }
        SendOutcome::Accepted { .. }
        | SendOutcome::Broken { .. }
        | SendOutcome::Refused { .. }
        | SendOutcome::Unknown { .. } => panic!("{outcome:?}"),
    }
}

pub(crate) fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: HeaderMap::new(),
        body: Some(body.as_bytes().to_vec()),
    }
}

/// The bodies that a server got, in order.
pub(crate) async fn bodies(server: &MockServer) -> Vec<Value> {
    let requests = server.received_requests().await.expect("recorded");
    requests
        .iter()
        .map(|r| r.body_json().expect("JSON"))
        .collect()
}

/// The paths that a server was called at, in order.
pub(crate) async fn paths(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.expect("recorded");
    requests.iter().map(|r| r.url.path().to_owned()).collect()
}

/// A form as it was posted: a line for each field and its value, bytes that are no text apart.
pub(crate) fn form_text(request: &wiremock::Request) -> String {
    String::from_utf8_lossy(&request.body).into_owned()
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
