//! Who may put a mail into the bucket: API Gateway asks before it takes the body, with the headers alone.
//! Source: API Gateway, "Use API Gateway Lambda authorizers".

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tributary_domain::Channel;
use tributary_edge::secrets::Secrets;
use tributary_telemetry::metrics;

use super::proof::{Admitted, NotProven, admit};

/// Why there is no decision. The gateway makes a 503 of it, and SendGrid tries again.
#[derive(Debug, thiserror::Error)]
pub enum Undecided {
    /// The request is none of API Gateway's.
    #[error("the event is no request to an authorizer")]
    UnknownEvent,
    /// The secret does not say what proves a mail.
    #[error("what proves SendGrid's posts is not at hand")]
    ProofUnavailable,
}

/// Decides on a request to an authorizer of type `REQUEST`. What it found out goes to the gateway as
/// `context.authorizer.admitted`, which stores it beside the mail.
///
/// # Errors
/// [`Undecided`]; a sender who proves nothing is an answer and not an error.
pub async fn authorize(secrets: &Secrets, event: &Value) -> Result<Value, Undecided> {
    let method = event["methodArn"].as_str().ok_or(Undecided::UnknownEvent)?;
    match admit(secrets, &headers(event)).await {
        Ok(admitted) => Ok(decision(method, "Allow", Some(admitted))),
        Err(NotProven::Forged) => {
            metrics::proof_refused(Channel::Email.as_str());
            tracing::warn!("a mail is refused: user or password is not right");
            Ok(decision(method, "Deny", None))
        }
        Err(NotProven::Unavailable) => Err(Undecided::ProofUnavailable),
    }
}

fn decision(method: &str, effect: &str, admitted: Option<Admitted>) -> Value {
    let statement = json!({"Action": "execute-api:Invoke", "Effect": effect, "Resource": method});
    let mut decision = json!({
        "principalId": "sendgrid",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    });
    if let Some(admitted) = admitted {
        decision["context"] = json!({"admitted": admitted.as_str()});
    }
    decision
}

fn headers(event: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let told = event["multiValueHeaders"].as_object();
    for (name, values) in told.into_iter().flatten() {
        let values = values.as_array().map_or(&[][..], Vec::as_slice);
        for value in values.iter().filter_map(Value::as_str) {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value),
            ) {
                headers.append(name, value);
            }
        }
    }
    headers
}
