//! What platforms tell the desk about what it sent: echoes, deliveries, reads, and that a message failed after all.

use super::Sandbox;
use super::clock::now_ms;
use super::model::{Channel, Customer, Message, MessageState, Receipts};
use super::platform::{
    Post, facebook_delivery, facebook_echo, facebook_read, mail_event, whatsapp_status,
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
    /// The provider's id of it.
    pub platform_message_id: String,
    /// What the desk wants to hear again: `biz_opaque_callback_data`, `metadata`, `custom_args` as JSON.
    pub mark: Option<String>,
    /// Whether the platform finds out later that the customer's window is closed, or that there is no such mailbox.
    pub fails_later: bool,
}

impl Sandbox {
    /// Shows what was taken on the customer's phone, and reports what the platform would, in the background.
    pub fn accepted(&self, accepted: Accepted) {
        let Accepted {
            channel,
            to,
            text,
            platform_message_id,
            mark,
            fails_later,
        } = accepted;
        let (message, receipts) = self.change(|state| {
            let message = state.sent(channel, &to, text, platform_message_id, now_ms());
            (message, state.knobs(channel).receipts)
        });
        let recipient = match to {
            Recipient::PlatformId(id) => id,
            Recipient::Mail { address, .. } => address,
        };
        let sandbox = self.clone();
        tokio::spawn(async move {
            if fails_later {
                sandbox.fail(&message, &recipient, mark.as_deref()).await;
            } else {
                sandbox
                    .report(channel, &message, &recipient, mark.as_deref(), receipts)
                    .await;
            }
        });
    }

    async fn fail(&self, message: &Message, recipient: &str, mark: Option<&str>) {
        self.change(|state| {
            state.messages.retain(|kept| kept.id != message.id);
        });
        let post = if message.mail.is_some() {
            mail_event(message, recipient, "bounce", mark, now_ms())
        } else {
            whatsapp_status(message, recipient, "failed", mark, now_ms())
        };
        self.0.webhooks.report(&post).await;
    }

    async fn report(
        &self,
        channel: Channel,
        message: &Message,
        recipient: &str,
        mark: Option<&str>,
        receipts: Receipts,
    ) {
        // An echo is no receipt: the platform always sends it.
        if channel == Channel::Facebook {
            self.0
                .webhooks
                .report(&facebook_echo(message, recipient, mark))
                .await;
        }
        if receipts == Receipts::None {
            return;
        }
        let now = now_ms();
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
            let read = read(channel, message, recipient);
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
        let posts: Vec<Post> = match customer.channel {
            Channel::Whatsapp => unread
                .iter()
                .map(|message| {
                    whatsapp_status(message, &customer.platform_id, "read", None, now_ms())
                })
                .collect(),
            Channel::Facebook if unread.is_empty() => Vec::new(),
            Channel::Facebook => vec![facebook_read(&customer.platform_id, now_ms())],
            Channel::Instagram | Channel::Twitter | Channel::WebChat | Channel::Email => Vec::new(),
        };
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

fn read(channel: Channel, message: &Message, recipient: &str) -> Vec<Post> {
    match channel {
        Channel::Whatsapp => vec![whatsapp_status(message, recipient, "read", None, now_ms())],
        Channel::Facebook => vec![facebook_read(recipient, now_ms())],
        Channel::Instagram | Channel::Twitter | Channel::WebChat | Channel::Email => Vec::new(),
    }
}
