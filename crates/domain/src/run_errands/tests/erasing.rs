//! What was taken back or replaced leaves nothing in the blob store.

use std::time::Duration;

use proptest::prelude::*;

use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::inbound::{
    ChangeKind, InboundAttachment, InboundEvent, InboundKind, MessageChange,
};
use crate::channel::{AccountId, Channel};
use crate::fetch_attachments::fetch_attachments;
use crate::memory::Fate;
use crate::ports::{Blobs, DueWork, FetchError, Fetched, MediaFetcher, Outbox, PortError};
use crate::ports::{ProfileError, Profiles};
use crate::receive::whole_text;
use crate::run_errands::run_errands;
use crate::scene::{ANN, HOUR, ONE, Scene, account, run, text, until_killed};
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

/// Nobody is asked for a name here.
struct Nobody;

impl Profiles for Nobody {
    async fn name_of(&self, _: Channel, _: &AccountId, _: &str) -> Result<String, ProfileError> {
        panic!("nobody is asked for a name here");
    }
}

/// Gives a picture; with a desk at hand, the message is taken back and erased for the first time before.
struct Platform(Option<Scene>);

impl MediaFetcher for Platform {
    async fn fetch(
        &self,
        _: Channel,
        _: &AccountId,
        _: &MediaSource,
    ) -> Result<Fetched, FetchError> {
        if let Some(scene) = &self.0 {
            scene.receive(vec![unsend("a")]).await;
            relay(scene).await.expect("erases");
        }
        Ok(Fetched {
            bytes: b"picture".to_vec(),
            mime_type: "image/png",
            extension: "png",
        })
    }
}

fn long(words: &str) -> String {
    words.repeat(9_000)
}

fn with_file(id: &str, body: &str) -> InboundEvent {
    let mut event = text(ONE, ANN, id, body);
    if let InboundKind::Message(message) = &mut event.kind {
        message.attachments = vec![InboundAttachment {
            kind: AttachmentKind::Image,
            source: Some(MediaSource::Url("https://x/1".to_owned())),
            name: None,
            mime_type: None,
        }];
    }
    event
}

fn change(key: &str, what: ChangeKind) -> InboundEvent {
    InboundEvent {
        account: Some(account(ONE)),
        kind: InboundKind::Change(Box::new(MessageChange {
            target: "a".to_owned(),
            person: None,
            key: key.to_owned(),
            at: Some(Timestamp::from_millis(1_000)),
            what,
        })),
    }
}

fn unsend(target: &str) -> InboundEvent {
    let mut event = change("unsend", ChangeKind::Unsend);
    if let InboundKind::Change(change) = &mut event.kind {
        target.clone_into(&mut change.target);
    }
    event
}

fn edit(number: u64, content: &str) -> InboundEvent {
    let what = ChangeKind::Edit {
        content: content.to_owned(),
        number: Some(number),
    };
    change(&format!("edit:{number}"), what)
}

async fn fetch(scene: &Scene, platform: &Platform) {
    let id = scene.only_ticket().id;
    let deadline = Deadline::after(&scene.surroundings, HOUR);
    let fetching = fetch_attachments(&scene.desk, platform, &id, deadline);
    fetching.await.expect("worked on");
}

/// A relay runs what is due now.
async fn relay(scene: &Scene) -> Result<(), PortError> {
    let deadline = Deadline::after(&scene.surroundings, HOUR);
    for ticket in scene.store.all_tickets() {
        run_errands(
            &scene.desk,
            (&Nobody, &scene.messenger),
            &ticket.id,
            deadline,
        )
        .await?;
    }
    Ok(())
}

/// Relays run all there is, until nothing is left.
async fn relay_to_the_end(scene: &Scene) {
    for _ in 0..3 {
        relay(scene).await.expect("runs");
        scene.surroundings.advance(HOUR);
    }
    assert_eq!(scene.store.all_errands(), []);
    scene.assert_laws();
}

fn kept(scene: &Scene) -> usize {
    let blobs = &scene.desk.blobs;
    blobs.keys("attachments/").len() + blobs.keys("content/").len()
}

#[tokio::test]
async fn what_was_taken_back_is_erased_with_its_long_text_and_its_files() {
    let scene = Scene::new();
    let whole = long("ä");
    scene
        .receive(vec![with_file("a", &whole), with_file("b", &whole)])
        .await;
    fetch(&scene, &Platform(None)).await;
    assert_eq!(kept(&scene), 4);
    scene.receive(vec![unsend("a")]).await;
    let now = scene.surroundings.now();
    let due = scene.store.due(now, 10).await.expect("asked");
    assert!(due.iter().any(|work| matches!(work, DueWork::Errands(_))));
    let version = scene.only_ticket().version;
    relay(&scene).await.expect("erases");
    assert_eq!(kept(&scene), 2, "at once, and the other's stay");
    relay_to_the_end(&scene).await;
    assert_eq!((kept(&scene), scene.only_ticket().version), (2, version));
    let timeline = scene.store.timeline(&scene.only_ticket().id);
    let other = whole_text(&scene.desk.blobs, &timeline[1]).await;
    assert_eq!(other.expect("kept"), whole);
}

#[tokio::test]
async fn what_is_absent_is_erased_as_well_and_a_store_that_is_away_is_tried_again() {
    let scene = Scene::new();
    scene.receive(vec![with_file("a", &long("x"))]).await;
    scene.receive(vec![unsend("a")]).await;
    scene.desk.blobs.set_gone(true);
    assert!(relay(&scene).await.is_err());
    assert_eq!(scene.store.all_errands().len(), 1);
    scene.desk.blobs.set_gone(false);
    relay_to_the_end(&scene).await;
    assert_eq!(kept(&scene), 0);
}

#[tokio::test]
async fn a_file_that_comes_while_its_message_is_taken_back_is_not_kept() {
    // Fetched, then taken back; and taken back while it is fetched.
    for meanwhile in [false, true] {
        let scene = Scene::new();
        scene.receive(vec![with_file("a", "Look")]).await;
        fetch(&scene, &Platform(meanwhile.then(|| scene.clone()))).await;
        assert_eq!(kept(&scene), usize::from(!meanwhile));
        scene.receive(vec![unsend("a")]).await;
        relay(&scene).await.expect("erases");
        assert_eq!(kept(&scene), 0);
        relay_to_the_end(&scene).await;
    }
}

#[tokio::test]
async fn a_relay_that_dies_with_a_file_in_hand_leaves_nothing_of_a_message_taken_back() {
    let scene = Scene::new();
    scene.receive(vec![with_file("a", "Look")]).await;
    // Both commits of what happens meanwhile go through; the fetcher's own is its last act.
    scene.store.befall([Fate::Happens, Fate::KilledBefore]);
    let platform = Platform(Some(scene.clone()));
    let put = async {
        let file = scene.only_ticket().window.messages()[0].attachments[0].key();
        until_killed(&scene, fetch(&scene, &platform)).await;
        // It died before it looked at the message again: the bytes came after the first pass.
        let bytes = b"picture".to_vec();
        scene
            .desk
            .blobs
            .put(&file, "image/png", bytes)
            .await
            .expect("puts");
    };
    put.await;
    assert_eq!(kept(&scene), 1);
    scene.surroundings.advance(Duration::from_secs(5 * 60));
    relay(&scene).await.expect("erases");
    assert_eq!(kept(&scene), 0);
    fetch(&scene, &Platform(None)).await;
    assert_eq!(kept(&scene), 0, "and the next relay fetches nothing");
    relay_to_the_end(&scene).await;
}

#[tokio::test]
async fn a_text_that_an_edit_replaced_is_erased_and_one_that_came_too_late_as_well() {
    let scene = Scene::new();
    scene.receive(vec![text(ONE, ANN, "a", &long("a"))]).await;
    scene.receive(vec![edit(2, &long("c"))]).await;
    scene.receive(vec![edit(1, &long("b"))]).await;
    relay_to_the_end(&scene).await;
    let timeline = scene.store.timeline(&scene.only_ticket().id);
    let whole = whole_text(&scene.desk.blobs, &timeline[0]).await;
    assert_eq!((whole.expect("kept"), kept(&scene)), (long("c"), 1));
    scene.receive(vec![edit(3, "short")]).await;
    relay_to_the_end(&scene).await;
    assert_eq!(kept(&scene), 0);
}

#[tokio::test]
async fn a_redelivery_brings_nothing_back_that_was_erased() {
    let scene = Scene::new();
    let all = || vec![text(ONE, ANN, "a", &long("a")), edit(1, &long("b"))];
    scene.receive(all()).await;
    scene.receive(vec![unsend("a")]).await;
    relay_to_the_end(&scene).await;
    let counts = scene.receive(all()).await;
    assert_eq!((counts.duplicates, counts.received()), (2, 2));
    assert_eq!(kept(&scene), 0);
    // One that was never heard of is not kept either, and counts as new.
    assert_eq!(scene.receive(vec![edit(9, &long("z"))]).await.stored, 1);
    relay_to_the_end(&scene).await;
    assert_eq!(kept(&scene), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn in_every_order_and_repetition_only_what_is_shown_is_kept(
        order in prop::collection::vec(0usize..5, 1..12),
        relays in prop::collection::vec(any::<bool>(), 12),
    ) {
        run(async {
            let scene = Scene::new();
            let event = |index: usize| match index {
                0 => with_file("a", &long("a")),
                1 => edit(1, &long("b")),
                2 => edit(2, &long("c")),
                3 => edit(3, "short"),
                _ => unsend("a"),
            };
            for (index, relays) in order.iter().zip(&relays) {
                scene.receive(vec![event(*index)]).await;
                if *relays && !scene.store.all_tickets().is_empty() {
                    fetch(&scene, &Platform(None)).await;
                    relay(&scene).await.expect("runs");
                }
            }
            // Without its message a change waits, and its text with it.
            scene.receive(vec![event(0)]).await;
            fetch(&scene, &Platform(None)).await;
            relay_to_the_end(&scene).await;
            let ticket = scene.only_ticket();
            let timeline = scene.store.timeline(&ticket.id);
            let shown = timeline.iter().flat_map(|m| &m.attachments);
            let mut shown: Vec<String> = shown.map(crate::Attachment::key).collect();
            shown.sort();
            let mut kept = scene.desk.blobs.keys("attachments/");
            kept.extend(scene.desk.blobs.keys("content/"));
            assert_eq!(kept, shown);
        });
    }
}
