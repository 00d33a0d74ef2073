//! What SendGrid is sent and what it answers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tributary_domain::ports::{OutgoingFile, OutgoingPart};

use super::files::{Attachment, names};
use super::headers::{Headers, headers};
use super::html::html;

/// One mail to one customer.
#[derive(Debug, Serialize)]
pub(super) struct MailBody<'m> {
    personalizations: [Personalization<'m>; 1],
    from: Address<'m>,
    reply_to: Address<'m>,
    subject: String,
    /// The plain text comes first (v3 Mail Send, `content`).
    content: [Content<'m>; 2],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
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
    email: Cow<'m, str>,
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
    value: Cow<'m, str>,
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
    /// The mail for a part. Its Message-ID is the same at every attempt, so that a customer's
    /// program may show a mail that was sent twice once.
    pub(super) fn new(
        part: &'m OutgoingPart,
        (text, files): (&'m str, &'m [OutgoingFile]),
        from: &'m str,
        reply_to: String,
        reply_domain: &str,
    ) -> Self {
        let text: Cow<'m, str> = match text.trim() {
            "" => names(files).into(),
            _ => text.into(),
        };
        Self {
            personalizations: [Personalization {
                to: [Address {
                    email: part.to.as_str().into(),
                    name: part.to_name.as_deref().map(one_line),
                }],
                custom_args: CustomArgs {
                    desk_msg: part.correlation.as_text(),
                },
            }],
            from: Address {
                email: from.into(),
                name: None,
            },
            reply_to: Address {
                email: reply_to.into(),
                name: None,
            },
            subject: subject(&part.subject, &part.reference),
            content: [
                Content {
                    kind: "text/plain",
                    value: text.clone(),
                },
                Content {
                    kind: "text/html",
                    value: html(&text).into(),
                },
            ],
            attachments: files.iter().map(Attachment::of).collect(),
            headers: headers(part, reply_domain),
            tracking_settings: Tracking {
                click_tracking: OFF,
                open_tracking: OFF,
            },
        }
    }
}

/// The ticket's subject as that of an answer, with the reference that people ask for; each once.
fn subject(subject: &str, reference: &str) -> String {
    let subject = one_line(subject);
    let re = match subject.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("re:") => "",
        Some(_) | None => "Re: ",
    };
    let mark = format!("[{reference}]");
    if subject.contains(&mark) {
        return format!("{re}{subject}");
    }
    format!("{re}{subject} {mark}")
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
