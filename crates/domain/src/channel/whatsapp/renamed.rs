//! People who go by another phone number or user id now, and what else the system says of them.

use serde_json::{Map, Value};

use crate::channel::ChannelIdentity;
use crate::channel::fields::{at, start, text};
use crate::channel::inbound::{InboundKind, Notice, Renamed};
use crate::channel::whatsapp::details::MAX_DETAIL_CHARS;
use crate::channel::whatsapp::people::{Person, identity};
use crate::channel::whatsapp::seconds;
use crate::time::Timestamp;

/// A message of type `system`.
pub(super) fn system(
    item: &Value,
    key: String,
    person: &Person,
    mut data: Map<String, Value>,
) -> Result<InboundKind, &'static str> {
    let said = item
        .get("system")
        .ok_or("system message without its part")?;
    let kind = text(said.get("type")).unwrap_or_default();
    let told = |field: &str| text(said.get(field));
    let user_id = told("user_id");
    let old_user_id = told("previous_user_id").or_else(|| {
        let from = text(item.get("from_user_id"));
        from.filter(|_| user_id.is_some())
    });
    let new = match kind.as_str() {
        "user_changed_number" => told("wa_id").or_else(|| told("new_wa_id")),
        "user_changed_user_id" => user_id.clone(),
        _ => None,
    };
    let (former, current) = match (new, kind.as_str()) {
        (None, _) => (Vec::new(), Vec::new()),
        (Some(number), "user_changed_number") => {
            let old = text(item.get("from")).or_else(|| old_name(said, &number));
            (vec![old, old_user_id], vec![Some(number), user_id])
        }
        (Some(user_id), _) => {
            let old = old_user_id.filter(|old| *old != user_id);
            let old = old.or_else(|| old_name(said, &user_id));
            let phone = told("wa_id").or_else(|| text(item.get("from")));
            (vec![old], vec![phone, Some(user_id)])
        }
    };
    let content = text_of(
        said.get("body"),
        "WhatsApp reports a change of this customer's account",
    );
    let at = seconds(item.get("timestamp"));
    renamed(former, current, key.clone(), content.clone(), at).or_else(|_| {
        if let Some(kind) = start(said.get("type"), MAX_DETAIL_CHARS) {
            data.insert("system".into(), Value::String(kind));
        }
        Ok(InboundKind::Notice(Box::new(Notice {
            key,
            person: person
                .names
                .first()
                .cloned()
                .ok_or("system message about nobody")?,
            content,
            at,
            data: data.into(),
        })))
    })
}

/// An item of the field `user_id_update`.
pub(super) fn user_id_update(item: &Value) -> Result<InboundKind, &'static str> {
    let id = |nested: &str, flat: &str| {
        text(at(item, &["user_id", nested]))
            .or_else(|| text(item.get(flat)))
            .or_else(|| text(item.get(nested)))
    };
    let previous = id("previous", "previous_user_id").ok_or("user id update without ids")?;
    let current = id("current", "current_user_id")
        .or_else(|| text(item.get("user_id")))
        .ok_or("user id update without ids")?;
    let at = text(item.get("timestamp")).unwrap_or_default();
    let key = format!("user_id_update {previous} {current} {at}");
    renamed(
        vec![Some(previous)],
        vec![text(item.get("wa_id")), Some(current)],
        key,
        text_of(
            item.get("detail"),
            "This customer has another WhatsApp user id now",
        ),
        seconds(item.get("timestamp")),
    )
}

fn renamed(
    former: Vec<Option<String>>,
    current: Vec<Option<String>>,
    key: String,
    content: String,
    at: Option<Timestamp>,
) -> Result<InboundKind, &'static str> {
    let names = |ids: Vec<Option<String>>| -> Vec<ChannelIdentity> {
        let names = ids.into_iter().flatten();
        names.filter_map(|id| identity(&id)).collect()
    };
    let current = names(current);
    let mut former = names(former);
    former.retain(|name| !current.contains(name));
    if former.is_empty() || current.is_empty() {
        return Err("rename without both names");
    }
    Ok(InboundKind::Renamed(Box::new(Renamed {
        key,
        former,
        current,
        content,
        at,
    })))
}

/// The old name in "… changed from OLD to NEW", where NEW is known. People choose the name that stands
/// before it, so only the end of the text counts.
fn old_name(said: &Value, new: &str) -> Option<String> {
    let body = said.get("body")?.as_str()?.trim_end();
    let (_, names) = body.rsplit_once(" changed from ")?;
    let old = names.strip_suffix(new)?.strip_suffix(" to ")?;
    let is_name = !old.is_empty() && !old.contains(char::is_whitespace);
    is_name.then(|| old.to_owned())
}

fn text_of(value: Option<&Value>, otherwise: &str) -> String {
    let told = value.and_then(Value::as_str).map(str::trim);
    let told = told.filter(|told| !told.is_empty());
    told.unwrap_or(otherwise).to_owned()
}
