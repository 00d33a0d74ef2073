//! Who may do what.

use crate::id::{AgentId, TicketId};
use crate::permission::{Action, Principal, actions, may};
use crate::scene::{Scene, agent, supervisor};
use crate::ticket::Status;

fn every_action() -> Vec<Action> {
    let fixed = [
        Action::Read,
        Action::Create,
        Action::Reply,
        Action::Note,
        Action::Update,
        Action::Assign,
        Action::ReadStatus,
        Action::SeeChannels,
    ];
    let moves = Status::ALL.iter().map(|to| Action::Move(*to));
    fixed.into_iter().chain(moves).collect()
}

#[test]
fn the_highest_group_counts_and_no_group_of_ours_is_a_stranger() {
    let id = || AgentId::parse("a").expect("an agent");
    let in_groups = |groups: &[&str]| {
        let groups: Vec<String> = groups.iter().map(|g| (*g).to_owned()).collect();
        Principal::signed_in(id(), &groups)
    };
    let role = |principal: Principal| match principal {
        Principal::Agent { role, .. } => Some(role),
        Principal::Stranger | Principal::Chatbot | Principal::StatusHolder { .. } => None,
    };
    use crate::permission::Role::{Agent, Supervisor};
    assert_eq!(
        role(in_groups(&["Agents", "Supervisors"])),
        Some(Supervisor)
    );
    assert_eq!(role(in_groups(&["Agents"])), Some(Agent));
    assert_eq!(role(in_groups(&["agents", "Admins"])), None);
    assert_eq!(role(in_groups(&[])), None);
}

#[tokio::test]
async fn everybody_but_agents_may_one_thing_at_most() {
    let (scene, id) = Scene::with_ticket().await;
    let ticket = scene.ticket(&id);
    let other = TicketId::generate(ticket.created_at, 1);
    let holder = |ticket_id| Principal::StatusHolder { ticket_id };
    for (principal, allowed) in [
        (Principal::Stranger, vec![]),
        (Principal::Chatbot, vec![Action::Create]),
        (holder(id), vec![Action::ReadStatus]),
        (holder(other), vec![]),
    ] {
        let may: Vec<Action> = every_action()
            .into_iter()
            .filter(|a| may(&principal, *a, Some(&ticket)))
            .collect();
        assert_eq!(may, allowed, "{principal:?}");
    }
}

#[tokio::test]
async fn the_actions_offered_are_those_that_work() {
    let closed: &[&str] = &["reply", "note", "assign", "update"];
    for &status in Status::ALL {
        let (scene, id) = Scene::with_status(status).await;
        let ticket = scene.ticket(&id);
        let moves: &[&str] = match status {
            Status::New => &["open", "pend", "resolve", "close"],
            Status::Open => &["pend", "resolve", "close"],
            Status::PendingCustomer => &["open", "resolve", "close"],
            Status::Resolved => &["reopen", "close"],
            Status::Closed => &[],
        };
        assert_eq!(actions(&agent(), &ticket), [closed, moves].concat());
        let reopen: &[&str] = match status {
            Status::Closed => &["reopen"],
            Status::New | Status::Open | Status::PendingCustomer | Status::Resolved => moves,
        };
        assert_eq!(actions(&supervisor(), &ticket), [closed, reopen].concat());
        assert!(actions(&Principal::Stranger, &ticket).is_empty());
    }
}

#[tokio::test]
async fn nothing_is_offered_on_a_merged_ticket() {
    let (scene, id) = Scene::with_ticket().await;
    let mut ticket = scene.ticket(&id);
    ticket.merged_into = Some(id);
    assert!(actions(&supervisor(), &ticket).is_empty());
}
