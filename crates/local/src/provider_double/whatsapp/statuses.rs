//! What WhatsApp reports after it accepted a message: `sent`, then `delivered`, signed like everything from Meta.
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::super::sends::now_ms;
use super::super::{WHATSAPP_APP_SECRET, WHATSAPP_PHONE_NUMBER_ID};
use super::Recipient;

/// Meta repeats for seven days; a stack that is down for longer than this minute is gone.
const ATTEMPTS: u32 = 10;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Which message to report on.
pub(super) struct Report {
    pub(super) message_id: String,
    pub(super) recipient: Recipient,
    pub(super) callback_data: Option<String>,
}

/// Posts statuses to the webhook.
#[derive(Debug, Clone)]
pub(in super::super) struct Statuses {
    client: reqwest::Client,
    webhook_url: String,
}

impl Statuses {
    pub(in super::super) fn new(webhook_url: String) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self {
            client,
            webhook_url,
        })
    }

    pub(super) async fn report(self, report: Report) {
        for status in ["sent", "delivered"] {
            self.post(&body(&report, status).to_string()).await;
        }
    }

    async fn post(&self, body: &str) {
        let mut pause = FIRST_PAUSE;
        for _ in 0..ATTEMPTS {
            let answer = self
                .client
                .post(&self.webhook_url)
                .header("content-type", "application/json")
                .header("x-hub-signature-256", signature(body.as_bytes()))
                .body(body.to_owned())
                .send()
                .await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        tracing::warn!("a WhatsApp status could not be delivered to the webhook");
    }
}

fn body(report: &Report, status: &str) -> Value {
    let mut entry = json!({
        "id": report.message_id,
        "status": status,
        "timestamp": (now_ms() / 1_000).to_string(),
    });
    match &report.recipient {
        Recipient::Phone { digits, .. } => entry["recipient_id"] = json!(digits),
        Recipient::User(id) => entry["recipient_user_id"] = json!(id),
    }
    if let Some(data) = &report.callback_data {
        entry["biz_opaque_callback_data"] = json!(data);
    }
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "310001", "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": "15550003001",
                "phone_number_id": WHATSAPP_PHONE_NUMBER_ID,
            },
            "statuses": [entry],
        } }] }],
    })
}

/// `sha256=` and the lower-case hex HMAC-SHA256 of the bytes that are sent.
fn signature(body: &[u8]) -> String {
    let mut mac = match Hmac::<Sha256>::new_from_slice(WHATSAPP_APP_SECRET.as_bytes()) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of every length"),
    };
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
