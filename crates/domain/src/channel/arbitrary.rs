//! Bodies of any shape, made of a platform's own words so that they get deep into its normaliser.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// JSON whose keys and texts are often `words`.
pub(super) fn any_json(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(words);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::String),
        word.clone().prop_map(|word| json!(word)),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        let object = proptest::collection::vec((word.clone(), inner.clone()), 0..8);
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(Value::Array),
            object.prop_map(|pairs| {
                let pairs = pairs.into_iter().map(|(k, v)| (k.to_owned(), v));
                Value::Object(pairs.collect::<Map<String, Value>>())
            }),
        ]
    })
}
