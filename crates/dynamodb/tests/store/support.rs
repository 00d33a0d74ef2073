//! An embedded DynamoDB with tables of its own for each test, and commits made by the domain's draft.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Region};
use aws_sdk_dynamodb::{Client, Config};
use tributary_domain::customer::CustomerSummary;
use tributary_domain::delivery::Watermarks;
use tributary_domain::draft::{Draft, Entry};
use tributary_domain::memory::{MemoryStore, SimulatedSurroundings};
use tributary_domain::ports::{Commit, Inbox, Outbox, SlotKey, SlotMessage, SlotWrite, Tickets};
use tributary_domain::ticket::{FieldVersions, Window};
use tributary_domain::{
    AccountId, Channel, ChannelIdentity, ContentType, CustomerId, Delivery, MessageId, Priority,
    Reference, SenderType, Source, Status, Surroundings, Ticket, TicketId, Timestamp, Visibility,
};
use tributary_dynamodb::{DynamoTickets, TableNames, create_tables};
use tributary_edge::aws::http_client;

/// What every store is.
pub trait Store: Tickets + Inbox + Outbox {}
impl<S: Tickets + Inbox + Outbox> Store for S {}

pub const BUDGET: Duration = Duration::from_secs(8);

static ENDPOINT: LazyLock<String> = LazyLock::new(|| {
    // Another server's address may be given instead; `make test-engines` gives DynamoDB Local's.
    std::env::var("TRIBUTARY_DYNAMODB_URL").unwrap_or_else(|_| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("non-blocking");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        // Its SQLite work blocks, so it has threads of its own.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let database = dynoxide::Database::memory().expect("a database");
                dynoxide::server::serve_with_shutdown(listener, database, std::future::pending())
                    .await
                    .expect("serves");
            });
        });
        url
    })
});

pub fn config() -> Builder {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .http_client(http_client(Duration::from_secs(1)))
        .endpoint_url(ENDPOINT.as_str())
}

/// A client and fresh tables.
pub async fn tables() -> (Client, TableNames) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // A server may outlive this process and have tables of one with the same id.
    static STARTED: LazyLock<u128> = LazyLock::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |d| d.as_millis())
    });
    let prefix = format!(
        "t{}-{}-{}",
        *STARTED,
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let name = |table: &str| format!("{prefix}-{table}");
    let names = TableNames {
        tickets: name("tickets"),
        customers: name("customers"),
        ledger: name("ledger"),
        timeline: name("timeline"),
    };
    let client = Client::from_conf(config().build());
    create_tables(&client, &names).await.expect("tables");
    (client, names)
}

pub async fn dynamodb() -> DynamoTickets {
    let (client, names) = tables().await;
    DynamoTickets::new(client, names)
}

pub fn memory() -> MemoryStore {
    MemoryStore::new(&world())
}

pub fn world() -> SimulatedSurroundings {
    let world = SimulatedSurroundings::new(7);
    world.set_now(at("2026-01-01T12:00:00Z"));
    world
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

pub fn account() -> AccountId {
    AccountId::parse("300001").expect("an account")
}

pub fn person(number: &str) -> ChannelIdentity {
    ChannelIdentity::new(Channel::WhatsApp, number).expect("an identity")
}

pub fn customer_id(world: &SimulatedSurroundings) -> CustomerId {
    CustomerId::generate(world.now(), world.random())
}

/// A ticket of a new customer, as the use cases start one.
pub fn blank(world: &SimulatedSurroundings) -> Ticket {
    let now = world.now();
    Ticket {
        id: TicketId::generate(now, world.random()),
        reference: Reference::generate(world.random()),
        created_at: now,
        updated_at: now,
        status: Status::New,
        priority: Priority::Medium,
        assigned_agent_id: None,
        tags: Vec::new(),
        subject: "Where is my order?".to_owned(),
        version: 0,
        listed_version: 0,
        field_versions: FieldVersions::default(),
        message_count: 0,
        last_position: 0,
        last_sequence: 0,
        source: Source {
            channel: Channel::WhatsApp,
            origin_platform_id: "15550100".to_owned(),
            account_id: account(),
            is_bot_handoff: false,
        },
        customer: CustomerSummary {
            id: customer_id(world),
            name: Some("Ann".to_owned()),
            email: None,
            channel_identity: person("15550100"),
        },
        last_message: None,
        last_agent_message: None,
        last_mail: None,
        last_customer_message_at: None,
        watermarks: Watermarks::default(),
        resolved_at: None,
        snoozed_until: None,
        superseded: false,
        merged_into: None,
        custom_fields: std::collections::BTreeMap::new(),
        shard: u32::try_from(world.random() % 4).expect("small"),
        window: Window::default(),
    }
}

pub fn entry(world: &SimulatedSurroundings, sender_type: SenderType, content: &str) -> Entry {
    let agent = sender_type == SenderType::Agent;
    Entry {
        id: MessageId::generate(world.now(), world.random()),
        timestamp: world.now(),
        channel: Channel::WhatsApp,
        sender_type,
        content: content.to_owned(),
        content_type: ContentType::Text,
        content_truncated: false,
        html: None,
        visibility: Visibility::Public,
        agent_id: agent.then(|| tributary_domain::AgentId::parse("agent-1").expect("an agent")),
        attachments: Vec::new(),
        delivery: agent.then(|| Delivery::queued(world.now(), 2)),
        reply_to: None,
        channel_specific_data: serde_json::Map::new(),
    }
}

/// The commit of a new ticket with a first message.
pub fn opening(world: &SimulatedSurroundings, ticket: Ticket) -> Commit {
    let mut draft = Draft::create(world, ticket);
    draft.append(entry(world, SenderType::Customer, "Hello"));
    draft.finish()
}

/// The commit of a customer's message on a ticket as read.
pub fn message(world: &SimulatedSurroundings, ticket: &Ticket, content: &str) -> Commit {
    let mut draft = Draft::change(world, ticket.clone());
    draft.append(entry(world, SenderType::Customer, content));
    draft.finish()
}

/// Commits and returns the ticket as it is now.
pub async fn commit(store: &impl Store, commit: Commit) -> Ticket {
    store.commit(&commit, BUDGET).await.expect("commits");
    commit.ticket.ticket().clone()
}

/// A new ticket.
pub async fn opened(store: &impl Store, world: &SimulatedSurroundings) -> Ticket {
    commit(store, opening(world, blank(world))).await
}

pub fn slot_key(platform_message_id: &str) -> SlotKey {
    SlotKey {
        channel: Channel::WhatsApp,
        account: account(),
        platform_message_id: platform_message_id.to_owned(),
    }
}

/// The slot of the last message of a commit.
pub fn slot_of(commit: &Commit, platform_message_id: &str, applies: usize) -> SlotWrite {
    let ticket = commit.ticket.ticket();
    let last = ticket.window.messages().last().expect("a message");
    let message = SlotMessage {
        ticket_id: ticket.id.clone(),
        message_id: last.id.clone(),
        position: last.position,
        attempt: 0,
        part: 0,
    };
    SlotWrite {
        key: slot_key(platform_message_id),
        message,
        applies,
    }
}
