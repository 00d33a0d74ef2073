//! Bytes in whatever charset as text. Never fails: what cannot be read becomes U+FFFD.

use encoding_rs::{CoderResult, Encoding, REPLACEMENT, UTF_8, WINDOWS_1252};
use oem_cp::code_table::DECODING_TABLE_CP_MAP;
use oem_cp::code_table_type::TableType;

/// How the bytes of a charset become text.
enum Charset {
    Web(&'static Encoding),
    /// The pages of DOS, which the web does not know.
    Oem(&'static TableType),
}

/// Text of bytes; without a known charset, UTF-8 if they are that, else windows-1252.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    let known = charset.and_then(Charset::of);
    match (known, std::str::from_utf8(bytes)) {
        (None, Ok(text)) => text.to_owned(),
        (known, _) => known
            .unwrap_or_else(|| Charset::Web(guess(bytes)))
            .text_of(|each| each(bytes)),
    }
}

/// As [`decode`], of bytes that are made anew, piece by piece, each time they are asked for: they and their text
/// are never held at the same time, unless the one is the other.
pub(super) fn decode_pieces(
    pieces: impl Fn(&mut dyn FnMut(&[u8])),
    charset: Option<&str>,
) -> String {
    let known = charset.and_then(Charset::of);
    let is_utf8 = match &known {
        Some(Charset::Web(encoding)) => *encoding == UTF_8,
        Some(Charset::Oem(_)) => false,
        None => true,
    };
    let guessed = if is_utf8 {
        let mut length = 0;
        pieces(&mut |piece| length += piece.len());
        let mut bytes = Vec::with_capacity(length);
        pieces(&mut |piece| bytes.extend_from_slice(piece));
        match String::from_utf8(bytes) {
            Ok(text) if known.is_none() || !text.starts_with('\u{FEFF}') => return text,
            Ok(_) => UTF_8,
            Err(error) => guess(error.as_bytes()),
        }
    } else {
        WINDOWS_1252
    };
    known.unwrap_or(Charset::Web(guessed)).text_of(pieces)
}

/// Mostly UTF-8 is broken UTF-8; anything else was the old default of the West.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let start = &bytes[..bytes.len().min(64 * 1024)];
    let (mut sound, mut broken) = (0, 0);
    for chunk in start.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if sound > broken { UTF_8 } else { WINDOWS_1252 }
}

impl Charset {
    fn text_of(&self, pieces: impl Fn(&mut dyn FnMut(&[u8]))) -> String {
        match self {
            Self::Web(encoding) => web(pieces, encoding),
            Self::Oem(table) => oem(pieces, table),
        }
    }

    fn of(label: &str) -> Option<Self> {
        let label = label.trim().trim_matches(['"', '\'']);
        // "ascii" is said of everything; what has other bytes is guessed.
        if ["us-ascii", "ascii", "ansi_x3.4-1968"].contains(&&*label.to_ascii_lowercase()) {
            return None;
        }
        let web = Encoding::for_label(label.as_bytes()).filter(|e| *e != REPLACEMENT);
        web.map(Self::Web).or_else(|| {
            let label = label.to_ascii_lowercase().replace(['-', '_'], "");
            let page = ["cp", "ibm", "cspc"]
                .iter()
                .find_map(|p| label.strip_prefix(p));
            let digits = page.unwrap_or(&label);
            let digits = digits.trim_end_matches(char::is_alphabetic);
            let table = DECODING_TABLE_CP_MAP.get(&digits.parse().ok()?)?;
            Some(Self::Oem(table))
        })
    }
}

/// Decodes twice, first to learn the length: the library's own bound is up to three times too much,
/// and mails are large.
fn web(pieces: impl Fn(&mut dyn FnMut(&[u8])), encoding: &'static Encoding) -> String {
    let mut length = 0;
    chunks(&pieces, encoding, |chunk| length += chunk.len());
    let mut text = String::with_capacity(length);
    chunks(&pieces, encoding, |chunk| text.push_str(chunk));
    text
}

fn chunks(
    pieces: impl Fn(&mut dyn FnMut(&[u8])),
    encoding: &'static Encoding,
    mut each: impl FnMut(&str),
) {
    let mut decoder = encoding.new_decoder();
    let mut buffer = vec![0; 16 * 1024];
    let mut decode = |mut bytes: &[u8], is_last| loop {
        let (result, read, written, _) = decoder.decode_to_utf8(bytes, &mut buffer, is_last);
        // What a decoder writes is UTF-8.
        if let Ok(text) = std::str::from_utf8(&buffer[..written]) {
            each(text);
        }
        bytes = &bytes[read..];
        match result {
            CoderResult::InputEmpty => return,
            CoderResult::OutputFull => {}
        }
    };
    pieces(&mut |piece| decode(piece, false));
    decode(&[], true);
}

fn oem(pieces: impl Fn(&mut dyn FnMut(&[u8])), table: &TableType) -> String {
    let character = |byte: &u8| match (byte.checked_sub(128).map(usize::from), table) {
        (None, _) => char::from(*byte),
        (Some(at), TableType::Complete(table)) => table[at],
        (Some(at), TableType::Incomplete(table)) => {
            table[at].unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    };
    let mut length = 0;
    pieces(&mut |piece| {
        length += piece.iter().map(|b| character(b).len_utf8()).sum::<usize>();
    });
    let mut text = String::with_capacity(length);
    pieces(&mut |piece| text.extend(piece.iter().map(character)));
    text
}
