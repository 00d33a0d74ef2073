//! The forms a setting's value may have.

use std::collections::{BTreeMap, BTreeSet};

use http::Uri;

use crate::aws::is_loopback;

/// 1 to `cap` characters of `A-Z a-z 0-9 . _ -` and those of `extra`.
pub(super) fn name(value: &str, cap: usize, extra: &str) -> Option<String> {
    let fits = (1..=cap).contains(&value.len());
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c) || extra.contains(c);
    (fits && value.chars().all(plain)).then(|| value.to_owned())
}

/// `host:port`, or several separated by commas.
pub(super) fn brokers(value: &str) -> Option<String> {
    let broker = |one: &str| {
        one.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
    };
    (!value.contains(char::is_whitespace) && value.split(',').all(broker)).then(|| value.to_owned())
}

/// Scheme, host and perhaps a port, without a slash at the end.
pub(super) fn origin(value: &str) -> Option<String> {
    let uri = web(value)?;
    let bare = uri.path() == "/" && uri.query().is_none();
    bare.then(|| value.trim_end_matches('/').to_owned())
}

/// Origins separated by commas; an empty text is none. No wildcard: a door names who may call it.
pub(super) fn origins(value: &str) -> Option<Vec<String>> {
    let parts = value
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .map(|part| origin(part).map(|origin| origin.to_ascii_lowercase()))
        .collect()
}

/// An `https` URL, or an `http` one on this machine.
pub(super) fn trusted_url(value: &str) -> Option<String> {
    let uri = web(value)?;
    (uri.scheme_str() == Some("https") || is_loopback(value)).then(|| value.to_owned())
}

/// An absolute `http` or `https` URL without user or password.
pub(super) fn url(value: &str) -> Option<String> {
    web(value).map(|_| value.to_owned())
}

/// `local@domain`.
pub(super) fn address(value: &str) -> Option<String> {
    let (local, host) = value.split_once('@')?;
    let clean = !local.is_empty()
        && local
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c));
    (clean && domain(host).is_some()).then(|| value.to_owned())
}

/// A host name, kept in lower case.
pub(super) fn domain(value: &str) -> Option<String> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (value.len() <= 253 && value.split('.').all(label)).then(|| value.to_ascii_lowercase())
}

/// `v<major>.<minor>`.
pub(super) fn graph_version(value: &str) -> Option<String> {
    let (major, minor) = value.strip_prefix('v')?.split_once('.')?;
    let digits = |text: &str| {
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (digits(major) && digits(minor)).then(|| value.to_owned())
}

fn web(value: &str) -> Option<Uri> {
    let uri: Uri = value.parse().ok()?;
    let authority = uri.authority()?;
    let usable = matches!(uri.scheme_str(), Some("http" | "https"))
        && !authority.host().is_empty()
        && !authority.as_str().contains('@');
    usable.then_some(uri)
}

const CHANNELS: [&str; 6] = [
    "facebook",
    "instagram",
    "whatsapp",
    "twitter",
    "email",
    "web_chat",
];

/// Those that let us show a customer that a message was seen.
const SHOWING_SEEN: [&str; 2] = ["facebook", "whatsapp"];

/// Those that let us show a customer that an agent types.
const SHOWING_TYPING: [&str; 3] = ["facebook", "instagram", "whatsapp"];

/// Channels, separated by commas, on which it can be shown that a message was seen.
pub(super) fn seen_receipts(value: &str) -> Option<BTreeSet<String>> {
    some_of(&SHOWING_SEEN, value)
}

/// Channels, separated by commas, on which it can be shown that an agent types.
pub(super) fn typing_indicators(value: &str) -> Option<BTreeSet<String>> {
    some_of(&SHOWING_TYPING, value)
}

fn some_of(channels: &[&str], value: &str) -> Option<BTreeSet<String>> {
    let names = value.split(',').map(str::trim);
    names
        .map(|name| channels.contains(&name).then(|| name.to_owned()))
        .collect()
}

/// Texts by channel.
pub(super) fn greetings(value: &str) -> Option<BTreeMap<String, String>> {
    let texts: BTreeMap<String, String> = serde_json::from_str(value).ok()?;
    texts
        .into_iter()
        .map(|(channel, text)| {
            let length = text.trim().chars().count();
            let is_known = CHANNELS.contains(&channel.as_str());
            (is_known && (1..=1000).contains(&length)).then_some((channel, text))
        })
        .collect()
}
