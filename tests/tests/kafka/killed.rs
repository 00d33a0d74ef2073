//! The broker is killed in the middle of what customers write, and comes back with what it had.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use tributary_journeys::broker_process::{BrokerProcess, Kafka};
use tributary_journeys::desk::{Desk, id_of};
use tributary_journeys::runtime_api::Lambda;
use tributary_journeys::sweeps::sweep_until_told;
use tributary_journeys::topics::{Received, sequences};
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, deliver};

const PEOPLE: usize = 4;
const MESSAGES: usize = 30;
const PATIENCE: Duration = Duration::from_secs(60);

/// Each person writes these, one after the other, all people at the same time.
async fn write(functions: &[Lambda], numbers: std::ops::Range<usize>) -> Result<()> {
    let people = functions.iter().enumerate().map(|(person, webhooks)| {
        let numbers = numbers.clone();
        async move {
            let from = format!("1555030{person}");
            for n in numbers {
                let said = text(&from, &format!("wamid.{from}-{n}"), &format!("message {n}"));
                let answer = deliver(webhooks, &delivery(ACCOUNT, &[said], &[])).await?;
                ensure!(
                    (answer.status, answer.json()["stored"].as_u64()) == (200, Some(1)),
                    "{}",
                    answer.text()
                );
            }
            Ok(())
        }
    });
    try_join_all(people).await?;
    Ok(())
}

/// The partitions of a ticket's messages, and their sequences, as they came.
fn came(seen: &[Received], ticket: &str) -> Vec<(i32, u64)> {
    seen.iter()
        .filter(|r| r.topic == "support-messages" && r.event["ticket_id"] == ticket)
        .filter_map(|r| Some((r.partition, r.event["sequence"].as_u64()?)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Apache Kafka: make test-engines"]
async fn a_broker_killed_in_the_middle_of_a_stream_loses_no_event_and_is_told_the_rest_in_order()
-> Result<()> {
    let mut broker = BrokerProcess::run(Box::new(Kafka::prepare(None).await?)).await?;
    let world = World::start_on(broker.bootstrap()).await?;
    let mut functions = Vec::new();
    for _ in 0..PEOPLE {
        functions.push(world.function("webhooks").await?);
    }
    let relay = Arc::new(world.function("relay").await?);
    let player = world.play_stream_to(Arc::clone(&relay)).await?;

    write(&functions, 0..MESSAGES / 3).await?;
    sweep_until_told(&world, &relay).await?;
    // While they write on, so that what is under way is cut off wherever it was.
    let (killed, written) = tokio::join!(
        broker.kill(),
        write(&functions, MESSAGES / 3..2 * MESSAGES / 3)
    );
    killed?;
    written?;
    let waiting = world.waiting_events().await?;
    assert!(!waiting.is_empty(), "nobody noticed that it was killed");
    let (restarted, written) = tokio::join!(
        broker.restart(),
        write(&functions, 2 * MESSAGES / 3..MESSAGES)
    );
    restarted?;
    written?;
    player.stop().await;
    sweep_until_told(&world, &relay).await?;

    let (events, _) = world.events().await?;
    // One for each message, one for each ticket.
    assert_eq!(events, (PEOPLE * (MESSAGES + 1)) as u64);
    let mut topics = world.topics()?;
    let seen = topics
        .until(PATIENCE, |seen| seen.len() as u64 >= events)
        .await;
    assert_eq!(seen.len() as u64, events, "none is lost");
    let tickets = Desk::open(&world).await?.list().await?;
    assert_eq!(tickets.len(), PEOPLE);
    for ticket in tickets {
        let id = id_of(&ticket);
        let all: Vec<u64> = (1..=MESSAGES as u64 + 1).collect();
        assert_eq!(sequences(seen, &id), all);
        let came = came(seen, &id);
        assert!(
            came.iter().all(|(partition, _)| *partition == came[0].0),
            "{came:?}"
        );
        // A request tells its own event at once, perhaps before those that wait; these keep their order.
        let rest: Vec<u64> = came
            .into_iter()
            .map(|(_, sequence)| sequence)
            .filter(|sequence| waiting.contains(&(id.clone(), *sequence)))
            .collect();
        assert!(rest.is_sorted(), "{rest:?}");
    }
    Ok(())
}
