//! What Messenger is sent and what it answers.

use serde::{Deserialize, Serialize};
use tributary_domain::ports::OutgoingPart;
use tributary_domain::ticket::ReplyWindow;

use crate::handover::Thing;

/// One message.
#[derive(Debug, Serialize)]
pub(super) struct MessageBody<'m> {
    recipient: Recipient<'m>,
    #[serde(flatten)]
    ground: Ground,
    message: Message<'m>,
    /// The message that it answers, shown above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<ReplyTo<'m>>,
}

#[derive(Debug, Serialize)]
struct Recipient<'m> {
    id: &'m str,
}

#[derive(Debug, Serialize)]
struct ReplyTo<'m> {
    mid: &'m str,
}

#[derive(Debug, Serialize)]
struct Message<'m> {
    #[serde(flatten)]
    content: Content<'m>,
    /// Comes back in the echo: the only way to find the message again after a timeout.
    metadata: &'m str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Content<'m> {
    Text(&'m str),
    Attachment(Attachment<'m>),
}

#[derive(Debug, Serialize)]
struct Attachment<'m> {
    /// `image`, `audio`, `video` or `file`.
    #[serde(rename = "type")]
    kind: &'static str,
    payload: Payload<'m>,
}

/// Messenger fetches the file itself.
#[derive(Debug, Serialize)]
struct Payload<'m> {
    url: &'m str,
    is_reusable: bool,
}

/// On what ground we write.
#[derive(Debug, Serialize)]
#[serde(tag = "messaging_type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Ground {
    /// Within 24 hours after the customer wrote.
    Response,
    /// Later: a tag says why.
    MessageTag { tag: &'static str },
}

impl<'m> MessageBody<'m> {
    /// A message for a person. Within seven days what an agent wrote carries the tag that says so; where nothing may
    /// be sent, Messenger's own refusal tells why.
    pub(super) fn new(part: &'m OutgoingPart, thing: &Thing<'m>, metadata: &'m str) -> Self {
        let ground = match part.reply_window {
            ReplyWindow::HumanAgent(_) if !part.is_automatic => {
                Ground::MessageTag { tag: "HUMAN_AGENT" }
            }
            ReplyWindow::HumanAgent(_)
            | ReplyWindow::Free(_)
            | ReplyWindow::Template
            | ReplyWindow::Closed => Ground::Response,
        };
        let content = match thing {
            Thing::Text(text) => Content::Text(text),
            Thing::File(file) => Content::Attachment(Attachment {
                kind: file.kind.as_str(),
                payload: Payload {
                    url: &file.url,
                    is_reusable: false,
                },
            }),
        };
        Self {
            recipient: Recipient { id: &part.to },
            ground,
            message: Message { content, metadata },
            reply_to: part.reply_to.as_deref().map(|mid| ReplyTo { mid }),
        }
    }
}

/// That the customer's messages were seen, or that somebody types (Messenger Platform, Send API, sender actions). It goes
/// without a message.
#[derive(Debug, Serialize)]
pub(super) struct ActionBody<'m> {
    recipient: Recipient<'m>,
    sender_action: &'static str,
}

impl<'m> ActionBody<'m> {
    pub(super) fn seen(person: &'m str) -> Self {
        Self {
            recipient: Recipient { id: person },
            sender_action: "mark_seen",
        }
    }

    pub(super) fn typing(person: &'m str) -> Self {
        Self {
            recipient: Recipient { id: person },
            sender_action: "typing_on",
        }
    }
}

#[derive(Debug, Deserialize)]
struct AcceptedBody {
    message_id: String,
}

/// The id of the message that was taken; none when the answer does not name it.
pub(super) fn accepted(body: &[u8]) -> Option<String> {
    let body: AcceptedBody = serde_json::from_slice(body).ok()?;
    (!body.message_id.is_empty()).then_some(body.message_id)
}
