//! What the desk sends: on the phones, in reports, and when the provider fails.
use http::StatusCode;
use serde_json::{Value, json};
use tributary_local::sandbox::clock::now_ms;

use crate::world::{World, is_signed};

#[tokio::test]
async fn a_reply_appears_on_the_phone_and_is_reported_up_to_what_was_set() {
    let mut world = World::new().await;
    world
        .knobs("whatsapp", &json!({ "receipts": "read" }))
        .await;
    let (status, answer) = world.whatsapp("On its way").await.unwrap();
    assert_eq!(status, 200);
    let mut reports = Vec::new();
    for _ in 0..3 {
        let got = world.got().await;
        assert!(is_signed(&got, "dev-whatsapp-app-secret"));
        let report = got.body()["entry"][0]["changes"][0]["value"]["statuses"][0].clone();
        assert_eq!(report["id"], answer["messages"][0]["id"]);
        reports.push(report["status"].clone());
    }
    assert_eq!(json!(reports), json!(["sent", "delivered", "read"]));
    let message = world.state().await["messages"][0].clone();
    assert_eq!(
        [
            &message["direction"],
            &message["text"],
            &message["state"],
            &message["customer_id"]
        ],
        ["out", "On its way", "read", "c1"]
    );
}

#[tokio::test]
async fn messenger_echoes_what_was_sent_and_reports_by_watermark() {
    let mut world = World::new().await;
    let before = now_ms();
    let (status, answer) = world.messenger("Yes").await.unwrap();
    assert_eq!(status, 200);
    let echo = world.got().await.body()["entry"][0]["messaging"][0]["message"].clone();
    assert_eq!(
        [&echo["is_echo"], &echo["metadata"], &echo["mid"]],
        [&json!(true), &json!("mark-2"), &answer["message_id"]]
    );
    let delivery = world.got().await.body()["entry"][0]["messaging"][0]["delivery"].clone();
    assert_eq!(delivery["mids"], json!([answer["message_id"]]));
    assert!(delivery["watermark"].as_u64().unwrap() >= before);
    let (status, _) = world.post("/customers/c2/read", &json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let read = world.got().await.body()["entry"][0]["messaging"][0]["read"].clone();
    assert!(read["watermark"].as_u64().unwrap() >= delivery["watermark"].as_u64().unwrap());
    assert_eq!(world.state().await["messages"][0]["state"], "read");
}

#[tokio::test]
async fn messenger_refuses_what_the_real_one_refuses() {
    let world = World::new().await;
    let good = json!({ "recipient": { "id": "1" }, "messaging_type": "RESPONSE", "message": { "text": "x" } });
    let mut long = good.clone();
    long["message"]["text"] = json!("x".repeat(2_001));
    let mut tag = good.clone();
    tag["messaging_type"] = json!("MESSAGE_TAG");
    let mut nobody = good.clone();
    nobody["recipient"] = json!({});
    for (token, body, expected) in [
        ("wrong", &good, (401, 190)),
        ("dev-facebook-token", &long, (400, 100)),
        ("dev-facebook-token", &tag, (400, 100)),
        ("dev-facebook-token", &nobody, (400, 100)),
    ] {
        let (status, answer) = world.send("100001", token, body).await.unwrap();
        assert_eq!(
            (status, &answer["error"]["code"]),
            (expected.0, &json!(expected.1)),
            "{answer}"
        );
    }
    assert_eq!(world.state().await["messages"], json!([]));
}

#[tokio::test]
async fn a_mail_reaches_the_visitor_of_the_chat() {
    let world = World::new().await;
    let mail = json!({
        "personalizations": [{ "to": [{ "email": "Chloe@Example.com" }] }], "from": { "email": "support@example.com" },
        "subject": "Re: help", "content": [{ "type": "text/plain", "value": "Bonjour" }],
    });
    let url = format!("{}/v3/mail/send", world.doubles);
    let answer = world
        .client
        .post(url)
        .bearer_auth("dev-sendgrid-key")
        .json(&mail)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 202);
    let message = world.state().await["messages"][0].clone();
    assert_eq!(
        [
            &message["customer_id"],
            &message["via"],
            &message["subject"],
            &message["text"]
        ],
        ["c5", "email", "Re: help", "Bonjour"]
    );
}

#[tokio::test]
async fn the_provider_fails_as_it_is_told_and_as_often() {
    let mut world = World::new().await;
    let fault = |kind: &str| json!({ "fault": { "kind": kind, "times": 1 } });
    for (kind, status, code, subcode) in [
        ("server_error", 500, 2, Value::Null),
        ("token_expired", 401, 190, json!(463)),
        ("window_closed", 400, 10, json!(2_018_278)),
    ] {
        world.knobs("facebook", &fault(kind)).await;
        let (got, answer) = world.messenger("x").await.unwrap();
        let error = &answer["error"];
        assert_eq!(
            (got, &error["code"], &error["error_subcode"]),
            (status, &json!(code), &subcode),
            "{kind}"
        );
        assert_eq!(world.messenger("x").await.unwrap().0, 200, "{kind} ends");
        world.got().await;
        world.got().await;
    }
    world.knobs("whatsapp", &fault("window_closed")).await;
    assert_eq!(world.whatsapp("late").await.unwrap().0, 200);
    let report = world.got().await.body()["entry"][0]["changes"][0]["value"]["statuses"][0].clone();
    assert_eq!(
        [&report["status"], &report["errors"][0]["code"]],
        [&json!("failed"), &json!(131_047)]
    );
}

#[tokio::test]
async fn a_lost_answer_breaks_the_connection_after_the_message_was_taken() {
    let mut world = World::new().await;
    world
        .knobs("whatsapp", &json!({ "fault": { "kind": "answer_lost" } }))
        .await;
    assert!(world.whatsapp("Did it arrive?").await.is_err());
    let report = world.got().await.body()["entry"][0]["changes"][0]["value"]["statuses"][0].clone();
    assert_eq!(
        [&report["status"], &report["biz_opaque_callback_data"]],
        ["sent", "mark-1"]
    );
    let state = world.state().await;
    assert_eq!(state["messages"][0]["text"], "Did it arrive?");
    assert_eq!(
        [&state["calls"][0]["outcome"], &state["calls"][0]["status"]],
        [&json!("unanswered"), &Value::Null]
    );
}

#[tokio::test]
async fn a_slow_provider_answers_in_the_end() {
    let world = World::new().await;
    world
        .knobs(
            "whatsapp",
            &json!({ "fault": { "kind": "slow", "seconds": 1 } }),
        )
        .await;
    let before = now_ms();
    assert_eq!(world.whatsapp("x").await.unwrap().0, 200);
    assert!(now_ms() - before >= 1_000);
}
