//! Words as HTML.

/// Words with what HTML would take for its own.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Each line on its own.
pub(super) fn lines(text: &str) -> String {
    escaped(text).replace('\n', "<br>\n")
}
