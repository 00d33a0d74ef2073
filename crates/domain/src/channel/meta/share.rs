//! What people share: posts, reels, stories, links, appointments.

use serde_json::{Map, Value};

use crate::channel::fields::at;
use crate::channel::meta::details::{address, link, told, words};

/// Most shared things whose details are kept.
pub(super) const MAX_SHARES: usize = 10;
/// Most fields that are kept of a kind of content whose fields nobody documents.
const MAX_FIELDS: usize = 20;
/// Where the platforms keep files for a while. What is there is fetched, and its address tells nothing.
const FILE_HOSTS: [&str; 3] = ["fbsbx.com", "fbcdn.net", "cdninstagram.com"];

/// The details of something shared. Links have them beside the payload, posts and reels in it.
pub(super) fn shared(attachment: &Value) -> Map<String, Value> {
    let of = |field: &str| at(attachment, &["payload", field]);
    let title = words(of("title")).or_else(|| words(attachment.get("title")));
    let ids = [
        "reel_video_id",
        "ig_post_media_id",
        "ig_reel_media_id",
        "post_id",
        "id",
    ];
    told([
        ("type", words(attachment.get("type"))),
        ("title", title),
        (
            "url",
            address(attachment).and_then(|url| link(Some(&url.into()))),
        ),
        ("id", ids.iter().find_map(|id| words(of(id)))),
    ])
}

/// The details of a story, in whichever of its two shapes.
pub(super) fn story(how: &str, story: &Value) -> Map<String, Value> {
    let of = |[field, other]: [&str; 2]| story.get(field).or_else(|| story.get(other));
    told([
        ("type", Some(how.to_owned())),
        ("id", words(of(["id", "story_media_id"]))),
        ("url", link(of(["url", "story_media_url"]))),
    ])
}

/// What an agent reads of it: what it is, its title and its address.
pub(super) fn line(what: &str, shared: &Map<String, Value>) -> String {
    put(what, shared, |_| true)
}

/// What an agent reads of it beside the file that it is.
pub(super) fn label(what: &str, shared: &Map<String, Value>) -> String {
    put(what, shared, |url| !is_file(url))
}

fn put(what: &str, shared: &Map<String, Value>, shows: impl Fn(&str) -> bool) -> String {
    let of = |field: &str| shared.get(field).and_then(Value::as_str);
    let url = of("url").filter(|url| shows(url));
    let said: Vec<&str> = of("title").into_iter().chain(url).collect();
    match said.is_empty() {
        true => what.to_owned(),
        false => format!("{what}: {}", said.join(" ")),
    }
}

/// Whether an address is one under which a platform keeps files for a while.
pub(super) fn is_file(url: &str) -> bool {
    let host = url
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split(['/', '?', '#', ':']).next());
    let host = host.unwrap_or_default();
    FILE_HOSTS.iter().any(|known| {
        host.strip_suffix(known)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

/// Whether a text has the address in it, as people write it and as Facebook wraps it.
pub(super) fn says(text: &str, url: &str) -> bool {
    let text = text.to_lowercase();
    let wrapped = url.split_once("/l.php?").map(|(_, query)| query);
    let target = wrapped.and_then(|query| query.split('&').find_map(|p| p.strip_prefix("u=")));
    let unwrapped = target.map(decoded);
    [Some(url.to_owned()), unwrapped]
        .into_iter()
        .flatten()
        .any(|url| {
            let url = url.to_lowercase();
            let bare = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            let bare = bare
                .strip_prefix("www.")
                .unwrap_or(bare)
                .trim_end_matches('/');
            !bare.is_empty() && text.contains(bare)
        })
}

/// Percent-decoding; what is not encoded right stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let byte = digits.and_then(|digits| hex::decode(digits).ok()?.first().copied());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An appointment: its fields are not documented, so all plain ones are shown.
pub(super) fn appointment(attachment: &Value) -> (String, Map<String, Value>) {
    let payload = attachment.get("payload").and_then(Value::as_object);
    let fields = payload.into_iter().flatten();
    let plain = fields.filter_map(|(field, value)| {
        Some((words(Some(&field.as_str().into()))?, words(Some(value))?))
    });
    let booking: Vec<(String, String)> = plain.take(MAX_FIELDS).collect();
    let mut lines = vec!["Booked an appointment".to_owned()];
    lines.extend(
        booking
            .iter()
            .map(|(field, value)| format!("{field}: {value}")),
    );
    let data = booking
        .into_iter()
        .map(|(field, value)| (field, value.into()));
    (lines.join("\n"), data.collect())
}
