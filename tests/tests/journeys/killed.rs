//! Processes are killed at the worst moments, and providers refuse.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};
use tributary_journeys::desk::Desk;
use tributary_journeys::provider::Behaviour;
use tributary_journeys::runtime_api::Lambda;
use tributary_journeys::sweeps::{begin_sweep, kill_before_the_call};
use tributary_journeys::topics::sequences;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, status, text};
use tributary_journeys::world::{World, deliver, sweep};

const CUSTOMER: &str = "15550100";

/// A world in which a customer has written; returns the desk and the ticket's id too.
async fn with_ticket() -> Result<(World, Lambda, Desk, String)> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    let body = delivery(ACCOUNT, &[text(CUSTOMER, "wamid.in-1", "Hello?")], &[]);
    assert_eq!(deliver(&webhooks, &body).await?.status, 200);
    let id = desk.ticket_of(CUSTOMER).await?;
    Ok((world, webhooks, desk, id))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_killed_before_the_answer_sends_nothing_twice_and_evidence_settles_it() -> Result<()>
{
    let (world, webhooks, desk, id) = with_ticket().await?;
    desk.reply(&id, "Here we are.").await?;
    world.provider.behave(&[Behaviour::AcceptAndHang]);
    let relay = Arc::new(world.function("relay").await?);
    let sweeping = begin_sweep(&relay);
    let calls = world.provider.called(1).await?;
    relay.kill().await;
    assert!(sweeping.await?.is_err());
    let state = async || {
        Ok::<Value, anyhow::Error>(desk.delivery(&id, "Here we are.").await?["state"].clone())
    };
    assert_eq!(state().await?, "sending");

    let relay = world.function("relay").await?;
    sweep(&relay).await?;
    assert_eq!(state().await?, "sending", "the lease still runs");
    world.let_sends_be_due(&id).await?;
    sweep(&relay).await?;
    assert_eq!(state().await?, "unknown");
    assert!(world.sends(&id).await?.is_empty());
    sweep(&relay).await?;
    assert_eq!(
        world.provider.calls().len(),
        1,
        "the provider was called once"
    );

    // We never learnt WhatsApp's id, but our mark comes back.
    let mark = calls[0].body["biz_opaque_callback_data"].as_str();
    let report = status(&calls[0].id, "delivered", CUSTOMER, mark);
    let answer = deliver(&webhooks, &delivery(ACCOUNT, &[], &[report])).await?;
    assert_eq!(answer.json()["stored"], 1, "{}", answer.text());
    assert_eq!(state().await?, "delivered");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_killed_between_its_announcement_and_the_call_leaves_an_unknown_message()
-> Result<()> {
    let (world, _webhooks, desk, id) = with_ticket().await?;
    desk.reply(&id, "Here we are.").await?;
    kill_before_the_call(&world).await?;
    assert_eq!(
        world.sends(&id).await?,
        [("sending".to_owned(), "1".to_owned())]
    );

    world.let_sends_be_due(&id).await?;
    sweep(&world.function("relay").await?).await?;
    let delivery = desk.delivery(&id, "Here we are.").await?;
    assert_eq!(delivery["state"], "unknown");
    assert_eq!(delivery["error"]["code"], "interrupted");
    assert!(world.provider.calls().is_empty(), "never sent by itself");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_provider_is_asked_again_later_and_the_answers_keep_their_order() -> Result<()> {
    let (world, _webhooks, desk, id) = with_ticket().await?;
    desk.reply(&id, "First.").await?;
    desk.reply(&id, "Second.").await?;
    world.provider.behave(&[Behaviour::Busy]);
    let relay = world.function("relay").await?;
    sweep(&relay).await?;
    sweep(&relay).await?;
    let spoken = || -> Vec<Value> {
        let calls = world.provider.calls();
        calls
            .iter()
            .map(|c| c.body["text"]["body"].clone())
            .collect()
    };
    assert_eq!(spoken(), ["First."], "the second waits behind the first");
    assert_eq!(desk.delivery(&id, "First.").await?["state"], "queued");
    let send = |attempt: &str| ("queued".to_owned(), attempt.to_owned());
    assert_eq!(world.sends(&id).await?, [send("2"), send("1")]);

    world.let_sends_be_due(&id).await?;
    sweep(&relay).await?;
    assert_eq!(spoken(), ["First.", "First.", "Second."]);
    for content in ["First.", "Second."] {
        assert_eq!(desk.delivery(&id, content).await?["state"], "sent");
    }
    assert!(world.sends(&id).await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_answer_fails_with_a_hint_and_holds_back_nothing() -> Result<()> {
    let (world, _webhooks, desk, id) = with_ticket().await?;
    desk.reply(&id, "First.").await?;
    desk.reply(&id, "Second.").await?;
    world.provider.behave(&[Behaviour::Refuse]);
    sweep(&world.function("relay").await?).await?;
    let failed = desk.delivery(&id, "First.").await?;
    assert_eq!(
        (&failed["state"], &failed["error"]["code"]),
        (&json!("failed"), &json!("131026"))
    );
    let hint = failed["error"]["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("another channel"), "{failed}");
    assert_eq!(desk.delivery(&id, "Second.").await?["state"], "sent");
    assert_eq!(world.provider.calls().len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_blames_the_account_fails_its_message_and_holds_the_next_with_the_reason()
-> Result<()> {
    let (world, webhooks, desk, id) = with_ticket().await?;
    let relay = world.function("relay").await?;
    desk.reply(&id, "First.").await?;
    sweep(&relay).await?;
    let mut report = status(&world.provider.calls()[0].id, "failed", CUSTOMER, None);
    report["errors"] = json!([{"code": 131_042, "title": "Business eligibility payment issue"}]);
    let body = delivery(ACCOUNT, &[], &[report]);
    for expected in ["stored", "duplicates"] {
        let answer = deliver(&webhooks, &body).await?;
        assert_eq!(answer.json()[expected], 1, "{}", answer.text());
    }
    let failed = desk.delivery(&id, "First.").await?;
    assert_eq!(
        (&failed["state"], &failed["error"]["code"]),
        (&json!("failed"), &json!("131042"))
    );
    desk.reply(&id, "Second.").await?;
    sweep(&relay).await?;
    let waiting = desk.delivery(&id, "Second.").await?;
    assert_eq!(
        (&waiting["state"], &waiting["error"]["code"]),
        (&json!("queued"), &json!("131042"))
    );
    assert_eq!(
        world.provider.calls().len(),
        1,
        "nothing else is lost to it"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_killed_in_the_middle_lose_and_repeat_nothing() -> Result<()> {
    const DELIVERIES: usize = 20;
    const CONTAINERS: usize = 4;
    let world = World::start().await?;
    let desk = Desk::open(&world).await?;
    let after = world.function("webhooks").await?;
    // Each time later.
    for answered_before in [1, 3, 6, 10] {
        let person = format!("155502{answered_before:02}");
        let bodies: Vec<Vec<u8>> = (0..DELIVERIES)
            .map(|n| {
                let wamid = format!("wamid.{person}-{n}");
                delivery(
                    ACCOUNT,
                    &[text(&person, &wamid, &format!("message {n}"))],
                    &[],
                )
            })
            .collect();
        let mut functions = Vec::new();
        for _ in 0..CONTAINERS {
            functions.push(world.function("webhooks").await?);
        }
        let mut acknowledged = Vec::new();
        let mut in_flight: FuturesUnordered<_> = bodies
            .iter()
            .enumerate()
            .map(|(n, body)| {
                let function = &functions[n % CONTAINERS];
                async move { (n, deliver(function, body).await) }
            })
            .collect();
        // The first wait hands all of them over.
        while acknowledged.len() < answered_before {
            let (n, answer) = in_flight.next().await.context("too few answers")?;
            assert_eq!(answer?.status, 200);
            acknowledged.push(n);
        }
        futures::future::join_all(functions.iter().map(Lambda::kill)).await;
        while let Some((n, answer)) = in_flight.next().await {
            if answer.is_ok_and(|a| a.status == 200) {
                acknowledged.push(n);
            }
        }
        drop(in_flight);

        for (n, body) in bodies.iter().enumerate() {
            let answer = deliver(&after, body).await?;
            let counts = answer.json();
            let (stored, duplicates) = (counts["stored"].as_u64(), counts["duplicates"].as_u64());
            let expected: &[_] = if acknowledged.contains(&n) {
                &[(Some(0), Some(1))]
            } else {
                &[(Some(0), Some(1)), (Some(1), Some(0))]
            };
            assert!(expected.contains(&(stored, duplicates)), "{counts}");
        }
        let id = desk.ticket_of(&person).await?;
        assert_eq!(desk.ticket(&id).await?["message_count"], DELIVERIES);
    }

    let relay = world.function("relay").await?;
    sweep(&relay).await?;
    let (events, left) = world.events().await?;
    assert_eq!((events, left), (4 * (DELIVERIES as u64 + 1), 0));
    let mut topics = world.topics()?;
    let seen = topics
        .until(Duration::from_secs(40), |seen| seen.len() as u64 >= events)
        .await;
    for row in desk.list().await? {
        let found = sequences(seen, row["ticket_id"].as_str().unwrap_or_default());
        assert_eq!(found, (1..=DELIVERIES as u64 + 1).collect::<Vec<_>>());
    }
    Ok(())
}
