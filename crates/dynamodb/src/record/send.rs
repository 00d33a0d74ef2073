//! Intents to send. The time at which one has to be looked at is the end of its wait or of its lease.

use aws_sdk_dynamodb::types::AttributeValue;
use tributary_domain::channel::{AccountId, Channel};
use tributary_domain::id::MessageId;
use tributary_domain::ports::{PortError, QueuedSend, Refusals, SendIntent, SendState};
use tributary_domain::time::Timestamp;

use crate::keys::{self, LedgerKey};
use crate::record::{Item, Reader, Writer, number, text};
use crate::tables::{QUEUE, QUEUE_PLACE};

const QUEUED: &str = "queued";
const HELD: &str = "held";
const SENDING: &str = "sending";

/// The name and due time of a state.
pub(crate) fn state(state: &SendState) -> (&'static str, Timestamp) {
    match state {
        SendState::Queued {
            not_before,
            held: false,
        } => (QUEUED, *not_before),
        SendState::Queued {
            not_before,
            held: true,
        } => (HELD, *not_before),
        SendState::Sending { until } => (SENDING, *until),
    }
}

/// The key of an intent.
pub(crate) fn key(intent: &SendIntent) -> LedgerKey {
    LedgerKey::Send {
        ticket_id: intent.ticket_id.clone(),
        position: intent.position,
    }
}

/// An intent as stored.
pub(crate) fn to_item(intent: &SendIntent) -> Item {
    let SendIntent {
        ticket_id,
        message_id,
        position,
        attempt,
        queued_at,
        channel,
        account,
        refusals,
        state: now,
    } = intent;
    let (name, due_at) = state(now);
    let key = key(intent);
    Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .value("message_id", text(message_id.as_str()))
        .number("attempt", attempt)
        .value(QUEUE, text(keys::queue(*channel, account)))
        .value(
            QUEUE_PLACE,
            text(keys::queue_place(*queued_at, ticket_id, *position)),
        )
        .value("state", text(name))
        .value(
            "pending",
            text(keys::pending(keys::Unfinished::Sends, ticket_id)),
        )
        .millis("due_at", Some(due_at))
        .some(
            "refused",
            (refusals.count > 0).then(|| number(refusals.count)),
        )
        .millis("refused_at", refusals.first_at)
        .finish()
}

/// Reads an intent back.
pub(crate) fn from_item(item: &Item) -> Result<SendIntent, PortError> {
    let item = Reader::new("send", item);
    let Some(LedgerKey::Send {
        ticket_id,
        position,
    }) = LedgerKey::parse(item.text("pk")?, item.text("sk")?)
    else {
        return Err(item.corrupt("pk"));
    };
    let due_at = item.millis("due_at")?;
    let (channel, account) = item.parsed(QUEUE, |queue| {
        let (channel, account) = queue.split_once('#')?;
        Some((Channel::parse(channel)?, AccountId::parse(account).ok()?))
    })?;
    let (queued_at, _, _) = item.parsed(QUEUE_PLACE, keys::parse_queue_place)?;
    let state = match item.text("state")? {
        QUEUED => SendState::Queued {
            not_before: due_at,
            held: false,
        },
        HELD => SendState::Queued {
            not_before: due_at,
            held: true,
        },
        SENDING => SendState::Sending { until: due_at },
        _ => return Err(item.corrupt("state")),
    };
    Ok(SendIntent {
        ticket_id,
        message_id: item.parsed("message_id", |t| MessageId::parse(t).ok())?,
        position,
        attempt: item.number("attempt")?,
        queued_at,
        channel,
        account,
        refusals: Refusals {
            count: item.maybe_number("refused")?.unwrap_or_default(),
            first_at: item.maybe_millis("refused_at")?,
        },
        state,
    })
}

/// Reads an intent as the index of queued messages knows it.
pub(crate) fn queued(item: &Item) -> Result<QueuedSend, PortError> {
    let item = Reader::new("queued send", item);
    let (queued_at, ticket_id, position) = item.parsed(QUEUE_PLACE, keys::parse_queue_place)?;
    let state = item.text("state")?;
    Ok(QueuedSend {
        ticket_id,
        position,
        queued_at,
        is_waiting: state != SENDING,
        is_held: state == HELD,
    })
}

/// The stored intent must be exactly the one whose attributes the values of [`same`] name; `#state` is `state`.
pub(crate) const SAME: &str = "message_id = :message AND attempt = :attempt AND queue_place = :place AND #state = :state AND due_at = :due";

/// The values of [`SAME`].
pub(crate) fn same(from: &SendIntent) -> [(&'static str, AttributeValue); 5] {
    let SendIntent {
        ticket_id,
        message_id,
        position,
        attempt,
        queued_at,
        channel: _,
        account: _,
        refusals: _,
        state: now,
    } = from;
    let (state, due_at) = state(now);
    let place = keys::queue_place(*queued_at, ticket_id, *position);
    [
        (":message", text(message_id.as_str())),
        (":attempt", number(attempt)),
        (":place", text(place)),
        (":state", text(state)),
        (":due", number(due_at.as_millis())),
    ]
}
