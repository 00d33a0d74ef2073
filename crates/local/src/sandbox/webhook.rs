//! Posts to the stack's own webhooks over HTTP, as a platform would.

use std::time::Duration;

use serde_json::Value;

use super::clock::now_ms;
use super::model::DeliveryRecord;
use super::platform::Post;
use super::state::rfc3339;

/// Above API Gateway's 29 s.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Meta repeats for seven days; a stack that is down for longer than these take is gone.
const REPORT_ATTEMPTS: u32 = 10;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The stack's webhooks.
#[derive(Debug, Clone)]
pub(super) struct Webhooks {
    client: reqwest::Client,
    api_url: String,
}

impl Webhooks {
    pub(super) fn new(api_url: String) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { client, api_url })
    }

    /// Posts once, and says what came of it.
    pub(super) async fn post(&self, post: &Post) -> DeliveryRecord {
        let mut request = self
            .client
            .post(format!("{}{}", self.api_url, post.path))
            .header("content-type", &post.content_type);
        for (name, value) in &post.headers {
            request = request.header(*name, value);
        }
        let at = rfc3339(now_ms());
        let (status, answer) = match request.body(post.body.clone()).send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                (Some(status), answer.json::<Value>().await.ok())
            }
            Err(_) => (None, None),
        };
        DeliveryRecord {
            at,
            status,
            answer,
            body: String::from_utf8_lossy(&post.body).into_owned(),
            signature_header: post.proof(),
        }
    }

    /// Posts until it is taken. Returns whether it was.
    pub(super) async fn report(&self, post: &Post) -> bool {
        let mut pause = FIRST_PAUSE;
        for _ in 0..REPORT_ATTEMPTS {
            let status = self.post(post).await.status;
            if status.is_some_and(|status| (200..300).contains(&status)) {
                return true;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        tracing::warn!(path = post.path, "a report was not taken by the webhook");
        false
    }
}

/// Whether a platform would post again after this answer.
pub(super) fn worth_repeating(record: &DeliveryRecord) -> bool {
    record.status.is_none_or(|status| status >= 500)
}
