//! Text in every charset that mails come in.

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
