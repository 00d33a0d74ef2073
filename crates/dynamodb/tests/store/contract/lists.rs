//! Lists of tickets.

use std::collections::HashSet;
use std::time::Duration;

use tributary_domain::draft::Draft;
use tributary_domain::memory::SimulatedSurroundings;
use tributary_domain::ports::{InboxFilter, InboxPage, InboxPlace};
use tributary_domain::ticket::Window;
use tributary_domain::{AgentId, Channel, Priority, Status, Surroundings, Ticket, TicketId};

use crate::support::{Store, blank, commit, customer_id, message, opened, opening, world};

fn row(ticket: &Ticket) -> Ticket {
    Ticket {
        window: Window::default(),
        version: ticket.listed_version,
        ..ticket.clone()
    }
}

fn ids(page: &InboxPage) -> Vec<TicketId> {
    page.tickets.iter().map(|t| t.id.clone()).collect()
}

fn tick(world: &SimulatedSurroundings) {
    world.advance(Duration::from_secs(1));
}

async fn moved(
    store: &impl Store,
    world: &SimulatedSurroundings,
    ticket: &Ticket,
    to: Status,
) -> Ticket {
    let mut draft = Draft::change(world, ticket.clone());
    draft.move_status(to, None);
    commit(store, draft.finish()).await
}

pub async fn a_ticket_that_does_not_change_appears_exactly_once(store: &impl Store) {
    let world = world();
    let mut tickets = Vec::new();
    for n in 0..40 {
        if n % 3 == 0 {
            tick(&world);
        }
        tickets.push(opened(store, &world).await);
    }
    for ticket in tickets.iter_mut().step_by(4) {
        *ticket = moved(store, &world, ticket, Status::Open).await;
    }
    let mut changing: Vec<Ticket> = tickets.iter().skip(1).step_by(5).cloned().collect();
    let still: HashSet<TicketId> = tickets
        .iter()
        .map(|t| t.id.clone())
        .filter(|id| changing.iter().all(|c| c.id != *id))
        .collect();
    let mut met: Vec<TicketId> = Vec::new();
    let mut places: Vec<InboxPlace> = Vec::new();
    let mut after = None;
    loop {
        let page = store
            .page(&InboxFilter::default(), after.as_ref(), 7)
            .await
            .expect("reads");
        assert!(page.tickets.len() <= 7);
        met.extend(ids(&page));
        places.extend(page.tickets.iter().map(|t| InboxPlace {
            updated_at: t.updated_at,
            ticket_id: t.id.clone(),
        }));
        if let Some(ticket) = changing.pop() {
            tick(&world);
            commit(store, message(&world, &ticket, "moving up")).await;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert!(
        places.windows(2).all(|w| w[0] > w[1]),
        "newest activity first"
    );
    for id in &still {
        assert_eq!(met.iter().filter(|m| *m == id).count(), 1);
    }
    assert_eq!(
        met.len(),
        met.iter().collect::<HashSet<_>>().len(),
        "no ticket twice"
    );
}

pub async fn filters_keep_what_they_say(store: &impl Store) {
    let world = world();
    let plain = opened(store, &world).await;
    tick(&world);
    let mut ticket = blank(&world);
    ticket.priority = Priority::High;
    ticket.tags = vec!["billing".to_owned(), "vip".to_owned()];
    ticket.assigned_agent_id = Some(AgentId::parse("agent-1").expect("an agent"));
    ticket.source.channel = Channel::Email;
    ticket.customer.email = Some("ann@example.com".to_owned());
    let special = commit(store, opening(&world, ticket)).await;
    let special = moved(store, &world, &special, Status::PendingCustomer).await;
    let agent = special.assigned_agent_id.clone();
    let all = InboxFilter::default;
    let filters = [
        InboxFilter {
            statuses: vec![Status::PendingCustomer, Status::Closed],
            ..all()
        },
        InboxFilter {
            channels: vec![Channel::Email],
            ..all()
        },
        InboxFilter {
            priorities: vec![Priority::High, Priority::Critical],
            ..all()
        },
        InboxFilter {
            assigned: Some(agent),
            ..all()
        },
        InboxFilter {
            tag: Some("vip".to_owned()),
            ..all()
        },
    ];
    for filter in filters {
        let page = store.page(&filter, None, 10).await.expect("reads");
        assert_eq!(ids(&page), vec![special.id.clone()], "{filter:?}");
    }
    let nobodys = store
        .page(
            &InboxFilter {
                assigned: Some(None),
                ..all()
            },
            None,
            10,
        )
        .await
        .expect("reads");
    assert_eq!(ids(&nobodys), vec![plain.id.clone()]);
    let everything = store.page(&all(), None, 10).await.expect("reads");
    assert_eq!(ids(&everything), vec![special.id.clone(), plain.id]);
    let [shown, _] = everything.tickets.as_slice() else {
        panic!("two")
    };
    let expected = row(&special);
    assert_eq!(
        (
            shown.status,
            &shown.tags,
            &shown.customer,
            &shown.source,
            &shown.last_message,
            shown.version,
            shown.message_count
        ),
        (
            expected.status,
            &expected.tags,
            &expected.customer,
            &expected.source,
            &expected.last_message,
            expected.version,
            expected.message_count
        )
    );
    assert!(shown.window.messages().is_empty());
    assert_eq!(
        shown.reply_window(world.now()),
        special.reply_window(world.now())
    );
}

pub async fn words_must_all_begin_something_a_row_shows(store: &impl Store) {
    let world = world();
    opened(store, &world).await;
    let mut ticket = blank(&world);
    ticket.subject = "Zahlung für Auftrag 4711".to_owned();
    ticket.customer.email = Some("Zoe.Miller@example.com".to_owned());
    ticket.tags = vec!["refund-due".to_owned()];
    let ticket = commit(store, opening(&world, ticket)).await;
    let reference = ticket.reference.as_str().to_lowercase();
    for words in [
        vec!["auftr"],
        vec!["471", "zahl"],
        vec!["zoe.miller@exa"],
        vec!["mill"],
        vec!["due"],
        vec![reference.as_str()],
    ] {
        let filter = InboxFilter {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            ..InboxFilter::default()
        };
        assert_eq!(
            ids(&store.page(&filter, None, 10).await.expect("reads")),
            vec![ticket.id.clone()],
            "{words:?}"
        );
    }
    for words in [vec!["ftrag"], vec!["auftr", "nothing"]] {
        let filter = InboxFilter {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            ..InboxFilter::default()
        };
        let page = store.page(&filter, None, 10).await.expect("reads");
        assert!(page.tickets.is_empty() && page.next.is_none(), "{words:?}");
    }
}

pub async fn updated_since_finds_what_changed(store: &impl Store) {
    let world = world();
    let old = opened(store, &world).await;
    let untouched = opened(store, &world).await;
    tick(&world);
    let since = world.now();
    let changed = commit(store, message(&world, &old, "again")).await;
    tick(&world);
    let new = opened(store, &world).await;
    let filter = InboxFilter {
        updated_since: Some(since),
        ..InboxFilter::default()
    };
    let first = store.page(&filter, None, 1).await.expect("reads");
    assert_eq!(ids(&first), vec![new.id]);
    let second = store
        .page(&filter, first.next.as_ref(), 5)
        .await
        .expect("reads");
    assert_eq!((ids(&second), second.next), (vec![changed.id], None));
    let before_all = InboxPlace {
        updated_at: untouched.updated_at,
        ticket_id: untouched.id,
    };
    let none = store
        .page(&filter, Some(&before_all), 5)
        .await
        .expect("reads");
    assert_eq!((ids(&none), none.next), (vec![], None));
}

pub async fn a_customers_tickets_are_paged_newest_first(store: &impl Store) {
    let world = world();
    let customer = customer_id(&world);
    let mut own = Vec::new();
    for _ in 0..5 {
        tick(&world);
        opened(store, &world).await;
        let mut ticket = blank(&world);
        ticket.customer.id = customer.clone();
        own.push(commit(store, opening(&world, ticket)).await);
    }
    tick(&world);
    own[1] = moved(store, &world, &own[1], Status::Resolved).await;
    let expected: Vec<TicketId> = [1, 4, 3, 2, 0]
        .iter()
        .map(|i: &usize| own[*i].id.clone())
        .collect();
    let first = store.of_customer(&customer, None, 3).await.expect("reads");
    assert_eq!(ids(&first), expected[..3]);
    assert_eq!(first.tickets[0].status, Status::Resolved);
    let second = store
        .of_customer(&customer, first.next.as_ref(), 3)
        .await
        .expect("reads");
    assert_eq!((ids(&second), second.next), (expected[3..].to_vec(), None));
    let whole = store.of_customer(&customer, None, 5).await.expect("reads");
    assert_eq!((whole.tickets.len(), whole.next), (5, None));
}

pub async fn resolved_tickets_without_activity_are_found(store: &impl Store) {
    let world = world();
    let mut resolved = Vec::new();
    for _ in 0..5 {
        let ticket = opened(store, &world).await;
        resolved.push(moved(store, &world, &ticket, Status::Resolved).await.id);
    }
    opened(store, &world).await;
    tick(&world);
    let before = world.now();
    assert_eq!(
        store
            .resolved_before(before.minus(Duration::from_secs(1)), 10)
            .await
            .expect("reads"),
        vec![]
    );
    let mut found = store.resolved_before(before, 10).await.expect("reads");
    assert_eq!(
        store.resolved_before(before, 3).await.expect("reads").len(),
        3
    );
    found.sort();
    resolved.sort();
    assert_eq!(found, resolved);
    let late = opened(store, &world).await;
    moved(store, &world, &late, Status::Resolved).await;
    assert_eq!(
        store
            .resolved_before(before, 10)
            .await
            .expect("reads")
            .len(),
        5
    );
}
