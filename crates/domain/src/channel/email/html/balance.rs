//! HTML written anew so that no parser has to repair it: every element is closed in its order, none is
//! nested deeper than is shown, tables hold cells only. Works on tags alone, in one pass.

mod nesting;

use std::collections::HashMap;
use std::fmt::Write;

use super::events::{Element, Event, Events};
use super::policy::{self, ATTACHMENT, BLOCK, INLINE, QUOTABLE, QUOTE, TABLE, VOID};
use super::quotes;

/// Deepest nesting; browsers stop at 512.
const MAX_DEPTH: usize = 100;
/// Most elements; text beyond them stays.
const MAX_ELEMENTS: usize = 20_000;
/// Longest value of an attribute, in bytes; a longer one is left out.
const MAX_VALUE: usize = 8 * 1024;

/// Writes HTML anew with only the elements and attributes that may be shown.
pub(super) fn balanced(html: &str, cid: &dyn Fn(&str) -> Option<String>) -> String {
    let mut writer = Writer {
        out: String::with_capacity(html.len()),
        open: Vec::new(),
        skipped: HashMap::new(),
        elements: 0,
        cid,
    };
    for event in Events::of(html) {
        match event {
            Event::Open(element) => writer.start(&element),
            Event::Close(name) => writer.end(&name),
            Event::Text(text) => writer.text(&text),
        }
    }
    writer.close_down_to(0);
    writer.out
}

struct Writer<'a> {
    out: String,
    /// The open elements, the innermost last.
    open: Vec<&'static str>,
    /// How many start tags were left out for their depth, whose end tags are to be left out too.
    skipped: HashMap<&'static str, usize>,
    elements: usize,
    cid: &'a dyn Fn(&str) -> Option<String>,
}

impl Writer<'_> {
    fn start(&mut self, element: &Element) {
        let Some(name) = known(&element.name) else {
            return;
        };
        if name == "img" {
            self.image(element);
            return;
        }
        if self.elements >= MAX_ELEMENTS {
            return;
        }
        if VOID.contains(&name) {
            self.within_cell();
            self.open_tag(name, element);
            return;
        }
        let link = (name == "a").then(|| element.get("href"));
        if link.is_some_and(|href| href.is_none_or(|href| policy::link(&href).is_none())) {
            return;
        }
        if !self.make_room(name) {
            return;
        }
        if self.open.len() >= MAX_DEPTH {
            *self.skipped.entry(name).or_default() += 1;
            self.elements += 1;
            if is_block(name) {
                self.out.push_str("<br>");
            }
            return;
        }
        self.open_tag(name, element);
        self.open.push(name);
    }

    fn end(&mut self, name: &str) {
        // Parsers make a break and an empty paragraph of these two.
        if name == "br" {
            self.within_cell();
            self.out.push_str("<br>");
            return;
        }
        let Some(name) = known(name) else { return };
        if let Some(skipped) = self.skipped.get_mut(name).filter(|skipped| **skipped > 0) {
            *skipped -= 1;
            return;
        }
        let from = if TABLE.contains(&name) {
            0
        } else {
            self.scope()
        };
        // The end of a cell or row belongs to the innermost table.
        let from = match name {
            "table" => from,
            _ if TABLE.contains(&name) => {
                self.open.iter().rposition(|o| *o == "table").unwrap_or(0)
            }
            _ => from,
        };
        if let Some(at) = self.open[from..].iter().rposition(|open| *open == name) {
            self.close_down_to(from + at);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        for name in self.open.drain(depth..).rev() {
            let _ = write!(self.out, "</{name}>");
        }
    }

    fn text(&mut self, text: &str) {
        if text.trim().is_empty() {
            // Between rows and cells blanks mean nothing, and parsers move some of them.
            let is_between = self.open.last().is_some_and(|open| {
                TABLE.contains(open) && !["td", "th", "caption"].contains(open)
            });
            if is_between {
                return;
            }
        } else {
            self.within_cell();
        }
        // Parsers drop the first line ending of preformatted text.
        let text = match self.out.ends_with("<pre>") {
            true => text.trim_start_matches(['\n', '\r']),
            false => text,
        };
        escape(&mut self.out, text);
    }

    /// An image of the mail, or what stands for one.
    fn image(&mut self, element: &Element) {
        let source = element.get("src");
        let source = source.as_deref().and_then(|source| {
            let id = source.trim();
            let id = id
                .get(..4)
                .filter(|s| s.eq_ignore_ascii_case("cid:"))
                .map(|_| &id[4..])?;
            // RFC 2392: escaped as in URLs.
            let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
            (self.cid)(id.trim_matches(['<', '>', ' ']))
        });
        match source.filter(|source| source.starts_with(ATTACHMENT)) {
            Some(source) if self.elements < MAX_ELEMENTS => {
                self.within_cell();
                self.elements += 1;
                self.out.push_str("<img src=\"");
                escape(&mut self.out, &source);
                self.out.push('"');
                self.attributes("img", element);
                self.out.push('>');
            }
            Some(_) | None => {
                if let Some(alt) = element.get("alt") {
                    self.text(&alt);
                }
            }
        }
    }

    fn open_tag(&mut self, name: &'static str, element: &Element) {
        self.elements += 1;
        let _ = write!(self.out, "<{name}");
        if name == "a"
            && let Some(href) = element.get("href")
            && let Some(target) = policy::link(&href).filter(|target| target.len() <= MAX_VALUE)
        {
            self.attribute("href", &target.replace('<', "%3C").replace('>', "%3E"));
        }
        if QUOTABLE.contains(&name) && quotes::is_quote(element) {
            self.attribute("class", QUOTE);
        }
        self.attributes(name, element);
        self.out.push('>');
    }

    fn attributes(&mut self, name: &str, element: &Element) {
        for attribute in policy::attributes(name) {
            if let Some(value) = element.get(attribute).filter(|v| v.len() <= MAX_VALUE) {
                self.attribute(attribute, &value);
            }
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        // Serialisers leave these two as they are in attributes, for another parser to trip over.
        escape(&mut self.out, &value.replace(['<', '>'], ""));
        self.out.push('"');
    }
}

/// The element of that name, if it may be shown.
fn known(name: &str) -> Option<&'static str> {
    let mut all = BLOCK.iter().chain(&INLINE).chain(&TABLE);
    all.find(|known| **known == name).copied()
}

fn is_block(name: &str) -> bool {
    BLOCK.contains(&name) || name == "table"
}

fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\0' => {}
            // A carriage return would be read as a line feed.
            '\r' => out.push('\n'),
            _ => out.push(character),
        }
    }
}
