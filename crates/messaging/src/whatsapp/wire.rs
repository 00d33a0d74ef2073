//! What WhatsApp is sent and what it answers.

use serde::{Deserialize, Serialize};
use tributary_domain::ports::{OutgoingPart, Template};

use super::upload::Media;
use crate::file_name::file_name;

/// One message.
#[derive(Debug, Serialize)]
pub(super) struct MessageBody<'m> {
    messaging_product: &'static str,
    #[serde(flatten)]
    recipient: Recipient<'m>,
    /// The message that it answers, shown above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'m>>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    content: Content<'m>,
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
struct Context<'m> {
    message_id: &'m str,
}

/// What is said, under the name of its kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Content<'m> {
    Text {
        body: &'m str,
        preview_url: bool,
    },
    Image(Picture<'m>),
    Video(Picture<'m>),
    Audio {
        id: String,
    },
    Document {
        #[serde(flatten)]
        picture: Picture<'m>,
        filename: String,
    },
    Template(TemplateBody<'m>),
}

/// A file that may have words below it.
#[derive(Debug, Serialize)]
pub(super) struct Picture<'m> {
    id: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'m str,
}

#[derive(Debug, Serialize)]
pub(super) struct TemplateBody<'m> {
    name: &'m str,
    language: Language<'m>,
    /// The body alone has placeholders that an agent fills in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component>,
}

#[derive(Debug, Serialize)]
struct Language<'m> {
    code: &'m str,
}

#[derive(Debug, Serialize)]
struct Component {
    #[serde(rename = "type")]
    kind: &'static str,
    parameters: Vec<Parameter>,
}

#[derive(Debug, Serialize)]
struct Parameter {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
}

impl<'m> Content<'m> {
    pub(super) fn text(body: &'m str) -> Self {
        Self::Text {
            body,
            preview_url: false,
        }
    }

    pub(super) fn media(media: Media, id: String, caption: &'m str, name: &str) -> Self {
        match media {
            Media::Image => Self::Image(Picture { id, caption }),
            Media::Video => Self::Video(Picture { id, caption }),
            Media::Audio => Self::Audio { id },
            Media::Document => Self::Document {
                picture: Picture { id, caption },
                filename: file_name(name),
            },
        }
    }

    pub(super) fn template(template: &'m Template) -> Self {
        let Template {
            name,
            language,
            parameters,
        } = template;
        let parameters: Vec<Parameter> = parameters
            .iter()
            .map(|text| Parameter {
                kind: "text",
                // WhatsApp refuses line breaks, tabs and more than four blanks in a row (132018).
                text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            })
            .collect();
        let body = (!parameters.is_empty()).then_some(Component {
            kind: "body",
            parameters,
        });
        Self::Template(TemplateBody {
            name,
            language: Language { code: language },
            components: body.into_iter().collect(),
        })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio { .. } => "audio",
            Self::Document { .. } => "document",
            Self::Template(_) => "template",
        }
    }
}

impl<'m> MessageBody<'m> {
    /// A message for a phone number, or for a business-scoped user id: those hold a dot.
    pub(super) fn new(part: &'m OutgoingPart, content: Content<'m>, correlation: &'m str) -> Self {
        let to = part.to.as_str();
        let recipient = if to.contains('.') {
            Recipient::User { recipient: to }
        } else {
            Recipient::Phone {
                recipient_type: "individual",
                to,
            }
        };
        let reply_to = part.reply_to.as_deref();
        Self {
            messaging_product: "whatsapp",
            recipient,
            context: reply_to.map(|message_id| Context { message_id }),
            kind: content.kind(),
            content,
            biz_opaque_callback_data: correlation,
        }
    }
}

/// That a customer's message was seen (Cloud API, "Mark messages as read"), and with it that somebody types ("Typing
/// indicators").
#[derive(Debug, Serialize)]
pub(super) struct SeenBody<'m> {
    messaging_product: &'static str,
    status: &'static str,
    message_id: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typing_indicator: Option<TypingIndicator>,
}

#[derive(Debug, Serialize)]
struct TypingIndicator {
    #[serde(rename = "type")]
    kind: &'static str,
}

impl<'m> SeenBody<'m> {
    pub(super) fn of(message_id: &'m str) -> Self {
        Self {
            messaging_product: "whatsapp",
            status: "read",
            message_id,
            typing_indicator: None,
        }
    }

    pub(super) fn typing(message_id: &'m str) -> Self {
        Self {
            typing_indicator: Some(TypingIndicator { kind: "text" }),
            ..Self::of(message_id)
        }
    }
}

#[derive(Debug, Deserialize)]
struct AcceptedBody {
    messages: Vec<IdBody>,
}

#[derive(Debug, Deserialize)]
struct IdBody {
    id: String,
}

/// The id of the message that was taken; none when the answer does not name any.
pub(super) fn accepted(body: &[u8]) -> Option<String> {
    let body: AcceptedBody = serde_json::from_slice(body).ok()?;
    let id = body.messages.into_iter().next()?.id;
    (!id.is_empty()).then_some(id)
}

/// The id of the file that was taken; none when the answer does not name it.
pub(super) fn uploaded(body: &[u8]) -> Option<String> {
    let body: IdBody = serde_json::from_slice(body).ok()?;
    (!body.id.is_empty()).then_some(body.id)
}
