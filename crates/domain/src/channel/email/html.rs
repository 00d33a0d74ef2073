//! The HTML of mails, of which nothing is trusted: not what it loads, not how deep it is nested.

mod balance;
mod events;
mod policy;
mod quotes;
mod text;

pub(super) use text::as_text;

/// Longest HTML that is looked at; what is longer is a file.
pub const MAX_BYTES: usize = 1024 * 1024;

/// HTML that can be shown: no script, style, form or frame, nothing that loads from anywhere, links
/// only to the web, mail and phone, which open elsewhere and tell nothing. An image stays if `cid`
/// knows the Content-ID it shows; its source is then what `cid` returns, which must start with
/// `attachment:`. Any other image leaves its alternative text, if it has one. What quotes another mail has the class
/// `mail-quote`; there is no other class. Nothing is left of HTML beyond [`MAX_BYTES`].
#[must_use]
pub fn sanitise(html: &str, cid: &dyn Fn(&str) -> Option<String>) -> String {
    if html.len() > MAX_BYTES {
        return String::new();
    }
    // Balanced first: a parser that repairs HTML takes quadratic time for what is nested wrongly on
    // purpose. What may stay is decided again by ammonia, on the tree that it makes of the result.
    policy::enforce(&balance::balanced(html, cid))
}
