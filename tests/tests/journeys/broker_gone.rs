//! The broker is away: customers and agents do not notice, and every event arrives later.

use std::time::{Duration, Instant};

use anyhow::Result;
use tributary_journeys::chatbot::{hand_over, handoff};
use tributary_journeys::desk::Desk;
use tributary_journeys::topics::sequences;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, deliver, sweep};

/// A request spends 250 ms on the broker at most; the rest is for a machine that is busy otherwise.
const QUICKLY: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_gone_delays_events_and_nothing_else() -> Result<()> {
    let world = World::start().await?;
    let connected = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    let message = |n: u32| {
        let wamid = format!("wamid.in-{n}");
        delivery(
            ACCOUNT,
            &[text("15550100", &wamid, &format!("message {n}"))],
            &[],
        )
    };
    assert_eq!(deliver(&connected, &message(0)).await?.status, 200);

    world.broker.down().await?;
    let started_without = world.function("webhooks").await?;
    for n in 1..=6 {
        let function = if n % 2 == 0 {
            &connected
        } else {
            &started_without
        };
        let asked = Instant::now();
        let answer = deliver(function, &message(n)).await?;
        assert_eq!(
            (answer.status, answer.json()["stored"].as_u64()),
            (200, Some(1))
        );
        assert!(asked.elapsed() < QUICKLY, "{:?}", asked.elapsed());
    }
    let chat = handoff("session-1", "ann@example.com", "It is broken.");
    assert_eq!(hand_over(&connected, "msg-1", &chat).await?.status, 201);
    let id = desk.ticket_of("15550100").await?;
    desk.reply(&id, "We are on it.").await?;
    let (events, left) = world.events().await?;
    assert!(
        left > 7,
        "{left} of {events} events wait; each of these changes made one at least"
    );

    let relay = world.function("relay").await?;
    sweep(&relay).await?;
    assert_eq!(
        world.provider.calls().len(),
        1,
        "the answer needs no broker"
    );
    assert_eq!(desk.delivery(&id, "We are on it.").await?["state"], "sent");

    world.broker.up().await?;
    let mut left = usize::MAX;
    for _ in 0..10 {
        sweep(&relay).await?;
        left = world.events().await?.1;
        if left == 0 {
            break;
        }
    }
    assert_eq!(left, 0, "events are left after ten minutes");

    let (events, _) = world.events().await?;
    let mut topics = world.topics()?;
    let seen = topics
        .until(Duration::from_secs(40), |seen| seen.len() as u64 >= events)
        .await;
    for ticket in desk.list().await? {
        let id = ticket["ticket_id"].as_str().unwrap_or_default();
        let found = sequences(seen, id);
        assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "{id}");
    }
    assert_eq!(seen.len() as u64, events, "each event arrives");
    Ok(())
}
