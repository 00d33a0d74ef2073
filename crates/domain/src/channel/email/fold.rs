//! Which lines of a mail repeat another mail or sign this one. They are folded, never dropped, so a
//! guess that is wrong costs a click.

use std::collections::VecDeque;
use std::ops::Range;

mod headers;
mod phrases;

use headers::{announces_original, is_rule, starts_header_block};
use phrases::{asks_to_reply_above, is_attribution, is_device_signature};

/// What is looked at of a text, in bytes: far more than is shown of one.
const MAX_BYTES: usize = 256 * 1024;
/// Longest line that can mean anything, in bytes.
const MAX_LINE: usize = 1_000;
/// Most lines over which `On … wrote:` is broken.
const ATTRIBUTION_LINES: usize = 3;
/// Most lines of a signature after `--`.
const SIGNATURE_LINES: usize = 30;

/// Lines that need not be seen to understand a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// What they are.
    pub kind: FoldKind,
    /// The first line, from 0.
    pub from: usize,
    /// The line after the last.
    pub to: usize,
}

/// What lines are that need not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoldKind {
    /// What somebody wrote before.
    Quote,
    /// Who wrote, or with what.
    Signature,
}

/// The lines to fold of a text, whose lines end with line feeds: in their order, without overlap.
/// Something is always left to be seen; if nothing would be, nothing is folded. Of a long text only the
/// first 256 KiB are looked at, and a fold that reaches their end stops there.
#[must_use]
pub fn fold(text: &str) -> Vec<Fold> {
    let (text, rest) = text.split_at(text.floor_char_boundary(MAX_BYTES));
    let lines: Vec<&str> = text.split('\n').collect();
    let mut folds = Vec::new();
    // Lines `--`, of which the first that is near enough to the end begins a signature.
    let mut dashes = VecDeque::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(end) = quote_end(&lines, at) {
            sign(&mut folds, &lines, &mut dashes, at);
            push(&mut folds, &lines, FoldKind::Quote, at..end);
            at = end;
            continue;
        }
        // RFC 3676, 4.3; its trailing blank is often lost.
        if lines[at].trim_end() == "--" {
            dashes.push_back(at);
        } else if lines[at].len() <= MAX_LINE && is_device_signature(lines[at].trim()) {
            push(&mut folds, &lines, FoldKind::Signature, at..at + 1);
        }
        at += 1;
    }
    sign(&mut folds, &lines, &mut dashes, at);
    let mut next = 0;
    let is_seen = folds
        .iter()
        .any(|fold| says_something(&lines[std::mem::replace(&mut next, fold.to)..fold.from]))
        || says_something(&lines[next..])
        || says_something(&[rest]);
    if is_seen { folds } else { Vec::new() }
}

fn says_something(lines: &[&str]) -> bool {
    lines.iter().any(|line| !line.trim().is_empty())
}

/// Folds the signature that ends here, if there is one.
fn sign(folds: &mut Vec<Fold>, lines: &[&str], dashes: &mut VecDeque<usize>, end: usize) {
    let start = dashes.drain(..).find(|dash| end - dash <= SIGNATURE_LINES);
    if let Some(start) = start {
        let is_within = |fold: &mut Fold| fold.from > start;
        while folds.pop_if(is_within).is_some() {}
        push(folds, lines, FoldKind::Signature, start..end);
    }
}

/// Adds a fold without the blank lines at its end.
fn push(folds: &mut Vec<Fold>, lines: &[&str], kind: FoldKind, range: Range<usize>) {
    let from = range.start;
    let said = lines[range]
        .iter()
        .rposition(|line| !line.trim().is_empty());
    folds.extend(said.map(|last| Fold {
        kind,
        from,
        to: from + last + 1,
    }));
}

/// The line after a quote that begins at a line.
fn quote_end(lines: &[&str], at: usize) -> Option<usize> {
    let text = lines[at].trim();
    if text.is_empty() || lines[at].len() > MAX_LINE {
        return None;
    }
    if text.starts_with('>') {
        return Some(run_end(lines, at));
    }
    if asks_to_reply_above(text) || announces_original(text) {
        return Some(lines.len());
    }
    let is_block = starts_header_block(&lines[at..])
        || is_rule(text)
            && next_said(lines, at + 1).is_some_and(|next| starts_header_block(&lines[next..]));
    if is_block {
        return Some(lines.len());
    }
    let after = attribution_end(lines, at)?;
    // Answers may stand below or between what is quoted with signs; without, all of the rest is quoted.
    match next_said(lines, after) {
        Some(next) if lines[next].trim_start().starts_with('>') => Some(run_end(lines, next)),
        Some(_) | None => Some(lines.len()),
    }
}

/// The line after `On … wrote:`, which may be broken over several.
fn attribution_end(lines: &[&str], at: usize) -> Option<usize> {
    let mut joined = String::new();
    for (count, line) in lines[at..].iter().take(ATTRIBUTION_LINES).enumerate() {
        let line = line.trim();
        if line.is_empty() || line.len() > MAX_LINE || line.starts_with('>') {
            return None;
        }
        if count > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if line.ends_with([':', '：']) {
            return is_attribution(&joined).then_some(at + count + 1);
        }
    }
    None
}

/// The line after a run of lines with `>`, blank ones between them included.
fn run_end(lines: &[&str], at: usize) -> usize {
    let mut end = at;
    for (index, line) in lines.iter().enumerate().skip(at) {
        let line = line.trim_start();
        if line.starts_with('>') {
            end = index + 1;
        } else if !line.is_empty() {
            break;
        }
    }
    end
}

fn next_said(lines: &[&str], from: usize) -> Option<usize> {
    let near = (from..lines.len()).take(ATTRIBUTION_LINES);
    near.into_iter()
        .find(|&index| !lines[index].trim().is_empty())
}
