//! Content-Transfer-Encoding (RFC 2045, section 6), read leniently: what is broken loses what is
//! broken, never the rest.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// How the bytes of a part are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// 7bit, 8bit, binary, and what nobody knows: as they are.
    Identity,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    /// By the value of the field.
    pub fn of(value: Option<&str>) -> Self {
        let value = value.unwrap_or_default().trim();
        // Some put comments or parameters behind it.
        let name = value.split([';', ' ', '(']).next().unwrap_or_default();
        if name.eq_ignore_ascii_case("base64") {
            Self::Base64
        } else if name.eq_ignore_ascii_case("quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Identity
        }
    }

    /// How many bytes so many may stand for.
    pub fn longest(self, length: usize) -> usize {
        match self {
            Self::Identity | Self::QuotedPrintable => length,
            Self::Base64 => length / 4 * 3 + 3,
        }
    }
}

/// Decodes base64 and hands it over in pieces; characters outside its alphabet are skipped (RFC 2045, 6.8),
/// padding may be missing or stand between pieces that were put together.
pub(super) fn base64(text: &[u8], each: &mut dyn FnMut(&[u8])) {
    let mut pending = [0; 4096];
    let mut length = 0;
    let mut flush = |pending: &[u8]| {
        // A single character is too little for a byte.
        let whole = pending.len() - usize::from(pending.len() % 4 == 1);
        let mut decoded = [0; 3072];
        if let Ok(count) = BASE64.decode_slice(&pending[..whole], &mut decoded) {
            each(&decoded[..count]);
        }
    };
    for &byte in text {
        if byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/' {
            pending[length] = byte;
            length += 1;
        }
        if length == pending.len() || byte == b'=' {
            flush(&pending[..length]);
            length = 0;
        }
    }
    flush(&pending[..length]);
}

/// Decodes quoted-printable and hands it over in pieces; an `=` that introduces nothing stays (RFC 2045, 6.7,
/// note 2).
pub(super) fn quoted_printable(text: &[u8], each: &mut dyn FnMut(&[u8])) {
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let content = line.trim_ascii_end();
        let ending = match line {
            [.., b'\r', b'\n'] => &b"\r\n"[..],
            [.., b'\n'] => b"\n",
            _ => b"",
        };
        let (content, is_soft) = match content {
            [start @ .., b'='] => (start, true),
            _ => (content, false),
        };
        let mut rest = content;
        while let Some(at) = memchr::memchr(b'=', rest) {
            each(&rest[..at]);
            let code = rest.get(at + 1..at + 3).and_then(|code| {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                u8::try_from(digit(code[0])? * 16 + digit(code[1])?).ok()
            });
            each(&[code.unwrap_or(b'=')]);
            rest = &rest[at + if code.is_some() { 3 } else { 1 }..];
        }
        each(rest);
        if !is_soft {
            each(ending);
        }
    }
}
