use super::*;
use crate::memory::Fate;
use crate::ports::SendOutcome;
use crate::scene::{ANN, HOUR, ONE, Scene, agent, report, text_of};

fn error() -> DeliveryError {
    DeliveryError {
        code: "x".to_owned(),
        message: "No.".to_owned(),
        hint: "Ask.".to_owned(),
    }
}

async fn with(outcome: Option<SendOutcome>) -> (Scene, TicketId, MessageId) {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    if let Some(outcome) = outcome {
        scene.messenger.answer(outcome);
        scene.relay(&id).await.expect("looked at");
    }
    let message = scene.store.timeline(&id).pop().expect("there").id;
    (scene, id, message)
}

async fn decided(
    scene: &Scene,
    id: &TicketId,
    message: &MessageId,
    decision: Decision,
) -> Result<Ticket, DecideError> {
    let agent = agent();
    let made = decide(
        &scene.desk,
        &agent,
        (id, message),
        decision,
        scene.deadline(),
    );
    let made = made.await.map(|(ticket, _)| ticket);
    scene.assert_laws();
    made
}

#[tokio::test]
async fn what_failed_is_sent_again_on_an_agents_wish_and_once() {
    let (scene, id, message) = with(Some(SendOutcome::Refused { error: error() })).await;
    decided(&scene, &id, &message, Decision::Retry)
        .await
        .expect("retried");
    let again = decided(&scene, &id, &message, Decision::Retry).await;
    assert!(matches!(
        again,
        Err(DecideError::NotNow {
            state: DeliveryState::Queued,
            ..
        })
    ));
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    let attempts = scene
        .messenger
        .calls()
        .into_iter()
        .map(|c| c.correlation.attempt);
    assert_eq!(attempts.collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn only_what_the_customer_has_not_got_is_sent_again() {
    let (scene, id) = Scene::with_ticket().await;
    scene
        .reply(&id, &["a".repeat(4096), "b".to_owned()].concat())
        .await;
    scene.messenger.answer(SendOutcome::Accepted {
        platform_message_id: Some("one".to_owned()),
    });
    scene
        .messenger
        .answer(SendOutcome::Refused { error: error() });
    scene.relay(&id).await.expect("looked at");
    let message = scene.store.timeline(&id).pop().expect("there").id;
    decided(&scene, &id, &message, Decision::Retry)
        .await
        .expect("retried");
    scene.relay(&id).await.expect("sent");
    let texts = scene.messenger.calls();
    assert_eq!(
        texts.iter().map(|c| text_of(c).len()).collect::<Vec<_>>(),
        [4096, 1, 1]
    );
    let delivery = scene.store.timeline(&id).pop().and_then(|m| m.delivery);
    assert_eq!(delivery.map(|d| d.state()), Some(DeliveryState::Sent));
}

#[tokio::test]
async fn what_nobody_knows_about_is_sent_again_or_said_to_have_arrived() {
    let unknown = || Some(SendOutcome::Unknown { error: error() });
    let (scene, id, message) = with(unknown()).await;
    let ticket = decided(&scene, &id, &message, Decision::Arrived)
        .await
        .expect("decided");
    assert!(possible(ticket.window.messages().last().expect("there")).is_empty());
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert!(scene.store.all_sends().is_empty());

    let (scene, id, message) = with(unknown()).await;
    decided(&scene, &id, &message, Decision::Retry)
        .await
        .expect("retried");
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.messenger.calls().len(), 2);
}

#[tokio::test]
async fn the_parts_behind_one_that_arrived_go_out_then() {
    let (scene, id) = Scene::with_ticket().await;
    scene
        .reply(&id, &["a".repeat(4096), "b".to_owned()].concat())
        .await;
    scene
        .messenger
        .answer(SendOutcome::Unknown { error: error() });
    scene.relay(&id).await.expect("looked at");
    let message = scene.store.timeline(&id).pop().expect("there").id;
    decided(&scene, &id, &message, Decision::Arrived)
        .await
        .expect("decided");
    scene.relay(&id).await.expect("sent");
    let texts = scene.messenger.calls();
    assert_eq!(
        texts.iter().map(|c| text_of(c).len()).collect::<Vec<_>>(),
        [4096, 1]
    );
}

#[tokio::test]
async fn what_waits_can_be_taken_back_and_is_no_longer_the_last_word() {
    let (scene, id, message) = with(None).await;
    let ticket = decided(&scene, &id, &message, Decision::Discard)
        .await
        .expect("taken back");
    assert_eq!(ticket.last_agent_message, None);
    assert_eq!(
        ticket.last_message.map(|m| m.content).as_deref(),
        Some("Hello")
    );
    scene.surroundings.advance(HOUR);
    scene.relay(&id).await.expect("nothing to do");
    assert!(scene.messenger.calls().is_empty());
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Failed);
    let again = decided(&scene, &id, &message, Decision::Retry).await;
    assert!(matches!(again, Err(DecideError::NotNow { .. })));
}

#[tokio::test]
async fn a_relay_that_was_faster_sends_and_the_agent_is_told() {
    let (scene, id, message) = with(None).await;
    let other = scene.fresh_process();
    let of = id.clone();
    scene.store.befall([Fate::after(async move {
        other.relay(&of).await.expect("sent");
    })]);
    let late = decided(&scene, &id, &message, Decision::Discard).await;
    assert!(matches!(
        late,
        Err(DecideError::NotNow {
            state: DeliveryState::Sent,
            ..
        })
    ));
    assert_eq!(scene.messenger.calls().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_again_once_the_window_is_closed() {
    let (scene, id, message) = with(Some(SendOutcome::Refused { error: error() })).await;
    scene.surroundings.advance(25 * HOUR);
    let late = decided(&scene, &id, &message, Decision::Retry).await;
    assert!(matches!(
        late,
        Err(DecideError::WindowClosed(ReplyWindow::Template))
    ));
}

#[tokio::test]
async fn a_message_that_is_not_there_or_does_not_go_out_is_said_to_be_missing() {
    let (scene, id, _) = with(None).await;
    let customers = scene.store.timeline(&id).remove(0).id;
    let other = MessageId::generate(scene.surroundings.now(), 7);
    for message in [customers, other] {
        let made = decided(&scene, &id, &message, Decision::Discard).await;
        assert!(matches!(made, Err(DecideError::NoSuchMessage)));
    }
}

/// Two parts of which the first was taken, and then told to be so; the second waits for its turn.
async fn with_a_part(told: DeliveryState) -> (Scene, TicketId, MessageId) {
    let (scene, id) = Scene::with_ticket().await;
    scene
        .reply(&id, &["a".repeat(4096), "b".to_owned()].concat())
        .await;
    scene.messenger.answer(SendOutcome::Accepted {
        platform_message_id: Some("one".to_owned()),
    });
    scene.messenger.answer(SendOutcome::Retryable {
        error: error(),
        retry_after: None,
    });
    scene.relay(&id).await.expect("looked at");
    let told = report(ONE, ANN, "one", told);
    assert_eq!(scene.receive(vec![told]).await.stored, 1);
    let message = scene.store.timeline(&id).pop().expect("there").id;
    (scene, id, message)
}

#[tokio::test]
async fn of_a_message_that_went_in_part_only_what_waits_is_taken_back() {
    let (scene, id, message) = with_a_part(DeliveryState::Read).await;
    let ticket = decided(&scene, &id, &message, Decision::Discard)
        .await
        .expect("the rest is taken back");
    let shown = ticket.window.messages().last().expect("there");
    assert_eq!(shown.deleted_at, None, "the customer has read it");
    let delivery = shown.delivery.as_ref().expect("it goes out");
    let code = delivery.shown().error.as_ref().map(|e| e.code.as_str());
    assert_eq!(
        (delivery.state(), code),
        (DeliveryState::Failed, Some(REST_DISCARDED))
    );
    let last = ticket.last_agent_message.map(|place| place.message_id);
    assert_eq!(last.as_ref(), Some(&message), "it is what was said last");
    assert_eq!(possible(shown), [Decision::Retry]);
    scene.surroundings.advance(HOUR);
    scene.relay(&id).await.expect("nothing to do");
    assert_eq!(scene.messenger.calls().len(), 2);
    decided(&scene, &id, &message, Decision::Retry)
        .await
        .expect("the rest is sent after all");
    scene.relay(&id).await.expect("sent");
    let texts = scene.messenger.calls();
    assert_eq!(texts.last().map(|c| text_of(c).len()), Some(1));
}

#[tokio::test]
async fn what_may_have_arrived_in_an_older_attempt_is_not_said_to_have_never_been_sent() {
    let (scene, id, message) = with(Some(SendOutcome::Unknown { error: error() })).await;
    decided(&scene, &id, &message, Decision::Retry)
        .await
        .expect("waits again");
    let ticket = decided(&scene, &id, &message, Decision::Discard)
        .await
        .expect("it is not sent again");
    let shown = ticket.window.messages().last().expect("there");
    assert_eq!(shown.deleted_at, None);
    scene.relay(&id).await.expect("nothing to do");
    assert_eq!(scene.messenger.calls().len(), 1);
}

#[tokio::test]
async fn a_part_that_fails_late_is_sent_again_before_those_that_still_wait_behind_it() {
    let (scene, id, message) = with_a_part(DeliveryState::Failed).await;
    decided(&scene, &id, &message, Decision::Retry)
        .await
        .expect("retried beside the intent that waits");
    assert_eq!(scene.store.all_sends().len(), 1);
    scene.surroundings.advance(HOUR);
    scene.relay(&id).await.expect("sent");
    let texts = scene.messenger.calls();
    let lengths = texts.iter().map(|c| text_of(c).len()).collect::<Vec<_>>();
    assert_eq!(lengths, [4096, 1, 4096, 1]);
    let delivery = scene.store.timeline(&id).pop().and_then(|m| m.delivery);
    assert_eq!(delivery.map(|d| d.state()), Some(DeliveryState::Sent));
}

#[tokio::test]
async fn nothing_is_sent_again_while_a_part_behind_is_being_sent() {
    let (scene, id) = Scene::with_ticket().await;
    scene
        .reply(&id, &["a".repeat(4096), "b".to_owned()].concat())
        .await;
    let message = scene.store.timeline(&id).pop().expect("there").id;
    scene.messenger.answer(SendOutcome::Accepted {
        platform_message_id: Some("one".to_owned()),
    });
    let (other, of, which) = (scene.fresh_process(), id.clone(), message.clone());
    scene.messenger.answer_after(async move {
        let failed = report(ONE, ANN, "one", DeliveryState::Failed);
        assert_eq!(other.receive(vec![failed]).await.stored, 1);
        let made = decided(&other, &of, &which, Decision::Retry).await;
        assert!(matches!(
            made,
            Err(DecideError::NotNow {
                state: DeliveryState::Sending,
                ..
            })
        ));
        SendOutcome::Accepted {
            platform_message_id: Some("two".to_owned()),
        }
    });
    scene.relay(&id).await.expect("sent");
    decided(&scene, &id, &message, Decision::Retry)
        .await
        .expect("then it is");
}

#[tokio::test]
async fn what_is_found_to_have_arrived_after_it_was_sent_again_and_taken_back_is_said_to() {
    let (scene, id, message) = with(Some(SendOutcome::Unknown { error: error() })).await;
    for decision in [Decision::Retry, Decision::Discard] {
        let made = decided(&scene, &id, &message, decision).await;
        made.expect("is possible");
    }
    let answer = scene.store.timeline(&id).pop().expect("there");
    assert_eq!(possible(&answer), [Decision::Arrived, Decision::Retry]);
    let made = decided(&scene, &id, &message, Decision::Arrived).await;
    made.expect("is possible");
    scene.relay(&id).await.expect("looked at");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert_eq!(scene.messenger.calls().len(), 1);
    assert!(scene.store.all_sends().is_empty());
}
