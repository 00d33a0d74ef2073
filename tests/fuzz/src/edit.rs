//! One small change somewhere in a JSON value.

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::vocabulary::Vocabulary;

/// Changes something somewhere in the value.
pub fn edit(value: &mut Value, words: &Vocabulary, chance: &mut Chance) {
    let other = {
        let count = count(value);
        node(value, chance.below(count)).clone()
    };
    let at = chance.below(count(value));
    let place = node(value, at);
    match chance.below(4) {
        0 => *place = any(words, &other, chance),
        _ => match place {
            Value::Object(fields) => member(fields, words, other, chance),
            Value::Array(items) => item(items, words, other, chance),
            Value::String(text) => *text = string(text, words, chance),
            Value::Number(_) | Value::Bool(_) | Value::Null => *place = any(words, &other, chance),
        },
    }
}

/// Puts a part of another value in place of a part of this one.
pub fn splice(value: &mut Value, other: &mut Value, chance: &mut Chance) {
    let from = chance.below(count(other));
    let part = node(other, from).clone();
    let to = chance.below(count(value));
    match node(value, to) {
        Value::Array(items) => items.push(part),
        Value::Object(fields) => match part {
            Value::Object(more) => fields.extend(more),
            Value::Array(_)
            | Value::String(_)
            | Value::Number(_)
            | Value::Bool(_)
            | Value::Null => {}
        },
        place @ (Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null) => {
            *place = part
        }
    }
}

/// How many values there are in a value, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The value at this place, counted as in a text.
fn node(value: &mut Value, mut at: usize) -> &mut Value {
    if at == 0 {
        return value;
    }
    at -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Object(fields) => fields.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for part in inner {
        let size = count(part);
        if at < size {
            return node(part, at);
        }
        at -= size;
    }
    unreachable!("a place is counted before it is looked for")
}

fn member(fields: &mut Map<String, Value>, words: &Vocabulary, other: Value, chance: &mut Chance) {
    let names: Vec<String> = fields.keys().cloned().collect();
    let Some(name) = chance.pick(&names) else {
        add(fields, words, chance);
        return;
    };
    match chance.below(6) {
        0 => drop(fields.remove(name)),
        1 => {
            if let (Some(value), Some(word)) = (fields.remove(name), chance.pick(&words.words)) {
                fields.insert(word.clone(), value);
            }
        }
        2 => drop(fields.insert(name.clone(), any(words, &other, chance))),
        3 => {
            if let Some(word) = chance.pick(&words.words) {
                fields.insert(word.clone(), any(words, &other, chance));
            }
        }
        _ => add(fields, words, chance),
    }
}

fn add(fields: &mut Map<String, Value>, words: &Vocabulary, chance: &mut Chance) {
    if let Some((name, value)) = chance.pick(&words.members) {
        fields.insert(name.clone(), value.clone());
    }
}

fn item(items: &mut Vec<Value>, words: &Vocabulary, other: Value, chance: &mut Chance) {
    if items.is_empty() {
        items.push(any(words, &other, chance));
        return;
    }
    let (one, two) = (chance.below(items.len()), chance.below(items.len()));
    match chance.below(5) {
        0 => drop(items.remove(one)),
        1 => items.swap(one, two),
        2 => items.insert(two, any(words, &other, chance)),
        3 => {
            let mut copy = items[one].clone();
            edit(&mut copy, words, chance);
            items.insert(two, copy);
        }
        _ => items.insert(two, items[one].clone()),
    }
}

fn any(words: &Vocabulary, other: &Value, chance: &mut Chance) -> Value {
    match chance.below(10) {
        0 => Value::Null,
        1 => Value::Bool(chance.below(2) == 0),
        2 => number(chance),
        3 => json!([other]),
        4 => other.clone(),
        5 => Value::String(string("", words, chance)),
        6 => chance.pick(&words.seeds).cloned().unwrap_or_default(),
        7 => chance.pick(&words.words).map_or(Value::Null, |w| json!(w)),
        _ => chance
            .pick(&words.members)
            .map_or(Value::Null, |(_, v)| v.clone()),
    }
}

fn number(chance: &mut Chance) -> Value {
    match chance.below(8) {
        0 => json!(0),
        1 => json!(-1),
        2 => json!(u64::MAX),
        3 => json!(i64::MIN),
        4 => json!(i64::MAX / 1000 - 1 + chance.below(3) as i64),
        5 => json!(1e300),
        6 => json!(1_760_000_000_000_u64 + chance.below(1 << 40) as u64),
        _ => json!(chance.below(1 << 40)),
    }
}

fn string(text: &str, words: &Vocabulary, chance: &mut Chance) -> String {
    match chance.below(10) {
        0 => String::new(),
        1 => "\u{0}".to_owned(),
        2 => format!("{text}🧑‍🚀\u{301}"),
        3 => "é".repeat(1 << chance.below(12)),
        4 => number(chance).to_string(),
        5 => text.chars().rev().collect(),
        6 => format!("{text}{}", chance.below(3)),
        7 => format!(" {text}\n"),
        _ => chance.pick(&words.words).cloned().unwrap_or_default(),
    }
}
