//! The header that makes a browser save a file under its name instead of showing it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 8187 allows unencoded (attr-char).
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `Content-Disposition` for a download as `name`: plain for old clients, exact for the others
/// (RFC 6266). Whatever `name` holds, the header stays one header.
pub(crate) fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || " .-_()".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        utf8_percent_encode(name, ATTR_CHAR)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_reaches_the_browser() {
        assert_eq!(
            attachment("Rechnung März.pdf"),
            "attachment; filename=\"Rechnung M_rz.pdf\"; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf"
        );
    }

    #[test]
    fn no_name_can_end_the_header_or_its_quotes() {
        let header = attachment("a\"; x=\"\r\nSet-Cookie: b='c'%*;.pdf");
        assert!(!header.contains(['\r', '\n']));
        assert_eq!(header.matches('"').count(), 2);
        assert_eq!(header.matches(';').count(), 2);
        assert_eq!(header.matches('\'').count(), 2, "only those of UTF-8''");
    }
}
