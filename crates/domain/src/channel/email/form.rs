//! A multipart/form-data body (RFC 7578) as slices of itself: nothing is copied.

use bytes::Bytes;
use memchr::memmem::Finder;

use super::UnreadableMail;
use super::header::{Headers, MediaType};

/// Most fields that are read; Inbound Parse sends some twenty, and one for each file.
const MAX_FIELDS: usize = 2_000;
/// Longest boundary (RFC 2046, 5.1.1, allows 70 characters).
const MAX_BOUNDARY: usize = 200;

/// A field of the form.
pub(super) struct Field {
    pub name: String,
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
    pub value: Bytes,
}

/// The fields of a form, in their order.
pub(super) struct Form {
    fields: Vec<Field>,
    /// There were more fields than are read.
    pub is_cut: bool,
}

impl Form {
    /// Reads a form. The last line may lack its end, and the last boundary may be missing.
    pub fn read(content_type: &str, body: &Bytes) -> Result<Self, UnreadableMail> {
        let boundary = MediaType::parse(content_type.as_bytes())
            .and_then(|media| media.parameter("boundary").map(str::to_owned))
            .filter(|boundary| (1..=MAX_BOUNDARY).contains(&boundary.len()))
            .ok_or(UnreadableMail::NoBoundary)?;
        let delimiter = format!("\n--{boundary}");
        let finder = Finder::new(delimiter.as_bytes());
        let mut form = Self {
            fields: Vec::new(),
            is_cut: false,
        };
        let mut at = if body.starts_with(&delimiter.as_bytes()[1..]) {
            delimiter.len() - 1
        } else {
            let found = finder.find(body).ok_or(UnreadableMail::NoPart)?;
            found + delimiter.len()
        };
        loop {
            let rest = body.get(at..).unwrap_or_default();
            if rest.starts_with(b"--") || rest.is_empty() {
                break;
            }
            let Some(start) = line_end(rest) else { break };
            let start = at + start;
            if form.fields.len() == MAX_FIELDS {
                form.is_cut = true;
                break;
            }
            let is_delimiter = |line: &[u8]| line.starts_with(&delimiter.as_bytes()[1..]);
            let (headers, length) = Headers::read(&body[start..], is_delimiter);
            let value_at = start + length;
            // The line feed before an empty value is the delimiter's too.
            let end = next_delimiter(&finder, delimiter.len(), body, value_at - 1);
            let value_end = end.map_or(body.len(), |end| without_cr(body, end).max(value_at));
            form.add(&headers, body.slice(value_at..value_end));
            match end {
                Some(end) => at = end + delimiter.len(),
                None => break,
            }
        }
        if form.fields.is_empty() {
            return Err(UnreadableMail::NoPart);
        }
        Ok(form)
    }

    fn add(&mut self, headers: &Headers<'_>, value: Bytes) {
        let disposition = headers.media_type("content-disposition");
        let parameter = |name: &str| Some(disposition.as_ref()?.parameter(name)?.to_owned());
        if let Some(name) = parameter("name") {
            self.fields.push(Field {
                name,
                file_name: parameter("filename"),
                mime_type: headers.media_type("content-type").and_then(|m| m.name()),
                value,
            });
        }
    }

    /// The first field of that name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What all fields of that name say, if they agree. The boundary of Inbound Parse is always the
    /// same, so a mail can hold it and forge further fields.
    pub fn undisputed(&self, name: &str) -> Option<&Bytes> {
        let first = &self.get(name)?.value;
        let mut all = self.fields.iter().filter(|field| field.name == name);
        all.all(|field| field.value == *first).then_some(first)
    }

    /// All fields, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }
}

/// Where the line after `text`'s first line starts; only blanks may stand before its end.
fn line_end(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'\n', text)?;
    let is_blank = text[..end].iter().all(u8::is_ascii_whitespace);
    is_blank.then_some(end + 1)
}

/// The next line feed before a delimiter that is a line of its own.
fn next_delimiter(finder: &Finder<'_>, length: usize, body: &[u8], from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let at = from + finder.find(body.get(from..)?)?;
        let after = body.get(at + length..).unwrap_or_default();
        if matches!(
            after,
            [] | [b'\r' | b'\n' | b' ' | b'\t', ..] | [b'-', b'-', ..]
        ) {
            return Some(at);
        }
        from = at + length;
    }
}

/// The end of what stands before the line feed at `end`.
fn without_cr(body: &[u8], end: usize) -> usize {
    match end.checked_sub(1).map(|before| body[before]) {
        Some(b'\r') => end - 1,
        Some(_) | None => end,
    }
}
