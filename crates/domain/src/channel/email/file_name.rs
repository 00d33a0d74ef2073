//! File names that strangers chose.

/// Longest name that is kept, in characters.
const MAX_CHARS: usize = 200;

/// The last component of a path, Windows' or any other, without what no file name needs: control
/// characters and those that turn text around. `None` if nothing is left.
pub(super) fn clean(name: &str) -> Option<String> {
    let last = name
        .rsplit(['/', '\\'])
        .find(|part| !part.trim().is_empty())?;
    let mut clean: String = last
        .chars()
        .filter(|&c| !c.is_control() && !turns_text(c))
        .collect();
    clean.truncate(clean.trim_end().len());
    let name = clean.trim_start();
    // `..`, `.`, and what Windows takes for them.
    if name.chars().all(|c| c == '.' || c.is_whitespace()) {
        return None;
    }
    Some(shortened(name))
}

/// A name made of a title, which has no folders.
pub(super) fn of_title(title: &str, extension: &str) -> Option<String> {
    let title = title.replace(['/', '\\', ':'], "-");
    let name = clean(&title)?;
    let start = crate::content::start_chars(&name, MAX_CHARS - extension.chars().count());
    Some(format!("{}{extension}", start.trim_end()))
}

/// `photo<U+202E>gnp.exe` would read as `photoexe.png` (Unicode TR 36, bidirectional text spoofing).
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Cuts the middle: the start tells what it is, the end its type.
fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= MAX_CHARS {
        return name.to_owned();
    }
    let extension = name.rfind('.').map(|at| &name[at..]);
    let extension = extension
        .filter(|e| e.chars().count() <= 20)
        .unwrap_or_default();
    let kept = MAX_CHARS - extension.chars().count();
    format!("{}{extension}", crate::content::start_chars(name, kept))
}
