//! SendGrid, posting with a key of its own.

use http::Method;
use serde_json::{Value, json};
use tributary_edge::auth::basic;
use tributary_edge::auth::sendgrid_signature::{SIGNATURE_HEADER, Signer, TIMESTAMP_HEADER};

use crate::scene::{Answer, Scene};

pub const MAIL: &str = "/api/webhooks/email";
pub const EVENTS: &str = "/api/webhooks/email/events";
/// What a request says of itself beside its body.
pub type Headers = Vec<(&'static str, String)>;

/// A key, and posts signed with it.
pub struct SendGrid(Signer);

impl SendGrid {
    pub fn new() -> Self {
        Self(Signer::generate().expect("a key"))
    }

    pub fn public_key(&self) -> String {
        self.0.public_key().expect("its public half")
    }

    /// The headers that prove a body.
    pub fn signed(&self, body: &[u8]) -> Headers {
        let timestamp = "1793000000";
        let signature = self.0.sign(timestamp, body).expect("signed");
        vec![
            (SIGNATURE_HEADER, signature),
            (TIMESTAMP_HEADER, timestamp.to_owned()),
        ]
    }
}

/// The header of user and password.
pub fn by_basic(username: &str, password: &str) -> Headers {
    vec![("authorization", basic::header(username, password))]
}

/// What Secrets Manager holds for SendGrid.
pub fn secret(fields: Value) -> Value {
    let mut secret = json!({"api_key": "key"});
    let fields = fields.as_object().expect("fields").clone();
    secret.as_object_mut().expect("an object").extend(fields);
    secret
}

impl Scene {
    /// Posts a mail with these headers.
    pub async fn post_mail(&self, headers: &Headers, body: &[u8]) -> Answer {
        let mut headers = headers.clone();
        let form = "multipart/form-data; boundary=xYzZY";
        headers.push(("content-type", form.to_owned()));
        self.call(Method::POST, MAIL, &headers, body).await
    }

    /// Posts events with these headers.
    pub async fn post_events(&self, headers: &Headers, body: &[u8]) -> Answer {
        self.call(Method::POST, EVENTS, headers, body).await
    }
}
