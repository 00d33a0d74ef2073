//! Addresses and the names beside them, also from fields that break the rules.

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use crate::limits::MAX_EMAIL_BYTES;

/// Most addresses that are kept of a list.
const MAX_MAILBOXES: usize = 100;
/// Longest name that is kept, in characters.
const MAX_NAME_CHARS: usize = 200;

/// An address and the name beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox {
    /// The address, in lower case.
    pub address: String,
    /// The name, if given.
    pub name: Option<String>,
}

/// The addresses of a list (RFC 5322, 3.4), groups dissolved; what is no address is left out.
/// The text must end with a line feed.
pub(super) fn read(list: &str) -> Vec<Mailbox> {
    let HeaderValue::Address(list) = MessageStream::new(list.as_bytes()).parse_address() else {
        return Vec::new();
    };
    let read = list.iter().filter_map(|entry| {
        mailbox(
            entry.name.as_deref().unwrap_or_default(),
            entry.address.as_deref().unwrap_or_default(),
        )
    });
    read.take(MAX_MAILBOXES).collect()
}

fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    if let Some(address) = address_of(address) {
        return Some(Mailbox {
            address,
            name: name_of(name),
        });
    }
    // `Sender Name ann@example.com`: no brackets, so all of it is taken for one of the two.
    let words = || name.split_whitespace().chain(address.split_whitespace());
    let (at, address) = words()
        .enumerate()
        .find_map(|(at, word)| Some((at, address_of(word.trim_matches(['<', '>']))?)))?;
    let others: Vec<&str> = words()
        .enumerate()
        .filter(|(index, _)| *index != at)
        .map(|(_, word)| word)
        .collect();
    Some(Mailbox {
        address,
        name: name_of(&others.join(" ")),
    })
}

/// The address in lower case, if it has the form of one: something, an `@`, something. Blanks around
/// the `@` are left out, as some servers fold addresses there.
fn address_of(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let (local, domain) = (local.trim(), domain.trim());
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>,;".contains(c);
    let is_sound = !local.is_empty()
        && !domain.is_empty()
        && !local.contains(is_odd)
        && !domain.contains(is_odd)
        && local.len() + domain.len() < MAX_EMAIL_BYTES;
    is_sound.then(|| format!("{local}@{domain}").to_lowercase())
}

/// The name on one line, without the quotes some clients put into it.
fn name_of(text: &str) -> Option<String> {
    let line = text.replace(char::is_control, " ");
    let name = line.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
    let name = crate::content::start_chars(name, MAX_NAME_CHARS).trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}
