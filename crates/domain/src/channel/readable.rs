//! What an agent reads of content that has no text: places, contact cards, goods.

use serde_json::Value;

use crate::channel::fields::{at, list, text};

/// A place: its name and address if told, its coordinates, and a link to a map.
pub(super) fn location(
    latitude: f64,
    longitude: f64,
    name: Option<&str>,
    address: Option<&str>,
) -> String {
    let told = [name, address].into_iter().flatten().map(str::trim);
    let mut lines: Vec<String> = told.filter(|l| !l.is_empty()).map(str::to_owned).collect();
    lines.push(format!("{latitude}, {longitude}"));
    lines.push(format!(
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    ));
    lines.join("\n")
}

/// A number of a JSON value, also when it is written as text.
pub(super) fn number(value: Option<&Value>) -> Option<f64> {
    let value = value?;
    let number = value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())?;
    number.is_finite().then_some(number)
}

/// A contact card of WhatsApp's: the name and every number.
pub(super) fn contact(card: &Value) -> String {
    let name = at(card, &["name", "formatted_name"]).and_then(Value::as_str);
    let numbers = list(card.get("phones"))
        .iter()
        .filter_map(|phone| text(phone.get("phone")).or_else(|| text(phone.get("wa_id"))));
    let parts: Vec<String> = name.map(str::to_owned).into_iter().chain(numbers).collect();
    parts.join(", ")
}
