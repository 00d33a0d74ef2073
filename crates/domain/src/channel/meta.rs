//! What Messenger and Instagram share: the envelope, and the events in it. Field facts: Messenger Platform,
//! webhook events reference (2026); Instagram Platform, webhooks (2026).

use serde_json::Value;

use crate::channel::fields::{at, is_set, list, text};
use crate::channel::inbound::{Author, InboundBatch, InboundEvent, InboundKind};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::time::Timestamp;

mod attachments;
mod change;
mod conversation;
mod message;
mod receipt;

/// Numbers below this are seconds: as milliseconds they would lie before 1974. The dashboard's test
/// button sends seconds.
const FIRST_MILLIS: i64 = 126_230_400_000;

/// A platform of Meta's with this envelope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Platform {
    /// The channel.
    pub(super) channel: Channel,
    /// The envelope's `object`.
    pub(super) object: &'static str,
    /// The name under which the account is kept in a message's details.
    pub(super) account_field: &'static str,
}

/// One event with whom it is about.
struct Context<'v> {
    platform: Platform,
    account: Option<&'v AccountId>,
    item: &'v Value,
    /// Another app holds the conversation, and we are told.
    standby: bool,
}

/// Turns an authentic body into events. Whatever the body holds, each of its events is counted once and
/// nothing panics; what is not understood is parked. A list of envelopes is read as all of them, as
/// Instagram's documentation prints it.
pub(super) fn normalise(platform: Platform, body: &Value) -> InboundBatch {
    let mut events = Vec::new();
    match body {
        Value::Array(bodies) if !bodies.is_empty() => {
            bodies
                .iter()
                .for_each(|b| envelope(platform, b, &mut events));
        }
        Value::Array(_)
        | Value::Object(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => envelope(platform, body, &mut events),
    }
    InboundBatch {
        channel: platform.channel,
        events,
    }
}

fn envelope(platform: Platform, body: &Value, events: &mut Vec<InboundEvent>) {
    let entries = list(body.get("entry"));
    if body.get("object").and_then(Value::as_str) == Some(platform.object) && !entries.is_empty() {
        entries.iter().for_each(|e| entry(platform, e, events));
    } else {
        events.push(of(None, InboundKind::Parked("not a body of this platform")));
    }
}

fn of(account: Option<AccountId>, kind: InboundKind) -> InboundEvent {
    InboundEvent { account, kind }
}

/// The events of one account: its own, those of conversations that another app holds (`standby`), and
/// those of the dashboard's test button (`changes`), where the event names the account.
fn entry(platform: Platform, entry: &Value, events: &mut Vec<InboundEvent>) {
    let before = events.len();
    let account = account(entry.get("id"));
    for (name, standby) in [("messaging", false), ("standby", true)] {
        for item in list(entry.get(name)) {
            event(platform, account.as_ref(), item, standby, events);
        }
    }
    for change in list(entry.get("changes")) {
        let item = change.get("value").unwrap_or(&Value::Null);
        let named = self::account(at(item, &["recipient", "id"]));
        let account = named.or_else(|| account.clone());
        if item.is_object() && change.get("field").is_some_and(Value::is_string) {
            event(platform, account.as_ref(), item, false, events);
        } else {
            events.push(of(account, InboundKind::Parked("a change without a value")));
        }
    }
    if events.len() == before {
        events.push(of(account, InboundKind::Parked("entry without events")));
    }
}

fn account(id: Option<&Value>) -> Option<AccountId> {
    AccountId::parse(&text(id)?).ok()
}

fn event(
    platform: Platform,
    account: Option<&AccountId>,
    item: &Value,
    standby: bool,
    events: &mut Vec<InboundEvent>,
) {
    let context = Context {
        platform,
        account,
        item,
        standby,
    };
    for kind in context.kinds() {
        events.push(of(account.cloned(), kind));
    }
}

impl Context<'_> {
    /// What the event is; more than one only where a report names several messages and nothing else.
    fn kinds(&self) -> Vec<InboundKind> {
        if let Some(told) = self.item.get("delivery") {
            return self.delivered(told);
        }
        vec![self.kind().unwrap_or_else(InboundKind::Parked)]
    }

    fn kind(&self) -> Result<InboundKind, &'static str> {
        let item = self.item;
        if let Some(said) = item.get("message").filter(|m| m.is_object()) {
            return self.said(said);
        }
        if let Some(edit) = item.get("message_edit") {
            return self.edit(edit);
        }
        if let Some(reaction) = item.get("reaction") {
            return self.reaction(reaction);
        }
        if let Some(postback) = item.get("postback") {
            return self.postback(postback);
        }
        if let Some(told) = item.get("read") {
            return self.read(told);
        }
        if item.get("typing").is_some() || item.get("app_roles").is_some() {
            return Ok(InboundKind::Ignored("not for a support desk"));
        }
        self.happened()
    }

    fn said(&self, said: &Value) -> Result<InboundKind, &'static str> {
        if is_set(said, "is_self") {
            return Ok(InboundKind::Ignored("a message of the account to itself"));
        }
        let author = if is_set(said, "is_echo") || self.is_from_us() {
            Author::Us
        } else {
            Author::Customer
        };
        if is_set(said, "is_deleted") {
            return self.unsent(said);
        }
        match author {
            Author::Us => self.echo(said),
            Author::Customer => self.message(said, author),
        }
    }

    fn id(&self, side: &str) -> Option<String> {
        text(at(self.item, &[side, "id"]))
    }

    fn is_us(&self, id: &str) -> bool {
        self.account.is_some_and(|account| account.as_str() == id)
    }

    fn is_from_us(&self) -> bool {
        self.id("sender").is_some_and(|id| self.is_us(&id))
    }

    fn identity(&self, id: &str) -> Option<ChannelIdentity> {
        ChannelIdentity::new(self.platform.channel, id).ok()
    }

    /// The customer: the sender of what is sent to us, the recipient of an echo. Old samples of echoes have
    /// both the wrong way round, so whoever is our account is not the customer.
    fn person(&self, author: Author) -> Option<String> {
        let (first, second) = match author {
            Author::Customer => ("sender", "recipient"),
            Author::Us => ("recipient", "sender"),
        };
        self.id(first)
            .filter(|id| !self.is_us(id))
            .or_else(|| self.id(second).filter(|id| !self.is_us(id)))
    }

    /// The customer's identity.
    fn customer(&self, author: Author) -> Result<ChannelIdentity, &'static str> {
        let id = self.person(author).ok_or("nobody it is about")?;
        self.identity(&id).ok_or("nobody it is about")
    }

    fn time(&self) -> Option<Timestamp> {
        time(self.item.get("timestamp"))
    }
}

/// The time of an event or a watermark, in milliseconds as a rule.
fn time(value: Option<&Value>) -> Option<Timestamp> {
    let number: i64 = text(value)?.parse().ok()?;
    let millis = if number < FIRST_MILLIS {
        number.checked_mul(1000)?
    } else {
        number
    };
    Some(Timestamp::from_millis(millis))
}
