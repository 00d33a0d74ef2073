//! What somebody who opens a ticket is told at once, where the operator wants that.

use std::time::Duration;

use serde_json::Map;

use crate::channel::Channel;
use crate::channel::inbound::Author;
use crate::delivery::Delivery;
use crate::draft::{Draft, Entry};
use crate::id::{MessageId, TicketId};
use crate::message::{ContentType, SenderType, Visibility};
use crate::ports::SendWrite;
use crate::receive::Policy;
use crate::reply::intent;
use crate::send::parts;
use crate::surroundings::Surroundings;
use crate::time::Timestamp;

/// Nobody is told twice within this time, so that two machines that answer each other soon fall silent.
const EVERY: Duration = Duration::from_secs(24 * 3600);

/// What the writer of a new ticket is told, if anything. `before` is the ticket that the same person had last.
pub(crate) fn greeting<'p>(
    policy: &'p Policy,
    channel: Channel,
    author: Author,
    before: Option<&TicketId>,
    now: Timestamp,
) -> Option<&'p str> {
    let is_customer = match author {
        Author::Customer => true,
        Author::Us => false,
    };
    let is_long_ago = before.is_none_or(|before| now.since(before.created_at()) >= EVERY);
    let told = policy.greetings.get(&channel)?;
    (is_customer && is_long_ago).then_some(told.as_str())
}

/// Appends it to the new ticket; returns the intent to send it.
pub(crate) fn greet<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    surroundings: &S,
    text: &str,
) -> SendWrite {
    let now = draft.now();
    let channel = draft.ticket().source.channel;
    let place = draft.append(Entry {
        id: MessageId::generate(now, surroundings.random()),
        timestamp: now,
        channel,
        sender_type: SenderType::Bot,
        content: text.to_owned(),
        content_type: ContentType::Text,
        content_truncated: false,
        html: None,
        visibility: Visibility::Public,
        agent_id: None,
        attachments: Vec::new(),
        delivery: Some(Delivery::queued(now, parts(channel, text, &[]).len())),
        reply_to: None,
        channel_specific_data: Map::new(),
    });
    let ticket = draft.ticket();
    SendWrite::Create(intent(ticket.id.clone(), &ticket.source, &place, now))
}
