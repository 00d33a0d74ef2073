//! One process of a desk in memory, and what it did with bodies.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::executor::block_on;
use tributary_domain::account::OurAccount;
use tributary_domain::channel::email::{Mail, UnreadableMail};
use tributary_domain::channel::inbound::InboundBatch;
use tributary_domain::memory::{
    MemoryBlobs, MemoryStore, ScriptedMessenger, SimulatedSurroundings,
};
use tributary_domain::ports::{Slot, SlotKey};
use tributary_domain::receive::{Counts, Desk, Lanes, PointerCache, Policy, receive_messages};
use tributary_domain::receive_mail::{Route, park_mail, receive_mail};
use tributary_domain::reply::{NewMessage, PostError, UNDO_WITHIN, post_message};
use tributary_domain::send::send_pending;
use tributary_domain::surroundings::Deadline;
use tributary_domain::{AccountId, AgentId, Principal, Role, SenderType, TicketId};

const HOUR: Duration = Duration::from_secs(3600);

/// A process that keeps the store's laws after each body.
pub struct Process {
    surroundings: SimulatedSurroundings,
    store: MemoryStore,
    desk: Desk<MemoryStore, MemoryBlobs, SimulatedSurroundings>,
}

impl Process {
    /// The first process on an empty store.
    pub fn new() -> Self {
        let surroundings = SimulatedSurroundings::new(1);
        let store = MemoryStore::new(&surroundings);
        Self::on(surroundings, store, MemoryBlobs::default())
    }

    /// Another process on the same store: it remembers nothing.
    pub fn restarted(&self) -> Self {
        let blobs = self.desk.blobs.clone();
        Self::on(self.surroundings.clone(), self.store.clone(), blobs)
    }

    fn on(surroundings: SimulatedSurroundings, store: MemoryStore, blobs: MemoryBlobs) -> Self {
        let policy = Policy {
            reopen_window: 72 * HOUR,
            auto_close: 7 * 24 * HOUR,
            inbox_shards: 4,
            greetings: std::collections::BTreeMap::new(),
        };
        let desk = Desk {
            tickets: store.clone(),
            blobs,
            surroundings: surroundings.clone(),
            policy,
            pointers: PointerCache::default(),
            lanes: Lanes::default(),
        };
        Self {
            surroundings,
            store,
            desk,
        }
    }

    /// Receives a body to the end: each of its events is counted exactly once, and every law of the store
    /// holds.
    pub fn deliver(&self, batch: InboundBatch, accounts: &[AccountId], raw: &[u8]) -> Counts {
        let events = batch.events.len() as u64;
        let deadline = Deadline::after(&self.surroundings, Duration::from_secs(8));
        let ours: Vec<OurAccount> = accounts.iter().cloned().map(Into::into).collect();
        let received = receive_messages(
            &self.desk,
            batch.channel,
            batch.events,
            &ours,
            raw,
            deadline,
        );
        let outcome = block_on(received);
        assert!(outcome.unfinished.is_none(), "{:?}", outcome.unfinished);
        let counts = outcome.received.counts;
        assert_eq!(counts.received(), events, "each event is counted once");
        self.store.assert_laws();
        counts
    }

    /// Receives the mail of a form to the end; every law of the store holds.
    pub fn deliver_mail(
        &self,
        mail: Result<Mail, UnreadableMail>,
        route: &Route,
        form: &[u8],
    ) -> Counts {
        let deadline = Deadline::after(&self.surroundings, Duration::from_secs(8));
        let outcome = match mail {
            Ok(mail) => block_on(receive_mail(&self.desk, mail, route, form, deadline)),
            Err(_) => block_on(park_mail(&self.desk, form)),
        };
        assert!(outcome.unfinished.is_none(), "{:?}", outcome.unfinished);
        self.store.assert_laws();
        outcome.received.counts
    }

    /// The ticket, if there is exactly one.
    pub fn only_ticket(&self) -> Option<TicketId> {
        match &self.store.all_tickets()[..] {
            [ticket] => Some(ticket.id.clone()),
            [] | [..] => None,
        }
    }

    /// An agent answers every ticket, and the provider takes the answers.
    pub fn answer(&self) {
        let agent = Principal::Agent {
            id: AgentId::parse("agent-1").expect("an id"),
            role: Role::Agent,
        };
        let messenger = ScriptedMessenger::new(&self.surroundings);
        for ticket in self.store.all_tickets() {
            let deadline = Deadline::after(&self.surroundings, HOUR);
            let message = NewMessage {
                content: "Answer".to_owned(),
                ..NewMessage::default()
            };
            let posted = post_message(&self.desk, &agent, &ticket.id, message, deadline);
            match block_on(posted) {
                Ok(_) => {}
                // It was too long ago that the customer wrote.
                Err(PostError::WindowClosed(_)) => continue,
                Err(error) => panic!("not posted: {error:?}"),
            }
            self.surroundings.advance(UNDO_WITHIN);
            let sent = send_pending(&self.desk, &messenger, &ticket.id, deadline);
            block_on(sent).expect("sent");
        }
        self.store.assert_laws();
    }

    /// The platform's messages that stand in a ticket, and how many there are that people wrote.
    pub fn messages(&self) -> (BTreeSet<SlotKey>, usize) {
        let slots = self.store.all_slots().into_iter();
        let present = slots.filter(|(key, slot)| {
            matches!(slot, Slot::Present(_)) && !key.platform_message_id.starts_with("notice:")
        });
        let tickets = self.store.all_tickets();
        let timelines = tickets.iter().flat_map(|t| self.store.timeline(&t.id));
        let written = timelines.filter(|m| m.sender_type != SenderType::System);
        (present.map(|(key, _)| key).collect(), written.count())
    }

    /// Who is who: the names of each customer.
    pub fn people(&self) -> BTreeSet<BTreeSet<String>> {
        let identities = self.store.all_identities();
        let names = |customer| {
            let of = identities.iter().filter(|i| i.customer_id == customer);
            of.map(|i| i.identity.to_string()).collect()
        };
        let customers = identities.iter().map(|i| i.customer_id.clone());
        customers.map(names).collect()
    }
}
