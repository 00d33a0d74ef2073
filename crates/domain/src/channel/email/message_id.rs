//! The Message-ID of the mails we send: it says which message of which ticket a mail is, so that an answer or
//! a bounce finds it without anything being stored.

use crate::id::{MessageId, TicketId};

/// One of our messages, as its Message-ID names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// Its ticket.
    pub ticket_id: TicketId,
    /// Its id.
    pub message_id: MessageId,
    /// Its position in the ticket.
    pub position: u64,
}

impl SentMail {
    /// `<desk.<ticket>.<message>.<position>@<domain>>`, the same at every attempt.
    #[must_use]
    pub fn message_id(&self, domain: &str) -> String {
        let ticket = self.ticket_id.as_str().trim_start_matches("tkt_");
        let message = self.message_id.as_str().trim_start_matches("msg_");
        format!("<desk.{ticket}.{message}.{}@{domain}>", self.position)
    }

    /// Reads one back; none for the mail of anybody else. Whether there is such a message is not said.
    #[must_use]
    pub fn parse(message_id: &str, domain: &str) -> Option<Self> {
        let inner = message_id.strip_prefix('<')?.strip_suffix('>')?;
        let (local, host) = inner.rsplit_once('@')?;
        if !host.eq_ignore_ascii_case(domain) {
            return None;
        }
        let local = local.to_ascii_lowercase();
        let mut parts = local.strip_prefix("desk.")?.split('.');
        let sent = Self {
            ticket_id: TicketId::parse(&format!("tkt_{}", parts.next()?)).ok()?,
            message_id: MessageId::parse(&format!("msg_{}", parts.next()?)).ok()?,
            position: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn sent() -> SentMail {
        SentMail {
            ticket_id: TicketId::generate(Timestamp::from_millis(1), 7),
            message_id: MessageId::generate(Timestamp::from_millis(2), 8),
            position: 12,
        }
    }

    #[test]
    fn an_id_says_which_message_it_is_whatever_case_a_mail_program_made_of_it() {
        let id = sent().message_id("reply.example.com");
        assert_eq!(SentMail::parse(&id, "reply.example.com"), Some(sent()));
        let loud = id.to_uppercase();
        assert_eq!(SentMail::parse(&loud, "reply.example.com"), Some(sent()));
    }

    #[test]
    fn the_ids_of_others_are_not_ours() {
        let id = sent().message_id("reply.example.com");
        assert_eq!(SentMail::parse(&id, "example.com"), None, "another domain");
        for other in [
            "",
            "<>",
            "desk.x@reply.example.com",
            "<desk.x.y.1@reply.example.com>",
            "<CAF@mail.gmail.com>",
        ] {
            assert_eq!(SentMail::parse(other, "reply.example.com"), None);
        }
        let more = id.replace("@", ".1@");
        assert_eq!(SentMail::parse(&more, "reply.example.com"), None);
    }
}
