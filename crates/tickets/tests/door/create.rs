//! Opening tickets for customers.

use http::Method;
use serde_json::{Value, json};
use tributary_domain::EventType;
use tributary_edge::auth::standard_webhooks::sign;

use crate::platform::{AGENT, CHATBOT_SECRET};
use crate::scene::{Answer, Call, Scene, new_ticket};

const PATH: &str = "/api/tickets/create";
const NOW: i64 = 1_735_732_800;

fn signed(id: &str, body: &Value) -> Call {
    let raw = body.to_string();
    let signature = sign(CHATBOT_SECRET, id, NOW, raw.as_bytes()).expect("a signature");
    Call::new(Method::POST, PATH)
        .anonymous()
        .header("webhook-id", id)
        .header("webhook-timestamp", &NOW.to_string())
        .header("webhook-signature", &signature)
        .header("content-type", "application/json")
        .raw(raw)
}

/// `new_ticket` with one field replaced, by JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = new_ticket("15550100");
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("a parent")[name] = value;
    body
}

#[tokio::test]
async fn an_agent_opens_a_ticket_and_its_events_are_published() {
    let scene = Scene::open().await;
    let mut body = new_ticket("15550100");
    body["customer"]["primary_email"] = json!("Ann@Example.com");
    body["customer"]["channel_identity"] = json!("whatsapp:15550100");
    body["priority"] = json!("high");
    body["tags"] = json!([" billing ", "vip", "billing"]);
    let answer = scene.post(PATH, body).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.etag(), "\"1\"");
    insta::assert_json_snapshot!(answer.numbered());
    let published: Vec<EventType> = scene
        .publisher
        .published()
        .iter()
        .map(|e| e.event_type)
        .collect();
    assert_eq!(
        published,
        [EventType::TicketCreated, EventType::MessageReceived]
    );
    assert!(
        scene.store.all_sends().is_empty(),
        "what the customer said is never sent out"
    );
}

#[tokio::test]
async fn a_customer_with_an_open_ticket_gets_no_second_one_on_that_account() {
    let scene = Scene::open().await;
    let first = scene.ticket_of("15550100").await;
    let again = scene.post(PATH, new_ticket("15550100")).await;
    again.is_problem(409, "open-ticket-exists");
    assert_eq!(again.json["ticket_id"], first.as_str());
    let mut other_account = new_ticket("15550100");
    other_account["source"]["account_id"] = json!("300002");
    let other = scene.post(PATH, other_account).await;
    assert_eq!(other.status, 201);
    assert_eq!(other.json["source"]["account_id"], "300002");
    scene.put(&first, json!({"status": "closed"})).await;
    assert_eq!(scene.post(PATH, new_ticket("15550100")).await.status, 201);
}

#[tokio::test]
async fn the_account_is_the_channels_first_unless_told_and_must_be_ours() {
    let scene = Scene::open().await;
    for (channel, origin, account) in [
        ("whatsapp", "15550100", "300001"),
        ("facebook", "psid-1", "100001"),
        ("instagram", "igsid-1", "200001"),
        ("twitter", "42", "900001"),
        ("email", "Ann@Example.com", "email"),
        ("web_chat", "session-1", "web_chat"),
    ] {
        let mut body = new_ticket(origin);
        body["source"]["channel"] = json!(channel);
        let answer = scene.post(PATH, body.clone()).await;
        assert_eq!(answer.status, 201, "{channel}: {}", answer.json);
        assert_eq!(answer.json["source"]["account_id"], account);
        body["source"]["account_id"] = json!("999");
        scene
            .post(PATH, body)
            .await
            .names_field("/source/account_id");
    }
}

#[tokio::test]
async fn a_mail_customer_is_known_by_the_address_in_lower_case() {
    let scene = Scene::open().await;
    let mut body = new_ticket("Ann@Example.com");
    body["source"]["channel"] = json!("email");
    body["customer"]["channel_identity"] = json!("email:ANN@example.com");
    let answer = scene.post(PATH, body).await;
    assert_eq!(
        answer.json["customer"]["channel_identity"],
        "email:ann@example.com"
    );
    assert_eq!(answer.json["customer"]["email"], "ann@example.com");
}

#[tokio::test]
async fn each_bad_field_is_named_and_nothing_is_done() {
    let scene = Scene::open().await;
    let many: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
    for (pointer, value) in [
        ("/source/origin_platform_id", json!("")),
        ("/source/origin_platform_id", json!("+1 555")),
        ("/source/origin_platform_id", json!("1".repeat(600))),
        ("/source/channel", json!("telegram")),
        ("/source/is_bot_handoff", json!("yes")),
        ("/source/account_id", json!("0")),
        ("/customer/channel_identity", json!("whatsapp:999")),
        ("/customer/channel_identity", json!("nonsense")),
        ("/customer/email", json!("nobody")),
        ("/customer/name", json!("x".repeat(201))),
        ("/customer", json!("Ann")),
        ("/subject", json!(" ")),
        ("/subject", json!("x".repeat(256))),
        ("/subject", Value::Null),
        ("/initial_message", json!("\n")),
        ("/priority", json!("urgent")),
        ("/tags", json!(many)),
        ("/tags/1", json!(7)),
    ] {
        let body = if pointer == "/tags/1" {
            with("/tags", json!(["a", value]))
        } else {
            with(pointer, value)
        };
        scene.post(PATH, body).await.names_field(pointer);
    }
    let mut missing = new_ticket("15550100");
    missing
        .as_object_mut()
        .expect("an object")
        .remove("subject");
    scene.post(PATH, missing).await.names_field("/subject");
    let unknown = scene.post(PATH, with("/customer/phone", json!("1"))).await;
    unknown.is_problem(400, "unknown-field");
    assert_eq!(unknown.json["errors"][0]["pointer"], "/customer/phone");
    assert!(scene.store.all_tickets().is_empty());
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_whole() {
    let scene = Scene::open().await;
    let call = || Call::new(Method::POST, PATH);
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let trailing = format!("{} x", new_ticket("1"));
    for raw in [
        &b""[..],
        b"{",
        b"\xff\xfe",
        b"[]",
        trailing.as_bytes(),
        deep.as_bytes(),
    ] {
        scene
            .send(call().raw(raw.to_vec()))
            .await
            .is_problem(400, "invalid-body");
    }
    let form = call()
        .header("content-type", "application/x-www-form-urlencoded")
        .raw("a=b");
    scene
        .send(form)
        .await
        .is_problem(415, "unsupported-media-type");
    let large = with("/initial_message", json!("x".repeat(300_000)));
    scene
        .send(call().json(large))
        .await
        .is_problem(413, "body-too-large");
    scene
        .post("/api/tickets/create?x=1", new_ticket("1"))
        .await
        .is_problem(400, "invalid-parameter");
}

#[tokio::test]
async fn a_chatbots_signature_opens_a_ticket_once_for_each_webhook_id() {
    let scene = Scene::open().await;
    let mut body = new_ticket("session-1");
    body["source"] =
        json!({"channel": "web_chat", "origin_platform_id": "session-1", "is_bot_handoff": true});
    let first = scene.send(signed("msg_1", &body)).await;
    assert_eq!(first.status, 201, "{}", first.json);
    assert_eq!(first.json["source"]["is_bot_handoff"], true);
    assert_eq!(first.json["actions"], json!([]));
    let again = scene.send(signed("msg_1", &body)).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json["ticket_id"], first.json["ticket_id"]);
    assert_eq!(scene.store.all_tickets().len(), 1);
    let another: Answer = scene.send(signed("msg_2", &body)).await;
    another.is_problem(409, "open-ticket-exists");
}

#[tokio::test]
async fn a_signature_over_other_bytes_or_another_time_proves_nothing() {
    let scene = Scene::open().await;
    let body = new_ticket("15550100");
    let changed = signed("msg_1", &body).raw(body.to_string() + " ");
    scene
        .send(changed)
        .await
        .is_problem(401, "invalid-signature");
    scene.wait(301);
    scene
        .send(signed("msg_1", &body))
        .await
        .is_problem(401, "invalid-signature");
    let half = Call::new(Method::POST, PATH)
        .anonymous()
        .header("webhook-id", "msg_1")
        .json(body);
    scene.send(half).await.is_problem(401, "invalid-signature");
    assert!(scene.store.all_tickets().is_empty());
}

#[tokio::test]
async fn long_content_is_kept_whole_as_an_attachment_with_an_address() {
    let scene = Scene::open().await;
    let answer = scene
        .post(PATH, with("/initial_message", json!("é".repeat(50_000))))
        .await;
    let message = &answer.json["timeline"][0];
    assert_eq!(message["content_truncated"], true);
    let file = &message["attachments"][0];
    assert_eq!(
        (&file["state"], &file["mime_type"]),
        (&json!("stored"), &json!("text/plain"))
    );
    assert_eq!(file["size_bytes"], 100_000);
    assert!(
        file["url"]
            .as_str()
            .is_some_and(|url| url.contains("valid=900")),
        "{file}"
    );
    assert!(
        answer.json["assigned_agent_id"].is_null(),
        "not even {AGENT}"
    );
}
