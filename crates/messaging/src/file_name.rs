//! File names that mean nothing but a name wherever a customer's program puts them.

const LONGEST: usize = 120;
/// What a file without a usable name is called.
const UNNAMED: &str = "file";

/// The name without its path, without what is special in a header, a path or a terminal, and without characters
/// that turn the order of others round (so that `exe.fdp` does not look like `pdf.exe`); at most 120 characters, the
/// end kept.
pub(crate) fn file_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = base.chars().filter(|c| !is_special(*c)).collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let skip = clean.chars().count().saturating_sub(LONGEST);
    match clean.chars().skip(skip).collect::<String>() {
        name if name.is_empty() => UNNAMED.to_owned(),
        name => name,
    }
}

/// The same in letters that need no encoding in a form: not everybody who takes uploads knows `filename*` (RFC 8187).
pub(crate) fn plain_file_name(name: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || ".-_".contains(c) => c,
        _ => '_',
    };
    file_name(name).chars().map(plain).collect()
}

fn is_special(c: char) -> bool {
    let turns_round = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    c.is_control() || turns_round || "\"<>|:*?;".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_stays_and_what_is_no_name_goes() {
        for (name, expected) in [
            ("receipt.pdf", "receipt.pdf"),
            ("Rechnung März (2).pdf", "Rechnung März (2).pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\a.doc", "a.doc"),
            ("a\r\nBcc: b.txt", "aBcc b.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("..", "file"),
            ("", "file"),
            (".htaccess", "htaccess"),
        ] {
            assert_eq!(file_name(name), expected);
        }
        assert_eq!(plain_file_name("Rechnung März.pdf"), "Rechnung_M_rz.pdf");
        let long = format!("{}.pdf", "x".repeat(300));
        assert!(file_name(&long).ends_with("x.pdf") && file_name(&long).len() == LONGEST);
    }

    proptest! {
        #[test]
        fn no_name_is_empty_long_or_has_a_path(name in ".{0,300}") {
            let name = file_name(&name);
            prop_assert!(!name.is_empty() && name.chars().count() <= LONGEST);
            prop_assert!(!name.contains(['/', '\\', '\r', '\n', '"']));
            prop_assert!(plain_file_name(&name).bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}
