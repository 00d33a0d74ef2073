//! One event: who it is between, when it was, and which kind it is.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::channel::fields::{at, text};
use crate::channel::inbound::{InboundEvent, InboundKind};
use crate::channel::meta::{Platform, change, message, notice, postback, receipt};
use crate::channel::{AccountId, ChannelIdentity};
use crate::time::Timestamp;

/// Numbers below this are seconds: as milliseconds they would lie before 1974. The dashboard's test
/// button sends seconds.
const FIRST_MILLIS: i64 = 126_230_400_000;
/// Longest made-up id, in bytes; what would be longer is hashed.
const MAX_MADE_ID_BYTES: usize = 512;

/// One event of an entry.
pub(super) struct Event<'v> {
    pub(super) platform: &'v Platform,
    /// Our account.
    pub(super) account: Option<AccountId>,
    pub(super) item: &'v Value,
    /// Whether another app holds the conversation.
    pub(super) standby: bool,
    /// When the platform made up the entry that it is in.
    pub(super) sent: Option<Timestamp>,
}

/// Reads an event by its kind. Each is exactly one, but for a delivery without a watermark, which is one for
/// each message that it names.
pub(super) fn read(event: &Event<'_>) -> Vec<InboundEvent> {
    let of = |kind| InboundEvent {
        account: event.account.clone(),
        kind,
    };
    let part = |name: &str| event.item.get(name).filter(|part| part.is_object());
    let kind = if is(event.item, "is_self") {
        Ok(InboundKind::Ignored("self test"))
    } else if let Some(said) = part("message") {
        message::read(event, said)
    } else if let Some(told) = part("delivery") {
        let kinds = receipt::deliveries(event, told);
        return kinds.into_iter().map(of).collect();
    } else {
        one(event, part)
    };
    vec![of(kind.unwrap_or_else(InboundKind::Parked))]
}

fn one<'v>(
    event: &Event<'_>,
    part: impl Fn(&str) -> Option<&'v Value>,
) -> Result<InboundKind, &'static str> {
    if let Some(edit) = part("message_edit") {
        change::edit(event, edit)
    } else if let Some(reaction) = part("reaction") {
        change::reaction(event, reaction)
    } else if let Some(postback) = part("postback") {
        postback::read(event, postback)
    } else if let Some(read) = part("read") {
        receipt::read(event, read)
    } else if let Some(referral) = part("referral") {
        notice::referral(event, referral)
    } else if let Some(optin) = part("optin") {
        notice::optin(event, optin)
    } else if let Some(handover) = notice::handover(event, &part) {
        handover
    } else if let Some(linking) = part("account_linking") {
        notice::account_linking(event, linking)
    } else if let Some(policy) = part("policy-enforcement").or_else(|| part("policy_enforcement")) {
        notice::policy(event, policy)
    } else if part("app_roles").is_some() {
        Ok(InboundKind::Ignored("roles of apps"))
    } else if event
        .item
        .get("typing")
        .is_some_and(|typing| !typing.is_null())
    {
        Ok(InboundKind::Ignored("typing"))
    } else {
        Err("kind of event not known yet")
    }
}

impl Event<'_> {
    fn id(&self, side: &str) -> Option<String> {
        text(at(self.item, &[side, "id"]))
    }

    /// Whether our account sent it.
    pub(super) fn is_ours(&self) -> bool {
        let account = self.account.as_ref().map(AccountId::as_str);
        account.is_some() && self.id("sender").as_deref() == account
    }

    fn first_of(&self, sides: [&str; 2]) -> Option<ChannelIdentity> {
        let not_us = |id: &String| self.account.as_ref().is_none_or(|a| a.as_str() != id);
        let ids = sides.into_iter().filter_map(|side| self.id(side));
        let person = ids.filter(not_us);
        person
            .filter_map(|id| ChannelIdentity::new(self.platform.channel, &id).ok())
            .next()
    }

    /// In whose conversation it is: whoever of sender and recipient is not our account.
    pub(super) fn person(&self) -> Option<ChannelIdentity> {
        self.first_of(["sender", "recipient"])
    }

    /// Whom we sent it to. Old samples of echoes have sender and recipient the wrong way round.
    pub(super) fn addressee(&self) -> Option<ChannelIdentity> {
        self.first_of(["recipient", "sender"])
    }

    /// The customer who did it. A visitor of a website's plugin has a `user_ref` only, by which nobody
    /// can be answered.
    pub(super) fn customer(&self) -> Result<ChannelIdentity, &'static str> {
        if self.is_ours() {
            return Err("sent by our own account");
        }
        let by_reference = || {
            let paths: [&[&str]; 2] = [&["sender", "user_ref"], &["optin", "user_ref"]];
            paths.iter().any(|path| at(self.item, path).is_some())
        };
        let Some(id) = self.id("sender") else {
            return Err(if by_reference() {
                "a plugin's visitor, who cannot be answered"
            } else {
                "event without sender"
            });
        };
        ChannelIdentity::new(self.platform.channel, &id).map_err(|_| "event without sender")
    }

    /// When it was.
    pub(super) fn time(&self) -> Option<Timestamp> {
        time(self.item.get("timestamp"))
    }

    /// An id made of what an event consists of, for one that has none, so that its repetition is known.
    pub(super) fn made_id(&self, kind: &str, parts: &[&str]) -> String {
        let sender = self.id("sender").unwrap_or_default();
        let moment = text(self.item.get("timestamp")).unwrap_or_default();
        let id = format!("{kind}:{sender}:{moment}:{}", parts.join(":"));
        if id.len() <= MAX_MADE_ID_BYTES {
            id
        } else {
            format!("{kind}:{}", hex::encode(Sha256::digest(id)))
        }
    }

    /// The data that every entry made of an event has.
    pub(super) fn data(&self) -> Map<String, Value> {
        let mut data = Map::new();
        if let Some(account) = &self.account {
            let id = Value::String(account.as_str().to_owned());
            data.insert(self.platform.account_field.into(), id);
        }
        if self.standby {
            data.insert("standby".into(), Value::Bool(true));
        }
        data
    }
}

/// The time of an event or a watermark: milliseconds as a rule, seconds in test posts, and text in some
/// old bodies.
pub(super) fn time(value: Option<&Value>) -> Option<Timestamp> {
    let written = text(value)?;
    let Ok(number) = written.parse::<i64>() else {
        return Timestamp::parse(&written).ok();
    };
    let millis = if number < FIRST_MILLIS {
        number.checked_mul(1000)?
    } else {
        number
    };
    Some(Timestamp::from_millis(millis))
}

/// Whether a flag is set.
pub(super) fn is(value: &Value, flag: &str) -> bool {
    value.get(flag).and_then(Value::as_bool) == Some(true)
}
