//! What happened around a conversation, and to our account: nobody wrote anything.

use serde_json::{Map, Value};

use crate::channel::ChannelIdentity;
use crate::channel::inbound::{AccountNews, InboundKind, Notice};
use crate::channel::meta::details::{self, add, told, words};
use crate::channel::meta::event::Event;

/// The customer came back through a link or an ad.
pub(super) fn referral(event: &Event<'_>, told: &Value) -> Result<InboundKind, &'static str> {
    let person = event.customer()?;
    let referral = details::referral(Some(told));
    let content = details::origin(&referral);
    Ok(notice(event, person, "referral", content, referral))
}

/// The customer agreed to be written to. The token that allows it is no use to an agent and stays out.
pub(super) fn optin(event: &Event<'_>, optin: &Value) -> Result<InboundKind, &'static str> {
    let person = event.customer()?;
    let of = |field: &str| words(optin.get(field));
    let what = of("title").or_else(|| of("ref")).or_else(|| of("payload"));
    let content = match what {
        Some(what) => format!("Agreed to receive messages: {what}"),
        None => "Agreed to receive messages".to_owned(),
    };
    let fields = ["type", "ref", "payload", "title", "user_ref"];
    let details = told(fields.map(|field| (field, of(field))));
    Ok(notice(event, person, "optin", content, details))
}

/// The conversation went from one app to another, if that is what the event tells.
pub(super) fn handover<'v>(
    event: &Event<'_>,
    part: impl Fn(&str) -> Option<&'v Value>,
) -> Option<Result<InboundKind, &'static str>> {
    let kinds = [
        "pass_thread_control",
        "take_thread_control",
        "request_thread_control",
    ];
    let (kind, told) = kinds.iter().find_map(|k| Some((*k, part(k)?)))?;
    let fields = [
        "new_owner_app_id",
        "previous_owner_app_id",
        "requested_owner_app_id",
        "metadata",
    ];
    let details = self::told(fields.map(|field| (field, words(told.get(field)))));
    let app = |field: &str| match details.get(field).and_then(Value::as_str) {
        Some(app) => format!("app {app}"),
        None => "another app".to_owned(),
    };
    let content = match kind {
        "pass_thread_control" => {
            format!("The conversation was passed to {}", app("new_owner_app_id"))
        }
        "take_thread_control" => format!(
            "The conversation was taken from {}",
            app("previous_owner_app_id")
        ),
        _ => {
            let asking = app("requested_owner_app_id");
            format!("The conversation is asked for by {asking}")
        }
    };
    let person = event.person().ok_or("handover without a person");
    Some(person.map(|person| notice(event, person, kind, content, details)))
}

/// The customer linked the account they have with us, or unlinked it. The code that proves it stays out.
pub(super) fn account_linking(
    event: &Event<'_>,
    linking: &Value,
) -> Result<InboundKind, &'static str> {
    let person = event.customer()?;
    let content = match linking.get("status").and_then(Value::as_str) {
        Some("linked") => "Linked their account",
        Some("unlinked") => "Unlinked their account",
        Some(_) | None => return Err("unknown status of an account linking"),
    };
    let details = told([("status", words(linking.get("status")))]);
    let kind = "account_linking";
    Ok(notice(event, person, kind, content.to_owned(), details))
}

/// The platform blocked or freed our account.
pub(super) fn policy(event: &Event<'_>, policy: &Value) -> Result<InboundKind, &'static str> {
    if event.account.is_none() {
        return Err("policy for no account");
    }
    let name = event.platform.name;
    let (usable, what) = match policy.get("action").and_then(Value::as_str) {
        Some("block") => (false, "blocked"),
        Some("unblock") => (true, "unblocked"),
        Some(_) | None => return Err("unknown action of a policy"),
    };
    let reason = match words(policy.get("reason")) {
        Some(reason) => format!("{name} {what} the account: {reason}"),
        None => format!("{name} {what} the account"),
    };
    let at = event.time().or(event.sent);
    Ok(InboundKind::Account(Box::new(AccountNews {
        business: None,
        usable,
        reason,
        at: at.ok_or("policy without a time")?,
    })))
}

fn notice(
    event: &Event<'_>,
    person: ChannelIdentity,
    kind: &str,
    content: String,
    details: Map<String, Value>,
) -> InboundKind {
    let parts: Vec<&str> = details.values().filter_map(Value::as_str).collect();
    let key = event.made_id(kind, &parts);
    let mut data = event.data();
    data.insert("kind".into(), Value::String(kind.to_owned()));
    add(&mut data, kind, details);
    // A thousand of the shortest wait in one batch: no room that is not used.
    let exact = |text: String| text.into_boxed_str().into_string();
    InboundKind::Notice(Box::new(Notice {
        key: exact(key),
        person,
        content: exact(content),
        at: event.time(),
        data: data.into(),
    }))
}
