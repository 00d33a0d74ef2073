//! The product as one runs it on one's own machine.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use reqwest::Method;
use serde_json::{Value, json};
use tributary_journeys::desk::messages;
use tributary_journeys::local_stack::{LocalStack, processes_of, refused_start};
use tributary_journeys::provider::{Behaviour, Provider};
use tributary_journeys::topics::{Topics, sequences};
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, deliver};
use tributary_local::embedded_dynamodb::EmbeddedDynamodb;
use tributary_local::emulator::sdk_config;

const CUSTOMER: &str = "15550100";
const PATIENCE: Duration = Duration::from_secs(60);

fn message(person: &str, n: usize) -> Vec<u8> {
    let wamid = format!("wamid.{person}-{n}");
    delivery(
        ACCOUNT,
        &[text(person, &wamid, &format!("message {n}"))],
        &[],
    )
}

/// The rows of the list.
async fn list(stack: &LocalStack, token: &str) -> Result<Vec<Value>> {
    let (status, list) = stack.call(token, Method::GET, "/api/tickets", None).await?;
    assert_eq!(status, 200, "{list}");
    list["tickets"].as_array().cloned().context("no list")
}

fn port_of(url: &str) -> u16 {
    url.rsplit(':')
        .next()
        .and_then(|p| p.parse().ok())
        .unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stack_tells_where_everything_is_takes_a_crowd_and_leaves_nothing_running() -> Result<()>
{
    let dir = tempfile::tempdir()?;
    let stack = LocalStack::start(dir.path(), &[]).await?;
    assert!(port_of(&stack.url) > 0, "{}", stack.url);
    for pointer in [
        "/api_url",
        "/workbench_url",
        "/dynamodb_url",
        "/cognito/endpoint",
    ] {
        let url = stack.told(pointer);
        assert!(url.starts_with("http://127.0.0.1:"), "{pointer}: {url}");
    }
    assert_eq!(stack.told("/api_url"), stack.url);
    assert!(stack.told("/kafka_bootstrap").starts_with("127.0.0.1:"));
    for table in ["tickets", "customers", "ledger", "timeline"] {
        let name = stack.told(&format!("/tables/{table}"));
        let client = aws_sdk_dynamodb::Client::new(&sdk_config(&stack.told("/dynamodb_url")));
        client.describe_table().table_name(name).send().await?;
    }
    let token = stack.sign_in("agent").await?;
    let supervisor = stack.sign_in("supervisor").await?;
    let (_, me) = stack
        .call(&supervisor, Method::GET, "/api/me", None)
        .await?;
    assert_eq!(me["email"], stack.told("/supervisor/email"));

    let crowd = (0..200).map(|n| stack.deliver(message(CUSTOMER, n)));
    for answer in join_all(crowd).await {
        let answer = answer?;
        assert_eq!(answer.status(), 200);
        let counts: Value = answer.json().await?;
        assert_eq!(counts["stored"], 1, "{counts}");
    }
    let tickets = list(&stack, &token).await?;
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0]["message_count"], 200);
    let id = tickets[0]["ticket_id"].as_str().unwrap_or_default();
    let mut topics = Topics::subscribe(&stack.told("/kafka_bootstrap"))?;
    let seen = topics.until(PATIENCE, |seen| seen.len() >= 201).await;
    assert_eq!(sequences(seen, id), (1..=201).collect::<Vec<_>>());

    let latin = stack.deliver(b"{\"text\":\"caf\xe9\"}".to_vec()).await?;
    assert_eq!(latin.status(), 400, "proven, but not UTF-8");

    let other = tempfile::tempdir()?;
    let busy = port_of(&stack.url);
    for data_dir in [other.path(), dir.path()] {
        let refused = refused_start(data_dir, busy).await?;
        assert!(!refused.status.success());
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        let why = if data_dir == dir.path() {
            "another local stack".to_owned()
        } else {
            format!("port {busy} is in use")
        };
        assert!(said.contains(&why), "{said}");
        assert_eq!(said.trim().lines().count(), 1, "{said}");
    }
    assert_eq!(processes_of(other.path()), Vec::<u32>::new());

    assert!(stack.processes().len() > 1, "itself and what it started");
    assert!(stack.terminate().await?.success());
    assert_eq!(processes_of(dir.path()), Vec::<u32>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing_acknowledged_and_the_next_start_finishes_it() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let provider = Provider::start().await?;
    let environment = [("WHATSAPP_API_URL", provider.url.as_str())];
    let stack = LocalStack::start(dir.path(), &environment).await?;
    let token = stack.sign_in("agent").await?;
    assert_eq!(stack.deliver(message(CUSTOMER, 0)).await?.status(), 200);
    let id = list(&stack, &token).await?[0]["ticket_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();

    // The first answer hangs at the provider, the second waits behind it.
    provider.behave(&[Behaviour::AcceptAndHang]);
    for content in ["First.", "Second."] {
        let path = format!("/api/tickets/{id}/message");
        let body = json!({"content": content});
        let (status, ticket) = stack.call(&token, Method::POST, &path, Some(&body)).await?;
        assert_eq!(status, 201, "{ticket}");
        provider.called(1).await?;
    }
    // A crowd is on its way in.
    let mut crowd: FuturesUnordered<_> = (0..60)
        .map(|n| {
            let answer = stack.deliver(message("15550200", n));
            async move { answer.await.map(|a| (n, a.status())) }
        })
        .collect();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < 5 {
        let (n, status) = crowd.next().await.context("too few answers")??;
        assert_eq!(status, 200);
        acknowledged.push(n);
    }
    let before = stack.processes();
    stack.kill().await?;
    while let Some(answer) = crowd.next().await {
        acknowledged.extend(answer.ok().filter(|(_, s)| *s == 200).map(|(n, _)| n));
    }
    assert!(acknowledged.len() < 60, "the crowd was through before");

    // And a function without a broker was at work.
    let world = World::start().await?;
    let engine = EmbeddedDynamodb::start(dir.path()).await?;
    let nowhere = [
        ("AWS_ENDPOINT_URL_DYNAMODB", engine.url()),
        ("KAFKA_BOOTSTRAP", "127.0.0.1:1"),
    ];
    let webhooks = world.function_with("webhooks", &nowhere).await?;
    assert_eq!(
        deliver(&webhooks, &message("15550300", 0)).await?.status,
        200
    );
    webhooks.kill().await;
    engine.stop().await;

    let stack = LocalStack::start(dir.path(), &environment).await?;
    let after = stack.processes();
    assert!(after.len() > 1, "itself and what it started");
    assert!(
        before.iter().all(|old| !after.contains(old)),
        "left running: {before:?}, now {after:?}"
    );
    let token = stack.sign_in("agent").await?;
    let tickets = list(&stack, &token).await?;
    let of = |person: &str| {
        tickets
            .iter()
            .find(|t| t["source"]["origin_platform_id"] == person)
    };

    let mut topics = Topics::subscribe(&stack.told("/kafka_bootstrap"))?;
    let late = of("15550300").context("the third person has no ticket")?;
    let late = late["ticket_id"].as_str().unwrap_or_default().to_owned();
    let seen = topics
        .until(PATIENCE, |seen| sequences(seen, &late).len() >= 2)
        .await;
    assert_eq!(sequences(seen, &late), [1, 2]);

    for n in 0..60 {
        let answer = stack.deliver(message("15550200", n)).await?;
        let counts: Value = answer.json().await?;
        if acknowledged.contains(&n) {
            assert_eq!(counts["duplicates"], 1, "acknowledged and lost: {counts}");
        }
    }
    let crowd = list(&stack, &token).await?;
    let crowd = crowd
        .iter()
        .filter(|t| t["source"]["origin_platform_id"] == "15550200")
        .map(|t| t["message_count"].clone())
        .collect::<Vec<_>>();
    assert_eq!(crowd, [json!(60)]);

    // The lease of the first answer runs out.
    let client = aws_sdk_dynamodb::Client::new(&sdk_config(&stack.told("/dynamodb_url")));
    let sends = client
        .query()
        .table_name(stack.told("/tables/ledger"))
        .key_condition_expression("pk = :sends")
        .expression_attribute_values(":sends", AttributeValue::S(format!("send#{id}")))
        .send()
        .await?;
    assert_eq!(sends.items().len(), 2);
    let key = |name: &str| sends.items()[0][name].clone();
    client
        .update_item()
        .table_name(stack.told("/tables/ledger"))
        .key("pk", key("pk"))
        .key("sk", key("sk"))
        .update_expression("SET due_at = :long_ago")
        .expression_attribute_values(":long_ago", AttributeValue::N("1".to_owned()))
        .send()
        .await?;
    provider.called(2).await?;
    let sent = |r: &tributary_journeys::topics::Received| {
        r.event["ticket_id"] == id.as_str() && r.event["delivery_state"] == "sent"
    };
    let seen = topics.until(PATIENCE, |seen| seen.iter().any(sent)).await;
    assert!(seen.iter().any(sent), "{seen:#?}");
    let (_, ticket) = stack
        .call(&token, Method::GET, &format!("/api/tickets/{id}"), None)
        .await?;
    let states: Vec<Value> = messages(&ticket)
        .map(|m| m["delivery"]["state"].clone())
        .collect();
    assert_eq!(
        states,
        [Value::Null, json!("unknown"), json!("sent")],
        "{ticket:#}"
    );
    assert!(stack.terminate().await?.success());
    let spoken: Vec<Value> = provider
        .calls()
        .iter()
        .map(|c| c.body["text"]["body"].clone())
        .collect();
    assert_eq!(spoken, ["First.", "Second."], "each exactly once");
    Ok(())
}
