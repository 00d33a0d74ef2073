//! The automatic greeting by mail: to people whose address is proven, and to nobody else.

use std::sync::Arc;

use super::{ANN, BEN, mail};
use crate::channel::Channel;
use crate::channel::email::{Authentication, Automatic, Bounce, BounceOutcome, Mail};
use crate::message::SenderType;
use crate::receive::Desk;
use crate::scene::{HOUR, Scene};
use crate::ticket::Status;

const HELLO: &str = "Thanks, we answer soon.";

fn greeting() -> Scene {
    let mut scene = Scene::new();
    let desk = Arc::get_mut(&mut scene.desk).expect("nobody shares it yet");
    let Desk { policy, .. } = desk;
    policy.greetings.insert(Channel::Email, HELLO.to_owned());
    scene
}

/// A mail whose sender the mail servers have proven.
fn proven(from: &str, id: &str) -> Mail {
    Mail {
        authentication: Authentication {
            is_aligned: true,
            ..Authentication::default()
        },
        ..mail(from, id, "Hello")
    }
}

/// To whom greetings were written.
fn greeted(scene: &Scene) -> Vec<String> {
    let tickets = scene.store.all_tickets();
    let mut greeted: Vec<String> = tickets
        .iter()
        .flat_map(|ticket| {
            let timeline = scene.store.timeline(&ticket.id).into_iter();
            let greetings = timeline.filter(|m| m.content == HELLO);
            let to = ticket.source.origin_platform_id.clone();
            greetings.map(move |m| {
                assert_eq!(m.sender_type, SenderType::Bot);
                to.clone()
            })
        })
        .collect();
    greeted.sort();
    greeted
}

async fn close_all(scene: &Scene) {
    for ticket in scene.store.all_tickets() {
        if ticket.status.is_open() {
            let closed = scene.move_to(&ticket.id, Status::Closed).await;
            closed.expect("closed");
        }
    }
}

#[tokio::test]
async fn a_person_who_is_proven_is_greeted_by_one_mail_that_says_a_machine_wrote_it() {
    let scene = greeting();
    scene.mail(proven(ANN, "a1")).await;
    scene.mail(proven(ANN, "a1")).await;
    assert_eq!(greeted(&scene), [ANN]);
    let id = scene.only_ticket().id;
    scene.surroundings.advance(crate::reply::UNDO_WITHIN);
    scene.relay(&id).await.expect("sent");
    assert_eq!(scene.sent_texts(), [HELLO]);
    let call = &scene.messenger.calls()[0];
    assert_eq!((call.to.as_str(), call.is_automatic), (ANN, true));
    scene.assert_laws();
}

#[tokio::test]
async fn nobody_is_greeted_twice_a_day_however_many_conversations_they_begin() {
    let scene = greeting();
    for id in ["a1", "a2", "a3"] {
        scene.mail(proven(ANN, id)).await;
        scene.surroundings.advance(HOUR);
    }
    assert_eq!(scene.store.all_tickets().len(), 3);
    assert_eq!(greeted(&scene), [ANN]);
    close_all(&scene).await;
    scene.mail(proven(ANN, "a4")).await;
    assert_eq!(
        greeted(&scene),
        [ANN],
        "the ticket before is three hours old"
    );
    close_all(&scene).await;
    scene.surroundings.advance(24 * HOUR);
    scene.mail(proven(ANN, "a5")).await;
    scene.mail(proven(BEN, "b1")).await;
    assert_eq!(greeted(&scene), [ANN, ANN, BEN]);
    scene.assert_laws();
}

#[tokio::test]
async fn who_is_not_proven_is_not_written_to() {
    let scene = greeting();
    scene.mail(mail(ANN, "a1", "Hello")).await;
    assert_eq!(scene.store.all_tickets().len(), 1);
    assert_eq!(greeted(&scene), Vec::<String>::new());
    assert!(scene.store.all_sends().is_empty());
}

#[tokio::test]
async fn no_machine_list_or_bounce_is_greeted() {
    let scene = greeting();
    let kinds = [
        Automatic::AutoSubmitted,
        Automatic::Precedence,
        Automatic::List,
        Automatic::NoReturnPath,
        Automatic::AutoReply,
        Automatic::ResponseSuppressed,
        Automatic::Loop,
        Automatic::Robot,
        Automatic::Report,
    ];
    for (number, kind) in kinds.into_iter().enumerate() {
        let from = format!("machine{number}@example.org");
        let automatic = Mail {
            automatic: Some(kind),
            ..proven(&from, &format!("m{number}"))
        };
        assert_eq!(scene.mail(automatic).await.stored, 1, "{kind:?}");
    }
    let bounce = Mail {
        automatic: Some(Automatic::Report),
        bounce: Some(Bounce {
            original_ids: vec!["<other@example.org>".to_owned()],
            outcome: BounceOutcome::Failed,
            status: None,
        }),
        ..proven("mailer-daemon@example.org", "d1")
    };
    assert_eq!(scene.mail(bounce).await.ignored, 1);
    assert_eq!(scene.store.all_tickets().len(), kinds.len());
    assert_eq!(greeted(&scene), Vec::<String>::new());
}
