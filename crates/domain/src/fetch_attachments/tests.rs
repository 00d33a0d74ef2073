//! Files come in once, late or never, and never cost their message.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::attachment::{AttachmentKind, AttachmentState, MediaSource};
use crate::channel::inbound::{
    ChangeKind, InboundAttachment, InboundEvent, InboundKind, MessageChange,
};
use crate::channel::{AccountId, Channel};
use crate::fetch_attachments::fetch_attachments;
use crate::id::TicketId;
use crate::memory::{Fate, SimulatedSurroundings};
use crate::message::Message;
use crate::ports::{Blobs, DueWork, FetchError, Fetched, MediaFetcher, Outbox};
use crate::scene::{ANN, HOUR, ONE, Scene, account, text, until_killed};
use crate::surroundings::{Deadline, Surroundings};

type Answer = Result<Fetched, FetchError>;

/// Answers by its script, then with a picture.
#[derive(Clone, Default)]
struct Platform {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<MediaSource>>>,
}

impl Platform {
    fn that_answers(script: impl IntoIterator<Item = Answer>) -> Self {
        let platform = Self::default();
        platform.script.lock().expect("script").extend(script);
        platform
    }

    fn asked(&self) -> usize {
        self.asked.lock().expect("asked").len()
    }
}

impl MediaFetcher for Platform {
    async fn fetch(&self, _: Channel, _: &AccountId, source: &MediaSource) -> Answer {
        self.asked.lock().expect("asked").push(source.clone());
        let scripted = self.script.lock().expect("script").pop_front();
        scripted.unwrap_or_else(|| Ok(picture()))
    }
}

/// A platform that takes an hour for each file.
struct Slow(Platform, SimulatedSurroundings);

impl MediaFetcher for Slow {
    async fn fetch(&self, channel: Channel, account: &AccountId, source: &MediaSource) -> Answer {
        self.1.advance(HOUR);
        self.0.fetch(channel, account, source).await
    }
}

fn picture() -> Fetched {
    Fetched {
        bytes: b"picture".to_vec(),
        mime_type: "image/png",
        extension: "png",
    }
}

fn not_now() -> Answer {
    Err(FetchError::NotNow {
        reason: "busy",
        retry_after: None,
    })
}

fn with_files(id: &str, files: &[&str]) -> InboundEvent {
    let mut event = text(ONE, ANN, id, "Look");
    if let InboundKind::Message(message) = &mut event.kind {
        let file = |url: &&str| InboundAttachment {
            kind: AttachmentKind::Image,
            source: (!url.is_empty()).then(|| MediaSource::Url((*url).to_owned())),
            name: None,
            mime_type: Some("text/html".to_owned()),
        };
        message.attachments = files.iter().map(file).collect();
    }
    event
}

async fn fetch(scene: &Scene, platform: &Platform) {
    let id = scene.only_ticket().id;
    let deadline = Deadline::after(&scene.surroundings, HOUR);
    fetch_attachments(&scene.desk, platform, &id, deadline)
        .await
        .expect("worked on");
    scene.assert_laws();
}

fn message(scene: &Scene, id: &TicketId) -> Message {
    scene.store.timeline(id).remove(0)
}

async fn is_due(scene: &Scene) -> bool {
    let now = scene.surroundings.now();
    let due = scene.store.due(now, 10).await.expect("asked");
    due.iter().any(|work| matches!(work, DueWork::Fetches(_)))
}

#[tokio::test]
async fn files_come_in_under_what_they_are_and_not_what_they_were_called() {
    let scene = Scene::new();
    scene
        .receive(vec![with_files("a", &["https://x/1", "https://x/2", ""])])
        .await;
    let id = scene.only_ticket().id;
    let before = scene.ticket(&id);
    let states: Vec<_> = message(&scene, &id)
        .attachments
        .iter()
        .map(|a| a.state)
        .collect();
    use AttachmentState::{Pending, Stored, Unavailable};
    assert_eq!(states, [Pending, Pending, Unavailable]);
    assert!(is_due(&scene).await);
    let platform = Platform::default();
    fetch(&scene, &platform).await;
    let files = message(&scene, &id).attachments;
    let states: Vec<_> = files.iter().map(|a| a.state).collect();
    assert_eq!(states, [Stored, Stored, Unavailable]);
    assert_eq!(files[0].mime_type.as_deref(), Some("image/png"));
    assert_eq!(files[0].name.as_deref(), Some("image.png"));
    assert_eq!((files[0].size_bytes, &files[0].source), (Some(7), &None));
    let key = files[0].blob_key.clone().expect("a key");
    assert_eq!(
        scene.desk.blobs.get(&key).await.expect("read"),
        Some(b"picture".to_vec())
    );
    let after = scene.ticket(&id);
    assert!(after.version > before.version, "people see it");
    assert_eq!(after.updated_at, before.updated_at, "and lists do not move");
    assert_eq!(
        after.last_sequence, before.last_sequence,
        "and nobody is told"
    );
    assert!(!is_due(&scene).await);
}

#[tokio::test]
async fn a_file_that_cannot_be_had_now_is_tried_again_and_the_others_are_not() {
    let scene = Scene::new();
    scene
        .receive(vec![with_files("a", &["https://x/1", "https://x/2"])])
        .await;
    let id = scene.only_ticket().id;
    let platform = Platform::that_answers([not_now()]);
    fetch(&scene, &platform).await;
    fetch(&scene, &platform).await;
    assert_eq!(platform.asked(), 2, "not before its time");
    scene.surroundings.advance(HOUR);
    assert!(is_due(&scene).await);
    fetch(&scene, &platform).await;
    assert_eq!(platform.asked(), 3);
    let files = message(&scene, &id).attachments;
    assert!(files.iter().all(|a| a.state == AttachmentState::Stored));
}

#[tokio::test]
async fn files_for_which_there_was_no_time_are_due_at_once_and_it_costs_them_no_try() {
    let scene = Scene::new();
    let files = ["https://x/1", "https://x/2", "https://x/3"];
    scene.receive(vec![with_files("a", &files)]).await;
    let id = scene.only_ticket().id;
    let slow = Slow(Platform::default(), scene.surroundings.clone());
    for done in 1..=3 {
        assert!(is_due(&scene).await);
        let deadline = Deadline::after(&scene.surroundings, HOUR / 2);
        fetch_attachments(&scene.desk, &slow, &id, deadline)
            .await
            .expect("worked on");
        assert_eq!(slow.0.asked(), done);
        for intent in scene.store.fetches(&id).await.expect("asked") {
            assert_eq!(intent.attempt, 1);
        }
    }
    assert!(!is_due(&scene).await);
    let files = message(&scene, &id).attachments;
    assert!(files.iter().all(|a| a.state == AttachmentState::Stored));
}

#[tokio::test]
async fn a_file_that_is_gone_or_never_comes_is_shown_as_unavailable() {
    for answers in [
        vec![Err(FetchError::Never("gone"))],
        vec![not_now(), not_now(), not_now(), not_now(), not_now()],
    ] {
        let scene = Scene::new();
        scene.receive(vec![with_files("a", &["https://x/1"])]).await;
        let id = scene.only_ticket().id;
        let tries = answers.len();
        let platform = Platform::that_answers(answers);
        for _ in 0..10 {
            fetch(&scene, &platform).await;
            scene.surroundings.advance(24 * HOUR);
        }
        assert_eq!(platform.asked(), tries);
        let file = message(&scene, &id).attachments.remove(0);
        assert_eq!(
            (file.state, file.source),
            (AttachmentState::Unavailable, None)
        );
        assert_eq!(message(&scene, &id).content, "Look");
    }
}

#[tokio::test]
async fn a_relay_that_dies_between_fetching_and_storing_is_followed_by_another() {
    let scene = Scene::new();
    scene.receive(vec![with_files("a", &["https://x/1"])]).await;
    let id = scene.only_ticket().id;
    let platform = Platform::default();
    scene.store.befall([Fate::KilledBefore]);
    until_killed(&scene, fetch(&scene, &platform)).await;
    fetch(&scene, &platform).await;
    let file = message(&scene, &id).attachments.remove(0);
    assert_eq!(file.state, AttachmentState::Stored);
    assert_eq!(scene.desk.blobs.keys("attachments/").len(), 1);
}

#[tokio::test]
async fn two_relays_at_once_store_a_file_once() {
    let scene = Scene::new();
    scene.receive(vec![with_files("a", &["https://x/1"])]).await;
    let id = scene.only_ticket().id;
    let platform = Platform::default();
    let others = [scene.fresh_process(), scene.fresh_process()];
    futures::future::join_all(others.iter().map(|s| fetch(s, &platform))).await;
    assert_eq!(
        message(&scene, &id).attachments[0].state,
        AttachmentState::Stored
    );
    assert_eq!(scene.desk.blobs.keys("attachments/").len(), 1);
}

#[tokio::test]
async fn files_of_a_message_that_left_the_window_come_in_all_the_same() {
    let scene = Scene::new();
    scene.receive(vec![with_files("a", &["https://x/1"])]).await;
    let more = (0..20).map(|i| text(ONE, ANN, &format!("b{i}"), "More"));
    scene.receive(more.collect()).await;
    fetch(&scene, &Platform::default()).await;
    let id = scene.only_ticket().id;
    assert_eq!(
        message(&scene, &id).attachments[0].state,
        AttachmentState::Stored
    );
}

#[tokio::test]
async fn a_message_that_was_taken_back_gets_no_files_back() {
    let scene = Scene::new();
    scene.receive(vec![with_files("a", &["https://x/1"])]).await;
    let unsend = InboundEvent {
        account: Some(account(ONE)),
        kind: InboundKind::Change(Box::new(MessageChange {
            target: "a".to_owned(),
            person: None,
            key: "unsend".to_owned(),
            at: None,
            what: ChangeKind::Unsend,
        })),
    };
    scene.receive(vec![unsend]).await;
    let platform = Platform::default();
    fetch(&scene, &platform).await;
    assert_eq!(platform.asked(), 0);
    assert!(!is_due(&scene).await, "and nobody tries again");
}

#[tokio::test]
async fn a_full_fold_of_messages_with_files_fits_a_transaction() {
    let scene = Scene::new();
    let small = (0..12).map(|i| text(ONE, ANN, &format!("s{i}"), "Hello"));
    scene.receive(small.collect()).await;
    let many = (0..40).map(|i| with_files(&format!("f{i}"), &["https://x/1"]));
    assert_eq!(scene.receive(many.collect()).await.stored, 40);
    scene.assert_laws();
}
