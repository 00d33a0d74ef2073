//! The customers' side, played: phones that write to the real webhooks and get what the providers' doubles take,
//! and knobs for how the platforms fail. Only in the local stack.

pub mod api;
pub mod clock;
pub(crate) mod guard;
mod keeper;
pub mod model;
pub mod platform;
mod receipts;
pub mod state;
mod webhook;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use clock::{now_ms, unique_id, unique_number};
use model::{Channel, Customer, Delivery, Fault, FaultKind, Message, State};
pub use receipts::Accepted;
use state::Written;
use webhook::{Webhooks, worth_repeating};

/// A platform posts again at once when an answer says that it is worth it.
const ATTEMPTS: u32 = 3;

/// What the sandbox needs to know about the stack.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the webhooks are, without a path.
    pub api_url: String,
    /// Where conversations are kept; nowhere when absent.
    pub file: Option<PathBuf>,
    /// Where the doubles give files, without a path.
    pub media_url: String,
    /// Channels whose provider is a real one, or another double.
    pub elsewhere: Vec<Channel>,
}

/// The sandbox; clones share it.
#[derive(Debug, Clone)]
pub struct Sandbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    webhooks: Webhooks,
    settings: Settings,
    changed: Notify,
    /// Tells one start from another, for what clients remember.
    epoch: u64,
}

impl Sandbox {
    /// Opens the sandbox with the conversations that were kept.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn open(settings: Settings) -> reqwest::Result<Self> {
        let kept = settings.file.as_deref().and_then(keeper::load);
        let sandbox = Self(Arc::new(Inner {
            state: Mutex::new(kept.unwrap_or_else(|| State::seeded(now_ms()))),
            webhooks: Webhooks::new(settings.api_url.clone())?,
            settings,
            changed: Notify::new(),
            epoch: now_ms(),
        }));
        Ok(sandbox)
    }

    /// Writes changes to the file, until the returned future is dropped.
    pub async fn keep(self) {
        let Some(file) = self.0.settings.file.clone() else {
            return std::future::pending().await;
        };
        loop {
            self.0.changed.notified().await;
            tokio::time::sleep(keeper::TOGETHER).await;
            self.save_to(file.clone()).await;
        }
    }

    /// Writes the present state to the file.
    pub async fn flush(&self) {
        if let Some(file) = self.0.settings.file.clone() {
            self.save_to(file).await;
        }
    }

    async fn save_to(&self, file: PathBuf) {
        let json = self.read(serde_json::to_vec);
        if let Ok(json) = json {
            keeper::save(file, json).await;
        }
    }

    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        // A panic while the lock was held cannot have left more than one change half done.
        look(&self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.cursor += 1;
        let result = change(&mut state);
        drop(state);
        self.0.changed.notify_one();
        result
    }

    /// What the customer with this id is called on a channel, if there is one.
    #[must_use]
    pub fn name_of(&self, channel: Channel, platform_id: &str) -> Option<String> {
        self.read(|state| {
            let mut customers = state.customers.iter().rev();
            let customer = customers.find(|c| c.channel == channel && c.platform_id == platform_id);
            customer.map(|c| c.name.clone())
        })
    }

    /// Whether the provider of a channel is played here.
    #[must_use]
    pub fn plays(&self, channel: Channel) -> bool {
        !self.0.settings.elsewhere.contains(&channel)
    }

    /// Where a webhook of the desk is.
    #[must_use]
    pub fn webhook_url(&self, path: &str) -> String {
        format!("{}{path}", self.0.settings.api_url)
    }

    /// Where a file is that the doubles give.
    #[must_use]
    pub fn media_url(&self, name: &str) -> String {
        format!("{}/sandbox/media/{name}", self.0.settings.media_url)
    }

    /// The fault that the next call to a provider would get.
    #[must_use]
    pub fn next_fault(&self, channel: Channel) -> FaultKind {
        self.read(|state| state.knobs(channel).fault.kind)
    }

    /// The fault to play for one call to a provider; counts it.
    #[must_use]
    pub fn take_fault(&self, channel: Channel) -> Fault {
        if self.read(|state| state.knobs(channel).fault) == Fault::NONE {
            return Fault::NONE;
        }
        self.change(|state| state.take_fault(channel))
    }

    /// The channel of whoever reads what is mailed to an address.
    #[must_use]
    pub fn mail_channel(&self, address: &str) -> Channel {
        self.read(|state| state.mailed(address).map(|customer| customer.channel))
            .unwrap_or(Channel::Email)
    }

    /// Notes a call of the desk to a provider.
    pub fn called(&self, provider: &str, outcome: &str, status: Option<u16>, note: &str) {
        self.change(|state| state.called(provider, outcome, status, note, now_ms()));
    }

    /// Adds somebody with an id as the platform gives them.
    fn add_customer(&self, channel: Channel, name: String, email: Option<String>) -> Customer {
        let unique = now_ms() * 1_000 + u64::from(self.read(|state| state.next % 1_000) as u16);
        let platform_id = match channel {
            Channel::Whatsapp => format!("1555{:07}", unique % 10_000_000),
            Channel::Facebook => format!("24{:014}", unique % 100_000_000_000_000),
            Channel::Instagram => format!("56{:014}", unique % 100_000_000_000_000),
            Channel::Twitter => format!("44{:014}", unique % 100_000_000_000_000),
            Channel::WebChat => format!("chat-{}", unique_id().to_lowercase()),
            Channel::Email => email.clone().unwrap_or_default().to_lowercase(),
        };
        self.change(|state| state.add_customer(channel, name, platform_id, email, now_ms()))
    }

    /// A customer writes; it is posted at once unless the platform holds it back.
    async fn write(&self, customer: &Customer, written: Written) -> Message {
        let id = match written.via(customer) {
            Channel::Email => mail_id(),
            Channel::Whatsapp => format!("wamid.sandbox{}", unique_id()),
            Channel::Facebook | Channel::Instagram => format!("m_sandbox{}", unique_id()),
            Channel::Twitter => format!("{}", now_ms() * 1_000_000 + unique_number()),
            Channel::WebChat => format!("msg_sandbox{}", unique_id()),
        };
        let message = self.change(|state| state.write(customer, written, id, now_ms()));
        if self.read(|state| state.knobs(customer.channel).delivery) == Delivery::Immediate {
            self.deliver(&message.id).await;
        }
        self.read(|state| state.message(&message.id).cloned())
            .unwrap_or(message)
    }

    /// Posts a message to the webhook, again when the answer says that it is worth it. A message that was posted
    /// before is posted with the same bytes.
    async fn deliver(&self, id: &str) {
        for _ in 0..ATTEMPTS {
            let post = self.read(|state| {
                let message = state.message(id)?;
                let customer = state.customer(&message.customer_id)?;
                Some(platform::message(
                    customer,
                    message,
                    &self.0.settings.media_url,
                    now_ms(),
                ))
            });
            let Some(post) = post else { return };
            let record = self.0.webhooks.post(&post).await;
            let again = worth_repeating(&record);
            self.change(|state| state.posted(id, record));
            if !again {
                return;
            }
        }
    }
}

/// A Message-ID, without its brackets.
fn mail_id() -> String {
    format!("sandbox-{}@mail.example.org", unique_id().to_lowercase())
}
