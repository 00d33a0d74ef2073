//! The gates of our accounts, and their queues.

use std::time::Duration;

use tributary_domain::delivery::DeliveryError;
use tributary_domain::gate::{Broken, Gate, LastError, Stopped};
use tributary_domain::ports::{
    Commit, DueWork, Gates, Outbox, QueuedSend, Refusals, SendIntent, SendState, SendWrite,
};
use tributary_domain::{AgentId, Channel, Surroundings};

use crate::contract::people::first_contact;
use crate::support::{Store, account, commit, message, world};

const MINUTE: Duration = Duration::from_secs(60);
const OURS: Channel = Channel::WhatsApp;

pub async fn a_gate_is_what_it_was_changed_to_unless_somebody_was_faster(store: &impl Gates) {
    let world = world();
    let now = world.now();
    assert_eq!(
        store.gate(OURS, &account()).await.expect("reads"),
        Gate::default()
    );
    let error = DeliveryError {
        code: "190".to_owned(),
        message: "The token has expired.".to_owned(),
        hint: String::new(),
    };
    let full = Gate {
        version: 1,
        broken: Some(Broken {
            error: error.clone(),
            since: now,
            tries: 3,
            next_try: now.plus(MINUTE),
            secret_version: Some("v1".to_owned()),
            is_late: true,
            taken_at: Some(now),
        }),
        slow_until: Some(now.plus(MINUTE)),
        stopped: Some(Stopped {
            by: AgentId::parse("supervisor-1").expect("an agent"),
            since: now,
        }),
        recent: vec![(now, first_contact(&world).ticket.ticket().id.clone())],
        calls_at: Some(now.plus(MINUTE)),
        is_idle: true,
        last_sent_at: Some(now),
        last_error: Some(LastError { at: now, error }),
        proven_at: Some(now),
    };
    let none = Gate::default();
    let ours = account();
    let replace = async |from: &Gate, to: &Gate| {
        let replaced = store.replace_gate(OURS, &ours, from, to);
        replaced.await.expect("answers")
    };
    assert!(replace(&none, &full).await);
    assert_eq!(store.gate(OURS, &account()).await.expect("reads"), full);
    assert!(
        !replace(&none, &Gate::default()).await,
        "it is there by now"
    );
    assert!(replace(&full, &Gate::default()).await);
    assert!(!replace(&full, &full).await, "it has changed since");
    let left = store.gate(OURS, &account()).await.expect("reads");
    assert_eq!(
        left,
        Gate {
            version: 2,
            ..Gate::default()
        }
    );
    let other = store
        .gate(Channel::Facebook, &account())
        .await
        .expect("reads");
    assert_eq!(other, Gate::default());
}

pub async fn a_gate_that_calls_is_due_then(store: &(impl Gates + Outbox)) {
    let now = world().now();
    let calls = Gate {
        calls_at: Some(now),
        ..Gate::default()
    };
    let (ours, none) = (account(), Gate::default());
    let replaced = store.replace_gate(OURS, &ours, &none, &calls).await;
    assert!(replaced.expect("answers"));
    let due = async |at| store.due(at, 10).await.expect("asks");
    assert_eq!(due(now).await, [DueWork::Gate(OURS, account())]);
    assert_eq!(due(now.minus(MINUTE)).await, []);
    let from = store.gate(OURS, &account()).await.expect("reads");
    let replaced = store.replace_gate(OURS, &ours, &from, &none).await;
    assert!(replaced.expect("answers"));
    assert_eq!(due(now).await, []);
}

pub async fn a_queue_holds_what_its_account_has_to_send_oldest_first(store: &(impl Store + Gates)) {
    let world = world();
    let now = world.now();
    let mut ticket = commit(store, first_contact(&world)).await;
    let mut intents = Vec::new();
    for number in 0..3_u32 {
        let mut with: Commit = message(&world, &ticket, "reply");
        let last = with.ticket.ticket().window.messages().last().cloned();
        let last = last.expect("a message");
        let intent = SendIntent {
            ticket_id: ticket.id.clone(),
            message_id: last.id,
            position: last.position,
            attempt: 1,
            // The last is the oldest.
            queued_at: now.minus(number * MINUTE),
            channel: OURS,
            account: account(),
            refusals: Refusals::default(),
            state: SendState::Queued {
                not_before: now,
                held: false,
            },
        };
        with.sends = vec![SendWrite::Create(intent.clone())];
        ticket = commit(store, with).await;
        intents.push(intent);
    }
    let queued = |intent: &SendIntent, is_waiting| QueuedSend {
        ticket_id: intent.ticket_id.clone(),
        position: intent.position,
        queued_at: intent.queued_at,
        is_waiting,
        is_held: false,
    };
    let queue = async |limit| store.queue(OURS, &account(), limit).await.expect("reads");
    let [first, second, third] = <[SendIntent; 3]>::try_from(intents).expect("three");
    let all = [
        queued(&third, true),
        queued(&second, true),
        queued(&first, true),
    ];
    assert_eq!(queue(10).await, all);
    assert_eq!(queue(2).await, all[..2]);
    let to = |state| SendIntent {
        state,
        ..second.clone()
    };
    let held = to(SendState::Queued {
        not_before: now.plus(MINUTE),
        held: true,
    });
    let held = SendIntent {
        refusals: Refusals {
            count: 3,
            first_at: Some(now),
        },
        ..held
    };
    assert!(store.postpone_send(&second, &held).await.expect("answers"));
    assert!(
        !store.postpone_send(&second, &held).await.expect("answers"),
        "it is held by now"
    );
    assert!(
        store
            .sends(&ticket.id)
            .await
            .expect("reads")
            .contains(&held)
    );
    let is_held = QueuedSend {
        is_held: true,
        ..queued(&second, true)
    };
    assert_eq!(queue(10).await[1], is_held);
    let mut under_way = message(&world, &ticket, "x");
    let sending = to(SendState::Sending {
        until: now.plus(MINUTE),
    });
    under_way.sends = vec![
        SendWrite::Replace {
            from: held,
            to: sending,
        },
        SendWrite::Finish(third),
    ];
    commit(store, under_way).await;
    assert_eq!(
        queue(10).await,
        [queued(&second, false), queued(&first, true)]
    );
}
