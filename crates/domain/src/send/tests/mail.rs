//! SendGrid's events about mails, which answer tickets of two channels.

use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use crate::channel::email::events::events;
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::create_ticket::{Created, NewTicketRequest, create_ticket};
use crate::delivery::DeliveryState;
use crate::id::TicketId;
use crate::receive::{Counts, receive_messages};
use crate::scene::{Scene, agent};
use crate::send::tests::accepted;
use crate::ticket::Priority;

async fn ticket_on(scene: &Scene, channel: Channel, who: &str) -> TicketId {
    let request = NewTicketRequest {
        identity: ChannelIdentity::new(channel, who).expect("an identity"),
        account: AccountId::constant(channel),
        is_bot_handoff: channel == Channel::WebChat,
        name: None,
        email: Some("ann@example.org".to_owned()),
        subject: "Kettle".to_owned(),
        initial_message: "It is broken".to_owned(),
        priority: Priority::Medium,
        tags: Vec::new(),
        idempotency_key: None,
    };
    match create_ticket(&scene.desk, &agent(), &request, scene.deadline()).await {
        Ok(Created::New(ticket, _)) => ticket.id,
        other => panic!("not created: {other:?}"),
    }
}

/// SendGrid posts events of the mail that was handed over in call number `call`.
async fn post(scene: &Scene, call: usize, kinds: &[Value]) -> Counts {
    let mark = scene.messenger.calls()[call].correlation.as_text();
    let body = kinds.iter().map(|kind| {
        let mut event = json!({"email": "ann@example.org", "timestamp": 1_793_000_000,
            "sg_message_id": "sg-1.recvd-1-0", "desk_msg": mark});
        let fields = kind.as_object().expect("fields").clone();
        event.as_object_mut().expect("an object").extend(fields);
        event
    });
    let body = to_raw_value(&body.collect::<Value>()).expect("JSON");
    let accounts = [AccountId::constant(Channel::Email).into()];
    let deadline = scene.deadline();
    let outcome = receive_messages(
        &scene.desk,
        Channel::Email,
        events(&body),
        &accounts,
        b"raw",
        deadline,
    )
    .await;
    assert!(outcome.unfinished.is_none(), "{:?}", outcome.unfinished);
    outcome.received.counts
}

fn event(name: &str) -> Value {
    json!({ "event": name })
}

#[tokio::test]
async fn events_reach_the_mails_of_both_channels_in_any_order_and_once() {
    for (channel, who) in [
        (Channel::Email, "ann@example.org"),
        (Channel::WebChat, "session-1"),
    ] {
        let scene = Scene::new();
        let id = ticket_on(&scene, channel, who).await;
        scene.reply(&id, "Answer").await;
        scene.messenger.answer(accepted("sg-1"));
        scene.surroundings.advance(crate::reply::UNDO_WITHIN);
        scene.relay(&id).await.expect("sent");
        let counts = post(&scene, 0, &[event("delivered"), event("processed")]).await;
        let expected = Counts {
            stored: 2,
            ..Counts::default()
        };
        assert_eq!(counts, expected, "{channel}");
        assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
        let again = post(&scene, 0, &[event("processed"), event("deferred")]).await;
        assert_eq!((again.duplicates, again.ignored), (1, 1), "{channel}");
        assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Delivered);
        scene.assert_laws();
    }
}

#[tokio::test]
async fn an_event_before_sendgrids_own_answer_settles_what_happened() {
    let scene = Scene::new();
    let id = ticket_on(&scene, Channel::WebChat, "session-1").await;
    scene.reply(&id, "Answer").await;
    let other = scene.fresh_process();
    scene.messenger.answer_after(async move {
        let counts = post(&other, 0, &[event("processed")]).await;
        assert_eq!(counts.stored, 1);
        crate::ports::SendOutcome::Unknown {
            error: super::error(),
        }
    });
    scene.surroundings.advance(crate::reply::UNDO_WITHIN);
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.state_of(&id, "Answer"), DeliveryState::Sent);
    assert!(scene.store.all_sends().is_empty());
    scene.assert_laws();
}

#[tokio::test]
async fn a_bounce_tells_the_agent_why_and_takes_nothing_back() {
    let scene = Scene::new();
    let id = ticket_on(&scene, Channel::Email, "ann@example.org").await;
    for text in ["One", "Two"] {
        scene.reply(&id, text).await;
        scene.messenger.answer(accepted(text));
        scene.surroundings.advance(crate::reply::UNDO_WITHIN);
        scene.relay(&id).await.expect("sent");
    }
    let bounce = json!({"event": "bounce", "type": "bounce", "status": "5.1.1"});
    post(&scene, 0, std::slice::from_ref(&bounce)).await;
    assert_eq!(scene.state_of(&id, "One"), DeliveryState::Failed);
    let timeline = scene.store.timeline(&id);
    let one = timeline.iter().find(|m| m.content == "One").expect("there");
    let shown = one.delivery.as_ref().expect("goes out").shown();
    assert_eq!(shown.error.as_ref().expect("why").code, "5.1.1");

    post(&scene, 1, &[event("delivered"), bounce]).await;
    assert_eq!(scene.state_of(&id, "Two"), DeliveryState::Delivered);
    scene.assert_laws();
}
