//! Which parts of a mail are its text, which its HTML, and which are files.

use super::MailFile;
use super::file_name;
use super::header::{Headers, MediaType};
use super::mime::{Part, Tree};

/// Most files that are listed.
pub(super) const MAX_FILES: usize = 100;
/// What is read of a forwarded mail to learn its subject.
const MAX_FORWARDED_HEADERS: usize = 64 * 1024;

/// What a mail says.
pub(super) struct Content {
    pub text: Option<String>,
    pub html: Option<String>,
    pub files: Vec<MailFile>,
    /// There were more files than are listed.
    pub is_cut: bool,
}

/// Something said, as text, as HTML, or as both: parts in their order. Among those of the HTML may be
/// plain text, as Apple Mail puts files between pieces of either.
#[derive(Clone, Default)]
struct Said {
    text: Vec<usize>,
    html: Vec<usize>,
}

/// Parts by what they are for.
#[derive(Default)]
struct Chosen {
    said: Vec<Said>,
    files: Vec<usize>,
}

/// Reads the content of a mail.
pub(super) fn read(tree: &Tree) -> Content {
    let chosen = choose(tree, 0, true);
    let files = chosen.files.iter().take(MAX_FILES);
    Content {
        text: text(tree, &chosen.said),
        html: html(tree, &chosen.said),
        files: files.map(|&part| file(tree, tree.part(part))).collect(),
        is_cut: tree.is_cut || chosen.files.len() > MAX_FILES,
    }
}

/// Sorts a part and what is in it; as deep as the tree, which is bounded. `is_body`: it stands where
/// the text of the mail is expected, so a name does not make it a file.
fn choose(tree: &Tree, index: usize, is_body: bool) -> Chosen {
    let part = tree.part(index);
    if part.children.is_empty() {
        return leaf(part, index, is_body);
    }
    let media_type = part.media_type.as_ref();
    let sub = media_type.and_then(|media| media.sub.as_deref());
    let children = part.children.iter();
    match sub {
        Some("alternative") => {
            let all = children.map(|&child| choose(tree, child, false));
            alternative(all.collect())
        }
        Some("related") => {
            let mut all = Chosen::default();
            for (at, &child) in children.enumerate() {
                let mut chosen = choose(tree, child, false);
                // Only the root is shown (RFC 2387, 3.2); text beside it is a file, and it may not
                // be the first to which the mail says it belongs.
                if at > 0 && !all.said.is_empty() {
                    let parts = chosen.said.drain(..).flat_map(|s| [s.text, s.html]);
                    all.files.extend(parts.flatten());
                }
                all.said.append(&mut chosen.said);
                all.files.append(&mut chosen.files);
            }
            all
        }
        _ => {
            let mut all = Chosen::default();
            for &child in children {
                let mut chosen = choose(tree, child, false);
                all.said.append(&mut chosen.said);
                all.files.append(&mut chosen.files);
            }
            all
        }
    }
}

/// The plainest text and the richest HTML of alternatives, which come in the order of their richness
/// (RFC 2046, 5.1.4); all of their files.
fn alternative(all: Vec<Chosen>) -> Chosen {
    let htmls = |chosen: &&Chosen| chosen.said.iter().filter(|s| !s.html.is_empty()).count();
    let has_text = |chosen: &&Chosen| chosen.said.iter().any(|s| !s.text.is_empty());
    let text = all.iter().filter(has_text).min_by_key(htmls);
    let html = all.iter().rfind(|chosen| htmls(chosen) > 0);
    let said = match (text, html) {
        (Some(text), Some(html)) => {
            let texts = text.said.iter().flat_map(|s| &s.text);
            let pieces = html.said.iter();
            let htmls = pieces.flat_map(|s| if s.html.is_empty() { &s.text } else { &s.html });
            vec![Said {
                text: texts.copied().collect(),
                html: htmls.copied().collect(),
            }]
        }
        (Some(one), None) | (None, Some(one)) => one.said.clone(),
        (None, None) => Vec::new(),
    };
    Chosen {
        said,
        files: all.into_iter().flat_map(|chosen| chosen.files).collect(),
    }
}

fn leaf(part: &Part, index: usize, is_body: bool) -> Chosen {
    let is_attachment = |disposition: &MediaType| disposition.main == "attachment";
    let is_file = part.disposition.as_ref().is_some_and(is_attachment)
        || !is_body && declared_name(part).is_some();
    let mut chosen = Chosen::default();
    match part.media_type.as_ref() {
        _ if is_file => chosen.files.push(index),
        Some(media) if media.is("text", "html") => chosen.said.push(Said {
            text: Vec::new(),
            html: vec![index],
        }),
        Some(media) if !is_text(media, is_body) => chosen.files.push(index),
        Some(_) | None => chosen.said.push(Said {
            text: vec![index],
            html: Vec::new(),
        }),
    }
    chosen
}

/// Whether a part is to be read as it is: plain text, what does not say what it is, and a multipart
/// that is the whole mail and has no parts.
fn is_text(media: &MediaType, is_body: bool) -> bool {
    match (media.main.as_str(), media.sub.as_deref()) {
        ("text", Some("plain") | None) => true,
        ("multipart", _) => is_body,
        _ => false,
    }
}

/// What is said as text, if all of it is; pieces that are HTML only would be missing.
fn text(tree: &Tree, said: &[Said]) -> Option<String> {
    if said.iter().any(|s| s.text.is_empty()) {
        return None;
    }
    let mut texts = said.iter().flat_map(|s| &s.text);
    let mut text = tree.text_of(tree.part(*texts.next()?));
    for more in texts {
        text.push_str("\r\n");
        text.push_str(&tree.text_of(tree.part(*more)));
    }
    Some(text)
}

/// What is said as HTML, with pieces between it that are text only; `None` if all are.
fn html(tree: &Tree, said: &[Said]) -> Option<String> {
    said.iter().find(|s| !s.html.is_empty())?;
    let parts = said
        .iter()
        .flat_map(|s| if s.html.is_empty() { &s.text } else { &s.html });
    let pieces = parts.map(|&index| {
        let part = tree.part(index);
        let text = tree.text_of(part);
        match &part.media_type {
            Some(media) if media.is("text", "html") => text,
            Some(_) | None => escaped(&text),
        }
    });
    pieces.reduce(|html, more| html + &more)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<pre>{text}</pre>")
}

fn declared_name(part: &Part) -> Option<&str> {
    let disposition = part.disposition.as_ref();
    let name = disposition.and_then(|d| d.parameter("filename"));
    name.or_else(|| part.media_type.as_ref()?.parameter("name"))
        .filter(|name| !name.trim().is_empty())
}

fn file(tree: &Tree, part: &Part) -> MailFile {
    let bytes = tree.bytes_of(part);
    let mime_type = part.media_type.as_ref().and_then(MediaType::name);
    let name = declared_name(part).and_then(file_name::clean);
    MailFile {
        name: name.or_else(|| forwarded_name(mime_type.as_deref(), &bytes)),
        mime_type,
        content_id: part.content_id.clone(),
        bytes,
    }
}

/// A name for a mail in the mail: its subject.
pub(super) fn forwarded_name(mime_type: Option<&str>, bytes: &[u8]) -> Option<String> {
    if !matches!(mime_type, Some("message/rfc822" | "message/global")) {
        return None;
    }
    let start = &bytes[..bytes.len().min(MAX_FORWARDED_HEADERS)];
    let subject = Headers::read(start, |_| false).0.text("subject");
    let name = subject.and_then(|subject| file_name::of_title(&subject, ".eml"));
    Some(name.unwrap_or_else(|| "forwarded.eml".to_owned()))
}
