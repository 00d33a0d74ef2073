//! Bytes in whatever charset as text. Never fails: what cannot be read becomes U+FFFD.

use std::borrow::Cow;

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
    match charset.and_then(Charset::of) {
        Some(Charset::Web(encoding)) => web(bytes, encoding),
        Some(Charset::Oem(table)) => oem(bytes, table),
        None => std::str::from_utf8(bytes).map_or_else(|_| web(bytes, guess(bytes)), str::to_owned),
    }
}

/// As [`decode`], without another copy where the bytes are the text already.
pub(super) fn decode_owned(bytes: Vec<u8>, charset: Option<&str>) -> String {
    let is_utf8 = match charset.and_then(Charset::of) {
        Some(Charset::Web(encoding)) => encoding == UTF_8 && !bytes.starts_with(b"\xEF\xBB\xBF"),
        Some(Charset::Oem(_)) => false,
        None => true,
    };
    if !is_utf8 {
        return decode(&bytes, charset);
    }
    String::from_utf8(bytes).unwrap_or_else(|error| decode(error.as_bytes(), charset))
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
fn web(bytes: &[u8], encoding: &'static Encoding) -> String {
    let mut length = 0;
    chunks(bytes, encoding, |chunk| length += chunk.len());
    let mut text = String::with_capacity(length);
    chunks(bytes, encoding, |chunk| text.push_str(chunk));
    text
}

fn chunks(bytes: &[u8], encoding: &'static Encoding, mut each: impl FnMut(&str)) {
    let mut decoder = encoding.new_decoder();
    let mut buffer = vec![0; 16 * 1024];
    let mut at = 0;
    loop {
        let (result, read, written, _) = decoder.decode_to_utf8(&bytes[at..], &mut buffer, true);
        // What a decoder writes is UTF-8.
        if let Ok(text) = std::str::from_utf8(&buffer[..written]) {
            each(text);
        }
        at += read;
        match result {
            CoderResult::InputEmpty => return,
            CoderResult::OutputFull => {}
        }
    }
}

fn oem(bytes: &[u8], table: &TableType) -> String {
    let character = |byte: &u8| match (byte.checked_sub(128).map(usize::from), table) {
        (None, _) => char::from(*byte),
        (Some(at), TableType::Complete(table)) => table[at],
        (Some(at), TableType::Incomplete(table)) => {
            table[at].unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    };
    let length = bytes.iter().map(|byte| character(byte).len_utf8()).sum();
    let mut text = String::with_capacity(length);
    text.extend(bytes.iter().map(character));
    text
}

/// Text of bytes that are either borrowed or made for it.
pub(super) fn decode_cow(bytes: Cow<'_, [u8]>, charset: Option<&str>) -> String {
    match bytes {
        Cow::Borrowed(bytes) => decode(bytes, charset),
        Cow::Owned(bytes) => decode_owned(bytes, charset),
    }
}
