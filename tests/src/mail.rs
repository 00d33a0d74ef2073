//! What SendGrid's Inbound Parse would post in raw mode, built from values.

use serde_json::json;

/// Our mailbox.
pub const MAILBOX: &str = "support@example.com";
/// What stands between the parts of a form.
pub const BOUNDARY: &str = "xYzZY";

/// The form that tells of a mail to our mailbox: the mail as it came, and who handed it over.
#[must_use]
pub fn form(from: &str, mail: &[u8]) -> Vec<u8> {
    form_between(BOUNDARY, from, mail)
}

/// The same with another boundary.
#[must_use]
pub fn form_between(boundary: &str, from: &str, mail: &[u8]) -> Vec<u8> {
    let envelope = json!({"to": [MAILBOX], "from": from}).to_string();
    let field = |name: &str, value: &[u8]| {
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        [head.as_bytes(), value, b"\r\n"].concat()
    };
    let end = format!("--{boundary}--\r\n");
    [
        field("email", mail),
        field("envelope", envelope.as_bytes()),
        end.into_bytes(),
    ]
    .concat()
}
