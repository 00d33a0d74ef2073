//! What WhatsApp's answers mean.

use tributary_domain::channel::whatsapp::codes;

use super::wire;
use crate::graph::{Class, Known, Platform, known};
use crate::http::Answer;
use crate::verdict::Verdict;

const fn class(of: codes::Class) -> Class {
    match of {
        codes::Class::Again(least) => Class::Again(least),
        codes::Class::Slow(least) => Class::Slow(least),
        codes::Class::AFew(attempts) => Class::AFew(attempts),
        codes::Class::Never(hint) => Class::Never(hint),
        codes::Class::Account => Class::Channel,
        codes::Class::Token => Class::Token,
    }
}

/// The table that a status is read by too.
const CODES: &[Known] = &{
    let mut all = [known(0, 0, Class::Unsure, ""); codes::CODES.len()];
    let mut index = 0;
    while index < all.len() {
        let code = codes::CODES[index];
        all[index] = known(code.first, code.last, class(code.class), code.message);
        index += 1;
    }
    all
};

const WHATSAPP: Platform = Platform {
    name: "WhatsApp",
    codes: CODES,
};

/// What an answer means for the `nth` try of a message.
pub(super) fn judge(answer: &Answer, nth: u32) -> Result<String, Verdict> {
    WHATSAPP.judge(answer, nth, wire::accepted)
}

/// What an answer to an upload means: the id of the file.
pub(super) fn judge_upload(answer: &Answer, nth: u32) -> Result<String, Verdict> {
    let id = WHATSAPP.judge(answer, nth, wire::uploaded);
    id.map_err(|verdict| verdict.of_upload(WHATSAPP.name))
}

#[cfg(test)]
mod tests;
