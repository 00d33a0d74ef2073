//! HTML as text: lines where blocks are, links with where they lead, quotes behind `>`.

use super::MAX_BYTES;
use super::events::{Event, Events};
use super::policy::{self, BLOCK};

/// Deepest nesting of lists and quotes that is shown.
const MAX_DEPTH: usize = 10;
/// Longest target of a link that is shown, in characters.
const MAX_TARGET: usize = 2_000;

/// The text of some HTML; `None` if it is longer than [`MAX_BYTES`].
pub(in crate::channel::email) fn as_text(html: &str) -> Option<String> {
    if html.len() > MAX_BYTES {
        return None;
    }
    let mut writer = Writer::default();
    for event in Events::of(html) {
        match event {
            Event::Open(element) => {
                let href = element.get("href");
                if element.name == "img" {
                    let alt = element.get("alt").unwrap_or_default();
                    writer.text(&alt);
                }
                writer.start(&element.name, href.as_deref());
            }
            Event::Close(name) => writer.end(&name),
            Event::Text(text) => writer.text(&text),
        }
    }
    writer.leave_link();
    Some(writer.out)
}

/// A list that is open, with the number of its next item if it counts.
type List = Option<u64>;

#[derive(Default)]
struct Writer {
    out: String,
    /// Line feeds that are due before the next text.
    breaks: usize,
    /// A blank is due before the next text.
    blank: bool,
    /// Something is on the current line.
    is_within_line: bool,
    lists: Vec<List>,
    quotes: usize,
    preformatted: usize,
    /// What is to stand before the next text, as the sign of a list's item.
    bullet: Option<String>,
    /// Target of the link that is open, and where its text starts.
    link: Option<(String, usize)>,
}

impl Writer {
    fn start(&mut self, name: &str, href: Option<&str>) {
        match name {
            "br" => {
                self.breaks += 1;
                self.is_within_line = false;
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.at_least(2),
            "hr" => {
                self.at_least(1);
                self.text("----------");
                self.at_least(1);
            }
            "blockquote" => {
                self.at_least(1);
                self.quotes += 1;
            }
            "pre" => {
                self.at_least(1);
                self.preformatted += 1;
            }
            "ul" | "ol" => {
                self.at_least(1);
                self.lists.push((name == "ol").then_some(1));
            }
            "li" => {
                self.at_least(1);
                self.bullet = Some(self.bullet_of_item());
            }
            "td" | "th" => self.blank = true,
            "a" => {
                self.leave_link();
                let target = href.and_then(policy::link);
                let target = target.filter(|t| t.chars().nth(MAX_TARGET).is_none());
                self.link = target.map(|target| (target.to_owned(), self.out.len()));
            }
            _ if is_block(name) => self.at_least(1),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "a" => self.leave_link(),
            "blockquote" => {
                self.at_least(1);
                self.quotes = self.quotes.saturating_sub(1);
            }
            "pre" => {
                self.at_least(1);
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.at_least(1);
                self.lists.pop();
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.at_least(2),
            _ if is_block(name) => self.at_least(1),
            _ => {}
        }
    }

    fn bullet_of_item(&mut self) -> String {
        let depth = self.lists.len().clamp(1, MAX_DEPTH) - 1;
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                let sign = format!("{number}. ");
                *number += 1;
                sign
            }
            Some(None) | None => "- ".to_owned(),
        };
        "  ".repeat(depth) + &sign
    }

    /// The next text is at least so many lines further down.
    fn at_least(&mut self, breaks: usize) {
        let needed = if self.is_within_line {
            breaks
        } else {
            breaks - 1
        };
        self.breaks = self
            .breaks
            .max(needed.max(usize::from(self.is_within_line)));
        self.blank = false;
    }

    fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.breaks += 1;
                }
                if !line.is_empty() {
                    self.put(line);
                }
            }
            return;
        }
        let is_space = |c: char| c.is_whitespace() && c != '\u{A0}';
        self.blank |= text.starts_with(is_space);
        for word in text.split(is_space).filter(|word| !word.is_empty()) {
            self.put(word);
            self.blank = true;
        }
        self.blank =
            text.ends_with(is_space) || self.blank && text.trim_matches(is_space).is_empty();
    }

    fn put(&mut self, word: &str) {
        if self.out.is_empty() {
            self.breaks = 0;
        }
        let is_new_line = self.breaks > 0 || self.out.is_empty();
        for _ in 0..self.breaks.min(3) {
            self.out.push('\n');
        }
        if is_new_line {
            self.out.push_str(&"> ".repeat(self.quotes.min(MAX_DEPTH)));
        } else if self.blank {
            self.out.push(' ');
        }
        if let Some(bullet) = self.bullet.take() {
            self.out.push_str(&bullet);
        }
        self.breaks = 0;
        self.blank = false;
        self.is_within_line = true;
        self.out.push_str(word);
    }

    /// Ends a link: where it leads, unless its text tells that already.
    fn leave_link(&mut self) {
        let Some((target, start)) = self.link.take() else {
            return;
        };
        let shown = &self.out[start.min(self.out.len())..];
        let bare = target.split_once(':').map_or("", |(_, rest)| rest);
        let bare = bare.trim_start_matches('/').trim_end_matches('/');
        if !shown.trim().is_empty() && !shown.contains(bare) {
            self.blank = true;
            self.put(&format!("<{target}>"));
        }
    }
}

fn is_block(name: &str) -> bool {
    BLOCK.contains(&name) || ["table", "tr", "caption", "body", "form"].contains(&name)
}
