//! Files as a mail carries them.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Serialize;
use tributary_domain::ports::OutgoingFile;

use crate::file_name::file_name;

/// SendGrid takes mails of 30 MB (v3 Mail Send, limitations); a little is kept for what stands around.
const LARGEST: usize = 29_500_000;
/// How often a text stands in a mail, formatted once and a character written as up to six.
const TIMES_TEXT: usize = 8;

/// One file of a mail.
#[derive(Debug, Serialize)]
pub(super) struct Attachment {
    /// In base64.
    content: String,
    #[serde(rename = "type")]
    kind: String,
    filename: String,
    disposition: &'static str,
}

impl Attachment {
    pub(super) fn of(file: &OutgoingFile) -> Self {
        // SendGrid refuses parameters and line breaks in a type.
        let kind = file.mime_type.split([';', '\r', '\n']).next();
        Self {
            content: BASE64_STANDARD.encode(&file.bytes),
            kind: kind.unwrap_or_default().trim().to_owned(),
            filename: file_name(&file.name),
            disposition: "attachment",
        }
    }
}

/// Whether a mail with these files is small enough.
pub(super) fn fits(text: &str, files: &[OutgoingFile]) -> bool {
    let encoded = files.iter().map(|file| file.bytes.len().div_ceil(3) * 4);
    encoded.sum::<usize>() + text.len() * TIMES_TEXT <= LARGEST
}

/// What a mail says that has files only: their names, since SendGrid takes none without a text.
pub(super) fn names(files: &[OutgoingFile]) -> String {
    let names: Vec<String> = files.iter().map(|file| file_name(&file.name)).collect();
    names.join("\n")
}
