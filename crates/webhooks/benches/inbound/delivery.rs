//! Deliveries of many events, made of the platforms' samples.

use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_json::value::RawValue;
use tributary_domain::Channel;
use tributary_domain::channel::events;
use tributary_domain::channel::inbound::Events;
use tributary_edge::auth::{hub_signature, x_signature};

const SECRET: &str = "dev-app-secret";

/// Lists whose items are events, or hold them, from the outermost.
const LISTS: [&[&str]; 5] = [
    &["entry"],
    &["entry", "0", "messaging"],
    &["entry", "0", "changes", "0", "value", "messages"],
    &["direct_message_events"],
    &["data"],
];

/// A body and the signature that proves it.
pub struct Delivery {
    /// The platform that signed it.
    pub channel: Channel,
    /// The body.
    pub body: Vec<u8>,
    signature: String,
}

impl Delivery {
    /// The body of a sample with each item of the list at `path` as often as it takes to have `count`, under
    /// an id of its own; none when the sample has no such list.
    pub fn of(channel: Channel, sample: &Path, path: &[&str], count: usize) -> Option<Self> {
        let text = std::fs::read(sample).expect("the sample is there");
        let mut body: Value = serde_json::from_slice(&text).expect("it is JSON");
        let place = format!("/{}", path.join("/"));
        let list = body.pointer_mut(&place)?.as_array_mut()?;
        let items = std::mem::take(list).into_iter().cycle().take(count);
        list.extend(items.enumerate().map(|(number, mut item)| {
            tell_apart(&mut item, number);
            item
        }));
        let body = body.to_string().into_bytes();
        let signature = match channel {
            Channel::Twitter => x_signature::sign(&body, SECRET),
            Channel::Facebook
            | Channel::Instagram
            | Channel::WhatsApp
            | Channel::Email
            | Channel::WebChat => hub_signature::sign(&body, SECRET),
        };
        Some(Self {
            channel,
            body,
            signature,
        })
    }

    /// `count` texts as the platform sends them.
    pub fn texts(channel: Channel, count: usize) -> Self {
        let (sample, path) = match channel {
            Channel::Facebook => ("restfb_quick_reply.json", LISTS[0]),
            Channel::Instagram => ("doc_text.json", LISTS[0]),
            Channel::WhatsApp => ("meta_text.json", LISTS[0]),
            Channel::Twitter => ("aaa_dm_text.json", LISTS[3]),
            Channel::Email | Channel::WebChat => panic!("no platform of JSON"),
        };
        let sample = folder(channel).join(sample);
        Self::of(channel, &sample, path, count).expect("the sample has the list")
    }

    /// What the door does with it before anything is stored; each event is read when it is asked for.
    pub fn verify_and_normalise(&self) -> Events<'_> {
        match self.channel {
            Channel::Twitter => {
                x_signature::verify(Some(&self.signature), &self.body, SECRET).expect("proven");
            }
            Channel::Facebook
            | Channel::Instagram
            | Channel::WhatsApp
            | Channel::Email
            | Channel::WebChat => {
                let secrets = [SECRET.to_owned()];
                hub_signature::verify(Some(&self.signature), &self.body, &secrets).expect("proven");
            }
        }
        let text: &RawValue = serde_json::from_slice(&self.body).expect("JSON");
        events(self.channel, text).expect("a platform of JSON")
    }
}

/// Deliveries of `count` items made of every sample of a platform, by each list it has.
#[allow(dead_code, reason = "the benchmark takes texts only")]
pub fn of_every_sample(channel: Channel, count: usize) -> Vec<(PathBuf, Delivery)> {
    let files = std::fs::read_dir(folder(channel)).expect("samples");
    let files = files.map(|file| file.expect("a sample").path());
    let samples = files.filter(|path| path.extension().is_some_and(|e| e == "json"));
    samples
        .flat_map(|sample| {
            LISTS.map(|path| Some((sample.clone(), Delivery::of(channel, &sample, path, count)?)))
        })
        .flatten()
        .collect()
}

fn folder(channel: Channel) -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    crates.join("../../tests/fixtures").join(channel.as_str())
}

/// Gives each message an id of its own, as long as any.
fn tell_apart(value: &mut Value, number: usize) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_id = |id: &str| name == "mid" || (name == "id" && id.len() > 20);
                if let Value::String(id) = &mut *value
                    && is_id(id)
                {
                    let digits = format!("{number:04}");
                    id.truncate(id.len().saturating_sub(digits.len()));
                    id.push_str(&digits);
                } else {
                    tell_apart(value, number);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| tell_apart(item, number)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
