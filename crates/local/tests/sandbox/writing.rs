//! What customers write, and how it is posted.
use http::StatusCode;
use serde_json::json;
use tributary_edge::auth::{standard_webhooks, x_signature};

use crate::world::{World, is_signed};

#[tokio::test]
async fn a_customer_of_each_channel_is_there_from_the_first_start() {
    let state = World::new().await.state().await;
    let names: Vec<_> = state["customers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["name"].clone(), c["channel"].clone()))
        .collect();
    assert_eq!(
        json!(names),
        json!([
            ["Ann Weber", "whatsapp"],
            ["Ben Okafor", "facebook"],
            ["Ida Lindqvist", "instagram"],
            ["Tomás Rey", "twitter"],
            ["Chloé Martin", "web_chat"],
            ["Mara Novak", "email"]
        ])
    );
}

#[tokio::test]
async fn what_a_customer_writes_is_posted_as_the_platform_does_under_its_signature() {
    let mut world = World::new().await;
    let message = world.write("c1", "Hello 👋").await;
    assert_eq!(message["state"], "delivered");
    let got = world.got().await;
    assert_eq!(got.path, "/api/webhooks/whatsapp");
    assert!(is_signed(&got, "dev-whatsapp-app-secret"));
    let value = &got.body()["entry"][0]["changes"][0]["value"];
    assert_eq!(value["messages"][0]["text"]["body"], "Hello 👋");
    assert_eq!(value["contacts"][0]["profile"]["name"], "Ann Weber");
    assert_eq!(
        message["deliveries"][0]["body"]
            .as_str()
            .unwrap()
            .as_bytes(),
        &got.raw[..]
    );

    world.write("c2", "Hi").await;
    let got = world.got().await;
    assert_eq!(got.path, "/api/webhooks/facebook");
    assert!(is_signed(&got, "dev-facebook-app-secret"));
    assert_eq!(
        got.body()["entry"][0]["messaging"][0]["message"]["text"],
        "Hi"
    );

    world.write("c3", "Hej").await;
    let got = world.got().await;
    assert_eq!(got.path, "/api/webhooks/instagram");
    assert!(is_signed(&got, "dev-instagram-app-secret"));
    let event = &got.body()["entry"][0]["messaging"][0];
    assert_eq!(event["message"]["text"], "Hej");

    world.write("c4", "Hola").await;
    let got = world.got().await;
    assert_eq!(got.path, "/api/webhooks/twitter");
    let expected = x_signature::sign(&got.raw, "dev-twitter-consumer-secret");
    assert_eq!(got.header(x_signature::HEADER), expected);
    let event = &got.body()["direct_message_events"][0]["message_create"];
    assert_eq!(event["message_data"]["text"], "Hola");

    world.write("c5", "Bonjour\nça va").await;
    let got = world.got().await;
    assert_eq!(got.path, "/api/webhooks/chatbot");
    let timestamp = got.header(standard_webhooks::TIMESTAMP).parse().unwrap();
    let secret = "whsec_ZGV2LWNoYXRib3Qtc2VjcmV0LTMyLWJ5dGVzLWxvbmc=";
    let expected = standard_webhooks::sign(
        secret,
        got.header(standard_webhooks::ID),
        timestamp,
        &got.raw,
    );
    assert_eq!(
        Some(got.header(standard_webhooks::SIGNATURE)),
        expected.as_deref()
    );
    assert_eq!(got.body()["customer_email"], "chloe@example.com");
    assert_eq!(got.body()["subject"], "Bonjour");
}

#[tokio::test]
async fn a_message_the_desk_cannot_take_now_is_posted_again_and_one_it_refuses_is_not() {
    let mut world = World::new().await;
    world.answers.lock().unwrap().extend([503, 500, 200]);
    let message = world.write("c1", "Again").await;
    let statuses: Vec<_> = message["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["status"].clone())
        .collect();
    assert_eq!(json!(statuses), json!([503, 500, 200]));
    assert_eq!(message["state"], "delivered");
    world.answers.lock().unwrap().extend([401]);
    let message = world.write("c1", "Refused").await;
    assert_eq!(message["deliveries"].as_array().unwrap().len(), 1);
    assert_eq!(message["state"], "refused");
    let bodies: Vec<_> = [world.got().await, world.got().await, world.got().await]
        .into_iter()
        .map(|got| got.raw)
        .collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn redelivering_posts_the_same_bytes() {
    let mut world = World::new().await;
    for customer in ["c1", "c2", "c3", "c4", "c5", "c6"] {
        let message = world.write(customer, "Once").await;
        let first = world.got().await;
        let path = format!("/messages/{}/redeliver", message["id"].as_str().unwrap());
        let (status, message) = world.post(&path, &json!({})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(message["deliveries"].as_array().unwrap().len(), 2);
        assert_eq!(world.got().await.raw, first.raw);
    }
}

#[tokio::test]
async fn held_messages_are_posted_in_the_order_that_is_asked_for() {
    let mut world = World::new().await;
    world
        .knobs("whatsapp", &json!({ "delivery": "held" }))
        .await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        let message = world.write("c1", text).await;
        assert_eq!(message["state"], "held");
        ids.push(message["id"].clone());
    }
    assert_eq!(world.state().await["held"], json!(ids));
    let (status, _) = world
        .post("/held/deliver", &json!({ "order": [ids[1]] }))
        .await;
    assert_eq!(status, StatusCode::OK);
    world
        .post("/held/deliver", &json!({ "order": "reversed" }))
        .await;
    let mut texts = Vec::new();
    for _ in 0..3 {
        let body = world.got().await.body();
        texts.push(body["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"].clone());
    }
    assert_eq!(json!(texts), json!(["two", "three", "one"]));
    assert_eq!(world.state().await["held"], json!([]));
    let (status, _) = world
        .post("/held/deliver", &json!({ "order": [ids[0]] }))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}
