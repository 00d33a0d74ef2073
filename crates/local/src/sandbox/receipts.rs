//! What platforms tell the desk about what it sent: echoes, deliveries, reads, and that a message failed after all.

use super::Sandbox;
use super::clock::now_ms;
use super::model::{Channel, Customer, Message, MessageState, Receipts, SentFile};
use super::platform::{
    Post, facebook_delivery, facebook_read, instagram_seen, mail_event, meta_echo, twitter_echo,
    twitter_read, whatsapp_status,
};
use super::state::Recipient;

/// A message that a provider's double took.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// On which channel.
    pub channel: Channel,
    /// For whom.
    pub to: Recipient,
    /// What it says.
    pub text: String,
    /// The files that go with it.
    pub files: Vec<SentFile>,
    /// The provider's id of it.
    pub platform_message_id: String,
    /// What the desk wants to hear again: `biz_opaque_callback_data`, `metadata`, `custom_args` as JSON.
    pub mark: Option<String>,
    /// Whether the platform finds out later that the customer's window is closed, or that there is no such mailbox.
    pub fails_later: bool,
}

/// What is reported of one message.
struct Reported {
    channel: Channel,
    recipient: String,
    text: String,
    files: Vec<SentFile>,
    mark: Option<String>,
    message: Message,
}

impl Sandbox {
    /// Shows what was taken on the customer's phone, and reports what the platform would, in the background.
    pub fn accepted(&self, accepted: Accepted) {
        let Accepted {
            channel,
            to,
            text,
            files,
            platform_message_id,
            mark,
            fails_later,
        } = accepted;
        let (message, receipts) = self.change(|state| {
            let said = (text.as_str(), files.as_slice());
            let message = state.sent(channel, &to, said, platform_message_id, now_ms());
            (message, state.knobs(channel).receipts)
        });
        let recipient = match to {
            Recipient::PlatformId(id) => id,
            Recipient::Mail { address, .. } => address,
        };
        let reported = Reported {
            channel,
            recipient,
            text,
            files,
            mark,
            message,
        };
        let sandbox = self.clone();
        tokio::spawn(async move {
            if fails_later {
                sandbox.fail(&reported).await;
            } else {
                sandbox.report(&reported, receipts).await;
            }
        });
    }

    async fn fail(&self, reported: &Reported) {
        let message = &reported.message;
        self.change(|state| {
            state.messages.retain(|kept| kept.id != message.id);
        });
        let (recipient, mark) = (&reported.recipient, reported.mark.as_deref());
        let post = if message.mail.is_some() {
            mail_event(message, recipient, "bounce", mark, now_ms())
        } else {
            whatsapp_status(message, recipient, "failed", mark, now_ms())
        };
        self.0.webhooks.report(&post).await;
    }

    async fn report(&self, reported: &Reported, receipts: Receipts) {
        // An echo is no receipt: the platform always sends it.
        if let Some(echo) = echo(reported) {
            self.0.webhooks.report(&echo).await;
        }
        if receipts == Receipts::None {
            return;
        }
        let Reported {
            channel,
            recipient,
            text: _,
            files: _,
            mark,
            message,
        } = reported;
        let (now, mark) = (now_ms(), mark.as_deref());
        let delivered = match channel {
            Channel::Whatsapp => vec![
                whatsapp_status(message, recipient, "sent", mark, now),
                whatsapp_status(message, recipient, "delivered", mark, now),
            ],
            Channel::Facebook => vec![facebook_delivery(message, recipient, now)],
            Channel::WebChat | Channel::Email => {
                vec![mail_event(message, recipient, "delivered", mark, now)]
            }
            Channel::Instagram | Channel::Twitter => Vec::new(),
        };
        self.tell(message, delivered, MessageState::Delivered).await;
        if receipts == Receipts::Read && message.mail.is_none() {
            let read = read(*channel, message, recipient);
            let read = read.into_iter().collect();
            self.tell(message, read, MessageState::Read).await;
        }
    }

    async fn tell(&self, message: &Message, posts: Vec<Post>, state: MessageState) {
        self.change(|all| all.reached(&message.id, state));
        for post in posts {
            self.0.webhooks.report(&post).await;
        }
    }

    /// A customer reads everything that was sent to them.
    pub(super) async fn read_all(&self, customer: &Customer) {
        let unread = self.read(|state| state.unread(&customer.id));
        let (channel, reader) = (customer.channel, customer.platform_id.as_str());
        let last = match channel {
            // Each message has a report of its own.
            Channel::Whatsapp | Channel::Instagram => unread.as_slice(),
            // One is for all that were sent before.
            Channel::Facebook | Channel::Twitter | Channel::WebChat | Channel::Email => {
                &unread[unread.len().saturating_sub(1)..]
            }
        };
        let posts = last.iter().filter_map(|m| read(channel, m, reader));
        let posts: Vec<Post> = posts.collect();
        self.change(|state| {
            for message in &unread {
                state.reached(&message.id, MessageState::Read);
            }
        });
        for post in posts {
            self.0.webhooks.report(&post).await;
        }
    }
}

/// The copy that a platform sends of what it took.
fn echo(reported: &Reported) -> Option<Post> {
    let Reported {
        channel,
        recipient,
        text,
        files,
        mark,
        message,
    } = reported;
    let mark = mark.as_deref();
    match channel {
        Channel::Facebook | Channel::Instagram => {
            Some(meta_echo(*channel, message, recipient, (text, files), mark))
        }
        Channel::Twitter => Some(twitter_echo(message, recipient, (text, files))),
        Channel::Whatsapp | Channel::WebChat | Channel::Email => None,
    }
}

/// That a customer has read a message.
fn read(channel: Channel, message: &Message, reader: &str) -> Option<Post> {
    match channel {
        Channel::Whatsapp => Some(whatsapp_status(message, reader, "read", None, now_ms())),
        Channel::Facebook => Some(facebook_read(reader, now_ms())),
        Channel::Instagram => Some(instagram_seen(message, reader, now_ms())),
        Channel::Twitter => Some(twitter_read(message, reader, now_ms())),
        Channel::WebChat | Channel::Email => None,
    }
}
