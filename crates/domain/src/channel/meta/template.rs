//! Templates: products that customers share, and cards and buttons that other apps send.

use serde_json::{Map, Value};

use crate::channel::fields::{at, list};
use crate::channel::meta::details::{link, told, words};

/// Most cards, products or buttons read of a template; the platforms allow ten.
const MAX_PARTS: usize = 10;

/// The products of a template.
pub(super) fn products(attachment: &Value) -> Vec<Map<String, Value>> {
    let elements = list(at(attachment, &["payload", "product", "elements"]));
    let product = |element: &Value| {
        let of = |field: &str| words(element.get(field));
        told([
            ("id", of("id")),
            ("retailer_id", of("retailer_id")),
            ("title", of("title")),
            ("subtitle", of("subtitle")),
            ("image_url", link(element.get("image_url"))),
        ])
    };
    elements
        .iter()
        .take(MAX_PARTS)
        .map(product)
        .filter(|product| !product.is_empty())
        .collect()
}

/// What an agent reads of a product.
pub(super) fn product_line(product: &Map<String, Value>) -> String {
    let of = |field: &str| product.get(field).and_then(Value::as_str);
    let said: Vec<&str> = [of("title"), of("subtitle")]
        .into_iter()
        .flatten()
        .collect();
    let said = match said.is_empty() {
        true => of("id")
            .or_else(|| of("retailer_id"))
            .unwrap_or_default()
            .to_owned(),
        false => said.join(", "),
    };
    format!("Shared a product: {said}")
        .trim_end_matches([':', ' '])
        .to_owned()
}

/// What an agent reads of any other template: its text, its cards and its buttons.
pub(super) fn lines(attachment: &Value) -> Vec<String> {
    let payload = attachment.get("payload").unwrap_or(&Value::Null);
    let text = words(payload.get("text")).or_else(|| words(payload.get("title")));
    let mut lines: Vec<String> = text.into_iter().collect();
    if lines.is_empty() {
        lines.extend(words(attachment.get("title")));
    }
    lines.extend(link(attachment.get("url")).or_else(|| link(payload.get("url"))));
    let bare = list(payload.get("elements"));
    let generic = list(at(payload, &["generic", "elements"]));
    for card in bare.iter().chain(generic).take(MAX_PARTS) {
        let told = ["title", "subtitle"].map(|field| words(card.get(field)));
        let told: Vec<String> = told.into_iter().flatten().collect();
        if !told.is_empty() {
            lines.push(told.join(", "));
        }
        buttons(card, &mut lines);
    }
    buttons(payload, &mut lines);
    lines
}

fn buttons(part: &Value, lines: &mut Vec<String>) {
    for button in list(part.get("buttons")).iter().take(MAX_PARTS) {
        let told = [words(button.get("title")), link(button.get("url"))];
        let told: Vec<String> = told.into_iter().flatten().collect();
        if !told.is_empty() {
            lines.push(format!("Button: {}", told.join(" ")));
        }
    }
}
