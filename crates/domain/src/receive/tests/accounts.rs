//! News of accounts: of the one that is named, or of all that belong to a business.

use crate::account::{OurAccount, Standing};
use crate::channel::inbound::{AccountNews, InboundBatch, InboundEvent, InboundKind};
use crate::channel::{AccountId, Channel};
use crate::ports::Accounts;
use crate::receive::{Counts, receive_messages};
use crate::scene::{ONE, Scene, TWO, account};
use crate::surroundings::Surroundings;

fn news(named: Option<&str>, business: Option<&str>, usable: bool, scene: &Scene) -> InboundEvent {
    InboundEvent {
        account: named.map(account),
        kind: InboundKind::Account(Box::new(AccountNews {
            business: business.map(str::to_owned),
            usable,
            reason: "disabled".to_owned(),
            at: scene.surroundings.now(),
        })),
    }
}

fn ours(id: &str, business: Option<&str>) -> OurAccount {
    OurAccount {
        id: account(id),
        business: business.map(str::to_owned),
    }
}

async fn receive(scene: &Scene, event: InboundEvent, accounts: &[OurAccount]) -> Counts {
    let batch = InboundBatch {
        channel: Channel::WhatsApp,
        events: vec![event],
    };
    let outcome = receive_messages(
        &scene.desk,
        batch.channel,
        batch.events,
        accounts,
        b"raw",
        scene.deadline(),
    )
    .await;
    assert!(outcome.unfinished.is_none(), "{:?}", outcome.unfinished);
    outcome.received.counts
}

async fn paused(scene: &Scene) -> Vec<AccountId> {
    let all = [ONE, TWO].map(|id| (Channel::WhatsApp, account(id)));
    let records = scene.store.accounts(&all).await.expect("reads");
    let paused = all.into_iter().zip(records).filter(|(_, record)| {
        let standing = record.state().map(|state| &state.standing);
        matches!(standing, Some(Standing::Paused { .. }))
    });
    paused.map(|((_, id), _)| id).collect()
}

#[tokio::test]
async fn news_of_a_business_concern_all_its_accounts_and_count_once() {
    let scene = Scene::new();
    let accounts = [ours(ONE, Some("9")), ours(TWO, Some("9"))];
    let ban = || news(None, Some("9"), false, &scene);
    let first = receive(&scene, ban(), &accounts).await;
    assert_eq!((first.stored, first.received()), (1, 1));
    assert_eq!(paused(&scene).await, [account(ONE), account(TWO)]);
    let again = receive(&scene, ban(), &accounts).await;
    assert_eq!((again.duplicates, again.received()), (1, 1));
    // One of them heard of it before: it is news all the same.
    scene.surroundings.advance(crate::scene::HOUR);
    let back = || news(Some(ONE), None, true, &scene);
    assert_eq!(receive(&scene, back(), &accounts).await.stored, 1);
    assert_eq!(paused(&scene).await, [account(TWO)]);
    let all_back = news(None, Some("9"), true, &scene);
    assert_eq!(receive(&scene, all_back, &accounts).await.stored, 1);
    assert_eq!(paused(&scene).await, []);
}

#[tokio::test]
async fn only_the_accounts_of_the_business_are_concerned_and_an_only_one_is_taken_to_be() {
    let scene = Scene::new();
    let accounts = [ours(ONE, Some("8")), ours(TWO, Some("9"))];
    receive(&scene, news(None, Some("9"), false, &scene), &accounts).await;
    assert_eq!(paused(&scene).await, [account(TWO)]);

    let scene = Scene::new();
    let ban = news(None, Some("9"), false, &scene);
    let counts = receive(&scene, ban, &[ours(ONE, None)]).await;
    assert_eq!(counts.stored, 1);
    assert_eq!(paused(&scene).await, [account(ONE)]);
}

#[tokio::test]
async fn news_that_nobody_can_place_are_parked() {
    for (named, business, accounts) in [
        (None, Some("9"), vec![ours(ONE, None), ours(TWO, None)]),
        (None, Some("9"), vec![ours(ONE, Some("8"))]),
        (None, Some("9"), vec![]),
        (None, None, vec![ours(ONE, Some("9"))]),
        (Some("999999"), None, vec![ours(ONE, Some("9"))]),
    ] {
        let scene = Scene::new();
        let event = news(named, business, false, &scene);
        let counts = receive(&scene, event, &accounts).await;
        assert_eq!((counts.parked, counts.received()), (1, 1), "{accounts:?}");
        assert_eq!(paused(&scene).await, []);
        assert_eq!(scene.desk.blobs.keys("parked/whatsapp/").len(), 1);
    }
}
