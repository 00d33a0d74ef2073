//! Customers and identities.

use std::collections::BTreeMap;

use tributary_domain::customer::{Customer, Identity, IdentityKind};
use tributary_domain::draft::Draft;
use tributary_domain::memory::SimulatedSurroundings;
use tributary_domain::ports::{Commit, CommitError, CustomerWrite, IdentityWrite, PeopleWrite};
use tributary_domain::{AccountId, Channel, ChannelIdentity, CustomerId, Surroundings, TicketId};

use crate::support::{BUDGET, Store, account, blank, message, opening, person, world};

/// The commit of a customer's first message: ticket, customer, phone and alias.
pub fn first_contact(world: &SimulatedSurroundings) -> Commit {
    let mut commit = opening(world, blank(world));
    let ticket = commit.ticket.ticket().clone();
    let (phone, alias) = (person("15550100"), person("US.13"));
    commit.customer = Some(CustomerWrite::Create(Customer {
        id: ticket.customer.id.clone(),
        name: Some("Ann".to_owned()),
        primary_email: None,
        channels: vec![Channel::WhatsApp],
        identities: vec![phone.clone(), alias.clone()],
        created_at: world.now(),
        renamed_at: None,
        joined_into: None,
    }));
    let current_tickets = BTreeMap::from([(account(), ticket.id.clone())]);
    let identity = |identity, kind| {
        IdentityWrite::Create(Identity {
            identity,
            customer_id: ticket.customer.id.clone(),
            kind,
        })
    };
    commit.identities = vec![
        identity(phone.clone(), IdentityKind::Canonical { current_tickets }),
        identity(alias, IdentityKind::Alias { of: phone }),
    ];
    commit
}

async fn pointers(store: &impl Store) -> BTreeMap<AccountId, TicketId> {
    let identities = store
        .identities(&[person("15550100")])
        .await
        .expect("reads");
    let [
        Identity {
            kind: IdentityKind::Canonical { current_tickets },
            ..
        },
    ] = identities.as_slice()
    else {
        panic!("one canonical")
    };
    current_tickets.clone()
}

pub async fn an_identity_belongs_to_one_customer(store: &impl Store) {
    let world = world();
    let first = first_contact(&world);
    store.commit(&first, BUDGET).await.expect("commits");
    let second = first_contact(&world);
    assert!(matches!(
        store.commit(&second, BUDGET).await,
        Err(CommitError::Raced)
    ));
    assert_eq!(
        store
            .ticket(&second.ticket.ticket().id)
            .await
            .expect("reads"),
        None
    );
    let mut found = store
        .identities(&["US.13", "15550100", "nobody", "US.13"].map(person))
        .await
        .expect("reads");
    found.sort_by(|a, b| a.identity.cmp(&b.identity));
    let written: Vec<Identity> = first
        .identities
        .iter()
        .map(|w| match w {
            IdentityWrite::Create(identity) => identity.clone(),
            IdentityWrite::Point { .. } | IdentityWrite::Check { .. } => panic!("only created"),
        })
        .collect();
    assert_eq!(found, written);
    let Some(CustomerWrite::Create(customer)) = &first.customer else {
        panic!("created")
    };
    assert_eq!(
        store.customer(&customer.id).await.expect("reads").as_ref(),
        Some(customer)
    );
}

pub async fn a_pointer_moves_only_from_where_it_was(store: &impl Store) {
    let world = world();
    let first = first_contact(&world);
    store.commit(&first, BUDGET).await.expect("commits");
    let old = first.ticket.ticket().id.clone();
    let moving = |account: &str, from: Option<&TicketId>| {
        let mut commit = opening(&world, blank(&world));
        let to = commit.ticket.ticket().id.clone();
        let account = AccountId::parse(account).expect("an account");
        commit.identities = vec![IdentityWrite::Point {
            identity: person("15550100"),
            account,
            from: from.cloned(),
            to: to.clone(),
        }];
        (commit, to)
    };
    let (moved, new) = moving("300001", Some(&old));
    store.commit(&moved, BUDGET).await.expect("commits");
    for (account, from) in [
        ("300001", Some(&old)),
        ("300001", None),
        ("300002", Some(&old)),
    ] {
        assert!(
            matches!(
                store.commit(&moving(account, from).0, BUDGET).await,
                Err(CommitError::Raced)
            ),
            "{account} {from:?}"
        );
    }
    let (other, other_ticket) = moving("300.2#odd name", None);
    store.commit(&other, BUDGET).await.expect("commits");
    let odd = AccountId::parse("300.2#odd name").expect("an account");
    assert_eq!(
        pointers(store).await,
        BTreeMap::from([(account(), new), (odd, other_ticket)])
    );
    let mut nobody = moving("300001", None).0;
    let to = nobody.ticket.ticket().id.clone();
    nobody.identities = vec![IdentityWrite::Point {
        identity: person("nobody"),
        account: account(),
        from: None,
        to,
    }];
    assert!(
        matches!(store.commit(&nobody, BUDGET).await, Err(CommitError::Raced)),
        "an identity that is not there has no pointers"
    );
}

pub async fn a_checked_pointer_must_still_be_there(store: &impl Store) {
    let world = world();
    let first = first_contact(&world);
    store.commit(&first, BUDGET).await.expect("commits");
    let ticket = first.ticket.ticket().clone();
    let check = |is: &TicketId| IdentityWrite::Check {
        identity: person("15550100"),
        account: account(),
        is: is.clone(),
    };
    let mut append = message(&world, &ticket, "again");
    append.identities = vec![check(&TicketId::generate(world.now(), 3))];
    assert!(matches!(
        store.commit(&append, BUDGET).await,
        Err(CommitError::Raced)
    ));
    append.identities = vec![check(&ticket.id)];
    store.commit(&append, BUDGET).await.expect("commits");
}

pub async fn a_customer_gains_a_name_once(store: &impl Store) {
    let world = world();
    let first = first_contact(&world);
    store.commit(&first, BUDGET).await.expect("commits");
    let ticket = first.ticket.ticket();
    let mut gain = message(&world, ticket, "from elsewhere");
    let identity = tributary_domain::ChannelIdentity::new(Channel::Email, "ann@example.com")
        .expect("an identity");
    gain.customer = Some(CustomerWrite::Learn {
        id: ticket.customer.id.clone(),
        identities: vec![identity.clone()],
        name: Some("Ann of the mail".to_owned()),
        renamed_at: None,
        of_identities: None,
    });
    store.commit(&gain, BUDGET).await.expect("commits");
    let mut again = message(&world, gain.ticket.ticket(), "and once more");
    again.customer.clone_from(&gain.customer);
    if store.commit(&again, BUDGET).await.is_ok() {
        let customer = store
            .customer(&ticket.customer.id)
            .await
            .expect("reads")
            .expect("is there");
        assert_eq!(customer.name.as_deref(), Some("Ann of the mail"));
        assert_eq!(customer.channels, vec![Channel::WhatsApp, Channel::Email]);
        assert_eq!(
            customer.identities,
            vec![person("15550100"), person("US.13"), identity]
        );
    }
    let mut nobody = message(&world, again.ticket.ticket(), "from nobody");
    nobody.customer = Some(CustomerWrite::Learn {
        id: crate::support::customer_id(&world),
        identities: vec![person("x")],
        name: None,
        renamed_at: None,
        of_identities: None,
    });
    assert!(matches!(
        store.commit(&nobody, BUDGET).await,
        Err(CommitError::Raced)
    ));
}

pub async fn people_change_all_together_and_only_from_what_was_read(store: &impl Store) {
    let world = world();
    let first = first_contact(&world);
    store.commit(&first, BUDGET).await.expect("commits");
    let ticket = first.ticket.ticket();
    let names = [person("15550100"), person("US.13")];
    let read = store.identities(&names).await.expect("reads");
    let of = |name: &ChannelIdentity| read.iter().find(|i| i.identity == *name).cloned();
    let id = &ticket.customer.id;
    let current_tickets = BTreeMap::from([(account(), ticket.id.clone())]);
    let root = Identity {
        identity: person("15550777"),
        customer_id: id.clone(),
        kind: IdentityKind::Canonical { current_tickets },
    };
    let alias = |name: &ChannelIdentity| Identity {
        identity: name.clone(),
        customer_id: id.clone(),
        kind: IdentityKind::Alias {
            of: root.identity.clone(),
        },
    };
    let mut draft = Draft::change(&world, ticket.clone());
    draft.hang_on(&root.identity);
    let learn = CustomerWrite::Learn {
        id: id.clone(),
        identities: vec![root.identity.clone()],
        name: None,
        renamed_at: Some(world.now()),
        of_identities: Some(2),
    };
    let write = PeopleWrite {
        customers: vec![learn],
        identities: vec![
            (of(&names[0]), alias(&names[0])),
            (of(&names[1]), alias(&names[1])),
            (None, root.clone()),
        ],
        tickets: vec![draft.finish().ticket],
    };
    store.write_people(&write, BUDGET).await.expect("writes");
    let all = [&names[..], std::slice::from_ref(&root.identity)].concat();
    let mut after = store.identities(&all).await.expect("reads");
    after.sort_by(|a, b| a.identity.cmp(&b.identity));
    let mut expected = vec![alias(&names[0]), root.clone(), alias(&names[1])];
    expected.sort_by(|a, b| a.identity.cmp(&b.identity));
    assert_eq!(after, expected);
    let stored = store
        .ticket(&ticket.id)
        .await
        .expect("reads")
        .expect("there");
    assert_eq!(stored.source.origin_platform_id, "15550777");
    let customer = store.customer(id).await.expect("reads").expect("there");
    assert_eq!(customer.renamed_at, Some(world.now()));
    let again = store.write_people(&write, BUDGET).await;
    assert!(matches!(again, Err(CommitError::Raced)));
}

pub async fn a_customer_joined_into_another_learns_nothing_more(store: &impl Store) {
    let world = world();
    let first = first_contact(&world);
    store.commit(&first, BUDGET).await.expect("commits");
    let gone = first.ticket.ticket().customer.id.clone();
    let kept = crate::support::customer_id(&world);
    let create = CustomerWrite::Create(Customer {
        id: kept.clone(),
        name: None,
        primary_email: None,
        channels: Vec::new(),
        identities: Vec::new(),
        created_at: world.now(),
        renamed_at: None,
        joined_into: None,
    });
    let write = |customers| PeopleWrite {
        customers,
        ..PeopleWrite::default()
    };
    store
        .write_people(&write(vec![create]), BUDGET)
        .await
        .expect("writes");
    let join_of = |of_identities| CustomerWrite::Join {
        id: gone.clone(),
        into: kept.clone(),
        of_identities,
    };
    let learn_of = |of_identities| CustomerWrite::Learn {
        id: gone.clone(),
        identities: Vec::new(),
        name: Some("Ann".to_owned()),
        renamed_at: None,
        of_identities: Some(of_identities),
    };
    for missed in [join_of(1), learn_of(1), learn_of(3)] {
        let outcome = store.write_people(&write(vec![missed]), BUDGET).await;
        assert!(matches!(outcome, Err(CommitError::Raced)));
    }
    let learn = write(vec![learn_of(2)]);
    store.write_people(&learn, BUDGET).await.expect("writes");
    let join = join_of(2);
    store
        .write_people(&write(vec![join.clone()]), BUDGET)
        .await
        .expect("writes");
    let customer = store.customer(&gone).await.expect("reads").expect("there");
    assert_eq!(customer.joined_into, Some(kept));
    let learn = CustomerWrite::Learn {
        id: gone,
        identities: Vec::new(),
        name: Some("Late".to_owned()),
        renamed_at: None,
        of_identities: None,
    };
    for late in [join, learn] {
        let outcome = store.write_people(&write(vec![late]), BUDGET).await;
        assert!(matches!(outcome, Err(CommitError::Raced)));
    }
}

pub async fn a_name_that_was_asked_for_goes_only_to_who_has_none(store: &impl Store) {
    let world = world();
    let create = |id: &CustomerId, name: Option<&str>| {
        CustomerWrite::Create(Customer {
            id: id.clone(),
            name: name.map(str::to_owned),
            primary_email: None,
            channels: Vec::new(),
            identities: vec![
                ChannelIdentity::new(Channel::WhatsApp, id.as_str()).expect("an identity"),
            ],
            created_at: world.now(),
            renamed_at: None,
            joined_into: None,
        })
    };
    let [nameless, named, gone, nobody] = [(); 4].map(|()| crate::support::customer_id(&world));
    let write = async |customers| {
        let write = PeopleWrite {
            customers,
            ..PeopleWrite::default()
        };
        store.write_people(&write, BUDGET).await
    };
    let people = vec![
        create(&nameless, None),
        create(&named, Some("Ann")),
        create(&gone, None),
    ];
    write(people).await.expect("writes");
    let join = CustomerWrite::Join {
        id: gone.clone(),
        into: named.clone(),
        of_identities: 1,
    };
    write(vec![join]).await.expect("writes");
    let name = |id: &CustomerId| CustomerWrite::Name {
        id: id.clone(),
        name: "Ben".to_owned(),
    };
    write(vec![name(&nameless)]).await.expect("writes");
    for id in [&nameless, &named, &gone, &nobody] {
        let outcome = write(vec![name(id)]).await;
        assert!(matches!(outcome, Err(CommitError::Raced)));
    }
    let known = async |id| {
        store
            .customer(id)
            .await
            .expect("reads")
            .and_then(|c| c.name)
    };
    assert_eq!(known(&nameless).await.as_deref(), Some("Ben"));
    assert_eq!(known(&named).await.as_deref(), Some("Ann"));
}
