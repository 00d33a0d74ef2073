//! How large items are, by DynamoDB's rules: names and texts in UTF-8 bytes; a number one byte for each
//! two digits and one more; a flag one; a list or map three, and one for each element (Developer Guide,
//! "DynamoDB item sizes and formats").

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use tributary_domain::draft::Draft;
use tributary_domain::limits::MAX_EMAIL_BYTES;
use tributary_domain::ticket::window::{MAX_BYTES, stored_size};
use tributary_domain::ticket::{MAX_NAME_CHARS, MAX_SUBJECT_CHARS, MAX_TAG_CHARS, MAX_TAGS};
use tributary_domain::{
    AccountId, AgentId, Channel, ChannelIdentity, SenderType, Status, Surroundings, Ticket,
    TicketId, Visibility,
};
use tributary_dynamodb::DynamoTickets;
use tributary_dynamodb::tables::INBOX_INDEX;

use crate::contract::commits::rich;
use crate::support::{blank, commit, entry, message, opened, tables, world};

fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::Bool(_) => 1,
        AttributeValue::L(values) => 3 + values.iter().map(|v| 1 + size(v)).sum::<usize>(),
        AttributeValue::M(map) => 3 + map.len() + item_size(map),
        other => panic!("no item has {other:?}"),
    }
}

fn item_size(item: &HashMap<String, AttributeValue>) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + size(value))
        .sum()
}

async fn only_item(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
    index: Option<&str>,
) -> HashMap<String, AttributeValue> {
    let answer = client
        .scan()
        .table_name(table)
        .set_index_name(index.map(str::to_owned))
        .send()
        .await
        .expect("scans");
    let [item] = answer.items() else {
        panic!("one item")
    };
    item.clone()
}

/// The size of a ticket's row after a message of `content`.
async fn row_size(
    ticket: Ticket,
    sender: SenderType,
    visibility: Visibility,
    content: &str,
) -> usize {
    let (client, names) = tables().await;
    let store = DynamoTickets::new(client.clone(), names.clone());
    let world = world();
    let mut draft = Draft::create(&world, ticket);
    draft.append(entry(&world, SenderType::Customer, "Hello"));
    let mut last = entry(&world, sender, content);
    last.visibility = visibility;
    draft.append(last);
    draft.move_status(Status::PendingCustomer, None);
    commit(&store, draft.finish()).await;
    item_size(&only_item(&client, &names.tickets, Some(INBOX_INDEX)).await)
}

#[tokio::test]
async fn an_ordinary_row_is_at_most_a_kilobyte() {
    let world = world();
    for (channel, id, account) in [
        (Channel::WhatsApp, "4915550100123", "102290129340398"),
        (Channel::Facebook, "24053434224272815", "100001"),
        (Channel::Email, "ann.margaret.miller@example.com", "email"),
    ] {
        let mut ticket = blank(&world);
        ticket.subject = "s".repeat(60);
        ticket.tags = vec!["billing".to_owned(), "refund-due".to_owned()];
        ticket.assigned_agent_id =
            Some(AgentId::parse("c4d8e4f8-90a1-70cb-1c4e-6f0f3a5d2b11").expect("an agent"));
        ticket.source.channel = channel;
        ticket.source.origin_platform_id = id.to_owned();
        ticket.source.account_id = AccountId::parse(account).expect("an account");
        ticket.customer.name = Some("Ann Margaret Miller".to_owned());
        ticket.customer.channel_identity = ChannelIdentity::new(channel, id).expect("an identity");
        ticket.customer.email = (channel == Channel::Email).then(|| id.to_owned());
        let size = row_size(
            ticket,
            SenderType::Agent,
            Visibility::Internal,
            &"m".repeat(200),
        )
        .await;
        println!("{channel}: {size} bytes");
        assert!(size <= 1024, "{channel}: {size} bytes");
    }
}

#[tokio::test]
async fn no_row_is_larger_than_eight_kilobytes() {
    let world = world();
    let wide = |chars| "🙏".repeat(chars);
    let mut ticket = blank(&world);
    ticket.subject = wide(MAX_SUBJECT_CHARS);
    ticket.tags = (0..MAX_TAGS)
        .map(|n| format!("{}{n:02}", wide(MAX_TAG_CHARS - 2)))
        .collect();
    ticket.assigned_agent_id = Some(AgentId::parse(&"a".repeat(128)).expect("an agent"));
    ticket.customer.name = Some(wide(MAX_NAME_CHARS));
    ticket.customer.email = Some("e".repeat(MAX_EMAIL_BYTES));
    ticket.snoozed_until = Some(world.now());
    ticket.merged_into = Some(TicketId::generate(world.now(), 1));
    let mut chat = ticket.clone();
    let session = "s".repeat(512);
    chat.source.channel = Channel::WebChat;
    chat.source.is_bot_handoff = true;
    chat.source.account_id = AccountId::constant(Channel::WebChat);
    chat.source.origin_platform_id = session.clone();
    chat.customer.channel_identity =
        ChannelIdentity::new(Channel::WebChat, &session).expect("an identity");
    let mut mail = ticket;
    let address = "e".repeat(MAX_EMAIL_BYTES);
    mail.source.channel = Channel::Email;
    mail.source.account_id = AccountId::constant(Channel::Email);
    mail.source.origin_platform_id = address.clone();
    mail.customer.channel_identity =
        ChannelIdentity::new(Channel::Email, &address).expect("an identity");
    for ticket in [chat, mail] {
        let channel = ticket.source.channel;
        let size = row_size(ticket, SenderType::Agent, Visibility::Internal, &wide(300)).await;
        println!("{channel}: {size} bytes");
        assert!(size <= 8 * 1024, "{channel}: {size} bytes");
    }
}

#[tokio::test]
async fn the_window_is_never_larger_than_the_domain_believes() {
    let (client, names) = tables().await;
    let store = DynamoTickets::new(client.clone(), names.clone());
    let world = world();
    let ticket = commit(&store, rich(&world)).await;
    let item = only_item(&client, &names.tickets, None).await;
    let Some(AttributeValue::L(stored)) = item.get("timeline") else {
        panic!("a timeline")
    };
    for (stored, message) in stored.iter().zip(ticket.window.messages()) {
        assert!(
            size(stored) < stored_size(message),
            "{} against {}",
            size(stored),
            stored_size(message)
        );
    }
}

#[tokio::test]
async fn long_messages_leave_a_window_of_sixteen_kilobytes() {
    let (client, names) = tables().await;
    let store = DynamoTickets::new(client.clone(), names.clone());
    let world = world();
    let mut ticket = opened(&store, &world).await;
    for _ in 0..12 {
        ticket = commit(&store, message(&world, &ticket, &"w".repeat(4000))).await;
    }
    let item = only_item(&client, &names.tickets, None).await;
    let window = size(item.get("timeline").expect("a timeline"));
    assert!((4000..=MAX_BYTES).contains(&window), "{window}");
}
