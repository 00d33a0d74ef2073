//! The envelope of the Account Activity API: lists of events by kind, beside the account they are for.

use serde_json::{Map, Value};

use crate::channel::AccountId;
use crate::channel::fields::at;
use crate::channel::inbound::{Events, InboundEvent, InboundKind};
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
pub(super) fn events<'b>(fields: &Fields<'b>) -> Events<'b> {
    let account = account(fields.value("for_user_id").as_ref());
    let is_event = |name: &str| !BESIDE.contains(&name);
    of_fields(fields, is_event, account, Map::new())
}

/// The events of those fields that hold some: each item of a list is one, and anything else is one.
pub(super) fn of_fields<'b>(
    fields: &Fields<'b>,
    is_event: impl Fn(&str) -> bool,
    us: Option<AccountId>,
    details: Map<String, Value>,
) -> Events<'b> {
    let users = Users::of(fields.get("users"));
    let lists = fields.iter().filter(|(name, _)| is_event(name));
    let lists: Vec<_> = lists.map(|(name, list)| (Kind::of(name), list)).collect();
    let lists = lists.into_iter();
    let items = lists.flat_map(|(kind, list)| items(list).into_iter().map(move |i| (kind, i)));
    Box::new(items.map(move |(kind, item)| match value(item) {
        Ok(item) => kind.read(&item, us.as_ref(), &users, &details),
        Err(_) => of(us.clone(), Err(UNREADABLE)),
    }))
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    Messages,
    Reads,
    Typing,
    EndOfReplay,
    User,
    Public,
    Unknown,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "direct_message_events" => Self::Messages,
            "direct_message_mark_read_events" => Self::Reads,
            "direct_message_indicate_typing_events" => Self::Typing,
            "replay_job_status" => Self::EndOfReplay,
            "user_event" => Self::User,
            name if is_public(name) => Self::Public,
            _ => Self::Unknown,
        }
    }

    fn read(
        self,
        item: &Value,
        us: Option<&AccountId>,
        users: &Users,
        details: &Map<String, Value>,
    ) -> InboundEvent {
        let kind = match self {
            Self::Messages => direct_message::kind(item, us, users, details),
            Self::Reads => read::report(item, us),
            Self::Typing => Ok(InboundKind::Ignored("typing")),
            Self::EndOfReplay => Ok(InboundKind::Ignored("end of a replay")),
            Self::User => match item.get("revoke") {
                Some(revoke) => {
                    let user = account(at(revoke, &["source", "user_id"]));
                    return revoked(user.or_else(|| us.cloned()), revoke);
                }
                None => Err("kind of event not known"),
            },
            Self::Public => Ok(InboundKind::Ignored(NOT_A_CONVERSATION)),
            Self::Unknown => Err("kind of event not known"),
        };
        of(us.cloned(), kind)
    }
}
