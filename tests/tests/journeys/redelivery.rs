//! Platforms deliver again, and in any order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use futures::future::try_join_all;
use serde_json::{Value, json};
use tributary_journeys::desk::{Desk, id_of, messages};
use tributary_journeys::provider::message_id;
use tributary_journeys::topics::{Received, sequences};
use tributary_journeys::whatsapp::{ACCOUNT, batch, delivery, status, text};
use tributary_journeys::world::{World, deliver};

/// Four bodies have so many orders.
const ORDERS: usize = 24;
const PATIENCE: Duration = Duration::from_secs(60);

/// One order of delivery, and the two people it is about: so all orders share a world.
struct Order {
    bodies: Vec<usize>,
    ann: String,
    bob: String,
}

fn orders() -> Vec<Order> {
    (0..ORDERS)
        .map(|n| {
            let mut left = vec![0, 1, 2, 3];
            let bodies = [6, 2, 1, 1].into_iter().zip([24, 6, 2, 1]);
            let bodies = bodies
                .map(|(each, all)| left.remove(n % all / each))
                .collect();
            let phone = |person| format!("15550{n:02}{person}");
            Order {
                bodies,
                ann: phone(1),
                bob: phone(2),
            }
        })
        .collect()
}

/// The bodies, each with the stored, duplicate and parked events of its first and of every later
/// delivery.
fn bodies(order: &Order) -> [(Vec<u8>, [u64; 3], [u64; 3]); 4] {
    let Order { ann, bob, .. } = order;
    let wamid = |n: u32| format!("wamid.{ann}-{n}");
    let two_people = [
        text(ann, &wamid(1), "And when?"),
        text(bob, &wamid(2), "Hello"),
    ];
    let ours = delivery(ACCOUNT, &[text(ann, &wamid(3), "Still there?")], &[]);
    let of_nobody = delivery("399999", &[text(ann, &wamid(4), "Not for us")], &[]);
    let (first, second) = (message_id(ann, 1), message_id(ann, 2));
    let report = |id: &str, state| status(id, state, ann, None);
    [
        (delivery(ACCOUNT, &two_people, &[]), [2, 0, 0], [0, 2, 0]),
        (batch(&[ours, of_nobody]), [1, 0, 1], [0, 1, 1]),
        (
            delivery(
                ACCOUNT,
                &[],
                &[report(&first, "delivered"), report(&first, "sent")],
            ),
            [2, 0, 0],
            [0, 2, 0],
        ),
        // The second answer is not written yet.
        (
            delivery(
                ACCOUNT,
                &[],
                &[report(&first, "read"), report(&second, "delivered")],
            ),
            [1, 0, 1],
            [0, 2, 0],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_a_batch_and_its_repetition_ends_in_the_same_tickets_messages_and_states()
-> Result<()> {
    let world = World::start().await?;
    let functions = [
        world.function("webhooks").await?,
        world.function("webhooks").await?,
        world.function("webhooks").await?,
    ];
    let desk = Desk::open(&world).await?;
    let relay = Arc::new(world.function("relay").await?);
    let player = world.play_stream_to(relay).await?;
    let mut topics = world.topics()?;
    let orders = orders();

    try_join_all(orders.iter().enumerate().map(async |(n, order)| {
        let wamid = format!("wamid.{}-0", order.ann);
        let body = delivery(
            ACCOUNT,
            &[text(&order.ann, &wamid, "Where is my order?")],
            &[],
        );
        deliver(&functions[n % functions.len()], &body).await
    }))
    .await?;
    let tickets: BTreeMap<String, String> = desk
        .list()
        .await?
        .iter()
        .map(|row| (person(row), id_of(row)))
        .collect();
    assert_eq!(tickets.len(), ORDERS);
    for order in &orders {
        desk.reply(&tickets[&order.ann], "On its way.").await?;
    }
    let is_sent = |r: &&Received| r.event["delivery_state"] == "sent";
    let seen = topics
        .until(PATIENCE, |seen| {
            seen.iter().filter(is_sent).count() >= ORDERS
        })
        .await;
    assert_eq!(seen.iter().filter(is_sent).count(), ORDERS);

    try_join_all(orders.iter().enumerate().map(async |(n, order)| {
        let function = &functions[n % functions.len()];
        let bodies = bodies(order);
        for repeated in [false, true] {
            for index in &order.bodies {
                let (body, first, later) = &bodies[*index];
                let answer = deliver(function, body).await?;
                let counts = answer.json();
                let [stored, duplicates, parked] = if repeated { later } else { first };
                assert_eq!(
                    (answer.status, counts),
                    (
                        200,
                        json!({"status": "ok", "received": 2, "stored": stored, "duplicates": duplicates, "ignored": 0, "parked": parked})
                    ),
                    "body {index} of {:?}, repeated: {repeated}", order.bodies
                );
            }
        }
        anyhow::Ok(())
    }))
    .await?;

    let mut answers = Vec::new();
    for order in &orders {
        answers.push(desk.reply(&tickets[&order.ann], "Tomorrow.").await?);
    }
    let events = topics
        .until(PATIENCE, |seen| {
            answers.iter().all(|id| {
                seen.iter().any(|r| {
                    r.event["message_id"] == id.as_str() && r.event["delivery_state"] == "delivered"
                })
            })
        })
        .await
        .to_vec();
    player.stop().await;

    let rows = desk.list().await?;
    assert_eq!(rows.len(), 2 * ORDERS, "one ticket a person");
    for order in &orders {
        let of = |who: &String| rows.iter().find(|r| person(r) == *who);
        let ann = desk.ticket(&tickets[&order.ann]).await?;
        let mut said: Vec<(Value, Value)> = messages(&ann)
            .map(|m| (m["content"].clone(), m["delivery"]["state"].clone()))
            .collect();
        said.sort_by_key(|(content, _)| content.to_string());
        let expected = [
            (json!("And when?"), Value::Null),
            (json!("On its way."), json!("read")),
            (json!("Still there?"), Value::Null),
            (json!("Tomorrow."), json!("delivered")),
            (json!("Where is my order?"), Value::Null),
        ];
        assert_eq!(said, expected, "{:?}: {ann:#}", order.bodies);
        assert_eq!(
            (ann["status"].clone(), ann["message_count"].clone()),
            (json!("open"), json!(5))
        );
        let bob = of(&order.bob).map(|row| (row["status"].clone(), row["message_count"].clone()));
        assert_eq!(bob, Some((json!("new"), json!(1))), "{:?}", order.bodies);
        let sequences = sequences(&events, &tickets[&order.ann]);
        assert_eq!(sequences, (1..=sequences.len() as u64).collect::<Vec<_>>());
    }
    assert_eq!(world.provider.calls().len(), 2 * ORDERS, "each answer once");
    Ok(())
}

fn person(row: &Value) -> String {
    row["source"]["origin_platform_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
