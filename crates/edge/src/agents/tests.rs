//! Who is listed, and how often Cognito is asked.

use super::*;
use crate::aws::tests::aws_at;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use wiremock::matchers::{body_partial_json, header};
use wiremock::{Mock, MockServer, ResponseTemplate};

struct Stand {
    server: MockServer,
    directory: AgentDirectory,
    now: Arc<AtomicI64>,
}

impl Stand {
    async fn new() -> Self {
        let server = MockServer::start().await;
        let now = Arc::new(AtomicI64::new(1_000_000));
        let mut directory = AgentDirectory::new(aws_at(&server.uri()), "pool");
        directory.clock = Arc::new({
            let now = Arc::clone(&now);
            move || now.load(Ordering::Relaxed)
        });
        Self {
            server,
            directory,
            now,
        }
    }

    async fn answer(&self, request: Value, status: u16, answer: Value) {
        Mock::given(header(
            "x-amz-target",
            "AWSCognitoIdentityProviderService.ListUsersInGroup",
        ))
        .and(body_partial_json(request))
        .respond_with(ResponseTemplate::new(status).set_body_json(answer))
        .mount(&self.server)
        .await;
    }

    /// Agents has two pages, Supervisors is `supervisors`.
    async fn staffed(&self, supervisors: Value) {
        self.answer(
            json!({"GroupName": AGENTS, "NextToken": "more"}),
            200,
            json!({"Users": [user("sub-b", "b@example.com", true), user("sub-off", "off@example.com", false)]}),
        )
        .await;
        self.answer(
            json!({"GroupName": AGENTS, "UserPoolId": "pool"}),
            200,
            json!({"Users": [user("sub-c", "c@example.com", true)], "NextToken": "more"}),
        )
        .await;
        self.answer(
            json!({"GroupName": SUPERVISORS}),
            200,
            json!({"Users": supervisors}),
        )
        .await;
    }

    async fn asked(&self) -> usize {
        self.server
            .received_requests()
            .await
            .expect("recorded")
            .len()
    }

    fn wait(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }
}

fn user(sub: &str, email: &str, enabled: bool) -> Value {
    json!({"Username": email, "Enabled": enabled, "Attributes": [
        {"Name": "sub", "Value": sub}, {"Name": "email", "Value": email}, {"Name": "name", "Value": ""},
    ]})
}

#[tokio::test]
async fn everyone_enabled_in_either_group_is_listed_once_over_all_pages() {
    let stand = Stand::new().await;
    stand
        .staffed(json!([
            user("sub-a", "a@example.com", true),
            user("sub-b", "b@example.com", true)
        ]))
        .await;
    let agents = stand.directory.list().await.expect("read");
    let seen: Vec<_> = agents
        .iter()
        .map(|agent| (agent.agent_id.as_str(), agent.groups.join("+")))
        .collect();
    let expected = [
        ("sub-a", "Supervisors"),
        ("sub-b", "Agents+Supervisors"),
        ("sub-c", "Agents"),
    ];
    assert_eq!(seen, expected.map(|(sub, groups)| (sub, groups.to_owned())));
    assert_eq!(agents[0].email, "a@example.com");
    assert_eq!(agents[0].name, None);
}

#[tokio::test]
async fn a_group_that_does_not_exist_is_empty() {
    let stand = Stand::new().await;
    let absent = json!({"__type": "ResourceNotFoundException", "message": "Group not found."});
    stand
        .answer(json!({"GroupName": AGENTS}), 400, absent.clone())
        .await;
    stand
        .answer(json!({"GroupName": SUPERVISORS}), 400, absent)
        .await;
    assert!(stand.directory.list().await.expect("read").is_empty());
}

#[tokio::test]
async fn the_list_is_kept_a_minute_and_read_by_one_caller() {
    let stand = Stand::new().await;
    stand.staffed(json!([])).await;
    let all = futures::future::join_all((0..10).map(|_| stand.directory.list())).await;
    assert!(all.iter().all(Result::is_ok));
    stand.wait(59);
    stand.directory.list().await.expect("kept");
    assert_eq!(stand.asked().await, 3);
    stand.wait(1);
    stand.directory.list().await.expect("read again");
    assert_eq!(stand.asked().await, 6);
}

#[tokio::test]
async fn an_unknown_id_is_looked_up_afresh_once_in_ten_seconds() {
    let stand = Stand::new().await;
    stand.staffed(json!([])).await;
    assert_eq!(
        stand
            .directory
            .find("sub-b")
            .await
            .expect("read")
            .expect("known")
            .email,
        "b@example.com"
    );
    stand.server.reset().await;
    stand
        .staffed(json!([user("sub-new", "new@example.com", true)]))
        .await;
    for _ in 0..20 {
        assert_eq!(stand.directory.find("sub-new").await, Ok(None));
    }
    assert_eq!(stand.asked().await, 0);
    stand.wait(10);
    assert!(
        stand
            .directory
            .find("sub-new")
            .await
            .expect("read")
            .is_some()
    );
    assert_eq!(stand.asked().await, 3);
}

#[tokio::test]
async fn while_cognito_fails_the_last_list_serves_and_without_one_it_is_unavailable() {
    let stand = Stand::new().await;
    let failure = json!({"__type": "NotAuthorizedException", "message": "no"});
    stand.answer(json!({}), 400, failure.clone()).await;
    assert_eq!(stand.directory.list().await, Err(DirectoryUnavailable));
    stand.server.reset().await;
    stand.staffed(json!([])).await;
    stand.wait(5);
    stand.directory.list().await.expect("read");
    stand.server.reset().await;
    stand.answer(json!({}), 400, failure).await;
    stand.wait(61);
    assert_eq!(stand.directory.list().await.expect("kept").len(), 2);
    assert_eq!(stand.directory.find("sub-unknown").await, Ok(None));
}
