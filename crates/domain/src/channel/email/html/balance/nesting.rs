//! What may stand in what: paragraphs end where blocks start, items where the next one starts, and
//! tables have their content in cells.

use std::fmt::Write;

use super::{Writer, is_block};

impl Writer<'_> {
    /// Closes what cannot hold an element, and opens what it needs around it. `false` if it cannot be
    /// where it is.
    pub(super) fn make_room(&mut self, name: &'static str) -> bool {
        match name {
            "td" | "th" | "tr" | "thead" | "tbody" | "tfoot" | "caption" => {
                let Some(table) = self.open.iter().rposition(|open| *open == "table") else {
                    return false;
                };
                let keep: &[&str] = match name {
                    "td" | "th" => &["tr", "thead", "tbody", "tfoot"],
                    "tr" => &["thead", "tbody", "tfoot"],
                    _ => &[],
                };
                let inner = &self.open[table + 1..];
                let kept = inner.iter().take_while(|open| keep.contains(open)).count();
                self.close_down_to(table + 1 + kept);
                if matches!(name, "td" | "th" | "tr") {
                    self.within_body();
                }
                if matches!(name, "td" | "th") && self.open.last() != Some(&"tr") {
                    self.imply("tr");
                }
                true
            }
            _ => {
                self.within_cell();
                let from = self.scope();
                let closes = |open: &&'static str| match name {
                    "li" => *open == "li",
                    "dd" | "dt" => ["dd", "dt"].contains(open),
                    "a" => *open == "a",
                    _ => false,
                };
                let holds = |open: &&'static str| match name {
                    "li" => ["ol", "ul"].contains(open),
                    "dd" | "dt" => *open == "dl",
                    _ => false,
                };
                let inner = self.open[from..].iter().enumerate().rev();
                let mut own = inner.take_while(|(_, open)| !holds(open));
                let same = own.find(|(_, open)| closes(open)).map(|(at, _)| from + at);
                // A paragraph ends where a block starts (WHATWG HTML, 13.1.2.4).
                let inner = self.open[from..].iter().enumerate().rev();
                let mut inline = inner.take_while(|(_, open)| !is_block(open) || **open == "p");
                let paragraph = inline.find(|(_, open)| is_block(name) && **open == "p");
                let paragraph = paragraph.map(|(at, _)| from + at);
                if let Some(at) = same.into_iter().chain(paragraph).min() {
                    self.close_down_to(at);
                }
                true
            }
        }
    }

    /// Where the innermost cell or caption begins; end tags within it close nothing outside.
    pub(super) fn scope(&self) -> usize {
        let cell = self
            .open
            .iter()
            .rposition(|open| ["td", "th", "caption"].contains(open));
        cell.map_or(0, |at| at + 1)
    }

    /// Content of a table that is in no cell gets one; parsers would move it in front of the table.
    pub(super) fn within_cell(&mut self) {
        match self.open.last() {
            Some(&("table" | "thead" | "tbody" | "tfoot")) => {
                self.within_body();
                self.imply("tr");
                self.imply("td");
            }
            Some(&"tr") => self.imply("td"),
            Some(_) | None => {}
        }
    }

    /// Rows of a table that are in no body get one, as parsers give them one.
    fn within_body(&mut self) {
        if self.open.last() == Some(&"table") {
            self.imply("tbody");
        }
    }

    fn imply(&mut self, name: &'static str) {
        self.elements += 1;
        let _ = write!(self.out, "<{name}>");
        self.open.push(name);
    }
}
