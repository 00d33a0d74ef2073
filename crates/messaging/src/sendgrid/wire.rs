//! What SendGrid is sent and what it answers.

use serde::{Deserialize, Serialize};
use tributary_domain::channel::email::message_id::SentMail;
use tributary_domain::ports::{Answered, OutgoingMessage};

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
    #[serde(rename = "In-Reply-To", skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<String>,
    #[serde(rename = "References", skip_serializing_if = "Option::is_none")]
    references: Option<String>,
    /// By which a mail of ours that comes back is known as one.
    #[serde(rename = "X-Loop")]
    x_loop: &'static str,
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
    pub(super) fn new(
        message: &'m OutgoingMessage,
        from: &'m str,
        reply_local_part: &str,
        reply_domain: &str,
    ) -> Self {
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
                email: format!("{reply_local_part}@{reply_domain}").into(),
                name: None,
            },
            subject: subject(&message.subject, reference),
            content: [Content {
                kind: "text/plain",
                value: &message.text,
            }],
            headers: headers(message, reply_domain),
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

fn headers(message: &OutgoingMessage, reply_domain: &str) -> Headers {
    let correlation = &message.correlation;
    let sent = SentMail {
        ticket_id: correlation.ticket_id.clone(),
        message_id: correlation.message_id.clone(),
        position: correlation.position,
    };
    let answered = message.answers.as_ref().filter(|a| is_id(&a.message_id));
    Headers {
        message_id: sent.message_id(reply_domain),
        in_reply_to: answered.map(|a| a.message_id.clone()),
        references: answered.map(references),
        x_loop: "tributary",
    }
}

/// The References of an answer: those of the mail it answers, then that mail (RFC 5322, section 3.6.4).
fn references(answered: &Answered) -> String {
    let Answered {
        message_id,
        references,
    } = answered;
    let mut ids: Vec<&str> = references.iter().map(String::as_str).collect();
    ids.retain(|id| is_id(id) && id != message_id);
    ids.push(message_id);
    ids.join(" ")
}

/// What may stand in a header: one Message-ID in plain characters.
fn is_id(id: &str) -> bool {
    id.starts_with('<') && id.ends_with('>') && id.bytes().all(|b| b.is_ascii_graphic())
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
