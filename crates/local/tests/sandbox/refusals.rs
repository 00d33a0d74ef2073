//! How the platforms of the doubles fail, and what they refuse.
use std::time::Duration;

use serde_json::{Value, json};
use tributary_domain::Channel;
use tributary_domain::ports::{LookupError, SendOutcome};

use crate::desk::{part, with_file};
use crate::world::World;

fn told(outcome: &SendOutcome) -> (&'static str, String, Option<Duration>) {
    match outcome {
        SendOutcome::Accepted { .. } => ("accepted", String::new(), None),
        SendOutcome::Retryable { error, .. } => ("again", error.code.clone(), None),
        SendOutcome::Limited { error, retry_after } => {
            ("limited", error.code.clone(), *retry_after)
        }
        SendOutcome::Broken { error } => ("broken", error.code.clone(), None),
        SendOutcome::Refused { error } => ("refused", error.code.clone(), None),
        SendOutcome::Unknown { error } => ("unknown", error.code.clone(), None),
    }
}

#[tokio::test]
async fn every_platform_fails_in_its_own_words_and_the_desk_understands_them() {
    let world = World::new().await;
    for (channel, kind, result, code) in [
        (Channel::Facebook, "rate_limited", "limited", "613"),
        (Channel::Instagram, "rate_limited", "limited", "613"),
        (Channel::WhatsApp, "rate_limited", "limited", "130429"),
        (Channel::Twitter, "rate_limited", "limited", "http-429"),
        (Channel::Email, "rate_limited", "limited", "http-429"),
        (Channel::Instagram, "token_expired", "broken", "190"),
        (Channel::Twitter, "token_expired", "broken", "http-401"),
        (Channel::Instagram, "server_error", "again", "2"),
        (Channel::Twitter, "server_error", "again", "http-500"),
        (Channel::Instagram, "window_closed", "refused", "10/2534022"),
        (Channel::Twitter, "window_closed", "refused", "http-403"),
        (
            Channel::Instagram,
            "answer_lost",
            "unknown",
            "connection-cut",
        ),
        (Channel::Twitter, "answer_lost", "unknown", "connection-cut"),
    ] {
        let name = channel.as_str();
        let fault = json!({ "fault": { "kind": kind } });
        world.knobs(name, &fault).await;
        let outcome = world.hand_over(&part(channel, "Hello")).await;
        let (was, with, after) = told(&outcome);
        assert_eq!((was, with.as_str()), (result, code), "{name} {kind}");
        assert_eq!(after.is_some(), result == "limited", "{name} {kind}");
        world
            .knobs(name, &json!({ "fault": { "kind": "none" } }))
            .await;
    }
}

#[tokio::test]
async fn a_lost_answer_is_made_up_for_by_the_copy() {
    let mut world = World::new().await;
    for channel in [Channel::Instagram, Channel::Twitter] {
        let fault = json!({ "fault": { "kind": "answer_lost", "times": 1 } });
        world.knobs(channel.as_str(), &fault).await;
        world.hand_over(&part(channel, "Did it arrive?")).await;
        let body = world.got().await.body();
        let meta = &body["entry"][0]["messaging"][0]["message"]["mid"];
        let x = &body["direct_message_events"][0]["id"];
        assert!(meta.is_string() || x.is_string(), "{body}");
    }
}

#[tokio::test]
async fn what_x_took_without_an_answer_is_found_in_the_conversation_and_what_it_refused_is_not() {
    let world = World::new().await;
    let look = async || world.look_for(&part(Channel::Twitter, "")).await;
    assert_eq!(look().await, Ok(Vec::new()));
    let fail = async |kind: &str| {
        let fault = json!({ "fault": { "kind": kind, "times": 1 } });
        world.knobs("twitter", &fault).await;
    };
    fail("window_closed").await;
    world.hand_over(&part(Channel::Twitter, "Refused")).await;
    fail("answer_lost").await;
    let outcome = world.hand_over(&part(Channel::Twitter, "Lost")).await;
    assert_eq!(told(&outcome).0, "unknown");
    let picture = with_file(part(Channel::Twitter, ""), "Look", "a.png", "image/png");
    world.hand_over(&picture).await;
    let found = look().await.unwrap();
    let found: Vec<(&str, usize)> = found.iter().map(|f| (f.text.as_str(), f.files)).collect();
    assert_eq!(found, [("Look", 1), ("Lost", 0)]);
    fail("rate_limited").await;
    let limited = look().await;
    assert!(
        matches!(&limited, Err(LookupError::NotNow { retry_after, .. }) if retry_after.is_some()),
        "{limited:?}"
    );
}

#[tokio::test]
async fn an_upload_fails_like_any_call_and_takes_the_fault_with_it() {
    let world = World::new().await;
    for channel in [Channel::WhatsApp, Channel::Twitter] {
        let file = with_file(part(channel, ""), "", "a.png", "image/png");
        let fault = json!({ "fault": { "kind": "server_error", "times": 1 } });
        world.knobs(channel.as_str(), &fault).await;
        assert_eq!(told(&world.hand_over(&file).await).0, "again");
        assert_eq!(told(&world.hand_over(&file).await).0, "accepted");
    }
}

#[tokio::test]
async fn whatsapp_takes_no_file_that_it_cannot_show_and_none_that_it_does_not_have() {
    let world = World::new().await;
    let file = with_file(part(Channel::WhatsApp, ""), "", "a.gif", "image/gif");
    let (was, code, _) = told(&world.hand_over(&file).await);
    assert_eq!((was, code.as_str()), ("refused", "100"));
    let unknown = json!({
        "messaging_product": "whatsapp", "to": "15550100", "type": "image", "image": { "id": "1" },
    });
    let (status, answer) = world
        .send("300001", "dev-whatsapp-token", &unknown)
        .await
        .unwrap();
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_009)));
}

#[tokio::test]
async fn instagram_refuses_what_the_real_one_refuses() {
    let world = World::new().await;
    let to = json!({ "id": "5600000000000100" });
    let message = |message: Value| json!({ "recipient": to, "message": message });
    let mut tagged = message(json!({ "text": "x" }));
    tagged["tag"] = json!("HUMAN_AGENT");
    for (token, body, expected) in [
        ("wrong", message(json!({ "text": "x" })), 190),
        (
            "dev-instagram-token",
            message(json!({ "text": "é".repeat(501) })),
            100,
        ),
        (
            "dev-instagram-token",
            message(json!({ "text": "x", "metadata": "m" })),
            100,
        ),
        ("dev-instagram-token", message(json!({})), 100),
        (
            "dev-instagram-token",
            message(json!({ "attachment": { "type": "image", "payload": { "url": "x" } } })),
            100,
        ),
        ("dev-instagram-token", tagged, 100),
    ] {
        let (_, answer) = world.send("200001", token, &body).await.unwrap();
        assert_eq!(answer["error"]["code"], expected, "{body} {answer}");
    }
    assert_eq!(world.state().await["messages"], json!([]));
}

#[tokio::test]
async fn x_takes_only_what_is_signed_as_our_user() {
    let world = World::new().await;
    let url = format!(
        "{}/2/dm_conversations/with/4400000000000100/messages",
        world.doubles
    );
    for authorization in [
        "Bearer dev-twitter-token",
        "OAuth oauth_consumer_key=\"dev-twitter-consumer-key\", oauth_token=\"dev-twitter-token\"",
    ] {
        let request = world.client.post(&url).json(&json!({ "text": "Hello" }));
        let request = request.header("authorization", authorization);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{authorization}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["type"], "about:blank");
    }
    assert_eq!(world.state().await["messages"], json!([]));
}
