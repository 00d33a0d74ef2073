//! The envelope of the Account Activity API: lists of events by kind, beside the account they are for.

use serde_json::{Map, Value};

use crate::channel::AccountId;
use crate::channel::fields::at;
use crate::channel::inbound::{InboundEvent, InboundKind};
use crate::channel::text::{Fields, UNREADABLE, items, value};
use crate::channel::twitter::people::Users;
use crate::channel::twitter::{
    NOT_A_CONVERSATION, account, direct_message, is_public, of, read, revoked,
};

/// Fields that tell of other fields, and are no events.
const BESIDE: [&str; 6] = [
    "for_user_id",
    "users",
    "apps",
    "includes",
    "is_blocked_by",
    "user_has_blocked",
];

/// Whether a body with these fields is such an envelope, also when it holds `data` too.
pub(super) fn is_envelope(fields: &Fields<'_>) -> bool {
    fields.iter().any(|(name, _)| {
        name == "for_user_id"
            || name == "replay_job_status"
            || name.ends_with("_event")
            || name.ends_with("_events")
    })
}

/// The events of the envelope.
pub(super) fn events(fields: &Fields<'_>, events: &mut Vec<InboundEvent>) {
    let account = account(fields.value("for_user_id").as_ref());
    let is_event = |name: &str| !BESIDE.contains(&name);
    of_fields(fields, is_event, account.as_ref(), &Map::new(), events);
}

/// The events of those fields that hold some: each item of a list is one, and anything else is one.
pub(super) fn of_fields(
    fields: &Fields<'_>,
    is_event: impl Fn(&str) -> bool,
    us: Option<&AccountId>,
    details: &Map<String, Value>,
    events: &mut Vec<InboundEvent>,
) {
    let users = Users::of(fields.get("users"));
    for (name, list) in fields.iter().filter(|(name, _)| is_event(name)) {
        let items = items(list);
        events.reserve(items.len());
        for item in items {
            let Ok(item) = value(item) else {
                events.push(of(us.cloned(), Err(UNREADABLE)));
                continue;
            };
            let kind = match name {
                "direct_message_events" => direct_message::kind(&item, us, &users, details),
                "direct_message_mark_read_events" => read::report(&item, us),
                "direct_message_indicate_typing_events" => Ok(InboundKind::Ignored("typing")),
                "replay_job_status" => Ok(InboundKind::Ignored("end of a replay")),
                "user_event" => match item.get("revoke") {
                    Some(revoke) => {
                        let user = account(at(revoke, &["source", "user_id"]));
                        events.push(revoked(user.or_else(|| us.cloned()), revoke));
                        continue;
                    }
                    None => Err("kind of event not known"),
                },
                name if is_public(name) => Ok(InboundKind::Ignored(NOT_A_CONVERSATION)),
                _ => Err("kind of event not known"),
            };
            events.push(of(us.cloned(), kind));
        }
    }
}
