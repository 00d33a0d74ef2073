//! What SendGrid is sent and what it answers.

use serde::{Deserialize, Serialize};
use tributary_domain::ports::OutgoingMessage;

/// One mail to one customer.
#[derive(Debug, Serialize)]
pub(super) struct MailBody<'m> {
    personalizations: [Personalization<'m>; 1],
    from: Address<'m>,
    reply_to: Address<'m>,
    subject: String,
    content: [Content<'m>; 1],
    headers: Headers,
    tracking_settings: Tracking,
}

#[derive(Debug, Serialize)]
struct Personalization<'m> {
    to: [Address<'m>; 1],
    custom_args: CustomArgs,
}

#[derive(Debug, Serialize)]
struct Address<'m> {
    email: std::borrow::Cow<'m, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Comes back in SendGrid's events: the only way to find a mail again after a timeout.
#[derive(Debug, Serialize)]
struct CustomArgs {
    desk_msg: String,
}

#[derive(Debug, Serialize)]
struct Content<'m> {
    #[serde(rename = "type")]
    kind: &'static str,
    value: &'m str,
}

#[derive(Debug, Serialize)]
struct Headers {
    #[serde(rename = "Message-ID")]
    message_id: String,
}

#[derive(Debug, Serialize)]
struct Tracking {
    click_tracking: Off,
    open_tracking: Off,
}

#[derive(Debug, Serialize)]
struct Off {
    enable: bool,
}

const OFF: Off = Off { enable: false };

impl<'m> MailBody<'m> {
    /// The mail for a message. Its Message-ID is the same at every attempt, so that a customer's
    /// program may show a mail that was sent twice once.
    pub(super) fn new(message: &'m OutgoingMessage, from: &'m str, reply_domain: &str) -> Self {
        let reference = &message.reference;
        let correlation = &message.correlation;
        Self {
            personalizations: [Personalization {
                to: [Address {
                    email: message.to.as_str().into(),
                    name: message.to_name.as_deref().map(one_line),
                }],
                custom_args: CustomArgs {
                    desk_msg: correlation.as_text(),
                },
            }],
            from: Address {
                email: from.into(),
                name: None,
            },
            reply_to: Address {
                email: format!("support+{reference}@{reply_domain}").into(),
                name: None,
            },
            subject: format!("Re: {} [{reference}]", one_line(&message.subject)),
            content: [Content {
                kind: "text/plain",
                value: &message.text,
            }],
            headers: Headers {
                message_id: format!("<desk.{}@{reply_domain}>", correlation.message_id),
            },
            tracking_settings: Tracking {
                click_tracking: OFF,
                open_tracking: OFF,
            },
        }
    }
}

/// Header fields are one line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[derive(Debug, Deserialize)]
struct ErrorsBody {
    errors: Vec<MailError>,
}

#[derive(Debug, Deserialize)]
struct MailError {
    field: Option<String>,
}

/// The fields that SendGrid's own error names; none when this is not one.
pub(super) fn error_fields(body: &[u8]) -> Option<Vec<String>> {
    let body: ErrorsBody = serde_json::from_slice(body).ok()?;
    (!body.errors.is_empty()).then(|| body.errors.into_iter().filter_map(|e| e.field).collect())
}
