//! Many first messages of one new customer at once.

use std::time::Duration;

use anyhow::Result;
use tributary_journeys::topics::sequences;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, call, deliver};

/// Containers that race; each handles its deliveries one after the other, as Lambda does.
const CONTAINERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_first_messages_of_one_customer_make_one_ticket_and_lose_nothing() -> Result<()>
{
    let world = World::start().await?;
    let mut functions = Vec::new();
    for _ in 0..CONTAINERS {
        functions.push(world.function("webhooks").await?);
    }
    let posts = (0..200).map(|n| {
        let body = delivery(
            ACCOUNT,
            &[text(
                "15550100",
                &format!("wamid.in-{n}"),
                &format!("message {n}"),
            )],
            &[],
        );
        let function = &functions[n % CONTAINERS];
        async move {
            deliver(function, &body)
                .await
                .map(|a| (a.status, a.json()["stored"].as_u64()))
        }
    });
    let answers = futures::future::try_join_all(posts).await?;
    assert!(answers.iter().all(|a| *a == (200, Some(1))), "{answers:?}");

    let tickets = world.function("tickets").await?;
    let token = world.agent_token().await?;
    let list = call(&tickets, &token, "GET", "/api/tickets", None)
        .await?
        .json();
    assert_eq!(
        list["tickets"].as_array().map(Vec::len),
        Some(1),
        "{list:#}"
    );
    let ticket = &list["tickets"][0];
    assert_eq!(ticket["message_count"], 200);
    let id = ticket["ticket_id"].as_str().unwrap_or_default().to_owned();

    let relay = std::sync::Arc::new(world.function("relay").await?);
    let player = world.play_stream_to(relay).await?;
    let mut topics = world.topics()?;
    let events = topics
        .until(Duration::from_secs(60), |seen| seen.len() >= 201)
        .await;
    assert_eq!(sequences(events, &id), (1..=201).collect::<Vec<_>>());
    player.stop().await;
    Ok(())
}
