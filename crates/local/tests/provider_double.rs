//! The doubles of WhatsApp and SendGrid: what they take, what they refuse, what they report.
#![allow(clippy::unwrap_used, reason = "a test may end here")]
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tributary_local::ports::listen;
use tributary_local::provider_double::router;
use tributary_local::sandbox::{Sandbox, Settings};

type Webhook = (HeaderMap, bytes::Bytes);

/// The doubles on a port, and the webhooks that they send. The first of these is refused with 503.
struct World {
    url: String,
    webhooks: UnboundedReceiver<Webhook>,
    client: reqwest::Client,
}

impl World {
    async fn new() -> Self {
        let (sink, webhooks) = unbounded_channel();
        let refuse = AtomicBool::new(true);
        let receive = move |headers: HeaderMap, body: bytes::Bytes| {
            let answer = if refuse.swap(false, Ordering::SeqCst) {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                let _ = sink.send((headers, body));
                StatusCode::OK
            };
            async move { answer }
        };
        let receive = Arc::new(receive);
        let receive = move |headers, body| receive(headers, body);
        let ours = serve(Router::new().route("/api/webhooks/whatsapp", post(receive))).await;
        let sandbox = Sandbox::open(Settings {
            media_url: "http://127.0.0.1:1".to_owned(),
            api_url: ours,
            file: None,
            elsewhere: Vec::new(),
        });
        let url = serve(router(sandbox.unwrap())).await;
        Self {
            url,
            webhooks,
            client: reqwest::Client::new(),
        }
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> reqwest::Response {
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .bearer_auth(token);
        request.json(body).send().await.unwrap()
    }

    async fn whatsapp(&self, body: &Value) -> (StatusCode, Value) {
        let answer = self
            .post("/v26.0/300001/messages", "dev-whatsapp-token", body)
            .await;
        (answer.status(), answer.json().await.unwrap())
    }

    async fn mail(&self, body: &Value) -> (StatusCode, Value) {
        let answer = self.post("/v3/mail/send", "dev-sendgrid-key", body).await;
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn sends(&self) -> Vec<Value> {
        let answer = self
            .client
            .get(format!("{}/sandbox/api/sends", self.url))
            .send()
            .await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        answer["sends"].as_array().unwrap().clone()
    }
}

async fn serve(router: Router) -> String {
    let listener = listen(0).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn text(to: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "text",
        "text": { "body": "Hello", "preview_url": false }, "biz_opaque_callback_data": "desk:1",
    })
}

fn mail() -> Value {
    json!({
        "personalizations": [{ "to": [{ "email": "c@example.org" }] }],
        "from": { "email": "support@example.com" }, "subject": "Re: help",
        "content": [{ "type": "text/plain", "value": "Hello" }],
        "headers": { "Message-ID": "<a@reply.example.com>" },
    })
}

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

#[tokio::test]
async fn a_whatsapp_text_is_taken_listed_and_reported_sent_then_delivered_under_a_valid_signature()
{
    let mut world = World::new().await;
    let (status, answer) = world.whatsapp(&text("+1 650 555 1234")).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(
        answer["contacts"],
        json!([{ "input": "+1 650 555 1234", "wa_id": "16505551234" }])
    );
    let id = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("wamid."));
    let sends = world.sends().await;
    assert_eq!(sends.len(), 1);
    assert_eq!(
        (&sends[0]["id"], &sends[0]["provider"]),
        (&json!(id), &json!("whatsapp"))
    );
    assert_eq!(sends[0]["body"]["text"]["body"], "Hello");

    for expected in ["sent", "delivered"] {
        let (headers, body) = world.webhooks.recv().await.unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(b"dev-whatsapp-app-secret").unwrap();
        mac.update(&body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        assert_eq!(headers["x-hub-signature-256"], signature.as_str());
        let body: Value = serde_json::from_slice(&body).unwrap();
        let value = &body["entry"][0]["changes"][0]["value"];
        assert_eq!(value["metadata"]["phone_number_id"], "300001");
        let report = &value["statuses"][0];
        assert_eq!(report["id"], id.as_str());
        assert_eq!(report["status"], expected);
        assert_eq!(report["recipient_id"], "16505551234");
        assert_eq!(report["biz_opaque_callback_data"], "desk:1");
        assert!(report["timestamp"].as_str().unwrap().parse::<u64>().is_ok());
    }
}

#[tokio::test]
async fn whatsapp_refuses_with_metas_codes_and_keeps_nothing_of_it() {
    let world = World::new().await;
    let cases = [
        (text("not a phone"), 131_009),
        (with(text("15551"), "/to", Value::Null), 100),
        (with(text("15551"), "/messaging_product", json!("sms")), 100),
        (with(text("15551"), "/text/body", json!("")), 131_008),
        (
            with(text("15551"), "/text/body", json!("x".repeat(4_097))),
            100,
        ),
        (with(text("15551"), "/type", json!("image")), 131_008),
        (
            with(
                text("15551"),
                "/biz_opaque_callback_data",
                json!("x".repeat(513)),
            ),
            131_009,
        ),
        (
            json!({ "messaging_product": "whatsapp", "recipient": "nobody", "type": "text", "text": { "body": "a" } }),
            131_009,
        ),
    ];
    for (body, code) in cases {
        let (status, answer) = world.whatsapp(&body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert!(answer["error"]["fbtrace_id"].is_string());
    }
    let refused = world
        .post("/v26.0/300001/messages", "wrong", &text("15551"))
        .await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], 190);
    let unknown = world
        .post(
            "/v26.0/300002/messages",
            "dev-whatsapp-token",
            &text("15551"),
        )
        .await;
    assert_eq!(
        unknown.json::<Value>().await.unwrap()["error"]["error_subcode"],
        33
    );
    assert!(world.sends().await.is_empty());
}

#[tokio::test]
async fn a_whatsapp_user_without_a_number_is_reached_by_user_id() {
    let world = World::new().await;
    let body = json!({
        "messaging_product": "whatsapp", "recipient": "US.13491208655302741918",
        "type": "text", "text": { "body": "Hello" },
    });
    let (status, answer) = world.whatsapp(&body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["contacts"][0]["user_id"], "US.13491208655302741918");
}

#[tokio::test]
async fn a_mail_is_accepted_with_a_message_id_and_listed() {
    let world = World::new().await;
    let answer = world
        .post("/v3/mail/send", "dev-sendgrid-key", &mail())
        .await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let id = answer.headers()["x-message-id"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(answer.bytes().await.unwrap().is_empty());
    let sends = world.sends().await;
    assert_eq!(
        (&sends[0]["id"], &sends[0]["provider"]),
        (&json!(id), &json!("sendgrid"))
    );
    assert_eq!(sends[0]["body"]["subject"], "Re: help");
}

#[tokio::test]
async fn sendgrid_names_the_field_that_it_refuses() {
    let world = World::new().await;
    let twice = json!([{ "email": "c@example.org" }, { "email": "C@example.org" }]);
    let cases = [
        (
            with(mail(), "/personalizations", json!([])),
            "personalizations",
        ),
        (
            with(mail(), "/personalizations/0/to", json!([])),
            "personalizations.0.to",
        ),
        (
            with(mail(), "/personalizations/0/to/0/email", json!("nobody")),
            "personalizations.0.to.0.email",
        ),
        (
            with(mail(), "/personalizations/0/to", twice),
            "personalizations.0",
        ),
        (with(mail(), "/from/email", json!("")), "from.email"),
        (with(mail(), "/subject", json!("")), "subject"),
        (
            with(mail(), "/content/0/value", json!("")),
            "content.0.value",
        ),
        (
            with(
                mail(),
                "/content",
                json!([{ "type": "text/html", "value": "a" }, { "type": "text/plain", "value": "a" }]),
            ),
            "content",
        ),
        (
            with(mail(), "/headers", json!({ "Reply-To": "a@example.org" })),
            "headers",
        ),
        (
            with(mail(), "/headers", json!({ "X-Name": "Zoë" })),
            "headers",
        ),
    ];
    for (body, field) in cases {
        let (status, answer) = world.mail(&body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{field}: {answer}");
        assert_eq!(answer["errors"][0]["field"], field, "{answer}");
    }
    let refused = world.post("/v3/mail/send", "wrong", &mail()).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(world.sends().await.is_empty());
}

#[tokio::test]
async fn the_platforms_know_what_the_desk_is_subscribed_to_and_renew_instagrams_token() {
    let world = World::new().await;
    let call = async |method: http::Method, path: &str, token: &str| {
        let url = format!("{}{path}", world.url);
        let request = world.client.request(method, url).bearer_auth(token);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap())
    };
    let (get, post) = (http::Method::GET, http::Method::POST);
    let page = "/v26.0/100001/subscribed_apps";
    let fields = |answer: &Value| answer["data"][0]["subscribed_fields"].clone();
    let (_, before) = call(get.clone(), page, "dev-facebook-token").await;
    assert_eq!(fields(&before), json!(["messages"]));
    let more = format!("{page}?subscribed_fields=messages,standby");
    let (_, done) = call(post, &more, "dev-facebook-token").await;
    assert_eq!(done, json!({"success": true}));
    let (_, after) = call(get.clone(), page, "dev-facebook-token").await;
    assert_eq!(fields(&after), json!(["messages", "standby"]));
    let (status, refused) = call(get.clone(), page, "worn-out").await;
    assert_eq!((status, &refused["error"]["code"]), (401, &json!(190)));

    let renew = "/refresh_access_token?grant_type=ig_refresh_token&access_token=";
    let (_, fresh) = call(get.clone(), &format!("{renew}dev-instagram-token"), "").await;
    let token = fresh["access_token"].as_str().unwrap();
    assert_eq!(fresh["expires_in"], 5_184_000);
    let (status, _) = call(get.clone(), "/v26.0/200001/subscribed_apps", token).await;
    assert_eq!(status, 200, "the renewed token works");
    assert_eq!(call(get.clone(), &format!("{renew}other"), "").await.0, 401);

    let (_, webhooks) = call(get.clone(), "/2/webhooks", "dev-twitter-bearer").await;
    let url = webhooks["data"][0]["url"].as_str().unwrap();
    assert!(url.ends_with("/api/webhooks/twitter"), "{url}");
    let put = http::Method::PUT;
    let (_, valid) = call(put, "/2/webhooks/600001", "dev-twitter-bearer").await;
    assert_eq!(valid["data"]["valid"], true);
    assert_eq!(call(get, "/2/webhooks", "other").await.0, 401);
}

#[tokio::test]
async fn only_the_last_thousand_sends_are_kept() {
    let world = World::new().await;
    for number in 0..1_001 {
        world
            .mail(&with(mail(), "/subject", json!(number.to_string())))
            .await;
    }
    let sends = world.sends().await;
    assert_eq!(sends.len(), 1_000);
    assert_eq!(sends[0]["body"]["subject"], "1");
    assert_eq!(sends[999]["body"]["subject"], "1000");
}

#[tokio::test]
async fn pages_and_instagram_accounts_are_told_the_names_of_the_sandboxs_customers() {
    let world = World::new().await;
    let ask = async |id: &str, fields: &str, token: &str| {
        let url = format!("{}/v26.0/{id}?fields={fields}", world.url);
        let answer = world.client.get(url).bearer_auth(token).send().await;
        let answer = answer.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let (page, instagram) = ("dev-facebook-token", "dev-instagram-token");
    let (ben, ida) = ("2400000000000100", "5600000000000100");
    let (status, told) = ask(ben, "name,first_name,last_name", page).await;
    let expected =
        json!({"id": ben, "name": "Ben Okafor", "first_name": "Ben", "last_name": "Okafor"});
    assert_eq!((status, told), (StatusCode::OK, expected));
    let (_, told) = ask(ida, "name,username", instagram).await;
    let expected = json!({"id": ida, "name": "Ida Lindqvist", "username": "ida.lindqvist"});
    assert_eq!(told, expected);
    for (id, fields, token, code) in [
        (ida, "name", page, 100),
        ("1", "name", page, 100),
        (ben, "email", page, 100),
        (ben, "name", "wrong", 190),
    ] {
        let (_, told) = ask(id, fields, token).await;
        assert_eq!(told["error"]["code"], code, "{told}");
    }
}
