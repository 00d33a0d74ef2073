//! How the sandbox's state changes. Time and ids are arguments; nothing here waits.

use std::collections::{BTreeMap, VecDeque};

use tributary_domain::time::Timestamp;

use super::model::{
    Call, Channel, Customer, DeliveryRecord, Direction, Fault, FaultKind, Kind, Knobs, Message,
    MessageState, SentFile, SentMail, State, shown,
};

const MOST_CUSTOMERS: usize = 200;
const MOST_MESSAGES: usize = 2_000;
const MOST_CALLS: usize = 50;

/// Who is there from the first start.
const SEEDED: [(Channel, &str, &str, Option<&str>); 6] = [
    (Channel::Whatsapp, "Ann Weber", "15550100", None),
    (Channel::Facebook, "Ben Okafor", "2400000000000100", None),
    (
        Channel::Instagram,
        "Ida Lindqvist",
        "5600000000000100",
        None,
    ),
    (Channel::Twitter, "Tomás Rey", "4400000000000100", None),
    (
        Channel::WebChat,
        "Chloé Martin",
        "chat-chloe",
        Some("chloe@example.com"),
    ),
    (
        Channel::Email,
        "Mara Novak",
        "mara@example.org",
        Some("mara@example.org"),
    ),
];

impl State {
    /// The state of a first start. `now_ms` in milliseconds since 1970, as everywhere here.
    #[must_use]
    pub fn seeded(now_ms: u64) -> Self {
        let mut state = Self {
            cursor: 1,
            next: 1,
            knobs: BTreeMap::new(),
            customers: Vec::new(),
            messages: Vec::new(),
            held: Vec::new(),
            calls: VecDeque::new(),
        };
        for (channel, name, platform_id, email) in SEEDED {
            let email = email.map(str::to_owned);
            state.add_customer(
                channel,
                name.to_owned(),
                platform_id.to_owned(),
                email,
                now_ms,
            );
        }
        state
    }

    fn id(&mut self, prefix: &str) -> String {
        let id = format!("{prefix}{}", self.next);
        self.next += 1;
        id
    }

    /// The knobs of a channel.
    #[must_use]
    pub fn knobs(&self, channel: Channel) -> Knobs {
        self.knobs.get(&channel).copied().unwrap_or_default()
    }

    /// A customer by id.
    #[must_use]
    pub fn customer(&self, id: &str) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.id == id)
    }

    /// A message by id.
    #[must_use]
    pub fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// Adds a customer; the oldest makes room when there are too many.
    pub fn add_customer(
        &mut self,
        channel: Channel,
        name: String,
        platform_id: String,
        email: Option<String>,
        now_ms: u64,
    ) -> Customer {
        let customer = Customer {
            id: self.id("c"),
            channel,
            name,
            platform_id,
            email,
            created_at: rfc3339(now_ms),
        };
        self.customers.push(customer.clone());
        if self.customers.len() > MOST_CUSTOMERS {
            let gone = self.customers.remove(0);
            self.messages
                .retain(|message| message.customer_id != gone.id);
            self.forget_held_without_message();
        }
        customer
    }

    /// Adds what a customer wrote, held until it is delivered.
    pub fn write(
        &mut self,
        customer: &Customer,
        written: Written,
        platform_message_id: String,
        now_ms: u64,
    ) -> Message {
        let via = written.via(customer);
        let message = Message {
            id: self.id("m"),
            customer_id: customer.id.clone(),
            direction: Direction::In,
            kind: written.kind,
            target: written.target,
            text: written.text,
            files: Vec::new(),
            at: rfc3339(now_ms),
            at_ms: now_ms,
            platform_message_id,
            state: MessageState::Held,
            deliveries: Vec::new(),
            via: via.as_str().to_owned(),
            subject: written.subject,
            html: written.html,
            mail: written.answers,
        };
        self.held.push(message.id.clone());
        self.push(message.clone());
        message
    }

    /// Adds what the desk sent. The customer is made when nobody knows the platform's id.
    pub fn sent(
        &mut self,
        channel: Channel,
        to: &Recipient,
        (text, files): (&str, &[SentFile]),
        platform_message_id: String,
        now_ms: u64,
    ) -> Message {
        let known = match to {
            Recipient::PlatformId(id) => self
                .customers
                .iter()
                .rfind(|customer| customer.channel == channel && customer.platform_id == *id),
            Recipient::Mail { address, .. } => self.mailed(address),
        };
        let (via, mail) = match to {
            Recipient::PlatformId(_) => (channel, None),
            Recipient::Mail { mail, .. } => (Channel::Email, Some(mail.clone())),
        };
        let customer_id = match (known, to) {
            (Some(customer), _) => customer.id.clone(),
            (None, Recipient::PlatformId(id)) => {
                self.add_customer(channel, id.clone(), id.clone(), None, now_ms)
                    .id
            }
            (None, Recipient::Mail { address, .. }) => {
                let email = Some(address.clone());
                self.add_customer(channel, address.clone(), address.clone(), email, now_ms)
                    .id
            }
        };
        let message = Message {
            id: self.id("m"),
            customer_id,
            direction: Direction::Out,
            kind: files.first().map_or(Kind::Text, |file| file.kind),
            target: None,
            text: shown(text, files),
            files: files.iter().map(|file| file.name.clone()).collect(),
            at: rfc3339(now_ms),
            at_ms: now_ms,
            platform_message_id,
            state: MessageState::Accepted,
            deliveries: Vec::new(),
            via: via.as_str().to_owned(),
            subject: mail.as_ref().map(|mail| mail.subject.clone()),
            html: None,
            mail,
        };
        self.push(message.clone());
        message
    }

    /// Who reads what is mailed to an address.
    #[must_use]
    pub fn mailed(&self, address: &str) -> Option<&Customer> {
        self.customers.iter().rfind(|customer| {
            customer.channel.is_answered_by_mail()
                && customer
                    .email
                    .as_deref()
                    .is_some_and(|email| email.eq_ignore_ascii_case(address))
        })
    }

    fn push(&mut self, message: Message) {
        self.messages.push(message);
        if self.messages.len() > MOST_MESSAGES {
            self.messages.remove(0);
            self.forget_held_without_message();
        }
    }

    fn forget_held_without_message(&mut self) {
        let Self { held, messages, .. } = self;
        held.retain(|id| messages.iter().any(|message| message.id == *id));
    }

    /// Notes an attempt to post a message.
    pub fn posted(&mut self, id: &str, record: DeliveryRecord) {
        self.held.retain(|held| held != id);
        let taken = record
            .status
            .is_some_and(|status| (200..300).contains(&status));
        if let Some(message) = self.messages.iter_mut().find(|message| message.id == id) {
            if taken {
                message.state = MessageState::Delivered;
            } else if message.state != MessageState::Delivered {
                message.state = MessageState::Refused;
            }
            message.deliveries.push(record);
        }
    }

    /// Moves what was sent to a customer up to a state.
    pub fn reached(&mut self, id: &str, state: MessageState) {
        let message = self.messages.iter_mut().find(|message| message.id == id);
        if let Some(message) = message.filter(|message| message.state < state) {
            message.state = state;
        }
    }

    /// What was sent to a customer and is not read yet, oldest first.
    #[must_use]
    pub fn unread(&self, customer_id: &str) -> Vec<Message> {
        let unread = |message: &&Message| {
            message.customer_id == customer_id
                && message.direction == Direction::Out
                && message.via != "email"
                && matches!(
                    message.state,
                    MessageState::Accepted | MessageState::Delivered
                )
        };
        self.messages.iter().filter(unread).cloned().collect()
    }

    /// The fault to play for one call; counts it.
    pub fn take_fault(&mut self, channel: Channel) -> Fault {
        let knobs = self.knobs.entry(channel).or_default();
        let fault = knobs.fault;
        if let Some(times) = knobs.fault.times.as_mut() {
            *times = times.saturating_sub(1);
            if *times == 0 {
                knobs.fault = Fault::NONE;
            }
        }
        if fault.times == Some(0) || fault.kind == FaultKind::None {
            Fault::NONE
        } else {
            fault
        }
    }

    /// Notes a call of the desk to a provider.
    pub fn called(
        &mut self,
        provider: &str,
        outcome: &str,
        status: Option<u16>,
        note: &str,
        now_ms: u64,
    ) {
        let call = Call {
            id: self.id("call"),
            at: rfc3339(now_ms),
            provider: provider.to_owned(),
            outcome: outcome.to_owned(),
            status,
            note: note.to_owned(),
        };
        self.calls.push_back(call);
        if self.calls.len() > MOST_CALLS {
            self.calls.pop_front();
        }
    }
}

/// What a customer does.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// What it is.
    pub kind: Kind,
    /// The platform's id of the message it changes.
    pub target: Option<String>,
    /// The words of it.
    pub text: String,
    /// What it is about, if it is a mail.
    pub subject: Option<String>,
    /// Its formatted form, if it is a mail that has one.
    pub html: Option<String>,
    /// The mail of the desk that it speaks of.
    pub answers: Option<SentMail>,
}

impl Written {
    /// By what it comes: a chat's visitor answers mail by mail.
    #[must_use]
    pub fn via(&self, customer: &Customer) -> Channel {
        if self.kind.answers_mail() {
            Channel::Email
        } else {
            customer.channel
        }
    }
}

/// Whom a provider was told to send to.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// The platform's id of a person.
    PlatformId(String),
    /// A mail.
    Mail {
        /// To.
        address: String,
        /// What.
        mail: SentMail,
    },
}

/// Milliseconds since 1970 as RFC 3339.
#[must_use]
pub fn rfc3339(ms: u64) -> String {
    Timestamp::from_millis(i64::try_from(ms).unwrap_or(i64::MAX)).to_string()
}
