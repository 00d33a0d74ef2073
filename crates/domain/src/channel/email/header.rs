//! A header block as fields, each read when asked for. The grammar of their values is mail-parser's;
//! the block is split here, since a block may end at a boundary and must cost what it is long.

use std::borrow::Cow;

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use super::charset;
use super::mailbox::{self, Mailbox};
use crate::time::Timestamp;

/// Most fields that are read of a block.
const MAX_FIELDS: usize = 1_000;
/// What is read of a text or a list of addresses, in bytes.
pub(super) const MAX_VALUE: usize = 64 * 1024;
/// What is read of a value with parameters; mail-parser compares each parameter with all others.
const MAX_MEDIA_TYPE: usize = 4 * 1024;
/// What is read of a list of message ids.
const MAX_IDS_VALUE: usize = 1024 * 1024;
/// Most ids that are kept of a list.
const MAX_IDS: usize = 100;
/// Longest line of a mail (RFC 5322, 2.1.1), so the longest id.
const MAX_ID: usize = 998;

/// The fields of a header block, in their order.
pub(super) struct Headers<'a> {
    fields: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Headers<'a> {
    /// Reads the block at the start of `text`: until a blank line, or until a line that `is_end`
    /// claims. Also says where what follows starts.
    pub fn read(text: &'a [u8], is_end: impl Fn(&[u8]) -> bool) -> (Self, usize) {
        let mut fields: Vec<(&[u8], &[u8])> = Vec::new();
        // Name, start of the value and end of the field that is being read.
        let mut open: Option<(&[u8], usize, usize)> = None;
        let mut at = 0;
        while at < text.len() {
            let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1);
            let line = &text[at..end];
            if line.starts_with(b"--") && is_end(line) {
                break;
            }
            let is_blank = line.trim_ascii().is_empty();
            let is_folded = matches!(line, [b' ' | b'\t', ..]);
            if is_blank && !is_folded {
                at = end;
                break;
            }
            if is_folded {
                open = open.map(|(name, start, _)| (name, start, end));
            } else {
                if let Some((name, start, end)) = open.take() {
                    fields.push((name, &text[start..end]));
                }
                if fields.len() < MAX_FIELDS {
                    open = memchr::memchr(b':', line)
                        .map(|colon| (line[..colon].trim_ascii(), at + colon + 1, end));
                }
            }
            at = end;
        }
        if let Some((name, start, end)) = open {
            fields.push((name, &text[start..end]));
        }
        (Self { fields }, at)
    }

    /// The values of a field, in their order, as bytes.
    fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let fields = self.fields.iter();
        fields
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| *value)
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// The values of a field as they are written, trimmed.
    pub fn raw(&self, name: &str) -> impl Iterator<Item = String> {
        self.all(name)
            .map(|value| utf8(value, MAX_VALUE).trim().to_owned())
    }

    /// A field of free text, its encoded words decoded (RFC 2047).
    pub fn text(&self, name: &str) -> Option<String> {
        let value = terminated(self.all(name).next()?, MAX_VALUE);
        match MessageStream::new(value.as_bytes()).parse_unstructured() {
            HeaderValue::Text(text) => Some(text.into_owned()),
            HeaderValue::TextList(_)
            | HeaderValue::Address(_)
            | HeaderValue::DateTime(_)
            | HeaderValue::ContentType(_)
            | HeaderValue::Received(_)
            | HeaderValue::Empty => None,
        }
    }

    /// The message ids of a field: with angle brackets, without white space, at most the last 100.
    /// What is no list of ids but one bare word is an id without its brackets.
    pub fn ids(&self, name: &str) -> Vec<String> {
        let Some(value) = self.all(name).next() else {
            return Vec::new();
        };
        // The newest ids are last (RFC 5322, 3.6.4).
        let value = &value[value.len().saturating_sub(MAX_IDS_VALUE)..];
        let mut ids: Vec<String> = memchr::memrchr_iter(b'<', value)
            .filter_map(|open| {
                let id = &value[open + 1..];
                let id = &id[..id.len().min(MAX_ID)];
                let end = memchr::memchr2(b'>', b'<', id)?;
                (id[end] == b'>').then(|| bracketed(&id[..end]))?
            })
            .take(MAX_IDS)
            .collect();
        ids.reverse();
        if ids.is_empty() && !value.contains(&b'<') {
            let mut words = value.split(|b| b.is_ascii_whitespace() || *b == b',');
            let bare = words.rfind(|word| !word.is_empty() && word.len() < MAX_ID);
            ids.extend(bare.and_then(bracketed));
        }
        ids
    }

    /// The addresses of a field.
    pub fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        let value = self.all(name).next();
        value.map_or_else(Vec::new, |value| {
            mailbox::read(&terminated(value, MAX_VALUE))
        })
    }

    /// A date (RFC 5322, 3.3), if it can be read and is none before 1970.
    pub fn date(&self, name: &str) -> Option<Timestamp> {
        let value = terminated(self.all(name).next()?, MAX_VALUE);
        let HeaderValue::DateTime(date) = MessageStream::new(value.as_bytes()).parse_date() else {
            return None;
        };
        let seconds = date.is_valid().then(|| date.to_timestamp())?;
        (seconds > 0).then(|| Timestamp::from_millis(seconds.saturating_mul(1000)))
    }

    /// A field with parameters, as Content-Type (RFC 2045, 5.1) and Content-Disposition (RFC 2183).
    pub fn media_type(&self, name: &str) -> Option<MediaType> {
        MediaType::parse(self.all(name).next()?)
    }
}

/// A value with its parameters, in lower case but for the parameters' values.
pub(super) struct MediaType {
    pub main: String,
    pub sub: Option<String>,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Reads a value; parameters may be encoded and split (RFC 2231).
    pub fn parse(value: &[u8]) -> Option<Self> {
        let value = without_windows_paths(&terminated(value, MAX_MEDIA_TYPE));
        let HeaderValue::ContentType(parsed) =
            MessageStream::new(value.as_bytes()).parse_content_type()
        else {
            return None;
        };
        let attributes = parsed.attributes.unwrap_or_default();
        Some(Self {
            main: parsed.c_type.into_owned(),
            sub: parsed.c_subtype.map(Cow::into_owned),
            parameters: attributes
                .into_iter()
                .map(|a| (a.name.into_owned(), a.value.into_owned()))
                .collect(),
        })
    }

    /// A parameter's value.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// `type/subtype`, if it is one (RFC 6838, 4.2: at most 127 characters each).
    pub fn name(&self) -> Option<String> {
        let sub = self.sub.as_deref()?;
        let is_token = |text: &str| {
            (1..=127).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        (is_token(&self.main) && is_token(sub)).then(|| format!("{}/{sub}", self.main))
    }

    /// Whether this is that type.
    pub fn is(&self, main: &str, sub: &str) -> bool {
        self.main == main && self.sub.as_deref() == Some(sub)
    }
}

/// An id between brackets, without white space; `None` if nothing is left.
fn bracketed(id: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(id.len() + 2);
    text.push('<');
    let id = charset::decode(id, None);
    text.extend(id.chars().filter(|c| !c.is_whitespace() && !c.is_control()));
    text.push('>');
    (text.len() > 2).then_some(text)
}

/// At most `max` bytes of a value as text, whatever its bytes are.
fn utf8(value: &[u8], max: usize) -> String {
    charset::decode(&value[..value.len().min(max)], None)
}

/// As [`utf8`], ending as mail-parser needs it.
fn terminated(value: &[u8], max: usize) -> String {
    let mut text = utf8(value, max);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Old clients write Windows paths into quoted names without escaping them; read as escapes, the
/// backslashes would go and the folders would become part of the name.
fn without_windows_paths(value: &str) -> String {
    let mut result = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, characters.peek()) {
            ('\\', Some('"' | '\\')) => {
                result.push(c);
                result.extend(characters.next());
            }
            ('\\', _) => result.push('/'),
            _ => result.push(c),
        }
    }
    result
}
