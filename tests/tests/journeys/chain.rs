//! A customer writes, an agent answers, the customer gets it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tributary_journeys::broker_process::BrokerProcess;
use tributary_journeys::topics::{Received, sequences};
use tributary_journeys::whatsapp::{ACCOUNT, delivery, status, text};
use tributary_journeys::world::{World, call, deliver};

#[tokio::test(flavor = "multi_thread")]
async fn a_whatsapp_message_is_answered_exactly_once_and_every_step_is_told() -> Result<()> {
    answer_a_whatsapp_message(&World::start().await?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_in_a_process_of_its_own_is_told_every_step_too() -> Result<()> {
    let broker = BrokerProcess::start().await?;
    answer_a_whatsapp_message(&World::start_on(broker.bootstrap()).await?).await
}

async fn answer_a_whatsapp_message(world: &World) -> Result<()> {
    let (webhooks, tickets, relay) = (
        world.function("webhooks").await?,
        world.function("tickets").await?,
        Arc::new(world.function("relay").await?),
    );
    let player = world.play_stream_to(Arc::clone(&relay)).await?;
    let token = world.agent_token().await?;

    let body = delivery(
        ACCOUNT,
        &[text("15550100", "wamid.in-1", "Where is my order?")],
        &[],
    );
    let answer = deliver(&webhooks, &body).await?;
    assert_eq!(
        (answer.status, answer.json()["stored"].clone()),
        (200, json!(1)),
        "{}",
        answer.text()
    );
    let again = deliver(&webhooks, &body).await?.json();
    assert_eq!(
        again,
        json!({"status": "ok", "received": 1, "stored": 0, "duplicates": 1, "ignored": 0, "parked": 0})
    );

    let list = call(&tickets, &token, "GET", "/api/tickets?status=new", None).await?;
    assert_eq!(list.status, 200, "{}", list.text());
    let id = list.json()["tickets"][0]["ticket_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let reply = json!({"content": "It arrives tomorrow.", "client_message_id": "c-1"});
    let path = format!("/api/tickets/{id}/message");
    let posted = call(&tickets, &token, "POST", &path, Some(reply.clone())).await?;
    assert_eq!(posted.status, 201, "{}", posted.text());
    assert_eq!(
        call(&tickets, &token, "POST", &path, Some(reply))
            .await?
            .status,
        200
    );

    let calls = world.provider.called(1).await?;
    assert_eq!(calls[0].path, "/v26.0/300001/messages");
    assert_eq!(calls[0].authorization, "Bearer dev-whatsapp-token");
    assert_eq!(calls[0].body["text"]["body"], "It arrives tomorrow.");
    assert_eq!(calls[0].body["to"], "15550100");

    let report = delivery(
        ACCOUNT,
        &[],
        &[status(
            &calls[0].id,
            "delivered",
            "15550100",
            calls[0].body["biz_opaque_callback_data"].as_str(),
        )],
    );
    assert_eq!(deliver(&webhooks, &report).await?.json()["stored"], 1);

    let mut topics = world.topics()?;
    // The two topics are read in no order, so it is enough only when nothing is missing.
    let complete = |seen: &[Received]| {
        let found = sequences(seen, &id);
        seen.iter()
            .any(|r| r.event["delivery_state"] == "delivered")
            && found.iter().copied().eq(1..=found.len() as u64)
    };
    let events = topics.until(Duration::from_secs(40), complete).await;
    assert!(complete(events), "{events:#?}");
    assert!(events.iter().all(|r| r.key == id));

    let ticket = call(&tickets, &token, "GET", &format!("/api/tickets/{id}"), None)
        .await?
        .json();
    assert_eq!(ticket["status"], "open");
    let states: Vec<_> = ticket["timeline"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|m| m["delivery"]["state"].clone())
        .collect();
    assert_eq!(
        states,
        [json!(null), json!(null), json!("delivered")],
        "{ticket:#}"
    );
    player.stop().await;
    assert_eq!(world.provider.calls().len(), 1, "sent once");
    Ok(())
}
