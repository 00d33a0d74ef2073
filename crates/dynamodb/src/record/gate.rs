//! Gates of our accounts.

use aws_sdk_dynamodb::types::AttributeValue;
use tributary_domain::channel::{AccountId, Channel};
use tributary_domain::delivery::DeliveryError;
use tributary_domain::gate::{Broken, Gate, LastError, Stopped};
use tributary_domain::id::{AgentId, TicketId};
use tributary_domain::ports::PortError;

use crate::keys::{self, LedgerKey, Unfinished};
use crate::record::message::{error_map, read_error};
use crate::record::{Item, Reader, Writer, text};

/// A gate as stored. One that calls is in the index of unfinished work.
pub(crate) fn to_item(channel: Channel, account: &AccountId, gate: &Gate) -> Item {
    let Gate {
        version,
        broken,
        slow_until,
        stopped,
        recent,
        calls_at,
        is_idle,
        last_sent_at,
        last_error,
        proven_at,
    } = gate;
    let key = LedgerKey::Gate {
        channel,
        account: account.clone(),
    };
    let pending = calls_at.map(|_| text(keys::pending_shard(Unfinished::Gates, 0)));
    let recent = recent.iter().map(|(at, ticket_id)| {
        let sent = Writer::default().millis("at", Some(*at));
        AttributeValue::M(sent.value("ticket", text(ticket_id.as_str())).finish())
    });
    Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .number("version", version)
        .some(
            "broken",
            broken.as_ref().map(|b| AttributeValue::M(broken_map(b))),
        )
        .millis("slow_until", *slow_until)
        .some(
            "stopped",
            stopped.as_ref().map(|s| AttributeValue::M(stopped_map(s))),
        )
        .list("recent", recent)
        .some("pending", pending)
        .millis("due_at", *calls_at)
        .flag("idle", *is_idle)
        .millis("last_sent_at", *last_sent_at)
        .some(
            "last_error",
            last_error
                .as_ref()
                .map(|e| AttributeValue::M(last_error_map(e))),
        )
        .millis("proven_at", *proven_at)
        .finish()
}

/// Reads a gate back.
pub(crate) fn from_item(item: &Item) -> Result<Gate, PortError> {
    let item = Reader::new("gate", item);
    let broken = item.maybe_map("broken", "broken gate")?;
    let stopped = item.maybe_map("stopped", "stopped gate")?;
    let last_error = item.maybe_map("last_error", "last error")?;
    Ok(Gate {
        version: item.number("version")?,
        broken: broken.map(|b| read_broken(&b)).transpose()?,
        slow_until: item.maybe_millis("slow_until")?,
        stopped: stopped.map(|s| read_stopped(&s)).transpose()?,
        recent: item.maps("recent", "recent send", |sent| {
            let ticket_id = sent.parsed("ticket", |t| TicketId::parse(t).ok())?;
            Ok((sent.millis("at")?, ticket_id))
        })?,
        calls_at: item.maybe_millis("due_at")?,
        is_idle: item.flag("idle")?,
        last_sent_at: item.maybe_millis("last_sent_at")?,
        last_error: last_error.map(|e| read_last_error(&e)).transpose()?,
        proven_at: item.maybe_millis("proven_at")?,
    })
}

fn broken_map(broken: &Broken) -> Item {
    let Broken {
        error,
        since,
        tries,
        next_try,
        secret_version,
        is_late,
        taken_at,
    } = broken;
    Writer::default()
        .map("error", error_map(error))
        .millis("since", Some(*since))
        .number("tries", tries)
        .millis("next_try", Some(*next_try))
        .maybe_text("secret_version", secret_version.as_deref())
        .flag("late", *is_late)
        .millis("taken_at", *taken_at)
        .finish()
}

fn read_broken(item: &Reader<'_>) -> Result<Broken, PortError> {
    Ok(Broken {
        error: error(item)?,
        since: item.millis("since")?,
        tries: item.number("tries")?,
        next_try: item.millis("next_try")?,
        secret_version: item.owned("secret_version")?,
        is_late: item.flag("late")?,
        taken_at: item.maybe_millis("taken_at")?,
    })
}

fn stopped_map(stopped: &Stopped) -> Item {
    let Stopped { by, since } = stopped;
    Writer::default()
        .value("by", text(by.as_str()))
        .millis("since", Some(*since))
        .finish()
}

fn read_stopped(item: &Reader<'_>) -> Result<Stopped, PortError> {
    Ok(Stopped {
        by: item.parsed("by", |t| AgentId::parse(t).ok())?,
        since: item.millis("since")?,
    })
}

fn last_error_map(last: &LastError) -> Item {
    let LastError { at, error } = last;
    Writer::default()
        .millis("at", Some(*at))
        .map("error", error_map(error))
        .finish()
}

fn read_last_error(item: &Reader<'_>) -> Result<LastError, PortError> {
    Ok(LastError {
        at: item.millis("at")?,
        error: error(item)?,
    })
}

fn error(item: &Reader<'_>) -> Result<DeliveryError, PortError> {
    let error = item.maybe_map("error", "delivery error")?;
    read_error(&error.ok_or_else(|| item.corrupt("error"))?)
}
