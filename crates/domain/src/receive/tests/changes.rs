//! Changes of messages: applied to what they speak of, or waiting for it, whatever comes first.

use proptest::prelude::*;

use crate::channel::inbound::{
    Author, ChangeKind, InboundEvent, InboundKind, MessageChange, Notice,
};
use crate::delivery::DeliveryState;
use crate::message::{Message, SenderType};
use crate::ports::MAX_WAITING;
use crate::scene::{ANN, BOB, HOUR, ONE, Scene, TWO, account, names, report, run, text};
use crate::surroundings::Surroundings;
use crate::ticket::Status;
use crate::time::Timestamp;

fn change(to: &str, target: &str, key: &str, at: i64, what: ChangeKind) -> InboundEvent {
    InboundEvent {
        account: Some(account(to)),
        kind: InboundKind::Change(Box::new(MessageChange {
            target: target.to_owned(),
            person: Some(names(ANN).remove(0)),
            key: key.to_owned(),
            at: Some(Timestamp::from_millis(at)),
            what,
        })),
    }
}

fn edit(target: &str, number: u64, content: &str) -> InboundEvent {
    let what = ChangeKind::Edit {
        content: content.to_owned(),
        number: Some(number),
    };
    change(ONE, target, &format!("edit:{number}"), 1_000, what)
}

fn unsend(target: &str) -> InboundEvent {
    change(ONE, target, "unsend", 2_000, ChangeKind::Unsend)
}

fn react(target: &str, at: i64, emoji: Option<&str>) -> InboundEvent {
    let what = ChangeKind::Reaction {
        emoji: emoji.map(str::to_owned),
        by: ANN.to_owned(),
        sender_type: SenderType::Customer,
    };
    change(ONE, target, &format!("react:{at}:{emoji:?}"), at, what)
}

fn notice(key: &str) -> InboundEvent {
    InboundEvent {
        account: Some(account(ONE)),
        kind: InboundKind::Notice(Box::new(Notice {
            key: key.to_owned(),
            person: names(ANN).remove(0),
            content: "Came from an ad".to_owned(),
            at: None,
            data: crate::channel::Details::default(),
        })),
    }
}

/// A message that one of us wrote with another tool.
fn outside(id: &str, body: &str) -> InboundEvent {
    let mut event = text(ONE, ANN, id, body);
    if let InboundKind::Message(message) = &mut event.kind {
        message.author = Author::Us;
    }
    event
}

fn entry(scene: &Scene, index: usize) -> Message {
    let id = scene.only_ticket().id;
    let timeline = scene.store.timeline(&id);
    let written: Vec<&Message> = timeline
        .iter()
        .filter(|m| m.sender_type != SenderType::System)
        .collect();
    written[index].clone()
}

#[tokio::test]
async fn an_edit_a_reaction_and_taking_back_are_seen_on_their_message() {
    let (scene, id) = Scene::with_ticket().await;
    let counts = scene
        .receive(vec![edit("a0", 1, "Hallo"), react("a0", 10, Some("🙏"))])
        .await;
    assert_eq!(counts.stored, 2);
    assert_eq!(entry(&scene, 0).content, "Hallo");
    assert_eq!(entry(&scene, 0).reactions[0].emoji.as_deref(), Some("🙏"));
    let shown = scene.ticket(&id).last_message.expect("one").content;
    assert_eq!(shown, "Hallo", "lists follow");
    scene.receive(vec![unsend("a0")]).await;
    assert!(entry(&scene, 0).deleted_at.is_some());
    assert_eq!(entry(&scene, 0).content, "");
    let shown = scene.ticket(&id).last_message.expect("one").content;
    assert_eq!(shown, "Message deleted");
    let again = vec![
        unsend("a0"),
        edit("a0", 1, "Hallo"),
        react("a0", 10, Some("🙏")),
    ];
    assert_eq!(scene.receive(again).await.duplicates, 3);
    scene.assert_laws();
}

#[tokio::test]
async fn what_comes_before_its_message_is_applied_with_it() {
    let scene = Scene::new();
    let early = || {
        vec![
            edit("a0", 2, "Twice"),
            edit("a0", 1, "Once"),
            react("a0", 5, Some("👍")),
        ]
    };
    assert_eq!(scene.receive(early()).await.parked, 3);
    assert_eq!(scene.receive(early()).await.duplicates, 3);
    assert!(scene.store.all_tickets().is_empty());
    scene.receive(vec![text(ONE, ANN, "a0", "First")]).await;
    let message = entry(&scene, 0);
    assert_eq!(
        (message.content.as_str(), message.edit_number),
        ("Twice", 2)
    );
    assert_eq!(message.reactions.len(), 1);
    assert_eq!(scene.receive(early()).await.duplicates, 3);
    scene.assert_laws();
}

#[tokio::test]
async fn a_change_finds_a_message_that_left_the_window() {
    let (scene, id) = Scene::with_ticket().await;
    let more = (0..20).map(|i| text(ONE, ANN, &format!("b{i}"), "More"));
    scene.receive(more.collect()).await;
    assert_eq!(
        scene.receive(vec![edit("a0", 1, "Changed")]).await.stored,
        1
    );
    assert_eq!(scene.store.evicted(&id)[0].content, "Changed");
    scene.assert_laws();
}

#[tokio::test]
async fn a_reaction_to_an_answer_counts_even_before_the_providers_id_is_stored() {
    let (scene, id) = Scene::with_ticket().await;
    scene.reply(&id, "Answer").await;
    assert_eq!(
        scene
            .receive(vec![react("out.1", 5, Some("❤️"))])
            .await
            .parked,
        1
    );
    scene.relay(&id).await.expect("sent");
    assert_eq!(entry(&scene, 1).reactions.len(), 1);
    scene.receive(vec![react("out.1", 9, None)]).await;
    assert_eq!(entry(&scene, 1).reactions[0].emoji, None);
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_id_of_one_account_says_nothing_to_another() {
    let (scene, _) = Scene::with_ticket().await;
    let what = ChangeKind::Unsend;
    let counts = scene
        .receive(vec![change(TWO, "a0", "unsend", 5, what)])
        .await;
    assert_eq!(counts.parked, 1);
    assert_eq!(entry(&scene, 0).content, "Hello");
}

#[tokio::test]
async fn what_waits_for_a_message_that_never_comes_is_bounded() {
    let scene = Scene::new();
    for i in 0..MAX_WAITING as u64 + 10 {
        assert_eq!(scene.receive(vec![edit("never", i, "x")]).await.parked, 1);
    }
    scene
        .receive(vec![text(ONE, ANN, "never", "It came")])
        .await;
    assert_eq!(entry(&scene, 0).content, "x");
    scene.assert_laws();
}

#[tokio::test]
async fn an_answer_given_with_another_tool_stands_in_the_timeline_once_and_is_reported_on() {
    let (scene, id) = Scene::with_ticket().await;
    let counts = scene.receive(vec![outside("o1", "From the phone")]).await;
    assert_eq!(counts.stored, 1);
    assert_eq!(
        scene
            .receive(vec![outside("o1", "From the phone")])
            .await
            .duplicates,
        1
    );
    assert_eq!(scene.ticket(&id).status, Status::Open);
    assert_eq!(scene.state_of(&id, "From the phone"), DeliveryState::Sent);
    scene
        .receive(vec![report(ONE, ANN, "o1", DeliveryState::Read)])
        .await;
    assert_eq!(scene.state_of(&id, "From the phone"), DeliveryState::Read);
    scene.assert_laws();
}

#[tokio::test]
async fn an_answer_from_outside_leaves_a_resolved_ticket_resolved_and_follows_a_closed_one() {
    let (scene, id) = Scene::with_status(Status::Resolved).await;
    scene.receive(vec![outside("o1", "Bye")]).await;
    assert_eq!(scene.ticket(&id).status, Status::Resolved);
    scene.surroundings.advance(HOUR * 100);
    scene.receive(vec![outside("o2", "One more thing")]).await;
    assert_eq!(scene.store.all_tickets().len(), 2);
    let new = scene.store.all_tickets().into_iter().find(|t| t.id != id);
    assert_eq!(new.expect("a new one").status, Status::Open);
    scene.assert_laws();
}

#[tokio::test]
async fn reports_that_came_before_an_answer_from_outside_fit_its_transaction() {
    let scene = Scene::new();
    for i in 0..28 {
        let reports = [
            DeliveryState::Sent,
            DeliveryState::Delivered,
            DeliveryState::Read,
        ]
        .map(|state| report(ONE, ANN, &format!("o{i}"), state));
        scene.receive(reports.to_vec()).await;
    }
    let answers = (0..28).map(|i| outside(&format!("o{i}"), "Answer"));
    assert_eq!(scene.receive(answers.collect()).await.stored, 28);
    scene.assert_laws();
}

#[tokio::test]
async fn a_notice_is_noted_once_and_only_where_a_ticket_is_open() {
    let scene = Scene::new();
    assert_eq!(scene.receive(vec![notice("n1")]).await.ignored, 1);
    scene
        .receive(vec![
            text(ONE, ANN, "a0", "Hello"),
            text(ONE, BOB, "b0", "Hi"),
        ])
        .await;
    assert_eq!(scene.receive(vec![notice("n2")]).await.stored, 1);
    assert_eq!(scene.receive(vec![notice("n2")]).await.duplicates, 1);
    let noted: usize = scene
        .store
        .all_tickets()
        .iter()
        .flat_map(|t| scene.store.timeline(&t.id))
        .filter(|m| m.sender_type == SenderType::System)
        .count();
    assert_eq!(noted, 1);
    scene.assert_laws();
}

fn deliveries() -> Vec<InboundEvent> {
    vec![
        text(ONE, ANN, "a0", "First"),
        text(ONE, ANN, "a1", "Second"),
        outside("o1", "Answer"),
        edit("a0", 1, "First, edited"),
        edit("a0", 2, "First, edited twice"),
        unsend("a1"),
        edit("a1", 1, "too late"),
        react("o1", 5, Some("👍")),
        react("o1", 6, None),
        react("a0", 7, Some("😢")),
        report(ONE, ANN, "o1", DeliveryState::Delivered),
        report(ONE, ANN, "o1", DeliveryState::Read),
    ]
}

fn picture(scene: &Scene) -> Vec<String> {
    let mut lines = scene.picture();
    for ticket in scene.store.all_tickets() {
        for m in scene.store.timeline(&ticket.id) {
            let reactions: Vec<_> = m.reactions.iter().map(|r| (&r.by, &r.emoji)).collect();
            lines.push(format!(
                "{:?} {} {reactions:?} {:?} {:?}",
                m.sender_type, m.content, m.edited_at, m.deleted_at
            ));
        }
    }
    lines.retain(|l| !l.contains("Status changed"));
    lines.sort();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_order_and_repetition_of_deliveries_ends_the_same(
        order in Just(deliveries()).prop_shuffle(),
        repeated in proptest::collection::vec(0usize..12, 0..8),
        chunk in 1usize..5,
        seed: u64,
    ) {
        let expected = run(async {
            let scene = Scene::new();
            scene.receive(deliveries()).await;
            picture(&scene)
        });
        let scene = Scene::seeded(seed);
        run(async {
            let mut all = order.clone();
            all.extend(repeated.iter().map(|i| order[*i].clone()));
            let mut new = 0;
            for body in all.chunks(chunk) {
                let counts = scene.fresh_process().receive(body.to_vec()).await;
                prop_assert_eq!(counts.received(), body.len() as u64);
                new += counts.stored + counts.parked;
                scene.assert_laws();
            }
            prop_assert_eq!(new, 12, "each is new once");
            Ok(())
        })?;
        prop_assert_eq!(picture(&scene), expected);
    }
}

#[tokio::test]
async fn an_edit_of_a_million_characters_is_kept_whole() {
    let (scene, id) = Scene::with_ticket().await;
    let long = "ä".repeat(1_000_000);
    assert_eq!(scene.receive(vec![edit("a0", 1, &long)]).await.stored, 1);
    let message = entry(&scene, 0);
    assert!(message.content_truncated);
    let whole = crate::receive::whole_text(&scene.desk.blobs, &message).await;
    assert_eq!(whole.expect("kept"), long);
    assert!(scene.surroundings.now() > Timestamp::from_millis(0), "{id}");
}
