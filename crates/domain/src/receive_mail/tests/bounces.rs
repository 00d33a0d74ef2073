//! Mails of machines: what they say of ours, and what is not to be lost of the rest.

use super::{ANN, REPLY, answer, mail, to};
use crate::channel::email::{Automatic, Bounce, BounceOutcome, Mail, Mailbox};
use crate::delivery::DeliveryState;
use crate::scene::Scene;

fn bounce(of: &str, outcome: BounceOutcome) -> Mail {
    Mail {
        from: Some(Mailbox {
            address: "mailer-daemon@mx.example.org".to_owned(),
            name: None,
        }),
        automatic: Some(Automatic::Report),
        bounce: Some(Bounce {
            original_ids: vec!["<someone@else.example>".to_owned(), of.to_owned()],
            outcome,
            status: Some("5.1.1".to_owned()),
        }),
        ..mail(ANN, "bounce", "It could not be delivered.")
    }
}

#[tokio::test]
async fn a_bounce_becomes_the_delivery_state_of_the_mail_it_speaks_of() {
    let (scene, ticket, ours) = Scene::answered().await;
    assert_eq!(
        scene
            .mail(bounce(&ours, BounceOutcome::Failed))
            .await
            .stored,
        1
    );
    let state = || scene.state_of(&ticket.id, "It is on its way.");
    assert_eq!(state(), DeliveryState::Failed);
    let timeline = scene.store.timeline(&ticket.id);
    let delivery = timeline.last().and_then(|m| m.delivery.as_ref());
    let error = delivery.and_then(|d| d.shown().error.clone()).expect("why");
    assert_eq!(error.code, "bounce-5.1.1");
    assert_eq!(
        scene
            .mail(bounce(&ours, BounceOutcome::Failed))
            .await
            .duplicates,
        1
    );
    assert_eq!(scene.store.all_tickets().len(), 1, "it makes no ticket");
    scene.assert_laws();
}

#[tokio::test]
async fn a_delay_leaves_the_state_and_a_delivery_raises_it() {
    let (scene, ticket, ours) = Scene::answered().await;
    scene.mail(bounce(&ours, BounceOutcome::Delayed)).await;
    let state = || scene.state_of(&ticket.id, "It is on its way.");
    assert_eq!(state(), DeliveryState::Sent);
    scene.mail(bounce(&ours, BounceOutcome::Delivered)).await;
    assert_eq!(state(), DeliveryState::Delivered);
    scene.mail(bounce(&ours, BounceOutcome::Failed)).await;
    assert_eq!(
        state(),
        DeliveryState::Delivered,
        "delivered stays delivered"
    );
}

#[tokio::test]
async fn a_report_on_somebody_elses_mail_is_of_no_use_unless_it_came_into_a_ticket() {
    let (scene, ticket, _) = Scene::answered().await;
    let foreign = bounce("<x@elsewhere.example>", BounceOutcome::Failed);
    assert_eq!(scene.mail(foreign.clone()).await.ignored, 1);
    assert_eq!(scene.mail_by(foreign, &to(&ticket)).await.stored, 1);
    assert_eq!(scene.ticket(&ticket.id).message_count, 3);
}

#[tokio::test]
async fn our_own_mail_that_comes_back_makes_no_loop() {
    let (scene, ticket, ours) = Scene::answered().await;
    let own = Mail {
        message_id: Some(ours.clone()),
        ..mail("support@example.com", "x", "It is on its way.")
    };
    assert_eq!(scene.mail(own).await.ignored, 1);
    assert_eq!(scene.ticket(&ticket.id).message_count, 2);
    // Somebody who borrows such an id is heard.
    let borrowed = Mail {
        message_id: Some(ours),
        ..mail(ANN, "x", "Hello")
    };
    assert_eq!(scene.mail(borrowed).await.stored, 1);
}

#[tokio::test]
async fn automatic_mail_is_marked() {
    let (scene, ticket, ours) = Scene::answered().await;
    let away = Mail {
        automatic: Some(Automatic::AutoSubmitted),
        ..answer(ANN, "ooo", &ours, &[])
    };
    scene.mail(away).await;
    let timeline = scene.store.timeline(&ticket.id);
    let data = &timeline.last().expect("an entry").channel_specific_data;
    assert_eq!(data["automatic"], "auto-submitted");
    assert!(
        scene.store.all_sends().is_empty(),
        "nothing is answered by itself"
    );
}

#[tokio::test]
async fn a_mail_of_nobody_is_parked_whole() {
    let scene = Scene::new();
    let nobody = Mail {
        from: None,
        envelope_from: None,
        ..mail(ANN, "x", "Hello")
    };
    assert_eq!(scene.mail(nobody).await.parked, 1);
    assert_eq!(scene.desk.blobs.keys("parked/email/").len(), 1);
    let envelope_only = Mail {
        from: None,
        ..mail(ANN, "y", "Hello")
    };
    assert_eq!(scene.mail(envelope_only).await.stored, 1);
    assert!(REPLY.contains("reply"));
}
