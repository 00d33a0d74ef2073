//! By what mail programs mark what they quote.

use super::events::Element;
use super::policy::QUOTE;

/// Classes and ids of what is quoted, or of the lines that introduce it, in lower case: Gmail, Yahoo,
/// Outlook (desktop, web and phone), Thunderbird, Proton, Zoho, Apple, GMX, Freshdesk, Front, Superhuman.
const MARKS: [&str; 22] = [
    "gmail_quote",
    "gmail_quote_container",
    "gmail_extra",
    "gmail_attr",
    "yahoo_quoted",
    "yahooquoted",
    "divrplyfwdmsg",
    "appendonsend",
    "outlookmessageheader",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "moz-cite-prefix",
    "moz-forward-container",
    "protonmail_quote",
    "zmail_extra",
    "iphone-quote",
    "gmx_quote",
    "freshdesk_quote",
    "front-blockquote",
    "sh-quoted-content",
    "tutanota_quote",
];

/// Whether an element holds or introduces what another mail said.
pub(super) fn is_quote(element: &Element) -> bool {
    let is_cited = || {
        let kind = element.get("type");
        element.name == "blockquote" && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("cite"))
    };
    ["class", "id"].into_iter().any(|attribute| {
        let Some(names) = element.get(attribute) else {
            return false;
        };
        names.split_ascii_whitespace().take(50).any(|name| {
            let name = name.to_ascii_lowercase();
            // Outlook on the web puts it before the names of what it quotes.
            let name = name.trim_start_matches("x_");
            name == QUOTE || MARKS.contains(&name)
        })
    }) || is_cited()
}
