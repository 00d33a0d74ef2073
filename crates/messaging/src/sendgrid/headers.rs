//! The headers that tie a mail to its conversation, and say who wrote it.

use serde::Serialize;
use tributary_domain::channel::email::message_id::SentMail;
use tributary_domain::ports::{Answered, OutgoingPart};

#[derive(Debug, Serialize)]
pub(super) struct Headers {
    #[serde(rename = "Message-ID")]
    message_id: String,
    #[serde(rename = "In-Reply-To", skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<String>,
    #[serde(rename = "References", skip_serializing_if = "Option::is_none")]
    references: Option<String>,
    /// By which a mail of ours that comes back is known as one.
    #[serde(rename = "X-Loop")]
    x_loop: &'static str,
    /// That a machine wrote it, so that no machine answers (RFC 3834, section 5; the others are what mail programs
    /// before and beside it understand).
    #[serde(flatten)]
    automatic: Option<Automatic>,
}

#[derive(Debug, Serialize)]
struct Automatic {
    #[serde(rename = "Auto-Submitted")]
    auto_submitted: &'static str,
    #[serde(rename = "Precedence")]
    precedence: &'static str,
    #[serde(rename = "X-Auto-Response-Suppress")]
    suppress: &'static str,
}

const AUTOMATIC: Automatic = Automatic {
    auto_submitted: "auto-replied",
    precedence: "auto_reply",
    suppress: "DR, RN, OOF, AutoReply",
};

/// The headers of a part.
pub(super) fn headers(part: &OutgoingPart, reply_domain: &str) -> Headers {
    let correlation = &part.correlation;
    let sent = SentMail {
        ticket_id: correlation.ticket_id.clone(),
        message_id: correlation.message_id.clone(),
        position: correlation.position,
    };
    let answered = part.answers.as_ref().filter(|a| is_id(&a.message_id));
    Headers {
        message_id: sent.message_id(reply_domain),
        in_reply_to: answered.map(|a| a.message_id.clone()),
        references: answered.map(references),
        x_loop: "tributary",
        automatic: part.is_automatic.then_some(AUTOMATIC),
    }
}

/// The References of an answer: those of the mail it answers, then that mail (RFC 5322, section 3.6.4).
fn references(answered: &Answered) -> String {
    let Answered {
        message_id,
        references,
    } = answered;
    let mut ids: Vec<&str> = references.iter().map(String::as_str).collect();
    ids.retain(|id| is_id(id) && id != message_id);
    ids.push(message_id);
    ids.join(" ")
}

/// What may stand in a header: one Message-ID in plain characters.
fn is_id(id: &str) -> bool {
    id.starts_with('<') && id.ends_with('>') && id.bytes().all(|b| b.is_ascii_graphic())
}
