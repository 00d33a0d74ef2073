//! Tickets that agents and chatbots open.

use futures::future::join_all;

use crate::create_ticket::{CreateError, Created, NewTicketRequest, create_ticket};
use crate::event::EventType::{MessageReceived, TicketCreated};
use crate::memory::Fate;
use crate::message::SenderType;
use crate::permission::Principal;
use crate::scene::{ANN, ONE, Scene, account, agent, names, text, types};
use crate::ticket::{Priority, ReplyWindow, Status};

fn request(key: Option<&str>) -> NewTicketRequest {
    NewTicketRequest {
        identity: names(ANN)[0].clone(),
        account: account(ONE),
        is_bot_handoff: false,
        name: Some("Ann".to_owned()),
        email: None,
        subject: "Refund".to_owned(),
        initial_message: "I want my money back".to_owned(),
        priority: Priority::High,
        tags: vec!["billing".to_owned()],
        idempotency_key: key.map(str::to_owned),
    }
}

async fn create(scene: &Scene, key: Option<&str>) -> Result<Created, CreateError> {
    create_ticket(&scene.desk, &agent(), &request(key), scene.deadline()).await
}

#[tokio::test]
async fn a_ticket_is_opened_with_what_the_customer_said_and_nothing_is_sent() {
    let scene = Scene::new();
    let Ok(Created::New(ticket, told)) = create(&scene, None).await else {
        panic!("not created");
    };
    assert_eq!(types(&told), [TicketCreated, MessageReceived]);
    let message = &ticket.window.messages()[0];
    assert_eq!(message.sender_type, SenderType::Customer);
    assert_eq!(ticket.priority, Priority::High);
    assert!(scene.store.all_sends().is_empty());
    let window = ticket.reply_window(ticket.created_at);
    assert_eq!(
        window,
        ReplyWindow::Free(None),
        "nobody knows when the customer wrote on the platform, which decides"
    );
    scene.receive(vec![text(ONE, ANN, "a1", "Hello?")]).await;
    assert_eq!(scene.only_ticket().message_count, 2);
    scene.assert_laws();
}

#[tokio::test]
async fn an_open_ticket_is_named_instead_of_opening_another() {
    let (scene, id) = Scene::with_ticket().await;
    let refused = create(&scene, None).await;
    assert!(matches!(refused, Err(CreateError::OpenTicketExists(open)) if open == id));
    assert_eq!(scene.only_ticket().message_count, 1);
}

#[tokio::test]
async fn after_a_resolved_or_closed_ticket_a_new_one_is_opened_and_is_current() {
    for status in [Status::Resolved, Status::Closed] {
        let (scene, old) = Scene::with_status(status).await;
        let created = create(&scene, None).await;
        assert!(matches!(created, Ok(Created::New(..))), "{created:?}");
        assert_eq!(scene.ticket(&old).status, status, "it is not reopened");
        scene.receive(vec![text(ONE, ANN, "a1", "Hello?")]).await;
        assert_eq!(scene.ticket(&old).message_count, 1);
        scene.assert_laws();
    }
}

#[tokio::test]
async fn the_same_key_again_opens_nothing_even_at_the_same_time() {
    let scene = Scene::new();
    let processes: Vec<Scene> = (0..10).map(|_| scene.fresh_process()).collect();
    let answers = join_all(processes.iter().map(|p| create(p, Some("key")))).await;
    let mut new = 0;
    for answer in answers {
        match answer {
            Ok(Created::New(..)) => new += 1,
            Ok(Created::Repeated(ticket)) => assert_eq!(ticket.id, scene.only_ticket().id),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((new, scene.only_ticket().message_count), (1, 1));
}

#[tokio::test]
async fn a_message_that_opens_a_ticket_first_makes_the_creation_a_conflict() {
    let scene = Scene::new();
    let other = scene.fresh_process();
    scene.store.befall([Fate::after(async move {
        other.receive(vec![text(ONE, ANN, "a1", "Hello")]).await;
    })]);
    let refused = create(&scene, None).await;
    assert!(matches!(refused, Err(CreateError::OpenTicketExists(_))));
    assert_eq!(scene.only_ticket().message_count, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn a_message_about_to_reopen_goes_to_the_ticket_opened_in_between() {
    let (scene, old) = Scene::with_status(Status::Resolved).await;
    let other = scene.fresh_process();
    scene.store.befall([Fate::after(async move {
        let created = create(&other, None).await;
        assert!(matches!(created, Ok(Created::New(..))));
    })]);
    scene.receive(vec![text(ONE, ANN, "a1", "Hello?")]).await;
    assert_eq!(scene.ticket(&old).status, Status::Resolved);
    assert_eq!(scene.ticket(&old).message_count, 1);
    scene.assert_laws();
}

#[tokio::test]
async fn strangers_and_status_holders_open_nothing() {
    let (scene, id) = Scene::with_ticket().await;
    for principal in [
        Principal::Stranger,
        Principal::StatusHolder { ticket_id: id },
    ] {
        let wish = request(None);
        let created = create_ticket(&scene.desk, &principal, &wish, scene.deadline()).await;
        assert!(matches!(created, Err(CreateError::Forbidden)));
    }
}
