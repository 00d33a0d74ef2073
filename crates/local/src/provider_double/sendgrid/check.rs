//! What SendGrid refuses of a mail.
use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Refusal, items, text};

/// Header names that SendGrid sets itself.
const RESERVED: [&str; 12] = [
    "x-sg-id",
    "x-sg-eid",
    "received",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
];

pub(super) fn check(mail: &Value) -> Result<(), Refusal> {
    let refuse = |text: &str, field| Err(Refusal(text.to_owned(), Some(field)));
    let personalizations = items(&mail["personalizations"]);
    if personalizations.is_empty() {
        return refuse(
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
        );
    }
    for personalization in personalizations {
        check_recipients(personalization)?;
        if text(&mail["subject"]).is_empty() && text(&personalization["subject"]).is_empty() {
            return refuse(
                "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.",
                "subject",
            );
        }
    }
    if !is_address(&mail["from"]) {
        return refuse(
            "The from email does not contain a valid address.",
            "from.email",
        );
    }
    if !mail["reply_to"].is_null() && !is_address(&mail["reply_to"]) {
        return refuse(
            "The reply_to email does not contain a valid address.",
            "reply_to.email",
        );
    }
    if !mail["reply_to"].is_null() && !mail["reply_to_list"].is_null() {
        return refuse(
            "Only one of reply_to and reply_to_list may be given.",
            "reply_to_list",
        );
    }
    check_content(&mail["content"])?;
    for attachment in items(&mail["attachments"]) {
        check_attachment(attachment)?;
    }
    check_headers(&mail["headers"])
}

fn check_attachment(attachment: &Value) -> Result<(), Refusal> {
    let refuse = |text: &str, field| Err(Refusal(text.to_owned(), Some(field)));
    if text(&attachment["content"]).is_empty() {
        return refuse(
            "The attachment content is required.",
            "attachments.0.content",
        );
    }
    if STANDARD.decode(text(&attachment["content"])).is_err() {
        return refuse(
            "The attachment content must be base64 encoded.",
            "attachments.0.content",
        );
    }
    if text(&attachment["filename"]).is_empty() {
        return refuse(
            "The attachment filename is required.",
            "attachments.0.filename",
        );
    }
    if text(&attachment["type"]).contains([';', '\r', '\n']) {
        return refuse(
            "The type of the attachment cannot contain ';', or CRLF characters.",
            "attachments.0.type",
        );
    }
    Ok(())
}

fn check_recipients(personalization: &Value) -> Result<(), Refusal> {
    if items(&personalization["to"]).is_empty() {
        return Err(Refusal(
            "The to array is required for all personalization objects, and must have at least one email object with a valid email address.".to_owned(),
            Some("personalizations.0.to"),
        ));
    }
    let mut seen = HashSet::new();
    for kind in ["to", "cc", "bcc"] {
        for recipient in items(&personalization[kind]) {
            if !is_address(recipient) {
                return Err(Refusal(
                    "Does not contain a valid address.".to_owned(),
                    Some("personalizations.0.to.0.email"),
                ));
            }
            if !seen.insert(text(&recipient["email"]).to_lowercase()) {
                return Err(Refusal(
                    "Each email address in the personalization block should be unique between to, cc, and bcc.".to_owned(),
                    Some("personalizations.0"),
                ));
            }
        }
    }
    Ok(())
}

fn check_content(content: &Value) -> Result<(), Refusal> {
    let parts = items(content);
    let empty = |part: &Value| text(&part["type"]).is_empty() || text(&part["value"]).is_empty();
    if parts.is_empty() || parts.iter().any(empty) {
        return Err(Refusal(
            "The content value must be a string at least one character in length.".to_owned(),
            Some("content.0.value"),
        ));
    }
    if parts
        .iter()
        .skip(1)
        .any(|part| part["type"] == "text/plain")
    {
        return Err(Refusal(
            "If present, text/plain and text/html may only be provided once, text/plain first."
                .to_owned(),
            Some("content"),
        ));
    }
    Ok(())
}

fn check_headers(headers: &Value) -> Result<(), Refusal> {
    for (name, value) in headers.as_object().into_iter().flatten() {
        if RESERVED.contains(&name.to_lowercase().as_str()) {
            return Err(Refusal(
                "One of the headers is a reserved header name.".to_owned(),
                Some("headers"),
            ));
        }
        if !value.as_str().is_some_and(str::is_ascii) {
            return Err(Refusal(
                "Header values must be strings of ASCII characters.".to_owned(),
                Some("headers"),
            ));
        }
    }
    Ok(())
}

fn is_address(person: &Value) -> bool {
    let address = text(&person["email"]);
    address
        .rsplit_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
        && !address.contains(char::is_whitespace)
}
