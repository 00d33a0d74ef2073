//! An agent's text as HTML: the same words in paragraphs, with links that can be clicked.

use std::fmt::Write;

/// The text as a document.
pub(super) fn html(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut html = String::from("<!DOCTYPE html><html><body>");
    for paragraph in text.split("\n\n").map(|p| p.trim_matches('\n')) {
        if paragraph.trim().is_empty() {
            continue;
        }
        // The direction of writing is that of the first letter.
        html.push_str("<p dir=\"auto\">");
        for (index, line) in paragraph.split('\n').enumerate() {
            if index > 0 {
                html.push_str("<br>\n");
            }
            add_line(&mut html, line);
        }
        html.push_str("</p>\n");
    }
    html.push_str("</body></html>");
    html
}

fn add_line(html: &mut String, line: &str) {
    let mut rest = line;
    while let Some(at) = link_start(rest) {
        let (before, after) = rest.split_at(at);
        let link = link(after);
        add_escaped(html, before);
        html.push_str("<a href=\"");
        add_escaped(html, link);
        html.push_str("\">");
        add_escaped(html, link);
        html.push_str("</a>");
        rest = &after[link.len()..];
    }
    add_escaped(html, rest);
}

/// Where a web address with a host begins.
fn link_start(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find("http").map(|at| from + at) {
        let address = &text[at..];
        let host = address
            .strip_prefix("https://")
            .or_else(|| address.strip_prefix("http://"));
        let begins_word = !text[..at].ends_with(char::is_alphanumeric);
        if begins_word && host.is_some_and(|host| host.starts_with(char::is_alphanumeric)) {
            return Some(at);
        }
        from = at + "http".len();
    }
    None
}

/// The address that the text begins with, without the marks that end the sentence around it.
fn link(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c));
    let mut link = &text[..end.unwrap_or(text.len())];
    loop {
        let last = link.chars().next_back();
        let closes = |open: char, close: char| {
            last == Some(close) && link.matches(open).count() < link.matches(close).count()
        };
        let is_mark = last.is_some_and(|c| ".,:;!?'*_".contains(c));
        if !(is_mark || closes('(', ')') || closes('[', ']')) {
            return link;
        }
        let shorter = link.len() - last.map_or(0, char::len_utf8);
        link = &link[..shorter];
    }
}

fn add_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            // Quotes end attributes for those who do not read them as we write them.
            '\'' => html.push_str("&#39;"),
            c if c.is_control() && c != '\t' => {
                // A writer to a string cannot fail.
                let _ = write!(html, "\u{fffd}");
            }
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(text: &str) -> String {
        let html = html(text);
        let body = html.strip_prefix("<!DOCTYPE html><html><body>");
        let body = body.and_then(|b| b.strip_suffix("</body></html>"));
        body.expect("a document").replace(" dir=\"auto\"", "")
    }

    #[test]
    fn paragraphs_and_lines_stay_what_they_were() {
        assert_eq!(
            body("Hello\r\nAnn,\n\n\nyes.\n"),
            "<p>Hello<br>\nAnn,</p>\n<p>yes.</p>\n"
        );
        assert_eq!(body(""), "");
    }

    #[test]
    fn nothing_that_an_agent_types_becomes_markup() {
        assert_eq!(
            body("1 < 2 & \"3\" <script>alert('x')</script>"),
            "<p>1 &lt; 2 &amp; &quot;3&quot; &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</p>\n"
        );
    }

    #[test]
    fn web_addresses_become_links_and_nothing_else_does() {
        for (text, links) in [
            ("see https://example.com.", vec!["https://example.com"]),
            (
                "(https://en.wikipedia.org/wiki/Mug_(cup)) and http://a.example?x=1&y=2!",
                vec![
                    "https://en.wikipedia.org/wiki/Mug_(cup)",
                    "http://a.example?x=1&amp;y=2",
                ],
            ),
            (
                "javascript:alert(1) ftp://x.example xhttp://y https:// http",
                vec![],
            ),
            (
                "https://x.example/\"onmouseover=\"alert(1)",
                vec!["https://x.example/"],
            ),
        ] {
            let html = body(text);
            let found: Vec<&str> = html
                .split("<a href=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .collect();
            assert_eq!(found, links, "{html}");
        }
    }

    proptest! {
        #[test]
        fn the_only_tags_are_ours(text in "(\\PC|[<>&\"'\n/]|https?://){0,60}") {
            let html = body(&text);
            for tag in html.split('<').skip(1) {
                let ours = ["p>", "/p>", "br>", "a href=\"http", "/a>"];
                prop_assert!(ours.iter().any(|our| tag.starts_with(our)), "{tag}");
            }
        }
    }
}
