//! The port [`Inbox`] in memory.

use crate::id::{CustomerId, TicketId};
use crate::memory::MemoryStore;
use crate::ports::{Inbox, InboxFilter, InboxPage, InboxPlace, PortError};
use crate::ticket::{Status, Ticket, Window};
use crate::time::Timestamp;

impl Inbox for MemoryStore {
    async fn page(
        &self,
        filter: &InboxFilter,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> Result<InboxPage, PortError> {
        self.call(|state| page_of(state.tickets.values(), |t| passes(t, filter), after, limit))
            .await
    }

    async fn of_customer(
        &self,
        id: &CustomerId,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> Result<InboxPage, PortError> {
        self.call(|state| {
            page_of(
                state.tickets.values(),
                |t| t.customer.id == *id,
                after,
                limit,
            )
        })
        .await
    }

    async fn resolved_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<TicketId>, PortError> {
        self.call(|state| {
            let resolved = state
                .tickets
                .values()
                .filter(|t| t.status == Status::Resolved && t.updated_at < before);
            resolved.take(limit).map(|t| t.id.clone()).collect()
        })
        .await
    }
}

fn place(ticket: &Ticket) -> InboxPlace {
    InboxPlace {
        updated_at: ticket.updated_at,
        ticket_id: ticket.id.clone(),
    }
}

fn page_of<'t>(
    tickets: impl Iterator<Item = &'t Ticket>,
    wanted: impl Fn(&Ticket) -> bool,
    after: Option<&InboxPlace>,
    limit: usize,
) -> InboxPage {
    let mut rows: Vec<&Ticket> = tickets
        .filter(|t| wanted(t) && after.is_none_or(|a| place(t) < *a))
        .collect();
    rows.sort_by_key(|t| std::cmp::Reverse(place(t)));
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|t| place(t));
    let row = |ticket: &Ticket| Ticket {
        window: Window::default(),
        version: ticket.listed_version,
        ..ticket.clone()
    };
    InboxPage {
        tickets: rows.into_iter().map(row).collect(),
        next,
    }
}

fn passes(ticket: &Ticket, filter: &InboxFilter) -> bool {
    let InboxFilter {
        statuses,
        channels,
        priorities,
        assigned,
        tag,
        words,
        updated_since,
    } = filter;
    (statuses.is_empty() || statuses.contains(&ticket.status))
        && (channels.is_empty() || channels.contains(&ticket.source.channel))
        && (priorities.is_empty() || priorities.contains(&ticket.priority))
        && assigned
            .as_ref()
            .is_none_or(|a| *a == ticket.assigned_agent_id)
        && tag.as_ref().is_none_or(|t| ticket.tags.contains(t))
        && updated_since.is_none_or(|since| ticket.updated_at >= since)
        && has_words(ticket, words)
}

/// Whether each of `words` begins a word of what a row shows, or a whole address or id.
fn has_words(ticket: &Ticket, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let texts = [
        Some(ticket.subject.as_str()),
        ticket.customer.name.as_deref(),
        ticket.customer.email.as_deref(),
        Some(ticket.customer.channel_identity.platform_id()),
        Some(ticket.reference.as_str()),
        ticket.last_message.as_ref().map(|m| m.content.as_str()),
    ];
    let texts: Vec<String> = texts
        .into_iter()
        .flatten()
        .chain(ticket.tags.iter().map(String::as_str))
        .map(str::to_lowercase)
        .collect();
    words.iter().all(|word| {
        texts.iter().any(|text| {
            text.starts_with(word.as_str())
                || text
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|token| token.starts_with(word.as_str()))
        })
    })
}
