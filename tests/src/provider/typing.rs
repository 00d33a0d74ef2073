//! That somebody types, posted to the address for messages (Messenger Platform, sender actions; WhatsApp Cloud API,
//! typing indicators).

use axum::Json;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Call, Provider, authorization, reached};

impl Provider {
    /// Waits until `count` calls showed that somebody types, half a minute at most.
    ///
    /// # Errors
    /// When there were fewer or more.
    pub async fn shown_typing(&self, count: usize) -> anyhow::Result<Vec<Call>> {
        reached(&self.typing_count, count).await;
        let shown = self.told().typing.clone();
        anyhow::ensure!(shown.len() == count, "shown {} times", shown.len());
        Ok(shown)
    }

    /// The answer to such a call; none to a message.
    pub(super) fn heard_typing(
        &self,
        path: &str,
        headers: &HeaderMap,
        body: &Value,
    ) -> Option<Response> {
        let is_typing =
            body["sender_action"] == "typing_on" || body["typing_indicator"]["type"] == "text";
        is_typing.then(|| {
            let mut told = self.told();
            told.typing.push(Call {
                path: path.to_owned(),
                authorization: authorization(headers),
                body: body.clone(),
                id: String::new(),
                to: String::new(),
            });
            self.typing_count.send_replace(told.typing.len());
            Json(json!({"success": true})).into_response()
        })
    }
}
