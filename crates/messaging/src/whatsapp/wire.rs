//! What WhatsApp is sent and what it answers.

use serde::{Deserialize, Serialize};

/// One text message.
#[derive(Debug, Serialize)]
pub(super) struct TextBody<'m> {
    messaging_product: &'static str,
    #[serde(flatten)]
    recipient: Recipient<'m>,
    #[serde(rename = "type")]
    kind: &'static str,
    text: Text<'m>,
    /// Comes back in every status of the message: the only way to find it again after a timeout.
    biz_opaque_callback_data: &'m str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Recipient<'m> {
    Phone {
        recipient_type: &'static str,
        to: &'m str,
    },
    /// Users with a name instead of a number (business-scoped user ids, May 2026).
    User { recipient: &'m str },
}

#[derive(Debug, Serialize)]
struct Text<'m> {
    body: &'m str,
    preview_url: bool,
}

impl<'m> TextBody<'m> {
    /// A text for a phone number, or for a business-scoped user id: those hold a dot.
    pub(super) fn new(to: &'m str, body: &'m str, correlation: &'m str) -> Self {
        let recipient = if to.contains('.') {
            Recipient::User { recipient: to }
        } else {
            Recipient::Phone {
                recipient_type: "individual",
                to,
            }
        };
        Self {
            messaging_product: "whatsapp",
            recipient,
            kind: "text",
            text: Text {
                body,
                preview_url: false,
            },
            biz_opaque_callback_data: correlation,
        }
    }
}

#[derive(Debug, Deserialize)]
struct AcceptedBody {
    messages: Vec<AcceptedMessage>,
}

#[derive(Debug, Deserialize)]
struct AcceptedMessage {
    id: String,
}

/// The ids of the messages that were taken; none when the answer does not name any.
pub(super) fn accepted(body: &[u8]) -> Option<Vec<String>> {
    let body: AcceptedBody = serde_json::from_slice(body).ok()?;
    let ids: Vec<String> = body.messages.into_iter().map(|m| m.id).collect();
    (!ids.is_empty()).then_some(ids)
}
