//! An HTTP request as API Gateway hands it to a function, and the function's answer as HTTP
//! (docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html, REST, format 1.0).
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use super::InvocationError;

const STAGE: &str = "prod";

/// What the client of API Gateway would get.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// The status code.
    pub status: u16,
    /// All headers; a name may occur several times.
    pub headers: HeaderMap,
    /// The body, decoded.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The event for a request from outside. Binary media types are as the template sets them: a body of
/// `multipart/form-data` travels in base64. Every other body has to be UTF-8 to arrive whole, as on AWS.
pub(super) fn request(
    method: &str,
    path_and_query: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Value {
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((path_and_query, ""));
    let mut fields = vec![
        ("Host", "api.example.com"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    ];
    fields.extend(headers);
    let fields = fields.iter().map(|(name, value)| (*name, *value));
    let parameters = reqwest::Url::parse(&format!("http://api.example.com/?{query}"))
        .map(|url| url.query_pairs().into_owned().collect::<Vec<_>>())
        .unwrap_or_default();
    let parameters = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let is_binary = fields.clone().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && value.starts_with("multipart/form-data")
    });
    let text = if is_binary {
        STANDARD.encode(body)
    } else {
        String::from_utf8_lossy(body).into_owned()
    };
    json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": last_values(fields.clone()),
        "multiValueHeaders": all_values(fields),
        "queryStringParameters": last_values(parameters.clone()),
        "multiValueQueryStringParameters": all_values(parameters),
        "pathParameters": { "proxy": path.trim_start_matches('/') },
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": "api.example.com",
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": method,
            "identity": { "sourceIp": "203.0.113.7", "userAgent": "test" },
            "path": format!("/{STAGE}{path}"),
            "protocol": "HTTP/1.1",
            "requestId": "11111111-2222-3333-4444-555555555555",
            "requestTime": "01/Jan/2025:12:00:00 +0000",
            "requestTimeEpoch": 1_735_732_800_000_u64,
            "resourceId": "abc123",
            "resourcePath": "/{proxy+}",
            "stage": STAGE,
        },
        "body": if body.is_empty() { Value::Null } else { json!(text) },
        "isBase64Encoded": is_binary && !body.is_empty(),
    })
}

/// Null when there is none, as API Gateway has it.
fn last_values<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let values: BTreeMap<_, _> = pairs.collect();
    if values.is_empty() {
        Value::Null
    } else {
        json!(values)
    }
}

fn all_values<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in pairs {
        values.entry(name).or_default().push(value);
    }
    if values.is_empty() {
        Value::Null
    } else {
        json!(values)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProxyResponse {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

pub(super) fn answer(answer: Value) -> Result<HttpAnswer, InvocationError> {
    let malformed = |what: &str| InvocationError::Malformed(what.to_owned());
    let response: ProxyResponse = serde_json::from_value(answer)
        .map_err(|error| InvocationError::Malformed(error.to_string()))?;
    // A name in both maps counts once, with its several values.
    let mut fields = response.multi_value_headers.unwrap_or_default();
    for (name, value) in response.headers.unwrap_or_default() {
        fields.entry(name).or_insert_with(|| vec![value]);
    }
    let mut headers = HeaderMap::new();
    for (name, values) in fields {
        let name = HeaderName::try_from(name).map_err(|_| malformed("a header's name"))?;
        for value in values {
            let value = HeaderValue::try_from(value).map_err(|_| malformed("a header's value"))?;
            headers.append(&name, value);
        }
    }
    let body = response.body.unwrap_or_default();
    Ok(HttpAnswer {
        status: response.status_code,
        headers,
        body: if response.is_base64_encoded {
            STANDARD
                .decode(body)
                .map_err(|_| malformed("a body that is no base64"))?
        } else {
            body.into_bytes()
        },
    })
}
