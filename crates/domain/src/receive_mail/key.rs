//! The slots of a mail: one that lets it in once, and one by which answers find it.

use sha2::{Digest, Sha256};

use crate::channel::email::Mail;
use crate::channel::{AccountId, Channel};
use crate::ports::SlotKey;

/// The slots of one mail. A Message-ID begins with `<` and an address does not, so they never meet.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// From, Message-ID and the hash of the text: one mail to two of our addresses is one message.
    pub(super) once: SlotKey,
    /// The Message-ID alone.
    pub(super) thread: Option<SlotKey>,
}

impl Keys {
    pub(super) fn of(mail: &Mail, from: &str) -> Self {
        let mut hash = Sha256::new();
        let mut take = |text: &[u8]| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        let text = mail.text.as_deref().or(mail.html.as_deref());
        take(text.unwrap_or_default().as_bytes());
        // Without an id all of it has to tell it from other mails of the same words.
        if mail.message_id.is_none() {
            take(mail.subject.as_deref().unwrap_or_default().as_bytes());
            let date = mail.date.map_or(0, |date| date.as_millis());
            take(&date.to_le_bytes());
            take(mail.html.as_deref().unwrap_or_default().as_bytes());
            mail.files.iter().for_each(|file| take(&file.bytes));
        }
        let digest = hex::encode(hash.finalize());
        let id = mail.message_id.as_deref().unwrap_or_default();
        Self {
            once: slot(format!("{from}\n{id}\n{digest}")),
            thread: mail.message_id.clone().map(slot),
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &SlotKey> {
        std::iter::once(&self.once).chain(&self.thread)
    }
}

/// The slot of a mail by this id; mail has one account, whichever mailbox it came to.
pub(super) fn slot(id: String) -> SlotKey {
    SlotKey {
        channel: Channel::Email,
        account: AccountId::constant(Channel::Email),
        platform_message_id: id,
    }
}
