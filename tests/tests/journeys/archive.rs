//! A desk without Kafka.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, deliver, sweep};

#[tokio::test(flavor = "multi_thread")]
async fn without_kafka_every_event_is_in_the_archive_once_in_order_when_the_relay_has_swept()
-> Result<()> {
    let world = World::start().await?;
    let nowhere = [("KAFKA_BOOTSTRAP", ""), ("KAFKA_AUTH", "none")];
    let webhooks = world.function_with("webhooks", &nowhere).await?;
    let relay = world.function_with("relay", &nowhere).await?;
    for (number, id) in [
        ("15550171", "wamid.a-1"),
        ("15550171", "wamid.a-2"),
        ("15550172", "wamid.a-3"),
    ] {
        let body = delivery(ACCOUNT, &[text(number, id, "Hello")], &[]);
        let answer = deliver(&webhooks, &body).await?;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    assert_eq!(
        archived(&world).await?.len(),
        0,
        "a request does not wait for the archive"
    );

    sweep(&relay).await?;
    sweep(&relay).await?;

    let (known, left) = world.events().await?;
    assert_eq!((known, left), (5, 0), "two tickets, three messages");
    let told = archived(&world).await?;
    let sequences: Vec<Vec<u64>> = told.values().cloned().collect();
    assert_eq!(sequences.iter().map(Vec::len).sum::<usize>(), 5, "{told:?}");
    for of_ticket in sequences {
        let expected: Vec<u64> = (1..=of_ticket.len() as u64).collect();
        assert_eq!(of_ticket, expected, "{told:?}");
    }
    Ok(())
}

/// The sequences in the archive of each of the world's tickets. Other worlds share the bucket.
async fn archived(world: &World) -> Result<BTreeMap<String, Vec<u64>>> {
    let tickets = world.ticket_ids().await?;
    let mut told: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (key, bytes) in world.objects("events/").await? {
        let Some(ticket) = tickets.iter().find(|ticket| key.contains(*ticket)) else {
            continue;
        };
        for line in std::str::from_utf8(&bytes)?.lines() {
            let event: Value = serde_json::from_str(line)?;
            assert_eq!(event["ticket_id"], **ticket);
            let sequence = event["sequence"].as_u64().context("a sequence")?;
            told.entry(ticket.clone()).or_default().push(sequence);
        }
    }
    Ok(told)
}
