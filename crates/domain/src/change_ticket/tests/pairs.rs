//! Every pair of a status and a command: where it leads and what is told.

use crate::change_ticket::{Change, ChangeError, change_ticket, close_resolved};
use crate::delivery::DeliveryState;
use crate::event::EventType::{
    self, MessageDelivery, MessageReceived, MessageSent, TicketClosed, TicketCreated,
    TicketReopened, TicketResolved, TicketUpdated,
};
use crate::id::TicketId;
use crate::message::Visibility;
use crate::permission::{Principal, Role};
use crate::scene::{ANN, HOUR, ONE, Scene, agent, report, supervisor, text};
use crate::ticket::Status::{self, Closed, New, Open, PendingCustomer, Resolved};
use crate::ticket::{MoveNotAllowed, Mover};

/// Brings a ticket to `status`, runs `command`, and returns where it is and what was told.
async fn after<F: Future<Output = ()>>(
    status: Status,
    command: impl Fn(Scene, TicketId) -> F,
) -> (Status, Vec<EventType>) {
    let (scene, id) = Scene::with_status(status).await;
    let told = |scene: &Scene| {
        let all = scene.store.all_tickets().into_iter();
        all.flat_map(|t| scene.store.events(&t.id))
            .map(|e| e.event_type)
            .collect::<Vec<_>>()
    };
    let before = told(&scene).len();
    command(scene.clone(), id.clone()).await;
    scene.assert_laws();
    (scene.ticket(&id).status, told(&scene).split_off(before))
}

#[tokio::test]
async fn a_customers_message_in_every_status() {
    for &from in Status::ALL {
        let expected = match from {
            New => (New, vec![MessageReceived]),
            Open => (Open, vec![MessageReceived]),
            PendingCustomer => (Open, vec![TicketUpdated, MessageReceived]),
            Resolved => (Open, vec![TicketReopened, MessageReceived]),
            Closed => (Closed, vec![TicketCreated, MessageReceived]),
        };
        let got = after(from, |scene, _| async move {
            scene.surroundings.advance(HOUR);
            scene.receive(vec![text(ONE, ANN, "a1", "More")]).await;
        })
        .await;
        assert_eq!(got, expected, "{from:?}");
    }
}

#[tokio::test]
async fn an_agents_answer_and_note_in_every_status() {
    for &from in Status::ALL {
        let answered = match from {
            New => (Open, vec![TicketUpdated, MessageSent]),
            Open | PendingCustomer | Resolved | Closed => (from, vec![MessageSent]),
        };
        let got = after(from, |scene, id| async move {
            scene.reply(&id, "Answer").await;
        })
        .await;
        assert_eq!(got, answered, "{from:?}");
        let got = after(from, |scene, id| async move {
            let posted = scene.post(&id, "Note", Visibility::Internal, None).await;
            posted.expect("noted");
        })
        .await;
        assert_eq!(got, (from, vec![MessageSent]), "{from:?}");
    }
}

#[tokio::test]
async fn a_move_by_an_agent_or_a_supervisor_from_every_status_to_every_status() {
    for &from in Status::ALL {
        for &to in Status::ALL {
            for (mover, principal) in [(Mover::Agent, agent()), (Mover::Supervisor, supervisor())] {
                let allowed = from.decide(to, mover);
                let told = match (&allowed, from, to) {
                    (Err(_) | Ok(None), _, _) => vec![],
                    (Ok(Some(_)), _, Resolved) => vec![TicketResolved],
                    (Ok(Some(_)), _, Closed) => vec![TicketClosed],
                    (Ok(Some(_)), Resolved | Closed, New | Open | PendingCustomer) => {
                        vec![TicketReopened]
                    }
                    (Ok(Some(_)), New | Open | PendingCustomer, New | Open | PendingCustomer) => {
                        vec![TicketUpdated]
                    }
                };
                let end = if allowed.is_ok() { to } else { from };
                let refused = allowed.err();
                let got = after(from, |scene, id| {
                    let (principal, refused) = (principal.clone(), refused.clone());
                    async move { move_to(&scene, &id, principal, to, refused).await }
                })
                .await;
                assert_eq!(got, (end, told), "{from:?} to {to:?} by {mover:?}");
            }
        }
    }
}

async fn move_to(
    scene: &Scene,
    id: &TicketId,
    principal: Principal,
    to: Status,
    refused: Option<MoveNotAllowed>,
) {
    let change = Change {
        status: Some(to),
        ..Change::default()
    };
    let before = scene.ticket(id);
    let moved = change_ticket(&scene.desk, &principal, id, &change, None, scene.deadline()).await;
    match (moved, refused) {
        (Ok((ticket, _)), None) => assert_eq!(ticket, scene.ticket(id)),
        (Err(ChangeError::MoveNotAllowed(told)), Some(expected)) => {
            assert_eq!(told, expected);
            assert_eq!(scene.ticket(id), before);
        }
        (moved, refused) => panic!("{moved:?} instead of {refused:?}"),
    }
}

#[tokio::test]
async fn a_delivery_report_in_every_status_moves_nothing_but_the_delivery() {
    for &from in Status::ALL {
        let (scene, id) = Scene::with_ticket().await;
        scene.reply(&id, "Answer").await;
        scene.relay(&id).await.expect("sent");
        scene.move_to(&id, from).await.ok();
        let before = scene.ticket(&id);
        scene.surroundings.advance(HOUR);
        let read = report(ONE, ANN, "out.1", DeliveryState::Read);
        let outcome = scene.deliver(vec![read]).await;
        assert_eq!(
            crate::scene::types(&outcome.received.events),
            [MessageDelivery]
        );
        let ticket = scene.ticket(&id);
        assert_eq!(ticket.status, before.status);
        assert_eq!(
            ticket.updated_at, before.updated_at,
            "a tick is no activity"
        );
        assert_eq!(ticket.listed_version, before.listed_version);
        assert_eq!(ticket.version, before.version + 1);
    }
}

#[tokio::test]
async fn time_closes_a_resolved_ticket_and_no_other() {
    for &from in Status::ALL {
        for (days, is_due) in [(6, false), (7, true)] {
            let expected = match (from, is_due) {
                (Resolved, true) => (Closed, vec![TicketClosed]),
                (New | Open | PendingCustomer | Resolved | Closed, _) => (from, vec![]),
            };
            let got = after(from, |scene, id| async move {
                scene.surroundings.advance(days * 24 * HOUR);
                let closed = close_resolved(&scene.desk, &id, scene.deadline()).await;
                closed.expect("looked at");
            })
            .await;
            assert_eq!(got, expected, "{from:?} after {days} days");
        }
    }
}

#[test]
fn a_role_moves_as_the_table_says() {
    assert_eq!(Role::Agent.mover(), Mover::Agent);
    assert_eq!(Role::Supervisor.mover(), Mover::Supervisor);
}
