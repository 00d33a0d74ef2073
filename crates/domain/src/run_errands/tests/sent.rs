//! What nobody knows to have been sent is looked for.

use std::time::Duration;

use super::names::Platform;
use crate::channel::Channel;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::id::TicketId;
use crate::ports::{DueWork, FoundThere, LookupError, Outbox, SendOutcome};
use crate::run_errands::run_errands;
use crate::scene::{HOUR, ONE, Scene, account};
use crate::surroundings::{Deadline, Surroundings};

const SECOND: Duration = Duration::from_secs(1);

fn lost() -> SendOutcome {
    SendOutcome::Unknown {
        error: DeliveryError {
            code: "connection-cut".to_owned(),
            message: "No answer.".to_owned(),
            hint: "Look first.".to_owned(),
        },
    }
}

/// A ticket on X with these answers, none of whose calls was answered.
async fn with_lost(answers: &[&str]) -> (Scene, TicketId) {
    let scene = Scene::new();
    let id = scene.x_ticket("5000").await;
    for answer in answers {
        scene.reply(&id, answer).await;
        scene.messenger.answer(lost());
    }
    scene.relay(&id).await.expect("called");
    (scene, id)
}

/// What the platform has of ours, written so long ago.
fn there(scene: &Scene, id: &str, text: &str, ago: Duration) -> FoundThere {
    FoundThere {
        platform_message_id: id.to_owned(),
        text: text.to_owned(),
        files: 0,
        at: scene.surroundings.now().minus(ago),
    }
}

/// Time passes, and what is due is done.
async fn pass(scene: &Scene, id: &TicketId, time: Duration) {
    scene.surroundings.advance(time);
    let deadline = Deadline::after(&scene.surroundings, HOUR);
    let platforms = (&Platform::default(), &scene.messenger);
    let run = run_errands(&scene.desk, platforms, id, deadline);
    run.await.expect("runs");
    scene.relay(id).await.expect("looked at");
    scene.assert_laws();
}

async fn is_left(scene: &Scene, id: &TicketId) -> bool {
    let at = scene.surroundings.now().plus(24 * HOUR);
    let due = scene.store.due(at, 10).await.expect("reads");
    due.contains(&DueWork::Errands(id.clone()))
}

#[tokio::test]
async fn a_message_that_is_found_in_the_conversation_was_sent_under_that_id() {
    let (scene, id) = with_lost(&["See https://example.com/a now"]).await;
    let found = there(&scene, "e1", "See https://t.co/x now", Duration::ZERO);
    scene.messenger.tell(Ok(vec![found]));
    pass(&scene, &id, 29 * SECOND).await;
    assert_eq!(scene.messenger.lookups(), 0, "the lease is not over");
    pass(&scene, &id, SECOND).await;
    let text = "See https://example.com/a now";
    assert_eq!(scene.state_of(&id, text), DeliveryState::Sent);
    let timeline = scene.store.timeline(&id);
    let data = &timeline.last().expect("there").channel_specific_data;
    assert_eq!(data["provider_message_ids"], serde_json::json!(["e1"]));
    let slots = scene.store.all_slots();
    assert!(slots.iter().any(|(key, _)| key.platform_message_id == "e1"));
    assert!(!is_left(&scene, &id).await);
    assert_eq!(scene.messenger.calls().len(), 1, "nothing is sent again");
}

#[tokio::test]
async fn a_message_that_is_not_found_stays_unknown_after_two_looks_and_is_not_sent_again() {
    let (scene, id) = with_lost(&["Answer"]).await;
    let other = there(&scene, "e1", "Something else", Duration::ZERO);
    scene.messenger.tell(Ok(vec![other]));
    for _ in 0..20 {
        pass(&scene, &id, 30 * SECOND).await;
    }
    assert_eq!(scene.messenger.lookups(), 2);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
    assert!(!is_left(&scene, &id).await);
    assert_eq!(scene.messenger.calls().len(), 1);
}

#[tokio::test]
async fn a_platform_that_does_not_tell_is_asked_a_few_times_not_sooner_than_it_says() {
    let (scene, id) = with_lost(&["Answer"]).await;
    scene.messenger.tell(Err(LookupError::NotNow {
        reason: "status 429".to_owned(),
        retry_after: Some(900 * SECOND),
    }));
    pass(&scene, &id, 30 * SECOND).await;
    assert_eq!(scene.messenger.lookups(), 1);
    pass(&scene, &id, 899 * SECOND).await;
    assert_eq!(scene.messenger.lookups(), 1);
    for _ in 0..10 {
        pass(&scene, &id, HOUR).await;
    }
    assert_eq!(scene.messenger.lookups(), 4);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
    assert!(!is_left(&scene, &id).await);
    assert_eq!(scene.messenger.calls().len(), 1);
}

#[tokio::test]
async fn a_platform_that_never_tells_is_asked_once() {
    let (scene, id) = with_lost(&["Answer"]).await;
    let never = LookupError::Never("status 403".to_owned());
    scene.messenger.tell(Err(never));
    pass(&scene, &id, HOUR).await;
    pass(&scene, &id, HOUR).await;
    assert_eq!(scene.messenger.lookups(), 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Unknown);
}

#[tokio::test]
async fn of_the_same_words_each_message_settles_one_and_what_was_written_before_the_call_none() {
    let (scene, id) = with_lost(&["Yes", "Yes"]).await;
    let before = there(&scene, "e0", "Yes", 60 * SECOND);
    let first = there(&scene, "e1", "Yes", Duration::ZERO);
    scene.messenger.tell(Ok(vec![first.clone(), before]));
    pass(&scene, &id, 30 * SECOND).await;
    let states = || {
        let timeline = scene.store.timeline(&id);
        let ours = timeline.iter().filter(|m| m.content == "Yes");
        let states = ours.filter_map(|m| m.delivery.as_ref().map(|d| d.state()));
        states.collect::<Vec<_>>()
    };
    assert_eq!(states(), [DeliveryState::Sent, DeliveryState::Unknown]);
    scene.messenger.tell(Ok(vec![first]));
    pass(&scene, &id, HOUR).await;
    assert_eq!(states(), [DeliveryState::Sent, DeliveryState::Unknown]);
}

#[tokio::test]
async fn what_an_agent_decided_or_the_platform_returned_meanwhile_is_not_looked_for() {
    let (scene, id) = with_lost(&["Answer"]).await;
    let mut copy = crate::scene::text(ONE, "5000", "e1", "Answer");
    if let crate::channel::inbound::InboundKind::Message(message) = &mut copy.kind {
        message.author = crate::channel::inbound::Author::Us;
        let name = crate::channel::ChannelIdentity::new(Channel::Twitter, "5000");
        message.person = vec![name.expect("an identity")];
    }
    let accounts = [account(ONE).into()];
    let outcome = crate::receive::receive_messages(
        &scene.desk,
        Channel::Twitter,
        vec![copy],
        &accounts,
        b"raw",
        scene.deadline(),
    );
    assert_eq!(outcome.await.received.counts.stored, 1);
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    pass(&scene, &id, 30 * SECOND).await;
    assert_eq!(scene.messenger.lookups(), 0);
    assert!(!is_left(&scene, &id).await);
}
