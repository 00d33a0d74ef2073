//! Events to be told and messages to be sent.

use std::time::Duration;

use tributary_domain::event::Event;
use tributary_domain::ports::{
    Chore, CommitError, DueWork, Errand, ErrandWrite, FetchIntent, FetchWrite, Refusals,
    SendIntent, SendState, SendWrite,
};
use tributary_domain::{Channel, MessageId, Surroundings};

use crate::support::{BUDGET, Store, account, commit, message, opened, world};

const MINUTE: Duration = Duration::from_secs(60);

pub async fn an_intent_to_send_moves_only_from_what_it_was(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let now = world.now();
    let mut with = message(&world, &ticket, "reply");
    let last = with
        .ticket
        .ticket()
        .window
        .messages()
        .last()
        .expect("a message")
        .clone();
    let queued = SendIntent {
        ticket_id: ticket.id.clone(),
        message_id: last.id,
        position: last.position,
        attempt: 1,
        queued_at: now,
        channel: Channel::WhatsApp,
        account: account(),
        refusals: Refusals::default(),
        state: SendState::Queued {
            not_before: now,
            held: false,
        },
    };
    let sending = SendIntent {
        state: SendState::Sending {
            until: now.plus(MINUTE),
        },
        ..queued.clone()
    };
    let mut ticket = {
        with.sends = vec![SendWrite::Create(queued.clone())];
        commit(store, with).await
    };
    assert_eq!(
        store.sends(&ticket.id).await.expect("reads"),
        vec![queued.clone()]
    );
    let refused = [
        SendWrite::Create(queued.clone()),
        SendWrite::Finish(sending.clone()),
        SendWrite::Replace {
            from: sending.clone(),
            to: queued.clone(),
        },
        SendWrite::Finish(SendIntent {
            attempt: 2,
            ..queued.clone()
        }),
        SendWrite::Finish(SendIntent {
            state: SendState::Queued {
                not_before: now.plus(MINUTE),
                held: false,
            },
            ..queued.clone()
        }),
    ];
    for send in refused {
        let mut wrong = message(&world, &ticket, "x");
        wrong.sends = vec![send];
        assert!(
            matches!(store.commit(&wrong, BUDGET).await, Err(CommitError::Raced)),
            "{:?}",
            wrong.sends
        );
    }
    let mut replace = message(&world, &ticket, "y");
    replace.sends = vec![SendWrite::Replace {
        from: queued,
        to: sending.clone(),
    }];
    ticket = commit(store, replace).await;
    assert_eq!(
        store.sends(&ticket.id).await.expect("reads"),
        vec![sending.clone()]
    );
    let mut finish = message(&world, &ticket, "z");
    finish.sends = vec![SendWrite::Finish(sending)];
    ticket = commit(store, finish).await;
    assert_eq!(store.sends(&ticket.id).await.expect("reads"), vec![]);
}

pub async fn events_are_pending_until_marked_and_read_in_order(store: &impl Store) {
    let world = world();
    let mut ticket = opened(store, &world).await;
    let mut told: Vec<Event> = store
        .events_after(&ticket.id, 0, 10)
        .await
        .expect("reads")
        .into_iter()
        .map(|(e, _)| e)
        .collect();
    for n in 0..11 {
        let next = message(&world, &ticket, &format!("message {n}"));
        told.extend(next.events.clone());
        ticket = commit(store, next).await;
    }
    let all: Vec<(Event, bool)> = store.events_after(&ticket.id, 0, 100).await.expect("reads");
    assert_eq!(all.iter().map(|(e, _)| e.clone()).collect::<Vec<_>>(), told);
    assert_eq!(
        told.iter().map(|e| e.sequence).collect::<Vec<_>>(),
        (1..=13).collect::<Vec<_>>()
    );
    assert!(all.iter().all(|(_, published)| !published));
    assert!(store.is_pending(&ticket.id, 3).await.expect("reads"));

    let marked: Vec<&Event> = told[..12].iter().collect();
    store
        .mark_published(&marked, world.now())
        .await
        .expect("marks");
    store
        .mark_published(&marked, world.now())
        .await
        .expect("marks again");
    assert!(!store.is_pending(&ticket.id, 3).await.expect("reads"));
    let rest = store.events_after(&ticket.id, 10, 2).await.expect("reads");
    assert_eq!(
        rest.iter()
            .map(|(e, published)| (e.sequence, *published))
            .collect::<Vec<_>>(),
        vec![(11, true), (12, true)]
    );
    assert_eq!(
        store.events_after(&ticket.id, 12, 5).await.expect("reads"),
        vec![(told[12].clone(), false)]
    );
}

pub async fn one_relay_at_a_time_holds_the_lease(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let now = world.now();
    let mut lease = store
        .lease(&ticket.id, "a", now, now.plus(MINUTE))
        .await
        .expect("asks")
        .expect("is free");
    assert_eq!(lease.published_through, 0);
    assert_eq!(
        store
            .lease(&ticket.id, "b", now, now.plus(MINUTE))
            .await
            .expect("asks"),
        None
    );
    assert!(
        store
            .lease(&ticket.id, "a", now, now.plus(MINUTE))
            .await
            .expect("asks")
            .is_some(),
        "the holder may go on"
    );
    lease.published_through = 2;
    store.release(&lease).await.expect("gives back");
    let next = store
        .lease(&ticket.id, "b", now, now.plus(MINUTE))
        .await
        .expect("asks")
        .expect("is free");
    assert_eq!(next.published_through, 2);
}

pub async fn a_lease_lost_to_another_stays_theirs(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let now = world.now();
    let mut slow = store
        .lease(&ticket.id, "slow", now, now.plus(MINUTE))
        .await
        .expect("asks")
        .expect("is free");
    let later = now.plus(2 * MINUTE);
    let mut quick = store
        .lease(&ticket.id, "quick", later, later.plus(MINUTE))
        .await
        .expect("asks")
        .expect("has run out");
    slow.published_through = 1;
    store.release(&slow).await.expect("is no error");
    assert_eq!(
        store
            .lease(&ticket.id, "third", later, later.plus(MINUTE))
            .await
            .expect("asks"),
        None
    );
    quick.published_through = 2;
    store.release(&quick).await.expect("gives back");
    let next = store
        .lease(&ticket.id, "third", later, later.plus(MINUTE))
        .await
        .expect("asks")
        .expect("is free");
    assert_eq!(next.published_through, 2);
}

pub async fn due_work_is_found_once_it_is_due_and_until_it_is_done(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let now = world.now();
    let mut reply = message(&world, &ticket, "reply");
    let last = reply
        .ticket
        .ticket()
        .window
        .messages()
        .last()
        .expect("a message")
        .clone();
    let intent = SendIntent {
        ticket_id: ticket.id.clone(),
        message_id: last.id,
        position: last.position,
        attempt: 1,
        queued_at: now,
        channel: Channel::WhatsApp,
        account: account(),
        refusals: Refusals::default(),
        state: SendState::Queued {
            not_before: now.plus(MINUTE),
            held: false,
        },
    };
    reply.sends = vec![SendWrite::Create(intent.clone())];
    let ticket = commit(store, reply).await;
    let (events, sends) = (
        DueWork::Events(ticket.id.clone()),
        DueWork::Sends(ticket.id.clone()),
    );
    assert_eq!(
        store.due(now.minus(MINUTE), 100).await.expect("asks"),
        vec![]
    );
    assert_eq!(
        store.due(now, 100).await.expect("asks"),
        vec![events.clone()],
        "three events are one work"
    );
    assert_eq!(
        store.due(now.plus(MINUTE), 100).await.expect("asks"),
        vec![sends.clone(), events]
    );
    let told: Vec<Event> = store
        .events_after(&ticket.id, 0, 10)
        .await
        .expect("reads")
        .into_iter()
        .map(|(e, _)| e)
        .collect();
    store
        .mark_published(&told.iter().collect::<Vec<_>>(), now)
        .await
        .expect("marks");
    assert_eq!(
        store.due(now.plus(MINUTE), 100).await.expect("asks"),
        vec![sends]
    );
    let mut finish = message(&world, &ticket, "done");
    finish.sends = vec![SendWrite::Finish(intent)];
    finish.events.clear();
    commit(store, finish).await;
    assert_eq!(
        store.due(now.plus(MINUTE), 100).await.expect("asks"),
        vec![]
    );
}

pub async fn an_intent_to_fetch_moves_only_from_its_attempt(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let now = world.now();
    let intent = FetchIntent {
        ticket_id: ticket.id.clone(),
        message_id: MessageId::generate(now, 1),
        position: 1,
        attempt: 1,
        due_at: now,
    };
    let second = FetchIntent {
        attempt: 2,
        due_at: now.plus(MINUTE),
        ..intent.clone()
    };
    let mut ticket = ticket;
    let steps = [
        (FetchWrite::Create(intent.clone()), vec![intent.clone()]),
        (
            FetchWrite::Replace {
                from: intent.clone(),
                to: second.clone(),
            },
            vec![second.clone()],
        ),
        (FetchWrite::Finish(second.clone()), vec![]),
    ];
    for (write, left) in steps {
        let due = store.due(now, 10).await.expect("reads");
        let found = due.contains(&DueWork::Fetches(ticket.id.clone()));
        let before = store.fetches(&ticket.id).await.expect("reads");
        assert_eq!(found, before.iter().any(|i| i.due_at <= now));
        let mut with = message(&world, &ticket, "x");
        with.fetches = vec![write.clone()];
        ticket = commit(store, with).await;
        assert_eq!(store.fetches(&ticket.id).await.expect("reads"), left);
        let mut again = message(&world, &ticket, "y");
        again.fetches = vec![write];
        let refused = store.commit(&again, BUDGET).await;
        assert!(matches!(refused, Err(CommitError::Raced)), "only once");
    }
}

pub async fn an_errand_moves_only_from_its_attempt_and_is_due_until_it_is_done(store: &impl Store) {
    let world = world();
    let ticket = opened(store, &world).await;
    let now = world.now();
    let errand = |version, chore| Errand {
        ticket_id: ticket.id.clone(),
        version,
        chore,
        left_at: now,
        attempt: 1,
        due_at: now,
    };
    let keys = vec!["attachments/a".to_owned(), "content/b.txt".to_owned()];
    let erasure = errand(2, Chore::Erase { keys });
    let name = errand(2, Chore::LookUpName);
    let sent = errand(2, Chore::LookForSent);
    let resend = errand(2, Chore::SendAgain);
    let all = [&resend, &erasure, &name, &sent].map(Clone::clone).to_vec();
    let mut with = message(&world, &ticket, "x");
    with.errands = all.iter().cloned().map(ErrandWrite::Create).collect();
    let ticket = commit(store, with).await;
    let stored = async || {
        let mut stored = store.errands(&ticket.id).await.expect("reads");
        stored.sort_by_key(|e| e.chore.kind());
        stored
    };
    let is_due = async |at| {
        let due = store.due(at, 10).await.expect("reads");
        due.contains(&DueWork::Errands(ticket.id.clone()))
    };
    assert_eq!(stored().await, all);
    assert!(is_due(now).await);
    for done in [&sent, &resend] {
        assert!(store.finish_errand(done).await.expect("asked"));
    }
    let mut again = message(&world, &ticket, "y");
    again.errands = vec![ErrandWrite::Create(name.clone())];
    let refused = store.commit(&again, BUDGET).await;
    assert!(matches!(refused, Err(CommitError::Raced)), "only once");

    let later = |errand: &Errand| Errand {
        attempt: 2,
        due_at: now.plus(MINUTE),
        ..errand.clone()
    };
    for errand in [&erasure, &name] {
        let later = later(errand);
        assert!(!store.finish_errand(&later).await.expect("asked"));
        assert!(store.postpone_errand(errand, &later).await.expect("asked"));
        assert!(!store.postpone_errand(errand, &later).await.expect("asked"));
        assert!(!store.finish_errand(errand).await.expect("asked"));
    }
    assert_eq!(stored().await, vec![later(&erasure), later(&name)]);
    assert!(!is_due(now).await);
    assert!(is_due(now.plus(MINUTE)).await);

    let mut stale = message(&world, &ticket, "z");
    stale.errands = vec![ErrandWrite::Finish(name.clone())];
    let refused = store.commit(&stale, BUDGET).await;
    assert!(
        matches!(refused, Err(CommitError::Raced)),
        "it has moved on"
    );
    stale.errands = vec![ErrandWrite::Finish(later(&name))];
    commit(store, stale).await;
    assert!(store.finish_errand(&later(&erasure)).await.expect("asked"));
    assert!(!store.finish_errand(&later(&erasure)).await.expect("asked"));
    assert_eq!(stored().await, vec![]);
    assert!(!is_due(now.plus(MINUTE)).await);
}
