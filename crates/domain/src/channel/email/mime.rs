//! The tree of a MIME mail (RFC 2046), as ranges of its bytes. One pass over them, whatever they are:
//! every line is compared with the open boundaries, of which there are few.

use std::ops::Range;

use bytes::Bytes;
use memchr::memmem::Finder;

use super::charset;
use super::header::{Headers, MediaType};
use super::transfer::{self, Encoding};

/// Deepest nesting of multiparts; what is deeper is kept as a file. Mails of clients have 5 or fewer.
const MAX_DEPTH: usize = 20;
/// Most parts that are read.
const MAX_PARTS: usize = 1_000;
/// Longest boundary (RFC 2046, 5.1.1, allows 70 characters).
const MAX_BOUNDARY: usize = 200;

/// A mail's parts. The first one is the mail itself.
pub(super) struct Tree {
    bytes: Bytes,
    parts: Vec<Part>,
    /// Some of it was not read as parts: there were too many, or they were too deep.
    pub is_cut: bool,
}

/// A part of a mail.
pub(super) struct Part {
    pub media_type: Option<MediaType>,
    pub disposition: Option<MediaType>,
    /// Without its brackets.
    pub content_id: Option<String>,
    encoding: Encoding,
    range: Range<usize>,
    /// Its parts, if it is a multipart that has any.
    pub children: Vec<usize>,
}

/// A multipart whose end has not come yet.
struct Open {
    part: usize,
    boundary: String,
}

impl Tree {
    /// Reads a whole mail. Also gives its headers.
    pub fn read(bytes: &Bytes) -> (Headers<'_>, Self) {
        let mut tree = Self {
            bytes: bytes.clone(),
            parts: Vec::new(),
            is_cut: false,
        };
        let dashes = Finder::new("\n--");
        let (headers, mut at) = Headers::read(bytes, |_| false);
        let mut open: Vec<Open> = Vec::new();
        tree.add(&headers, at, &mut open);
        while let Some(delimiter) = next_delimiter(&dashes, bytes, at, &open) {
            let part_end = line_before(bytes, delimiter.start).max(at.min(delimiter.start));
            let last = tree.parts.len() - 1;
            tree.close(last, part_end);
            for inner in open.drain(delimiter.level + 1..) {
                tree.close(inner.part, part_end);
            }
            at = delimiter.end;
            if delimiter.is_last {
                open.pop();
                continue;
            }
            if tree.parts.len() == MAX_PARTS {
                tree.is_cut = true;
                break;
            }
            let is_boundary = |line: &[u8]| find_open(line, &open).is_some();
            let (headers, length) = Headers::read(&bytes[at..], is_boundary);
            at += length;
            if let Some(parent) = open.last() {
                let part = tree.parts.len();
                tree.parts[parent.part].children.push(part);
            }
            tree.add(&headers, at, &mut open);
        }
        (headers, tree)
    }

    fn add(&mut self, headers: &Headers<'_>, start: usize, open: &mut Vec<Open>) {
        let media_type = headers.media_type("content-type");
        let is_digest = |open: &Open| {
            let parent = self.parts[open.part].media_type.as_ref();
            parent.is_some_and(|media| media.is("multipart", "digest"))
        };
        // The default type in a digest (RFC 2046, 5.1.5).
        let media_type = media_type.or_else(|| {
            open.last()
                .filter(|open| is_digest(open))
                .and_then(|_| MediaType::parse(b"message/rfc822"))
        });
        let boundary = media_type.as_ref().and_then(boundary);
        let mut ids = headers.ids("content-id");
        self.parts.push(Part {
            media_type,
            disposition: headers.media_type("content-disposition"),
            content_id: ids.pop().map(|id| id[1..id.len() - 1].to_owned()),
            encoding: Encoding::of(headers.raw("content-transfer-encoding").next().as_deref()),
            range: start..self.bytes.len(),
            children: Vec::new(),
        });
        match boundary {
            Some(boundary) if open.len() < MAX_DEPTH => open.push(Open {
                part: self.parts.len() - 1,
                boundary,
            }),
            Some(_) => self.is_cut = true,
            None => {}
        }
    }

    /// A part ends here, if it has not ended before.
    fn close(&mut self, part: usize, end: usize) {
        let range = &mut self.parts[part].range;
        if range.end == self.bytes.len() {
            range.end = end.max(range.start);
        }
    }

    pub fn part(&self, index: usize) -> &Part {
        &self.parts[index]
    }

    /// The decoded bytes of a part; a slice of the mail's own where nothing needs decoding.
    pub fn bytes_of(&self, part: &Part) -> Bytes {
        match part.encoding {
            Encoding::Identity => self.bytes.slice(part.range.clone()),
            Encoding::Base64 | Encoding::QuotedPrintable => {
                let mut bytes = Vec::with_capacity(part.encoding.longest(part.range.len()));
                self.pieces_of(part, &mut |piece| bytes.extend_from_slice(piece));
                bytes.into()
            }
        }
    }

    /// The text of a part.
    pub fn text_of(&self, part: &Part) -> String {
        let media_type = part.media_type.as_ref();
        let charset = media_type.and_then(|m| m.parameter("charset"));
        match part.encoding {
            Encoding::Identity => charset::decode(&self.bytes[part.range.clone()], charset),
            Encoding::Base64 | Encoding::QuotedPrintable => {
                charset::decode_pieces(|each| self.pieces_of(part, each), charset)
            }
        }
    }

    fn pieces_of(&self, part: &Part, each: &mut dyn FnMut(&[u8])) {
        let raw = &self.bytes[part.range.clone()];
        match part.encoding {
            Encoding::Identity => each(raw),
            Encoding::Base64 => transfer::base64(raw, each),
            Encoding::QuotedPrintable => transfer::quoted_printable(raw, each),
        }
    }
}

/// A line that ends a part.
struct Delimiter {
    start: usize,
    end: usize,
    /// Which of the open multiparts it belongs to.
    level: usize,
    /// Whether it is the last of that multipart.
    is_last: bool,
}

fn next_delimiter(
    dashes: &Finder<'_>,
    bytes: &[u8],
    from: usize,
    open: &[Open],
) -> Option<Delimiter> {
    if open.is_empty() {
        return None;
    }
    let mut start = if bytes[from..].starts_with(b"--") {
        from
    } else {
        from + dashes.find(&bytes[from..])? + 1
    };
    loop {
        // A longer line is none, and is not looked at as a whole.
        let window = &bytes[start..bytes.len().min(start + MAX_BOUNDARY + 80)];
        let length = memchr::memchr(b'\n', window).map_or(window.len(), |end| end + 1);
        if let Some((level, is_last)) = find_open(&window[..length], open) {
            return Some(Delimiter {
                start,
                end: start + length,
                level,
                is_last,
            });
        }
        let from = start + 2;
        start = from + dashes.find(&bytes[from..])? + 1;
    }
}

/// Which open multipart a line delimits, the innermost first, and whether it ends it. Blanks may
/// follow the boundary (RFC 2046, 5.1.1).
fn find_open(line: &[u8], open: &[Open]) -> Option<(usize, bool)> {
    let text = line.strip_prefix(b"--")?.trim_ascii_end();
    let of = |(level, open): (usize, &Open)| match text.strip_prefix(open.boundary.as_bytes())? {
        b"" => Some((level, false)),
        b"--" => Some((level, true)),
        _ => None,
    };
    open.iter().enumerate().rev().find_map(of)
}

/// The boundary of a multipart.
fn boundary(media_type: &MediaType) -> Option<String> {
    let boundary = media_type.parameter("boundary")?.trim_end();
    let is_usable = media_type.main == "multipart" && (1..=MAX_BOUNDARY).contains(&boundary.len());
    is_usable.then(|| boundary.to_owned())
}

/// Where the line before the one at `start` ends: its line ending belongs to the delimiter.
fn line_before(bytes: &[u8], start: usize) -> usize {
    match &bytes[..start] {
        [.., b'\r', b'\n'] => start - 2,
        [.., b'\n'] => start - 1,
        _ => start,
    }
}
