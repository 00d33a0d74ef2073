//! Which templates of a number are approved (WhatsApp Business Management API, "Message templates").

use reqwest::Method;
use serde::Deserialize;
use tokio::time::Instant;
use tributary_domain::AccountId;
use tributary_domain::templates::ApprovedTemplate;

use crate::health::graph::Node;
use crate::health::{BUDGET, HealthCredentials, PlatformHealth, WhatsAppToken};

/// Templates asked for at a time: an answer stays small.
const PAGE: &str = "25";
/// Pages read at most.
const PAGES: usize = 20;

#[derive(Debug, Deserialize)]
struct PageBody {
    data: Vec<TemplateBody>,
    paging: Option<Paging>,
}

#[derive(Debug, Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Cursors {
    after: Option<String>,
}

#[derive(Debug, Deserialize)]
struct TemplateBody {
    name: String,
    language: String,
    status: String,
    #[serde(default)]
    category: String,
    parameter_format: Option<String>,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Debug, Deserialize)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    format: Option<String>,
    text: Option<String>,
    example: Option<Example>,
    #[serde(default)]
    buttons: Vec<Button>,
}

#[derive(Debug, Deserialize)]
struct Example {
    #[serde(default)]
    body_text: Vec<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Button {
    url: Option<String>,
}

/// Whether a text wants parameters.
fn wants(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.contains("{{"))
}

/// The highest number in `{{…}}`.
fn parameters(body: &str) -> usize {
    let numbers = body
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"));
    numbers
        .filter_map(|(number, _)| number.trim().parse().ok())
        .max()
        .unwrap_or(0)
}

/// A template that needs nothing but texts in its body; none for the others, which the desk cannot fill.
fn usable(template: TemplateBody) -> Option<ApprovedTemplate> {
    let TemplateBody {
        name,
        language,
        status,
        category,
        parameter_format,
        components,
    } = template;
    let is_named = parameter_format.is_some_and(|format| format.eq_ignore_ascii_case("named"));
    if status != "APPROVED" || is_named {
        return None;
    }
    let (mut body, mut footer, mut examples) = (None, None, Vec::new());
    for component in components {
        let Component {
            kind,
            format,
            text,
            example,
            buttons,
        } = component;
        match kind.to_ascii_uppercase().as_str() {
            "BODY" => {
                body = text;
                let of_body = example.into_iter().flat_map(|example| example.body_text);
                examples = of_body.into_iter().next().unwrap_or_default();
            }
            "FOOTER" => footer = text,
            "HEADER" if format.as_deref() == Some("TEXT") && !wants(text.as_deref()) => {}
            "BUTTONS" if buttons.iter().all(|button| !wants(button.url.as_deref())) => {}
            _ => return None,
        }
    }
    let body = body?;
    Some(ApprovedTemplate {
        name,
        language,
        category,
        parameters: parameters(&body),
        body,
        footer,
        examples,
    })
}

impl<C: HealthCredentials> PlatformHealth<C> {
    /// The approved templates of one of our WhatsApp numbers, by name; none when its business account is not known or
    /// WhatsApp does not tell.
    pub async fn templates(&self, account: &AccountId) -> Option<Vec<ApprovedTemplate>> {
        let WhatsAppToken {
            access_token: token,
            waba_id,
        } = self.credentials.number(account).await.ok()?;
        let waba_id = waba_id?;
        let business = Node {
            http: &self.http,
            origin: &self.whatsapp,
            version: &self.version,
            id: &waba_id,
            token: &token,
            platform: "WhatsApp",
            what: "business account",
            secret: "whatsapp",
            deadline: Instant::now() + BUDGET,
        };
        let mut templates = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let mut query = vec![
                (
                    "fields",
                    "name,language,status,category,parameter_format,components",
                ),
                ("limit", PAGE),
            ];
            query.extend(after.as_deref().map(|after| ("after", after)));
            let edge = Some("message_templates");
            let page = business.call(Method::GET, edge, &query).await.ok()?;
            let PageBody { data, paging } = serde_json::from_value(page).ok()?;
            templates.extend(data.into_iter().filter_map(usable));
            let paging = paging.filter(|paging| paging.next.is_some());
            after = paging.and_then(|paging| paging.cursors?.after);
            if after.is_none() {
                break;
            }
        }
        templates.sort_by(|a, b| (&a.name, &a.language).cmp(&(&b.name, &b.language)));
        Some(templates)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(template: Value) -> Option<ApprovedTemplate> {
        usable(serde_json::from_value(template).expect("a template"))
    }

    fn with(components: Value) -> Value {
        json!({"name": "shipped", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
            "components": components})
    }

    #[test]
    fn a_template_of_texts_is_read_with_its_parameters_and_examples() {
        let read = read(with(json!([
            {"type": "HEADER", "format": "TEXT", "text": "News"},
            {"type": "BODY", "text": "Hello {{1}}, order {{2}} left.", "example": {"body_text": [["Ann", "4711"]]}},
            {"type": "FOOTER", "text": "Your shop"},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://example.com"}]},
        ])));
        let read = read.expect("usable");
        assert_eq!(
            (read.parameters, read.footer.as_deref()),
            (2, Some("Your shop"))
        );
        assert_eq!(read.examples, ["Ann", "4711"]);
    }

    #[test]
    fn what_the_desk_cannot_fill_or_whatsapp_did_not_approve_is_left_out() {
        let body = json!({"type": "BODY", "text": "Hello"});
        for components in [
            json!([body, {"type": "HEADER", "format": "IMAGE"}]),
            json!([body, {"type": "HEADER", "format": "TEXT", "text": "For {{1}}"}]),
            json!([body, {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://example.com/{{1}}"}]}]),
            json!([body, {"type": "CAROUSEL"}]),
            json!([]),
        ] {
            assert_eq!(read(with(components.clone())), None, "{components}");
        }
        let mut rejected = with(json!([body]));
        rejected["status"] = json!("REJECTED");
        assert_eq!(read(rejected), None);
        let mut named = with(json!([body]));
        named["parameter_format"] = json!("NAMED");
        assert_eq!(read(named), None);
        assert!(read(with(json!([body]))).is_some());
    }
}
