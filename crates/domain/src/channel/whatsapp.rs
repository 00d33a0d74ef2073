//! WhatsApp Business Cloud API webhooks: payload to events. Field facts: Cloud API reference,
//! webhooks (messages, smb_message_echoes, user_id_update, account_update) and business-scoped
//! user ids (2026).

use serde_json::Value;
use serde_json::value::RawValue;

use crate::channel::AccountId;
use crate::channel::fields::text;
use crate::channel::inbound::{Author, Events, InboundEvent, InboundKind, only};
use crate::channel::text::{Fields, list, value};
use crate::time::Timestamp;

mod account;
pub mod codes;
mod details;
mod message;
mod people;
mod renamed;
mod said;
mod status;

use people::Contacts;

/// The events of an authentic body. Whatever the body holds, each of its events is counted once
/// and nothing panics; what is not understood is parked.
#[must_use]
pub fn events(body: &RawValue) -> Events<'_> {
    let body = Fields::of(body);
    let entries = body.get("entry").and_then(list).unwrap_or_default();
    let object = body.value("object");
    if object.as_ref().and_then(Value::as_str) == Some("whatsapp_business_account")
        && !entries.is_empty()
    {
        Box::new(entries.into_iter().flat_map(of_entry))
    } else {
        only(parked(None, "not a WhatsApp body"))
    }
}

fn of_entry(entry: &RawValue) -> Events<'_> {
    let entry = Fields::of(entry);
    let changes = entry.get("changes").and_then(list).unwrap_or_default();
    if changes.is_empty() {
        return only(parked(None, "entry without changes"));
    }
    let changes = changes.into_iter();
    Box::new(changes.flat_map(move |text| of_change(&entry, &Fields::of(text))))
}

fn parked(account: Option<AccountId>, why: &'static str) -> InboundEvent {
    InboundEvent {
        account,
        kind: InboundKind::Parked(why),
    }
}

/// What a change tells of.
enum Field {
    /// Messages, the phone app's messages, statuses, user ids.
    Conversation,
    /// The business account.
    Account,
    /// Nothing that a support desk needs.
    Other,
    /// Unknown.
    Unknown,
}

impl Field {
    fn of(change: &Fields<'_>) -> Self {
        match change.value("field").as_ref().and_then(Value::as_str) {
            Some("messages" | "smb_message_echoes" | "message_echoes" | "user_id_update") => {
                Self::Conversation
            }
            Some("account_update") => Self::Account,
            Some(
                "account_alerts"
                | "account_review_update"
                | "account_settings_update"
                | "automatic_events"
                | "business_capability_update"
                | "business_status_update"
                | "business_username_update"
                | "calls"
                | "flows"
                | "group_lifecycle_update"
                | "group_participants_update"
                | "group_settings_update"
                | "group_status_update"
                | "history"
                | "message_template_components_update"
                | "message_template_quality_update"
                | "message_template_status_update"
                | "partner_solutions"
                | "payment_configuration_update"
                | "phone_number_name_update"
                | "phone_number_quality_update"
                | "security"
                | "smb_app_state_sync"
                | "template_category_update"
                | "template_correct_category_detection"
                | "tracking_events"
                | "user_preferences",
            ) => Self::Other,
            Some(_) | None => Self::Unknown,
        }
    }
}

/// The lists of a change whose items are its events, in the order they are told in. A change without
/// any is one event.
const LISTS: [&str; 4] = ["messages", "message_echoes", "statuses", "user_id_update"];

fn of_change<'b>(entry: &Fields<'b>, change: &Fields<'b>) -> Events<'b> {
    let beside = change.get("value").map(Fields::of).unwrap_or_default();
    let id = beside.value("metadata");
    let id = id.as_ref().and_then(|m| text(m.get("phone_number_id")));
    let account = id.and_then(|id| AccountId::parse(&id).ok());
    let field = Field::of(change);
    let lists = LISTS.map(|name| (name, beside.get(name).map(items).unwrap_or_default()));
    if lists.iter().all(|(_, items)| items.is_empty()) {
        let kind = without_items(&field, entry, &beside, account.as_ref());
        return only(InboundEvent { account, kind });
    }
    let messages = ["messages", "message_echoes"].map(|name| beside.get(name).and_then(list));
    let messages = messages.iter().flatten().map(Vec::len).sum();
    let contacts = Contacts::of(beside.get("contacts"), messages);
    let errors = beside.value("errors").unwrap_or_default();
    let lists = lists.into_iter();
    let items = lists.flat_map(|(name, items)| items.into_iter().map(move |item| (name, item)));
    Box::new(items.map(move |(name, item)| {
        let kind = match field {
            Field::Conversation => {
                value(item).and_then(|item| told(name, &item, &errors, &contacts, account.as_ref()))
            }
            Field::Account | Field::Other => Ok(InboundKind::Ignored(NOT_A_CONVERSATION)),
            Field::Unknown => Err("unknown field"),
        };
        InboundEvent {
            account: account.clone(),
            kind: kind.unwrap_or_else(InboundKind::Parked),
        }
    }))
}

/// What a change is that lists nothing.
fn without_items(
    field: &Field,
    entry: &Fields<'_>,
    beside: &Fields<'_>,
    account: Option<&AccountId>,
) -> InboundKind {
    match field {
        Field::Conversation if beside.get("errors").is_some() => {
            InboundKind::Parked("errors without a message")
        }
        Field::Conversation => InboundKind::Parked("no messages and no statuses"),
        Field::Account => {
            account::news(&entry.without(&["changes"]), &beside.without(&[]), account)
        }
        Field::Other => InboundKind::Ignored(NOT_A_CONVERSATION),
        Field::Unknown => InboundKind::Parked("unknown field"),
    }
}

const NOT_A_CONVERSATION: &str = "not about a conversation";

/// The items of a list; a lone object counts as a list of one.
fn items(text: &RawValue) -> Vec<&RawValue> {
    match text.get().starts_with('{') {
        true => vec![text],
        false => list(text).unwrap_or_default(),
    }
}

fn told(
    list: &str,
    item: &Value,
    errors: &Value,
    contacts: &Contacts,
    account: Option<&AccountId>,
) -> Result<InboundKind, &'static str> {
    match list {
        "messages" => message::kind(item, errors, contacts, Author::Customer, account),
        "message_echoes" => message::kind(item, errors, contacts, Author::Us, account),
        "statuses" => status::report(item).map(|r| InboundKind::Report(Box::new(r))),
        _ => renamed::user_id_update(item),
    }
}

/// Seconds since the epoch, as a string or a number.
fn seconds(value: Option<&Value>) -> Option<Timestamp> {
    let seconds: i64 = text(value)?.parse().ok()?;
    Some(Timestamp::from_millis(seconds.checked_mul(1000)?))
}

#[cfg(test)]
mod tests;
