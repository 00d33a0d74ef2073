//! A sandbox beside webhooks that remember what they got.
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tributary_edge::auth::hub_signature;
use tributary_local::ports::listen;
use tributary_local::provider_double;
use tributary_local::sandbox::model::Channel;
use tributary_local::sandbox::{Sandbox, Settings, api};

const PATIENCE: Duration = Duration::from_secs(20);

/// What a webhook got.
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: bytes::Bytes,
}

impl Got {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// A sandbox with its doubles, and webhooks that answer as they are told, else 200.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) doubles: String,
    webhooks: UnboundedReceiver<Got>,
    pub(crate) answers: Arc<Mutex<VecDeque<u16>>>,
    pub(crate) sandbox: Sandbox,
    pub(crate) client: reqwest::Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(None, Vec::new()).await
    }

    pub(crate) async fn with(file: Option<PathBuf>, elsewhere: Vec<Channel>) -> Self {
        let (sink, webhooks) = unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let told = Arc::clone(&answers);
        let receive = async move |uri: Uri, headers: HeaderMap, raw: bytes::Bytes| {
            let path = uri.path().to_owned();
            let _ = sink.send(Got { path, headers, raw });
            let status = told.lock().unwrap().pop_front().unwrap_or(200);
            let answer = axum::Json(json!({ "status": "ok" }));
            (StatusCode::from_u16(status).unwrap(), answer)
        };
        let api_url = serve(Router::new().fallback(receive)).await;
        let sandbox = Sandbox::open(Settings {
            media_url: "http://127.0.0.1:1".to_owned(),
            api_url,
            file,
            elsewhere,
        })
        .unwrap();
        Self {
            url: serve(api::router(sandbox.clone())).await,
            doubles: serve(provider_double::router(sandbox.clone())).await,
            webhooks,
            answers,
            sandbox,
            client: reqwest::Client::new(),
        }
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let url = format!("{}/sandbox/api{path}", self.url);
        let answer = self.client.request(method, url).json(body).send().await;
        let answer = answer.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, body).await
    }

    pub(crate) async fn knobs(&self, channel: &str, body: &Value) {
        let path = format!("/channels/{channel}");
        let (status, answer) = self.call(Method::PUT, &path, body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    pub(crate) async fn state(&self) -> Value {
        self.call(Method::GET, "/state", &Value::Null).await.1
    }

    pub(crate) async fn write(&self, customer: &str, text: &str) -> Value {
        let path = format!("/customers/{customer}/messages");
        let (status, message) = self.post(&path, &json!({ "text": text })).await;
        assert_eq!(status, StatusCode::CREATED, "{message}");
        message
    }

    /// What the next webhook got.
    pub(crate) async fn got(&mut self) -> Got {
        let got = tokio::time::timeout(PATIENCE, self.webhooks.recv()).await;
        got.expect("a webhook").unwrap()
    }

    /// What the desk sends to a Graph API.
    pub(crate) async fn send(
        &self,
        account: &str,
        token: &str,
        body: &Value,
    ) -> reqwest::Result<(u16, Value)> {
        let url = format!("{}/v26.0/{account}/messages", self.doubles);
        let answer = self
            .client
            .post(url)
            .bearer_auth(token)
            .json(body)
            .send()
            .await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await?))
    }

    pub(crate) async fn whatsapp(&self, text: &str) -> reqwest::Result<(u16, Value)> {
        let body = json!({
            "messaging_product": "whatsapp", "to": "15550100", "type": "text",
            "text": { "body": text }, "biz_opaque_callback_data": "mark-1",
        });
        self.send("300001", "dev-whatsapp-token", &body).await
    }

    pub(crate) async fn messenger(&self, text: &str) -> reqwest::Result<(u16, Value)> {
        let body = json!({
            "recipient": { "id": "2400000000000100" }, "messaging_type": "RESPONSE",
            "message": { "text": text, "metadata": "mark-2" },
        });
        self.send("100001", "dev-facebook-token", &body).await
    }
}

pub(crate) async fn serve(router: Router) -> String {
    let listener = listen(0).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

pub(crate) fn is_signed(got: &Got, secret: &str) -> bool {
    let signature = got
        .headers
        .get(hub_signature::HEADER)
        .and_then(|v| v.to_str().ok());
    signature == Some(hub_signature::sign(&got.raw, secret).as_str())
}
