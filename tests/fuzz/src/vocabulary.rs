//! What bodies of a platform are made of: the values of the fixtures, and every word that the normaliser's
//! source names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use tributary_domain::Channel;

/// Ids that a desk in memory gives to what it sends.
const SENT: [&str; 3] = ["out.1", "out.2", "out.3"];

/// The vocabulary of one platform.
pub struct Vocabulary {
    /// Whole bodies.
    pub seeds: Vec<Value>,
    /// Members of objects anywhere in them.
    pub members: Vec<(String, Value)>,
    /// Names and values that mean something.
    pub words: Vec<String>,
}

impl Vocabulary {
    /// That of the platform which this process works on.
    pub fn of(channel: Channel) -> &'static Self {
        static ONE: OnceLock<Vocabulary> = OnceLock::new();
        ONE.get_or_init(|| Self::read(channel))
    }

    fn read(channel: Channel) -> Self {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let fixtures = files(&top.join("../fixtures").join(channel.as_str()), "json");
        let seeds: Vec<Value> = fixtures
            .iter()
            .filter_map(|file| serde_json::from_slice(&fs::read(file).ok()?).ok())
            .collect();
        let mut members = Vec::new();
        seeds.iter().for_each(|seed| collect(seed, &mut members));
        let mut words: BTreeSet<String> = SENT.map(str::to_owned).into();
        words.extend(members.iter().map(|(name, _)| name.clone()));
        let source = top.join("../../crates/domain/src/channel");
        let own = match channel {
            Channel::Facebook | Channel::Instagram => "meta",
            Channel::WhatsApp | Channel::Twitter | Channel::Email | Channel::WebChat => {
                channel.as_str()
            }
        };
        let mut sources = files(&source.join(own), "rs");
        sources.extend([own, channel.as_str()].map(|name| source.join(format!("{name}.rs"))));
        for text in sources
            .iter()
            .filter_map(|file| fs::read_to_string(file).ok())
        {
            words.extend(
                text.split('"')
                    .skip(1)
                    .step_by(2)
                    .filter(|w| is_word(w))
                    .map(str::to_owned),
            );
        }
        assert!(
            !seeds.is_empty() && words.len() > 50,
            "fixtures and sources are found"
        );
        Self {
            seeds,
            members,
            words: words.into_iter().collect(),
        }
    }
}

fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    (1..=40).contains(&text.len()) && text.bytes().all(fits)
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|e| e == extension));
    found.sort();
    found
}

fn collect(value: &Value, members: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                members.push((name.clone(), value.clone()));
                collect(value, members);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, members)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
