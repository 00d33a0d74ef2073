//! Items as they are stored, so that none drifts unseen, and what moves in the index.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value, json};
use tributary_domain::account::{AccountState, Standing};
use tributary_domain::delivery::ReceiptKind;
use tributary_domain::draft::Draft;
use tributary_domain::ports::{
    Accounts, IdempotencyRecord, IdempotencyScope, Outbox, Refusals, SendIntent, SendState,
    SendWrite, SlotMessage, Tickets, WaitingEvent,
};
use tributary_domain::{Channel, DeliveryState, SenderType, Surroundings};
use tributary_dynamodb::tables::{INBOX_INDEX, definitions};
use tributary_dynamodb::{DynamoTickets, create_tables};

use crate::contract::commits::rich;
use crate::contract::people::first_contact;
use crate::support::{
    BUDGET, account, blank, commit, entry, message, opening, slot_key, slot_of, tables, world,
};

pub fn as_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(digits) => json!({ "N": digits }),
        AttributeValue::Bool(flag) => json!(flag),
        AttributeValue::L(values) => values.iter().map(as_json).collect(),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::M(map) => item_json(map),
        other => panic!("no item has {other:?}"),
    }
}

fn item_json(item: &std::collections::HashMap<String, AttributeValue>) -> Value {
    let sorted: BTreeMap<&String, &AttributeValue> = item.iter().collect();
    sorted
        .into_iter()
        .map(|(name, value)| (name.clone(), as_json(value)))
        .collect::<Map<_, _>>()
        .into()
}

async fn scan(client: &aws_sdk_dynamodb::Client, table: &str, index: Option<&str>) -> Vec<Value> {
    let answer = client
        .scan()
        .table_name(table)
        .set_index_name(index.map(str::to_owned))
        .send()
        .await
        .expect("scans");
    let mut items: Vec<Value> = answer.items().iter().map(item_json).collect();
    items.sort_by_key(ToString::to_string);
    items
}

#[tokio::test]
async fn stored_items_are_as_they_were_agreed() {
    let (client, names) = tables().await;
    let store = DynamoTickets::new(client.clone(), names.clone());
    let world = world();
    let mut first = first_contact(&world);
    let slot = slot_of(&first, "wamid.1", 0);
    first.idempotency = Some(IdempotencyRecord {
        scope: IdempotencyScope::Chatbot,
        key: "webhook-1".to_owned(),
        ticket_id: slot.message.ticket_id.clone(),
        message_id: slot.message.message_id.clone(),
        token_expires_at: Some(world.now()),
    });
    first.sends = vec![SendWrite::Create(SendIntent {
        ticket_id: slot.message.ticket_id.clone(),
        message_id: slot.message.message_id.clone(),
        position: 1,
        attempt: 1,
        queued_at: world.now(),
        channel: Channel::WhatsApp,
        account: account(),
        refusals: Refusals {
            count: 2,
            first_at: Some(world.now()),
        },
        state: SendState::Queued {
            not_before: world.now(),
            held: false,
        },
    })];
    first.slots = vec![slot];
    let mut ticket = commit(&store, first).await;
    for n in 2..=11 {
        ticket = commit(&store, message(&world, &ticket, &format!("message {n}"))).await;
    }
    let told = store.events_after(&ticket.id, 0, 100).await.expect("reads");
    store
        .mark_published(
            &told[1..].iter().map(|(e, _)| e).collect::<Vec<_>>(),
            world.now(),
        )
        .await
        .expect("marks");
    let waiting = WaitingEvent::Delivery {
        state: DeliveryState::Read,
        at: world.now(),
        error: None,
    };
    store
        .wait_in_slot(&slot_key("wamid.2"), &waiting)
        .await
        .expect("waits");
    store
        .lease(&ticket.id, "relay-1", world.now(), world.now())
        .await
        .expect("leases");
    let told = AccountState {
        standing: Standing::Paused {
            reason: "revoked".to_owned(),
        },
        since: world.now(),
    };
    let (channel, account) = (Channel::WhatsApp, account());
    store
        .note(channel, &account, &told)
        .await
        .expect("is noted");
    store
        .claim_check(channel, &account, world.now(), world.now())
        .await
        .expect("is claimed");
    store
        .note_check(channel, &account, &Standing::Ok, world.now())
        .await
        .expect("is noted");
    let ledger: Vec<Value> = scan(&client, &names.ledger, None)
        .await
        .into_iter()
        .filter(|i| {
            !i["pk"].as_str().is_some_and(|pk| pk.starts_with("out#"))
                || ["000000000001", "000000000002"]
                    .iter()
                    .any(|sk| i["sk"] == *sk)
        })
        .collect();
    insta::assert_json_snapshot!("ledger", ledger);
    insta::assert_json_snapshot!("customers", scan(&client, &names.customers, None).await);
    insta::assert_json_snapshot!("timeline", scan(&client, &names.timeline, None).await);
}

#[tokio::test]
async fn a_stored_ticket_is_as_it_was_agreed() {
    let (client, names) = tables().await;
    let store = DynamoTickets::new(client.clone(), names.clone());
    commit(&store, rich(&world())).await;
    insta::assert_json_snapshot!("ticket", scan(&client, &names.tickets, None).await);
    insta::assert_json_snapshot!(
        "row",
        scan(&client, &names.tickets, Some(INBOX_INDEX)).await
    );
}

#[tokio::test]
async fn delivery_ticks_move_neither_the_row_nor_the_last_activity() {
    let (client, names) = tables().await;
    let store = DynamoTickets::new(client.clone(), names.clone());
    let world = world();
    let ticket = commit(&store, opening(&world, blank(&world))).await;
    let mut draft = Draft::change(&world, ticket);
    let reply = draft.append(entry(&world, SenderType::Agent, "On its way"));
    let ticket = commit(&store, draft.finish()).await;
    let row = scan(&client, &names.tickets, Some(INBOX_INDEX)).await;
    world.advance(std::time::Duration::from_secs(60));
    let (now, position) = (world.now(), reply.position);
    let mut draft = Draft::change(&world, ticket.clone());
    draft.deliver(position, |d| {
        d.advance(0, DeliveryState::Sending, now, None)
    });
    let part = SlotMessage {
        ticket_id: ticket.id.clone(),
        message_id: reply.message_id,
        position,
        attempt: 1,
        part: 0,
    };
    draft.observe(&part, DeliveryState::Delivered, now, None);
    draft.raise_watermark(ReceiptKind::Delivered, now);
    draft.raise_watermark(ReceiptKind::Read, now);
    store.capacity().take();
    let ticked = commit(&store, draft.finish()).await;
    assert_eq!(ticked.version, ticket.version + 1);
    assert_eq!(ticked.updated_at, ticket.updated_at);
    assert_eq!(scan(&client, &names.tickets, Some(INBOX_INDEX)).await, row);
    assert_eq!(store.ticket(&ticket.id).await.expect("reads"), Some(ticked));
}

#[tokio::test]
async fn an_index_holds_only_what_is_unfinished() {
    let (client, names) = tables().await;
    let store = DynamoTickets::new(client.clone(), names.clone());
    let world = world();
    let opened = opening(&world, blank(&world));
    store.commit(&opened, BUDGET).await.expect("commits");
    let pending = || scan(&client, &names.ledger, Some("PendingIndex"));
    assert_eq!(pending().await.len(), 2);
    store
        .mark_published(&opened.events.iter().collect::<Vec<_>>(), world.now())
        .await
        .expect("marks");
    assert_eq!(pending().await, Vec::<Value>::new());
}

#[tokio::test]
async fn making_the_tables_twice_changes_nothing() {
    let (client, names) = tables().await;
    create_tables(&client, &names).await.expect("exist");
    for table in definitions(&names) {
        let answer = client
            .describe_table()
            .table_name(&table.name)
            .send()
            .await
            .expect("describes");
        let description = answer.table().expect("a table");
        let mut indexes: Vec<&str> = description
            .global_secondary_indexes()
            .iter()
            .filter_map(|i| i.index_name())
            .collect();
        let mut expected: Vec<&str> = table.indexes.iter().map(|i| i.name).collect();
        indexes.sort_unstable();
        expected.sort_unstable();
        assert_eq!(indexes, expected);
        let stream = description
            .stream_specification()
            .is_some_and(aws_sdk_dynamodb::types::StreamSpecification::stream_enabled);
        assert_eq!(stream, table.streams_and_expires);
        let ttl = client
            .describe_time_to_live()
            .table_name(&table.name)
            .send()
            .await
            .expect("describes");
        let attribute = ttl
            .time_to_live_description()
            .and_then(|d| d.attribute_name())
            .map(str::to_owned);
        assert_eq!(attribute.is_some(), table.streams_and_expires);
    }
}
