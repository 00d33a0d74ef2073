//! Text in every charset that mails come in.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::mails::raw_bytes;

fn text(charset: &str, bytes: &[u8]) -> String {
    let head = format!("Content-Type: text/plain; charset=\"{charset}\"\r\n\r\n");
    raw_bytes(&[head.as_bytes(), bytes].concat()).text.unwrap()
}

#[test]
fn charsets_are_known_by_the_names_that_mails_use() {
    for (charset, bytes, expected) in [
        ("utf-8", "né".as_bytes(), "né"),
        ("UTF8", "né".as_bytes(), "né"),
        ("us-ascii", "né".as_bytes(), "né"),
        ("us-ascii", b"n\xE9", "né"),
        ("windows-1252", b"it\x92s \x80", "it’s €"),
        ("iso-8859-1", b"n\xE9", "né"),
        ("ISO-8859-10", b"\xA6\xBF", "Ķŋ"),
        ("iso-8859-15", b"\xA4", "€"),
        ("koi8-r", b"\xC4\xC1", "да"),
        ("cp850", b"pidi\xA2 \x9B", "pidió ø"),
        ("IBM850", b"\x82", "é"),
        ("cp437", b"\x82\xE3", "éπ"),
        ("cp-437", b"\x82", "é"),
        ("ibm852", b"\x88", "ł"),
        ("shift_jis", b"\x93\xFA\x96{", "日本"),
        ("iso-2022-jp", b"\x1B$B8@8l\x1B(B", "言語"),
        ("euc-kr", b"\xC7\xD1", "한"),
        ("gb18030", b"\xC4\xE3\x81\x30\x81\x30", "你\u{80}"),
        ("gb2312", b"\xC4\xE3", "你"),
        ("big5", b"\xA7A", "你"),
        ("utf-16le", b"n\0\xE9\0", "né"),
        ("utf-16be", b"\0n\0\xE9", "né"),
        ("utf-16", b"\xFE\xFF\0n\0\xE9", "né"),
    ] {
        assert_eq!(text(charset, bytes), expected, "{charset}");
    }
}

#[test]
fn nothing_in_a_charset_is_an_error() {
    assert_eq!(text("utf-8", b"a\xFFb"), "a\u{FFFD}b");
    assert_eq!(text("no-such", b"a\xFFb"), "aÿb");
    assert_eq!(text("no-such", "né".as_bytes()), "né");
    assert_eq!(
        text("no-such", "né né n\u{e9} \u{e9}".as_bytes()),
        "né né né é"
    );
    assert_eq!(text("cp99999", b"x"), "x");
    assert_eq!(text("utf-7", b"+AOk-+//-+"), "+AOk-+//-+");
    assert_eq!(text("hz-gb-2312", b"x"), "x");
    assert_eq!(text("", b"x"), "x");
    for charset in [
        "utf-16",
        "utf-16le",
        "gb18030",
        "iso-2022-jp",
        "shift_jis",
        "cp437",
        "utf-7",
        "x-user-defined",
    ] {
        let every: Vec<u8> = (0..=255).cycle().take(1021).collect();
        let _ = text(charset, &every);
    }
}

#[test]
fn a_character_in_two_pieces_of_an_encoded_text_is_read_as_one() {
    for (charset, bytes) in [
        ("utf-8", "né日".as_bytes()),
        ("koi8-r", b"\xC4\xC1"),
        ("cp850", b"pidi\xA2"),
        ("shift_jis", b"\x93\xFA\x96{x"),
        ("gb18030", b"\xC4\xE3\x81\x30\x81\x30x"),
        ("utf-16", b"\xFE\xFF\0n\0\xE9"),
        ("no-such", b"it\x92s"),
        ("no-such", "né日".as_bytes()),
    ] {
        let bytes = bytes.repeat(1501);
        let plain = text(charset, &bytes);
        let encoded = |encoding: &str, body: String| {
            let head = format!("Content-Type: text/plain; charset=\"{charset}\"\r\n");
            let head = head + "Content-Transfer-Encoding: " + encoding + "\r\n\r\n";
            raw_bytes((head + &body).as_bytes()).text.unwrap()
        };
        let quoted: Vec<String> = bytes.iter().map(|b| format!("={b:02X}")).collect();
        assert_eq!(
            encoded("quoted-printable", quoted.concat()),
            plain,
            "{charset}"
        );
        let in_base64 = BASE64_STANDARD.encode(&bytes);
        assert_eq!(encoded("base64", in_base64), plain, "{charset}");
    }
}
