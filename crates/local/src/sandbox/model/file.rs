//! Files that the desk sent.

use super::Kind;

/// A file of the desk's, which nobody fetches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// As what its platform shows it.
    pub kind: Kind,
    /// What it is called, as far as the platform was told.
    pub name: String,
    /// Where it is, if the platform was told an address.
    pub url: Option<String>,
}

/// What a phone shows of a message: its words, and its files as their names.
pub(crate) fn shown(text: &str, files: &[SentFile]) -> String {
    let words = Some(text).filter(|text| !text.is_empty());
    let names = files.iter().map(|file| file.name.as_str());
    words
        .into_iter()
        .chain(names)
        .collect::<Vec<_>>()
        .join("\n")
}
