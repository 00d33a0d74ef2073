//! What the use cases' tests share: a desk on the ports in memory, people who write to it, and the
//! laws that hold whatever happened.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::account::OurAccount;
use crate::change_ticket::{Change, ChangeError, change_ticket};
use crate::channel::inbound::{
    Author, DeliveryReport, InboundBatch, InboundEvent, InboundKind, InboundMessage, Receipt,
};
use crate::channel::{AccountId, Channel, ChannelIdentity, Details};
use crate::delivery::{DeliveryState, ReceiptKind};
use crate::event::{Event, EventType};
use crate::id::{AgentId, TicketId};
use crate::memory::{
    FakePublisher, MemoryBlobs, MemoryStore, ScriptedMessenger, SimulatedSurroundings,
};
use crate::message::{ContentType, Visibility};
use crate::permission::{Principal, Role};
use crate::ports::{OutgoingPart, PartContent};
use crate::receive::{Counts, Desk, Lanes, Outcome, PointerCache, Policy, receive_messages};
use crate::reply::{NewMessage, PostError, Posted, post_message};
use crate::send::{SendError, Sent, send_pending};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{Status, Ticket};
use crate::time::Timestamp;

mod storm;

/// Our accounts; anything else is not ours.
pub(crate) const ONE: &str = "300001";
pub(crate) const TWO: &str = "300002";
/// Two people.
pub(crate) const ANN: &str = "15550100";
pub(crate) const BOB: &str = "15550199";

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) type TestDesk = Desk<MemoryStore, MemoryBlobs, SimulatedSurroundings>;

/// A desk and its world. Clones share both.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) surroundings: SimulatedSurroundings,
    pub(crate) store: MemoryStore,
    pub(crate) publisher: FakePublisher,
    pub(crate) messenger: ScriptedMessenger,
    pub(crate) desk: Arc<TestDesk>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::seeded(1)
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        let surroundings = SimulatedSurroundings::new(seed);
        let store = MemoryStore::new(&surroundings);
        Self {
            publisher: FakePublisher::new(&surroundings),
            messenger: ScriptedMessenger::new(&surroundings),
            desk: Arc::new(desk(&store, MemoryBlobs::default(), &surroundings)),
            surroundings,
            store,
        }
    }

    /// Another process on the same store: it remembers nothing.
    pub(crate) fn fresh_process(&self) -> Self {
        let blobs = self.desk.blobs.clone();
        Self {
            desk: Arc::new(desk(&self.store, blobs, &self.surroundings)),
            ..self.clone()
        }
    }

    /// The deadline of a request.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(&self.surroundings, Duration::from_secs(8))
    }

    /// Delivers a body of these events.
    pub(crate) async fn deliver(&self, events: Vec<InboundEvent>) -> Outcome {
        let batch = InboundBatch {
            channel: Channel::WhatsApp,
            events,
        };
        let accounts = [account(ONE), account(TWO)].map(OurAccount::from);
        receive_messages(
            &self.desk,
            batch.channel,
            batch.events,
            &accounts,
            b"raw",
            self.deadline(),
        )
        .await
    }

    /// Delivers a body that must be finished.
    pub(crate) async fn receive(&self, events: Vec<InboundEvent>) -> Counts {
        let outcome = self.deliver(events).await;
        assert!(outcome.unfinished.is_none(), "{:?}", outcome.unfinished);
        outcome.received.counts
    }

    /// A ticket of Ann's, as her first message made it.
    pub(crate) async fn with_ticket() -> (Self, TicketId) {
        let scene = Self::new();
        scene.receive(vec![text(ONE, ANN, "a0", "Hello")]).await;
        let id = scene.only_ticket().id;
        (scene, id)
    }

    /// A ticket of somebody's who wrote on X.
    pub(crate) async fn x_ticket(&self, person: &str) -> TicketId {
        let mut event = text(ONE, ANN, &format!("x{person}"), "Hello");
        let name = ChannelIdentity::new(Channel::Twitter, person).expect("an identity");
        if let InboundKind::Message(message) = &mut event.kind {
            message.person = vec![name.clone()];
        }
        let accounts = [OurAccount::from(account(ONE))];
        let (desk, deadline) = (&self.desk, self.deadline());
        let events = vec![event];
        receive_messages(desk, Channel::Twitter, events, &accounts, b"raw", deadline).await;
        let tickets = self.store.all_tickets().into_iter();
        let mut of = tickets.filter(|t| t.customer.channel_identity == name);
        of.next().expect("a ticket").id
    }

    /// Ann's ticket, moved to `status` by a supervisor.
    pub(crate) async fn with_status(status: Status) -> (Self, TicketId) {
        let (scene, id) = Self::with_ticket().await;
        scene.move_to(&id, status).await.expect("a move from new");
        (scene, id)
    }

    /// A supervisor moves the status.
    pub(crate) async fn move_to(
        &self,
        id: &TicketId,
        status: Status,
    ) -> Result<(Ticket, Vec<Event>), ChangeError> {
        let change = Change {
            status: Some(status),
            ..Change::default()
        };
        change_ticket(
            &self.desk,
            &supervisor(),
            id,
            &change,
            None,
            self.deadline(),
        )
        .await
    }

    /// An agent writes.
    pub(crate) async fn post(
        &self,
        id: &TicketId,
        content: &str,
        visibility: Visibility,
        key: Option<&str>,
    ) -> Result<Posted, PostError> {
        let message = NewMessage {
            content: content.to_owned(),
            is_note: visibility == Visibility::Internal,
            client_message_id: key.map(str::to_owned),
            ..NewMessage::default()
        };
        post_message(&self.desk, &agent(), id, message, self.deadline()).await
    }

    /// An agent answers the customer.
    pub(crate) async fn reply(&self, id: &TicketId, content: &str) -> Vec<Event> {
        match self.post(id, content, Visibility::Public, None).await {
            Ok(Posted::Created(_, events)) => events,
            other => panic!("not posted: {other:?}"),
        }
    }

    /// A relay sends what is due of a ticket.
    pub(crate) async fn relay(&self, id: &TicketId) -> Result<Sent, SendError> {
        let deadline = Deadline::after(&self.surroundings, Duration::from_secs(60));
        send_pending(&self.desk, &self.messenger, id, deadline).await
    }

    /// A ticket as stored.
    pub(crate) fn ticket(&self, id: &TicketId) -> Ticket {
        let found = self.store.all_tickets().into_iter().find(|t| t.id == *id);
        found.expect("the ticket is stored")
    }

    /// The one ticket there is.
    pub(crate) fn only_ticket(&self) -> Ticket {
        let tickets = self.store.all_tickets();
        assert_eq!(tickets.len(), 1, "tickets");
        tickets.into_iter().next().expect("one")
    }

    /// The state in which people see the delivery of the entry with this text.
    pub(crate) fn state_of(&self, id: &TicketId, content: &str) -> DeliveryState {
        let timeline = self.store.timeline(id);
        let message = timeline.iter().find(|m| m.content == content);
        let delivery = message.and_then(|m| m.delivery.as_ref());
        delivery.expect("a message that goes out").state()
    }

    /// Checks every law on everything stored.
    pub(crate) fn assert_laws(&self) {
        self.store.assert_laws();
    }

    /// All that people see, apart from the order in which it came.
    pub(crate) fn picture(&self) -> Vec<String> {
        self.store.picture()
    }

    /// What the provider was asked to send, in order.
    pub(crate) fn sent_texts(&self) -> Vec<String> {
        self.messenger.calls().iter().map(text_of).collect()
    }
}

fn desk(store: &MemoryStore, blobs: MemoryBlobs, surroundings: &SimulatedSurroundings) -> TestDesk {
    Desk {
        tickets: store.clone(),
        blobs,
        surroundings: surroundings.clone(),
        policy: Policy {
            reopen_window: 72 * HOUR,
            auto_close: 7 * 24 * HOUR,
            inbox_shards: 4,
            greetings: std::collections::BTreeMap::new(),
        },
        pointers: PointerCache::default(),
        lanes: Lanes::default(),
    }
}

pub(crate) fn account(id: &str) -> AccountId {
    AccountId::parse(id).expect("an account")
}

/// The names of a person, parted by `|`.
pub(crate) fn names(person: &str) -> Vec<ChannelIdentity> {
    let name = |id| ChannelIdentity::new(Channel::WhatsApp, id).expect("an identity");
    person.split('|').map(name).collect()
}

/// Somebody's text to one of our accounts.
pub(crate) fn text(to: &str, person: &str, id: &str, body: &str) -> InboundEvent {
    InboundEvent {
        account: Some(account(to)),
        kind: InboundKind::Message(Box::new(InboundMessage {
            platform_message_id: id.to_owned(),
            author: Author::Customer,
            person: names(person),
            person_name: None,
            timestamp: None,
            content: body.to_owned(),
            content_type: ContentType::Text,
            attachments: Vec::new(),
            reply_to: None,
            data: Details::default(),
        })),
    }
}

/// A provider's report on a message of ours, by the provider's id.
pub(crate) fn report(of: &str, person: &str, id: &str, state: DeliveryState) -> InboundEvent {
    InboundEvent {
        account: Some(account(of)),
        kind: InboundKind::Report(Box::new(DeliveryReport {
            platform_message_id: id.to_owned(),
            recipient: Some(person.to_owned()),
            state,
            at: Some(SimulatedSurroundings::new(0).now()),
            error: None,
            account_fault: None,
            correlation: None,
            is_echo: false,
        })),
    }
}

/// A platform's word on all that one of our accounts sent to a person up to a time.
pub(crate) fn receipt(
    of: &str,
    person: &str,
    kind: ReceiptKind,
    until: Timestamp,
    named: &[&str],
) -> InboundEvent {
    let person = names(person).remove(0);
    InboundEvent {
        account: Some(account(of)),
        kind: InboundKind::Receipt(Box::new(Receipt {
            person,
            kind,
            until,
            platform_message_ids: named.iter().map(|id| (*id).to_owned()).collect(),
        })),
    }
}

/// The platform's copy of what the provider was asked to send in call number `call`, from 0.
pub(crate) fn echo(messenger: &ScriptedMessenger, call: usize, id: &str) -> InboundEvent {
    let mut event = report(ONE, ANN, id, DeliveryState::Sent);
    if let InboundKind::Report(report) = &mut event.kind {
        report.correlation = Some(messenger.calls()[call].correlation.clone());
        report.is_echo = true;
    }
    event
}

/// The text of a part.
pub(crate) fn text_of(part: &OutgoingPart) -> String {
    match &part.content {
        PartContent::Text { text, files: _ } => text.clone(),
        PartContent::Template(template) => template.name.clone(),
    }
}

pub(crate) fn agent_id() -> AgentId {
    AgentId::parse("agent-1").expect("an agent")
}

pub(crate) fn agent() -> Principal {
    Principal::Agent {
        id: agent_id(),
        role: Role::Agent,
    }
}

pub(crate) fn supervisor() -> Principal {
    Principal::Agent {
        id: AgentId::parse("supervisor-1").expect("an agent"),
        role: Role::Supervisor,
    }
}

pub(crate) fn types(events: &[Event]) -> Vec<EventType> {
    events.iter().map(|e| e.event_type).collect()
}

/// Runs `work` and drops it at its `polls`th await; none when it was dropped.
pub(crate) async fn killed_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// Runs `work` until a commit of it is killed by its fate, and drops it.
pub(crate) async fn until_killed<T>(scene: &Scene, work: impl Future<Output = T>) {
    let before = scene.store.killed();
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        if work.as_mut().poll(context).is_ready() {
            panic!("it ended without being killed");
        }
        if scene.store.killed() > before {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Runs a future where no test runtime is at hand, as in a proptest.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(work)
}
