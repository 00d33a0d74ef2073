//! What SendGrid's answers mean (v3 Mail Send, errors).

use tributary_domain::ports::SendOutcome;

use super::wire;
use crate::http::Answer;
use crate::verdict::{ADMIN, AGAIN, CHANNEL_BROKEN, Verdict, refused, retryable, unknown};

/// What an answer means for a mail.
pub(super) fn judge(answer: &Answer) -> Verdict {
    let status = answer.status;
    let code = format!("http-{}", status.as_u16());
    let own_error = answer.body.as_deref().and_then(wire::error_fields);
    let channel = |message| retryable(code.clone(), message, ADMIN, Some(CHANNEL_BROKEN));
    match (status.as_u16(), own_error) {
        // The status alone says that it was taken; the id is only needed to recognise its events.
        (202, _) => SendOutcome::Accepted { platform_message_ids: message_id(answer).into_iter().collect() }.into(),
        (400, Some(fields)) if fields.iter().any(|field| field.contains(".to")) => {
            refused(code, "SendGrid does not accept the customer's mail address.", "Correct the address, or answer on another channel.").into()
        }
        (413, _) => refused(code, "The mail is too large.", "Send a shorter message.").into(),
        (401, _) => Verdict::from(channel("SendGrid does not accept the API key.")).credentials_refused(),
        (403, _) => Verdict::from(channel("The API key or the sender's address may not send mail.")).credentials_refused(),
        (429, _) => retryable(code, "SendGrid asks us to slow down.", AGAIN, answer.retry_after()).into(),
        (300..=399 | 404 | 405, _) => channel("SendGrid's address is not right.").into(),
        (200..=299, _) => unknown(code, "SendGrid gave an answer that it never gives.").into(),
        (500..=599, Some(_)) => retryable(code, "SendGrid had an internal error.", AGAIN, answer.retry_after()).into(),
        (500..=599, None) => unknown(code, "SendGrid had an error and did not say whether it took the mail.").into(),
        (_, _) => refused(code, "SendGrid refused the mail.", "Change the message and send it again; if that does not help, tell an administrator the code.").into(),
    }
}

fn message_id(answer: &Answer) -> Option<String> {
    let id = answer.headers.get("x-message-id")?.to_str().ok()?;
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests;
