//! What SendGrid's answers mean (v3 Mail Send, errors; "4XX API errors and troubleshooting").

use std::time::Duration;

use super::wire;
use crate::handover::Taken;
use crate::http::Answer;
use crate::verdict::{
    AGAIN, EDIT, OTHER_FILE, Verdict, broken, limited, refused, retryable, unknown,
};

/// How long SendGrid is left alone when it does not say until when.
const SLOW_DOWN: Duration = Duration::from_secs(10);

/// What an answer means for a mail. Its id is needed only to recognise its events: the status alone says that it was
/// taken.
pub(super) fn judge(answer: &Answer) -> Taken {
    let status = answer.status;
    let code = format!("http-{}", status.as_u16());
    let own_error = answer.body.as_deref().and_then(wire::error_fields);
    let is_about = |part: &str| {
        let fields = own_error.iter().flatten();
        fields.into_iter().any(|field| field.contains(part))
    };
    let outcome = match (status.as_u16(), own_error.is_some()) {
        (202, _) => return Ok(message_id(answer)),
        (400, true) if is_about(".to") => refused(
            code,
            "SendGrid does not accept the customer's mail address.",
            "Correct the address, or answer on another channel.",
        ),
        (400, true) if is_about("attachments") => {
            refused(code, "SendGrid does not take the file.", OTHER_FILE)
        }
        (400, true) if is_about("from") => {
            broken(code, "SendGrid does not take the sender's address.")
        }
        (413, _) => refused(
            code,
            "The mail is too large.",
            "Send fewer or smaller files, or a shorter message.",
        ),
        (401, _) => broken(
            code,
            "SendGrid does not accept the API key, or the account's credits are used up.",
        ),
        (403, _) => broken(
            code,
            "The API key or the sender's address may not send mail.",
        ),
        (429, _) => {
            let after = answer.retry_after().unwrap_or(SLOW_DOWN);
            limited(code, "SendGrid asks us to slow down.", Some(after))
        }
        (300..=399 | 404 | 405, _) => broken(code, "SendGrid's address is not right."),
        (200..=299, _) => unknown(code, "SendGrid gave an answer that it never gives."),
        (500..=599, true) => retryable(
            code,
            "SendGrid had an internal error.",
            AGAIN,
            answer.retry_after(),
        ),
        (500..=599, false) => unknown(
            code,
            "SendGrid had an error and did not say whether it took the mail.",
        ),
        _ => refused(code, "SendGrid refused the mail.", EDIT),
    };
    Err(match status.as_u16() {
        401 | 403 => Verdict::from(outcome).credentials_refused(),
        _ => outcome.into(),
    })
}

fn message_id(answer: &Answer) -> Option<String> {
    let id = answer.headers.get("x-message-id")?.to_str().ok()?;
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests;
