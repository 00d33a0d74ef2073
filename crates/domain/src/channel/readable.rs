//! What an agent reads of content that has no text: places, contact cards, goods.

use std::collections::HashSet;

use serde_json::Value;

use crate::channel::fields::{list, text};
use crate::content::start_chars;

/// Most fields of a form that are shown.
const MAX_FIELDS: usize = 50;
/// Longest answer to a field of a form that is shown, in characters.
const MAX_FIELD_CHARS: usize = 1000;

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

/// A contact card of WhatsApp's: the name and every number, from its fields and its vCard.
pub(super) fn contact(card: &Value) -> String {
    let vcard = card.get("vcard").and_then(Value::as_str).map(vcard);
    let (vcard_name, vcard_numbers) = vcard.unwrap_or_default();
    let name = name(card.get("name")).or(vcard_name);
    let numbers = list(card.get("phones"))
        .iter()
        .filter_map(|phone| text(phone.get("phone")).or_else(|| text(phone.get("wa_id"))));
    let mut parts: Vec<String> = name.into_iter().collect();
    let mut seen: HashSet<String> = HashSet::new();
    for number in numbers.chain(vcard_numbers) {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let is_new = seen.insert(if digits.is_empty() {
            number.clone()
        } else {
            digits
        });
        if is_new {
            parts.push(number);
        }
    }
    if parts.is_empty() {
        "Contact card without a name or number".to_owned()
    } else {
        parts.join(", ")
    }
}

fn name(name: Option<&Value>) -> Option<String> {
    let part = |field: &str| {
        let part = name?.get(field)?.as_str()?.trim();
        (!part.is_empty()).then_some(part)
    };
    let whole = part("formatted_name").map(str::to_owned);
    whole.or_else(|| {
        let parts: Vec<&str> = ["first_name", "last_name"]
            .into_iter()
            .filter_map(part)
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    })
}

/// The name (FN) and the numbers (TEL) of a vCard (RFC 6350).
fn vcard(card: &str) -> (Option<String>, Vec<String>) {
    let unfolded = card
        .replace("\r\n", "\n")
        .replace("\n ", "")
        .replace("\n\t", "");
    let (mut name, mut numbers) = (None, Vec::new());
    for line in unfolded.lines() {
        let Some((property, value)) = line.split_once(':') else {
            continue;
        };
        let property = property.split(';').next().unwrap_or_default();
        let property = property.rsplit('.').next().unwrap_or_default();
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        if property.eq_ignore_ascii_case("FN") {
            name = name.or_else(|| Some(value.replace("\\,", ",").replace("\\;", ";")));
        } else if property.eq_ignore_ascii_case("TEL") {
            numbers.push(value.strip_prefix("tel:").unwrap_or(value).to_owned());
        }
    }
    (name, numbers)
}

/// An order of WhatsApp's: what the customer wrote beside it, and each item.
pub(super) fn order(order: &Value) -> String {
    let note = order.get("text").and_then(Value::as_str).map(str::trim);
    let mut lines: Vec<String> = note
        .filter(|note| !note.is_empty())
        .map(str::to_owned)
        .into_iter()
        .collect();
    for item in list(order.get("product_items")) {
        let product = text(item.get("product_retailer_id"));
        let product = product.unwrap_or_else(|| "unnamed product".to_owned());
        let quantity = number(item.get("quantity")).unwrap_or(1.0);
        let price = number(item.get("item_price")).map(|price| {
            let currency = text(item.get("currency")).unwrap_or_default();
            format!(", {price} {currency}").trim_end().to_owned() + " each"
        });
        lines.push(format!(
            "{quantity} × {product}{}",
            price.unwrap_or_default()
        ));
    }
    if lines.is_empty() {
        "Order without items".to_owned()
    } else {
        lines.join("\n")
    }
}

/// What somebody filled into a form of WhatsApp's: its flat fields, one a line.
pub(super) fn form(response_json: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str(response_json) else {
        return String::new();
    };
    let scalar = |value: &Value| match value {
        Value::String(s) => Some(start_chars(s, MAX_FIELD_CHARS).to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let line = |(name, value): (&String, &Value)| {
        let told = match value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().take(MAX_FIELDS).filter_map(scalar).collect();
                (!items.is_empty()).then(|| items.join(", "))
            }
            Value::String(_)
            | Value::Number(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Object(_) => scalar(value),
        };
        Some(format!("{}: {}", start_chars(name, 100), told?))
    };
    // Names the form towards us, and tells an agent nothing.
    let told = fields.iter().filter(|(name, _)| *name != "flow_token");
    let lines: Vec<String> = told.filter_map(line).take(MAX_FIELDS).collect();
    lines.join("\n")
}
