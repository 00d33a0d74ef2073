//! The templates that WhatsApp has approved for our business account, `GET /{version}/{waba-id}/message_templates`
//! (WhatsApp Business Management API), and what they say.
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::text;
use crate::provider_double::graph::{Refusal, is_version};
use crate::provider_double::{Doubles, WHATSAPP_TOKEN, is_bearer};

/// The business account, as the seeded secret names it.
const BUSINESS: &str = "310001";

struct Template {
    id: &'static str,
    name: &'static str,
    language: &'static str,
    body: &'static str,
    footer: Option<&'static str>,
    /// One for each parameter.
    examples: &'static [&'static str],
}

const TEMPLATES: [Template; 2] = [
    Template {
        id: "1200000000000001",
        name: "answer_waiting",
        language: "en_US",
        body: "We have an answer to your question. Write back to read it.",
        footer: None,
        examples: &[],
    },
    Template {
        id: "1200000000000002",
        name: "order_update",
        language: "en_US",
        body: "Hello {{1}}, there is news about your order {{2}}. Write back to hear more.",
        footer: Some("Example Shop"),
        examples: &["Ann", "7K3M9Q2X"],
    },
];

pub(in crate::provider_double) async fn list(
    State(_doubles): State<Doubles>,
    Path((version, business)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !is_bearer(&headers, WHATSAPP_TOKEN) {
        return Refusal::token().into_response();
    }
    if !is_version(&version) || business != BUSINESS {
        return Refusal::unknown_object().into_response();
    }
    let all: Vec<Value> = TEMPLATES.iter().map(Template::told).collect();
    let cursors = json!({ "before": "MAZDZD", "after": "MjQZD" });
    Json(json!({ "data": all, "paging": { "cursors": cursors } })).into_response()
}

impl Template {
    fn told(&self) -> Value {
        let mut body = json!({ "type": "BODY", "text": self.body });
        if !self.examples.is_empty() {
            body["example"] = json!({ "body_text": [self.examples] });
        }
        let footer = self.footer;
        let footer = footer.map(|text| json!({ "type": "FOOTER", "text": text }));
        let components: Vec<Value> = [body].into_iter().chain(footer).collect();
        json!({
            "id": self.id, "name": self.name, "language": self.language, "status": "APPROVED",
            "category": "UTILITY", "parameter_format": "POSITIONAL", "components": components,
        })
    }
}

/// What a template says with what was filled in.
pub(super) fn filled(content: &Value) -> Result<String, Refusal> {
    let name = text(&content["name"]).ok_or_else(|| Refusal::missing("template.name"))?;
    let language = text(&content["language"]["code"])
        .ok_or_else(|| Refusal::missing("template.language.code"))?;
    let mut templates = TEMPLATES.iter();
    let template = templates.find(|t| t.name == name && t.language == language);
    let template = template.ok_or_else(|| {
        let text = "(#132001) Template name does not exist in the translation";
        Refusal::parameter(132_001, text, "there is no such template")
    })?;
    let components = content["components"].as_array();
    let body = components
        .into_iter()
        .flatten()
        .find(|component| component["type"] == "body");
    let parameters = body.and_then(|body| body["parameters"].as_array());
    let parameters: Vec<&str> = parameters
        .into_iter()
        .flatten()
        .filter_map(|parameter| text(&parameter["text"]))
        .collect();
    if parameters.len() != template.examples.len() {
        let text = "(#132000) Number of parameters does not match the expected number of params";
        let details = format!("the body has {} parameters", template.examples.len());
        return Err(Refusal::parameter(132_000, text, details));
    }
    if parameters.iter().any(|p| p.contains(['\n', '\t'])) {
        let text = "(#132018) Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
        return Err(Refusal::parameter(132_018, text, "body parameters"));
    }
    let mut said = template.body.to_owned();
    for (index, parameter) in parameters.iter().enumerate() {
        said = said.replace(&format!("{{{{{}}}}}", index + 1), parameter);
    }
    let footer = template.footer.map(|footer| format!("\n\n{footer}"));
    Ok(said + &footer.unwrap_or_default())
}
