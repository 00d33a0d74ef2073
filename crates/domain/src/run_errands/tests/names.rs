//! Names that are asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::account::{AccountState, Standing};
use crate::channel::inbound::{Author, InboundBatch, InboundEvent, InboundKind};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::id::TicketId;
use crate::memory::Fate;
use crate::ports::{Accounts, Chore, DueWork, Outbox, ProfileError, Profiles};
use crate::receive::receive_messages;
use crate::run_errands::run_errands;
use crate::scene::{HOUR, Scene, account, text, until_killed};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{Status, Ticket};

const PAGE: &str = "100001";
const BEN: &str = "2400000000000100";
const DAY: Duration = Duration::from_secs(24 * 3600);

type Answer = Result<String, ProfileError>;

/// Answers by its script, then with a name.
#[derive(Clone, Default)]
pub(super) struct Platform {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<(Channel, String, String)>>>,
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

impl Profiles for Platform {
    async fn name_of(&self, channel: Channel, account: &AccountId, person: &str) -> Answer {
        let asked = (channel, account.as_str().to_owned(), person.to_owned());
        self.asked.lock().expect("asked").push(asked);
        let scripted = self.script.lock().expect("script").pop_front();
        scripted.unwrap_or_else(|| Ok("Ben Okafor".to_owned()))
    }
}

fn not_now() -> Answer {
    Err(ProfileError::NotNow {
        reason: "busy".to_owned(),
        retry_after: None,
    })
}

fn broken() -> Answer {
    Err(ProfileError::AccountBroken("code 190".to_owned()))
}

fn never() -> Answer {
    Err(ProfileError::Never("code 100/33".to_owned()))
}

/// What Ben writes to the page.
fn message(id: &str, name: Option<&str>) -> InboundEvent {
    let mut event = text(PAGE, BEN, id, "Hello");
    if let InboundKind::Message(message) = &mut event.kind {
        message.person = vec![ChannelIdentity::new(Channel::Facebook, BEN).expect("an identity")];
        message.person_name = name.map(str::to_owned);
    }
    event
}

async fn deliver(scene: &Scene, channel: Channel, event: InboundEvent) {
    let batch = InboundBatch {
        channel,
        events: vec![event],
    };
    let accounts = [account(PAGE).into()];
    let outcome = receive_messages(
        &scene.desk,
        batch.channel,
        batch.events,
        &accounts,
        b"raw",
        scene.deadline(),
    )
    .await;
    assert!(outcome.unfinished.is_none(), "{:?}", outcome.unfinished);
}

async fn with_ben() -> (Scene, TicketId) {
    let scene = Scene::new();
    deliver(&scene, Channel::Facebook, message("m1", None)).await;
    let id = scene.only_ticket().id;
    (scene, id)
}

async fn relay(scene: &Scene, platform: &Platform, id: &TicketId) {
    let deadline = Deadline::after(&scene.surroundings, HOUR);
    run_errands(&scene.desk, (platform, &scene.messenger), id, deadline)
        .await
        .expect("runs");
    scene.assert_laws();
}

fn shown(scene: &Scene, id: &TicketId) -> (Option<String>, Option<String>) {
    let ticket = scene.ticket(id);
    let customers = scene.store.all_customers();
    let customer = customers.into_iter().find(|c| c.id == ticket.customer.id);
    (ticket.customer.name, customer.expect("a customer").name)
}

fn both(name: &str) -> (Option<String>, Option<String>) {
    (Some(name.to_owned()), Some(name.to_owned()))
}

#[tokio::test]
async fn a_new_customer_without_a_name_gets_the_one_the_platform_tells_and_lists_show_it() {
    let (scene, id) = with_ben().await;
    let before = scene.ticket(&id);
    let now = scene.surroundings.now();
    let due = scene.store.due(now, 10).await.expect("asked");
    assert!(due.contains(&DueWork::Errands(id.clone())));
    let platform = Platform::default();
    relay(&scene, &platform, &id).await;
    let asked = platform.asked.lock().expect("asked").clone();
    assert_eq!(
        asked,
        [(Channel::Facebook, PAGE.to_owned(), BEN.to_owned())]
    );
    assert_eq!(shown(&scene, &id), both("Ben Okafor"));
    let Ticket {
        version,
        listed_version,
        last_sequence,
        ..
    } = scene.ticket(&id);
    assert_eq!(
        (version, listed_version),
        (before.version + 1, version),
        "lists show it"
    );
    assert_eq!(last_sequence, before.last_sequence, "and nobody is told");
    assert_eq!(scene.store.all_errands(), []);
    relay(&scene, &platform, &id).await;
    assert_eq!(platform.asked(), 1);
}

#[tokio::test]
async fn nobody_is_asked_for_who_has_a_name_or_whose_channel_tells_it_with_messages() {
    let scene = Scene::new();
    deliver(&scene, Channel::Facebook, message("m1", Some("Ben"))).await;
    assert_eq!(scene.store.all_errands(), []);
    let (scene, _) = Scene::with_ticket().await;
    assert_eq!(scene.store.all_errands(), []);
}

#[tokio::test]
async fn a_name_that_is_known_meanwhile_is_left_alone_and_shown() {
    // Known before the platform is asked, and while it answers.
    let (scene, id) = with_ben().await;
    deliver(&scene, Channel::Facebook, message("m2", Some("Benedict"))).await;
    let platform = Platform::default();
    relay(&scene, &platform, &id).await;
    assert_eq!(
        (platform.asked(), shown(&scene, &id)),
        (0, both("Benedict"))
    );
    assert_eq!(scene.store.all_errands(), []);

    let (scene, id) = with_ben().await;
    let other = scene.clone();
    let naming = async move {
        deliver(&other, Channel::Facebook, message("m2", Some("Benedict"))).await;
    };
    scene.store.befall([Fate::after(naming)]);
    relay(&scene, &Platform::default(), &id).await;
    assert_eq!(shown(&scene, &id), both("Benedict"));
    assert_eq!(scene.store.all_errands(), []);
}

#[tokio::test]
async fn five_tries_in_about_a_day_then_nobody_is_asked_until_a_day_of_silence_has_passed() {
    let (scene, id) = with_ben().await;
    let platform = Platform::that_answers([(); 5].map(|()| not_now()));
    let begun = scene.surroundings.now();
    for _ in 0..200 {
        relay(&scene, &platform, &id).await;
        if scene.store.all_errands().is_empty() {
            break;
        }
        scene.surroundings.advance(HOUR / 4);
    }
    assert_eq!(platform.asked(), 5);
    let took = scene.surroundings.now().as_millis() - begun.as_millis();
    assert!(took < 36 * 3_600_000, "{took} ms");
    assert_eq!(shown(&scene, &id), (None, None));

    deliver(&scene, Channel::Facebook, message("m2", None)).await;
    assert_eq!(
        scene.store.all_errands().len(),
        usize::from(took >= 24 * 3_600_000)
    );
    relay(&scene, &Platform::that_answers([never()]), &id).await;
    deliver(&scene, Channel::Facebook, message("m3", None)).await;
    assert_eq!(scene.store.all_errands(), [], "not after each message");
    scene.surroundings.advance(DAY);
    deliver(&scene, Channel::Facebook, message("m4", None)).await;
    relay(&scene, &platform, &id).await;
    assert_eq!(shown(&scene, &id), both("Ben Okafor"));
}

#[tokio::test]
async fn a_refusal_for_good_ends_the_errand_and_the_next_ticket_asks_anew() {
    let (scene, id) = with_ben().await;
    let platform = Platform::that_answers([never()]);
    relay(&scene, &platform, &id).await;
    assert_eq!((platform.asked(), scene.store.all_errands()), (1, vec![]));
    scene.move_to(&id, Status::Closed).await.expect("closes");
    deliver(&scene, Channel::Facebook, message("m2", None)).await;
    let next = scene.store.all_errands().remove(0).ticket_id;
    assert_ne!(next, id);
    relay(&scene, &platform, &next).await;
    assert_eq!(shown(&scene, &next), both("Ben Okafor"));
}

#[tokio::test]
async fn a_broken_account_is_waited_for_a_week_and_it_costs_no_try() {
    let (scene, id) = with_ben().await;
    let platform = Platform::that_answers([(); 9].map(|()| broken()));
    for _ in 0..9 {
        relay(&scene, &platform, &id).await;
        scene.surroundings.advance(HOUR);
    }
    assert_eq!(platform.asked(), 9);
    assert_eq!(scene.store.all_errands()[0].attempt, 1);
    relay(&scene, &platform, &id).await;
    assert_eq!(shown(&scene, &id), both("Ben Okafor"));

    let (scene, id) = with_ben().await;
    let pause = |standing| AccountState {
        standing,
        since: scene.surroundings.now(),
    };
    let paused = pause(Standing::Paused {
        reason: "blocked".to_owned(),
    });
    let page = account(PAGE);
    scene
        .store
        .note(Channel::Facebook, &page, &paused)
        .await
        .expect("notes");
    let platform = Platform::default();
    for _ in 0..8 {
        relay(&scene, &platform, &id).await;
        scene.surroundings.advance(DAY);
    }
    assert_eq!((platform.asked(), scene.store.all_errands()), (0, vec![]));
}

#[tokio::test]
async fn relays_that_race_or_die_leave_one_name() {
    let (scene, id) = with_ben().await;
    let platform = Platform::default();
    let relays = [scene.fresh_process(), scene.fresh_process()];
    futures::future::join_all(relays.iter().map(|s| relay(s, &platform, &id))).await;
    assert_eq!(shown(&scene, &id), both("Ben Okafor"));
    assert_eq!(scene.store.all_errands(), []);
    for fate in [Fate::KilledBefore, Fate::KilledAfter] {
        let (scene, id) = with_ben().await;
        scene.store.befall([fate]);
        until_killed(&scene, relay(&scene, &platform, &id)).await;
        relay(&scene, &platform, &id).await;
        assert_eq!(shown(&scene, &id), both("Ben Okafor"));
        assert_eq!(scene.store.all_errands(), []);
    }
}

#[tokio::test]
async fn who_is_first_written_to_from_elsewhere_is_asked_for_again_with_the_first_answer() {
    let scene = Scene::new();
    let mut ours = message("m1", None);
    if let InboundKind::Message(message) = &mut ours.kind {
        message.author = Author::Us;
    }
    deliver(&scene, Channel::Facebook, ours).await;
    let id = scene.only_ticket().id;
    // Without consent nothing is told until the person writes.
    relay(&scene, &Platform::that_answers([never()]), &id).await;
    deliver(&scene, Channel::Facebook, message("m2", None)).await;
    let left: Vec<Chore> = scene
        .store
        .all_errands()
        .into_iter()
        .map(|e| e.chore)
        .collect();
    assert_eq!(left, [Chore::LookUpName]);
}
