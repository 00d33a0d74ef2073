//! The broker is away: customers and agents do not notice, and every event arrives later.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tributary_journeys::broker::WorldBroker;
use tributary_journeys::broker_process::BrokerProcess;
use tributary_journeys::chatbot::{hand_over, handoff};
use tributary_journeys::desk::Desk;
use tributary_journeys::sweeps::sweep_until_told;
use tributary_journeys::topics::{Received, sequences};
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, deliver, sweep};

/// A request spends 250 ms on the broker at most; the rest is for a machine that is busy otherwise.
const QUICKLY: Duration = Duration::from_secs(3);
/// Until a consumer's group has settled and read on.
const PATIENCE: Duration = Duration::from_secs(40);

fn message(n: u32) -> Vec<u8> {
    let wamid = format!("wamid.in-{n}");
    let text = text("15550100", &wamid, &format!("message {n}"));
    delivery(ACCOUNT, &[text], &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_gone_delays_events_and_nothing_else() -> Result<()> {
    let mut broker = WorldBroker::start().await?;
    let world = World::start_on(broker.bootstrap()).await?;
    let connected = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    assert_eq!(deliver(&connected, &message(0)).await?.status, 200);

    broker.down().await?;
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

    broker.up().await?;
    sweep_until_told(&world, &relay).await?;

    let (events, _) = world.events().await?;
    let seen = seen(&world, events).await?;
    for ticket in desk.list().await? {
        let id = ticket["ticket_id"].as_str().unwrap_or_default();
        let found = sequences(&seen, id);
        assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "{id}");
    }
    Ok(())
}

/// As many events as a new consumer sees in both topics.
async fn seen(world: &World, events: u64) -> Result<Vec<Received>> {
    let mut topics = world.topics()?;
    let seen = topics
        .until(PATIENCE, |seen| seen.len() as u64 >= events)
        .await;
    ensure!(seen.len() as u64 == events, "{events} are due: {seen:#?}");
    Ok(seen.to_vec())
}

/// The kinds of a topic's events, as they came.
fn kinds<'a>(seen: &'a [Received], topic: &str) -> Vec<&'a str> {
    seen.iter()
        .filter(|r| r.topic == topic)
        .filter_map(|r| r.event["event_type"].as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_was_killed_is_told_the_rest_in_order_whatever_it_has_forgotten() -> Result<()>
{
    let mut broker = BrokerProcess::start().await?;
    let world = World::start_on(broker.bootstrap()).await?;
    let (webhooks, relay) = (
        world.function("webhooks").await?,
        world.function("relay").await?,
    );
    assert_eq!(deliver(&webhooks, &message(0)).await?.status, 200);
    sweep_until_told(&world, &relay).await?;
    let told = world.events().await?.0;
    let before = seen(&world, told).await?;
    assert_eq!(
        kinds(&before, "support-tickets"),
        ["ticket.created"],
        "{before:#?}"
    );
    assert_eq!(kinds(&before, "support-messages"), ["message.received"]);

    broker.kill().await?;
    for n in 1..=5 {
        let asked = Instant::now();
        assert_eq!(deliver(&webhooks, &message(n)).await?.json()["stored"], 1);
        assert!(asked.elapsed() < QUICKLY, "{:?}", asked.elapsed());
    }
    assert_eq!(world.events().await?, (told + 5, 5), "five events wait");

    broker.restart().await?;
    sweep_until_told(&world, &relay).await?;
    let kept = if broker.keeps_messages() { told } else { 0 };
    let after = seen(&world, kept + 5).await?;
    let told_after: Vec<_> = after
        .iter()
        .filter(|r| r.topic == "support-messages")
        .filter_map(|r| r.event["sequence"].as_u64())
        .filter(|sequence| *sequence > told)
        .collect();
    let rest: Vec<_> = (told + 1..=told + 5).collect();
    assert_eq!(told_after, rest, "none is lost, and they come in order");
    Ok(())
}
