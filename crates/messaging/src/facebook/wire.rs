//! What Messenger is sent and what it answers.

use serde::{Deserialize, Serialize};
use tributary_domain::ticket::ReplyWindow;

/// One text message.
#[derive(Debug, Serialize)]
pub(super) struct TextBody<'m> {
    recipient: Recipient<'m>,
    #[serde(flatten)]
    kind: Kind,
    message: Text<'m>,
}

#[derive(Debug, Serialize)]
struct Recipient<'m> {
    id: &'m str,
}

#[derive(Debug, Serialize)]
struct Text<'m> {
    text: &'m str,
    /// Comes back in the echo: the only way to find the message again after a timeout.
    metadata: &'m str,
}

/// On what ground we write.
#[derive(Debug, Serialize)]
#[serde(tag = "messaging_type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Kind {
    /// Within 24 hours after the customer wrote.
    Response,
    /// Later: a tag says why.
    MessageTag { tag: &'static str },
}

impl<'m> TextBody<'m> {
    /// A text for a person. What goes out was written by an agent, so within seven days it may carry the
    /// tag that says so; where nothing may be sent, Messenger's own refusal tells why.
    pub(super) fn new(to: &'m str, text: &'m str, metadata: &'m str, window: ReplyWindow) -> Self {
        let kind = match window {
            ReplyWindow::HumanAgent(_) => Kind::MessageTag { tag: "HUMAN_AGENT" },
            ReplyWindow::Free(_) | ReplyWindow::Template | ReplyWindow::Closed => Kind::Response,
        };
        Self {
            recipient: Recipient { id: to },
            kind,
            message: Text { text, metadata },
        }
    }
}

#[derive(Debug, Deserialize)]
struct AcceptedBody {
    message_id: String,
}

/// The id of the message that was taken; none when the answer does not name it.
pub(super) fn accepted(body: &[u8]) -> Option<Vec<String>> {
    let body: AcceptedBody = serde_json::from_slice(body).ok()?;
    (!body.message_id.is_empty()).then(|| vec![body.message_id])
}
