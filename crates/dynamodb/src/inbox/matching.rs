//! Whether a row is wanted. Statuses and times are the index's to filter; the rest is decided here.

use tributary_domain::Ticket;
use tributary_domain::ports::InboxFilter;

/// Whether a row passes.
pub(super) fn passes(ticket: &Ticket, filter: &InboxFilter) -> bool {
    let InboxFilter {
        statuses: _,
        channels,
        priorities,
        assigned,
        tag,
        words,
        updated_since: _,
    } = filter;
    (channels.is_empty() || channels.contains(&ticket.source.channel))
        && (priorities.is_empty() || priorities.contains(&ticket.priority))
        && assigned
            .as_ref()
            .is_none_or(|agent| *agent == ticket.assigned_agent_id)
        && tag.as_ref().is_none_or(|tag| ticket.tags.contains(tag))
        && has_words(ticket, words)
}

/// Whether each of `words` begins a word of what a row shows, or a whole address, number or id.
fn has_words(ticket: &Ticket, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let identity = ticket.customer.channel_identity.to_string();
    let texts: Vec<String> = [
        Some(ticket.subject.as_str()),
        ticket.customer.name.as_deref(),
        ticket.customer.email.as_deref(),
        Some(identity.as_str()),
        Some(ticket.customer.channel_identity.platform_id()),
        Some(ticket.source.origin_platform_id.as_str()),
        Some(ticket.reference.as_str()),
        ticket.last_message.as_ref().map(|m| m.content.as_str()),
    ]
    .into_iter()
    .flatten()
    .chain(ticket.tags.iter().map(String::as_str))
    .map(str::to_lowercase)
    .collect();
    words.iter().all(|word| {
        texts
            .iter()
            .any(|text| text.starts_with(word.as_str()) || has_token(text, word))
    })
}

fn has_token(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|token| token.starts_with(word))
}
