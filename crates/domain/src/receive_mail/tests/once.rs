//! A mail is one message, however often it comes, to whichever of our addresses, and whoever dies.

use futures::future::join_all;

use super::{ANN, id, mail};
use crate::channel::email::Mail;
use crate::memory::Fate;
use crate::scene::{Scene, killed_after};
use crate::ticket::Status;

#[tokio::test]
async fn a_mail_makes_a_ticket_and_its_customer() {
    let scene = Scene::new();
    assert_eq!(scene.mail(mail(ANN, "a1", "Hello")).await.stored, 1);
    let ticket = scene.only_ticket();
    assert_eq!(ticket.subject, "Where is my order?");
    assert_eq!(ticket.status, Status::New);
    assert_eq!(ticket.customer.name.as_deref(), Some("Ann"));
    assert_eq!(ticket.customer.email.as_deref(), Some(ANN));
    assert_eq!(
        ticket.customer.channel_identity.to_string(),
        format!("email:{ANN}")
    );
    assert_eq!(ticket.source.origin_platform_id, ANN);
    scene.assert_laws();
}

#[tokio::test]
async fn the_next_mail_of_a_customer_is_another_conversation() {
    let scene = Scene::new();
    for i in 0..3 {
        let same_subject = mail(ANN, &format!("a{i}"), "Hello");
        assert_eq!(scene.mail(same_subject).await.stored, 1);
    }
    assert_eq!(scene.store.all_tickets().len(), 3, "never by subject alone");
    assert_eq!(scene.store.all_customers().len(), 1);
    scene.assert_laws();
}

#[tokio::test]
async fn one_mail_to_two_of_our_addresses_is_one_message() {
    let scene = Scene::new();
    let to = |address: &str| Mail {
        envelope_to: vec![address.to_owned()],
        ..mail(ANN, "a1", "Hello")
    };
    assert_eq!(scene.mail(to("support@example.com")).await.stored, 1);
    assert_eq!(scene.mail(to("sales@example.com")).await.duplicates, 1);
    assert_eq!(scene.only_ticket().message_count, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn mails_without_an_id_are_told_apart_by_all_they_say() {
    let scene = Scene::new();
    let nameless = |subject: &str| Mail {
        message_id: None,
        subject: Some(subject.to_owned()),
        ..mail(ANN, "", "Hello")
    };
    assert_eq!(scene.mail(nameless("One")).await.stored, 1);
    assert_eq!(scene.mail(nameless("One")).await.duplicates, 1);
    assert_eq!(scene.mail(nameless("Two")).await.stored, 1);
    assert_eq!(scene.store.all_tickets().len(), 2);
}

#[tokio::test]
async fn another_mail_with_the_same_id_is_not_lost() {
    let scene = Scene::new();
    scene.mail(mail(ANN, "a1", "Hello")).await;
    let other_words = mail(ANN, "a1", "Something else");
    assert_eq!(scene.mail(other_words).await.stored, 1);
    let other_sender = mail("eve@example.org", "a1", "Hello");
    assert_eq!(scene.mail(other_sender).await.stored, 1);
    assert_eq!(scene.store.all_tickets().len(), 3);
    // Answers go where the first with that id went.
    let answer = super::answer(ANN, "a2", &id("a1"), &[]);
    scene.mail(answer).await;
    let counts: Vec<u64> = scene
        .store
        .all_tickets()
        .iter()
        .map(|t| t.message_count)
        .collect();
    assert_eq!(counts.iter().sum::<u64>(), 4);
    scene.assert_laws();
}

#[tokio::test]
async fn the_same_mail_delivered_by_many_at_once_is_stored_by_one() {
    let scene = Scene::new();
    let processes: Vec<Scene> = (0..20).map(|_| scene.fresh_process()).collect();
    let counts = join_all(processes.iter().map(|p| p.mail(mail(ANN, "a1", "Hello")))).await;
    let stored: u64 = counts.iter().map(|c| c.stored).sum();
    let duplicates: u64 = counts.iter().map(|c| c.duplicates).sum();
    assert_eq!((stored, duplicates), (1, 19));
    assert_eq!(scene.only_ticket().message_count, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn many_mails_of_one_sender_at_once_do_not_wait_for_each_other() {
    let scene = Scene::new();
    scene.mail(mail(ANN, "a0", "Hello")).await;
    let before = scene.store.commits();
    let processes: Vec<Scene> = (0..50).map(|_| scene.fresh_process()).collect();
    let mails = processes.iter().enumerate();
    let counts = join_all(mails.map(|(i, p)| p.mail(mail(ANN, &format!("b{i}"), "Hello")))).await;
    assert!(counts.iter().all(|c| c.stored == 1));
    assert_eq!(scene.store.all_tickets().len(), 51);
    assert_eq!(
        scene.store.commits() - before,
        50,
        "no commit was lost to another"
    );
    scene.assert_laws();
}

#[tokio::test]
async fn first_mails_of_a_stranger_at_once_make_one_customer() {
    let scene = Scene::new();
    let processes: Vec<Scene> = (0..20).map(|_| scene.fresh_process()).collect();
    let mails = processes.iter().enumerate();
    join_all(mails.map(|(i, p)| p.mail(mail(ANN, &format!("b{i}"), "Hello")))).await;
    assert_eq!(scene.store.all_customers().len(), 1);
    assert_eq!(scene.store.all_tickets().len(), 20);
    scene.assert_laws();
}

#[tokio::test]
async fn a_mail_whose_delivery_is_killed_anywhere_is_stored_by_the_next() {
    for polls in 0..60 {
        let scene = Scene::new();
        let first = mail(ANN, "a1", "Hello");
        let done = killed_after(polls, scene.fresh_process().mail(first.clone())).await;
        let again = scene.mail(first).await;
        assert_eq!(again.received(), 1);
        assert_eq!(scene.only_ticket().message_count, 1, "killed at {polls}");
        scene.assert_laws();
        if done.is_some() {
            return;
        }
    }
    panic!("it never ends");
}

#[tokio::test]
async fn an_answer_that_got_lost_and_races_are_survived() {
    let scene = Scene::new();
    scene
        .store
        .befall([Fate::Raced, Fate::Raced, Fate::AnswerLost]);
    let outcome = scene
        .mail_to(mail(ANN, "a1", "Hello"), &super::route())
        .await;
    assert!(
        outcome.unfinished.is_some(),
        "nobody knows: delivered again"
    );
    assert_eq!(scene.mail(mail(ANN, "a1", "Hello")).await.duplicates, 1);
    assert_eq!(scene.only_ticket().message_count, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn while_the_stores_are_gone_nothing_is_acknowledged() {
    let scene = Scene::new();
    scene.store.set_gone(true);
    let outcome = scene
        .mail_to(mail(ANN, "a1", "Hello"), &super::route())
        .await;
    assert!(outcome.unfinished.is_some());
    assert_eq!(outcome.received.counts.received(), 0);
    scene.store.set_gone(false);
    assert_eq!(scene.mail(mail(ANN, "a1", "Hello")).await.stored, 1);
}
