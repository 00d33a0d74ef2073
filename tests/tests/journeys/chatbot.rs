//! A chatbot hands a visitor over, polls, and the visitor is answered by mail.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tributary_journeys::chatbot::{hand_over, handoff};
use tributary_journeys::desk::Desk;
use tributary_journeys::runtime_api::{HttpAnswer, Lambda};
use tributary_journeys::world::{World, call};

async fn poll(status: &Lambda, ticket_id: &str, token: &str) -> Result<HttpAnswer> {
    let path = format!("/api/tickets/{ticket_id}/status");
    call(status, token, "GET", &path, None).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_is_answered_by_one_mail_and_its_token_shows_only_its_own_status() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let status = world.function("chatbot-status").await?;
    let desk = Desk::open(&world).await?;
    let relay = Arc::new(world.function("relay").await?);
    let player = world.play_stream_to(relay).await?;

    let body = handoff("session-1", "ann@example.com", "My kettle is broken.");
    let first = hand_over(&webhooks, "msg-1", &body).await?;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = hand_over(&webhooks, "msg-1", &body).await?;
    assert_eq!((again.status, again.json()), (200, first.json()));
    let handed = first.json();
    let (id, token) = (text(&handed["ticket_id"]), text(&handed["status_token"]));
    let status_url = text(&handed["status_url"]);
    assert!(
        status_url.ends_with(&format!("/api/tickets/{id}/status")),
        "{status_url}"
    );

    let waiting = poll(&status, &id, &token).await?;
    assert_eq!(waiting.status, 200, "{}", waiting.text());
    let waiting = waiting.json();
    assert_eq!(waiting["reference"], handed["reference"]);
    assert_eq!(
        (
            waiting["status"].clone(),
            waiting["has_agent_reply"].clone(),
            waiting["last_agent_message"].clone()
        ),
        (json!("new"), json!(false), Value::Null)
    );
    let ticket = desk.ticket(&id).await?;
    assert_eq!(ticket["source"]["is_bot_handoff"], true);
    assert_eq!(ticket["message_count"], 3, "two lines and the message");

    desk.reply(&id, "We send you a new one.").await?;
    desk.note(&id, "Third kettle this week.").await?;
    let mails = world.provider.called(1).await?;
    assert_eq!(mails[0].path, "/v3/mail/send");
    assert_eq!(mails[0].authorization, "Bearer dev-sendgrid-key");
    let mail = &mails[0].body;
    assert_eq!(
        mail["personalizations"][0]["to"][0]["email"],
        "ann@example.com"
    );
    assert!(text(&mail["content"][0]["value"]).contains("We send you a new one."));
    assert!(text(&mail["subject"]).contains(&text(&handed["reference"])));

    let mut topics = world.topics()?;
    let sent = |r: &tributary_journeys::topics::Received| r.event["delivery_state"] == "sent";
    let seen = topics
        .until(Duration::from_secs(40), |seen| seen.iter().any(sent))
        .await;
    assert!(seen.iter().any(sent), "{seen:#?}");
    let answered = poll(&status, &id, &token).await?;
    let shown = answered.json();
    assert_eq!(shown["has_agent_reply"], true);
    assert_eq!(
        shown["last_agent_message"]["content"],
        "We send you a new one."
    );
    assert!(!answered.text().contains("kettle"), "{}", answered.text());
    assert_eq!(poll(&status, &id, desk.token()).await?.json(), shown);

    let other = hand_over(
        &webhooks,
        "msg-2",
        &handoff("session-2", "bob@example.com", "Me too."),
    )
    .await?;
    let other = text(&other.json()["ticket_id"]);
    assert_eq!(poll(&status, &other, &token).await?.status, 403);
    for garbage in ["garbage", "", "a.b", &format!("{token}x")] {
        let answer = poll(&status, &id, garbage).await?;
        assert_eq!(answer.status, 401, "{garbage}: {}", answer.text());
    }
    player.stop().await;
    assert_eq!(
        world.provider.calls().len(),
        1,
        "one mail, and none of it for the note"
    );
    Ok(())
}
