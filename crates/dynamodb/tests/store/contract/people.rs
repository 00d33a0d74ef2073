//! Customers and identities.

use std::collections::BTreeMap;

use tributary_domain::customer::{Customer, Identity, IdentityKind};
use tributary_domain::memory::SimulatedSurroundings;
use tributary_domain::ports::{Commit, CommitError, CustomerWrite, IdentityWrite};
use tributary_domain::{AccountId, Channel, Surroundings, TicketId};

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
        .identities(&[person("US.13"), person("15550100"), person("nobody")])
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
    gain.customer = Some(CustomerWrite::AddIdentity {
        id: ticket.customer.id.clone(),
        identity: identity.clone(),
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
        assert_eq!(customer.channels, vec![Channel::WhatsApp, Channel::Email]);
        assert_eq!(
            customer.identities,
            vec![person("15550100"), person("US.13"), identity]
        );
    }
    let mut nobody = message(&world, again.ticket.ticket(), "from nobody");
    nobody.customer = Some(CustomerWrite::AddIdentity {
        id: crate::support::customer_id(&world),
        identity: person("x"),
    });
    assert!(matches!(
        store.commit(&nobody, BUDGET).await,
        Err(CommitError::Raced)
    ));
}
