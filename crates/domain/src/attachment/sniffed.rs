//! What a file is, by its own bytes. What it was called proves nothing, and a browser must never run it.

use infer::MatcherType;

/// Everything that is not known to be harmless.
const UNKNOWN: (&str, &str) = ("application/octet-stream", "bin");
/// Pictures that hold no script; SVG does.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Media type and usual ending of a file, without the dot: `application/octet-stream` for all that a browser
/// could run or that is not known.
#[must_use]
pub fn sniff(bytes: &[u8]) -> (&'static str, &'static str) {
    let Some(kind) = infer::get(bytes) else {
        return UNKNOWN;
    };
    let (mime_type, extension) = match kind.mime_type() {
        // What phones record; browsers know it by its container.
        "audio/opus" => ("audio/ogg", "ogg"),
        mime_type => (mime_type, kind.extension()),
    };
    let is_harmless = match kind.matcher_type() {
        MatcherType::Image => PICTURES.contains(&mime_type),
        MatcherType::Audio | MatcherType::Video => true,
        MatcherType::Doc => true,
        MatcherType::Archive => mime_type == "application/pdf" || mime_type == "application/zip",
        MatcherType::App
        | MatcherType::Book
        | MatcherType::Font
        | MatcherType::Text
        | MatcherType::Custom => false,
    };
    if is_harmless {
        (mime_type, extension)
    } else {
        UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_in_a_browser_is_only_bytes() {
        for bytes in [
            b"<html><script>alert(1)</script></html>".as_slice(),
            b"<!DOCTYPE html><body onload=alert(1)>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            b"<?xml version=\"1.0\"?><svg/>",
            b"#!/bin/sh\nrm -rf /",
            b"MZ\x90\x00\x03\x00\x00\x00",
            b"\x7fELF\x02\x01\x01\x00",
            b"",
        ] {
            assert_eq!(
                sniff(bytes),
                UNKNOWN,
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn pictures_sound_and_documents_keep_what_they_are() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR").0, "image/png");
        assert_eq!(sniff(b"\xff\xd8\xff\xe0\x00\x10JFIF").0, "image/jpeg");
        assert_eq!(sniff(b"%PDF-1.7\n").0, "application/pdf");
        assert_eq!(sniff(b"OggS\x00\x02\x00\x00").0, "audio/ogg");
    }
}
