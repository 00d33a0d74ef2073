//! Who works here: the users of the pool's two groups, from Cognito, cached.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use aws_sdk_cognitoidentityprovider::operation::list_users_in_group::ListUsersInGroupError;
use aws_sdk_cognitoidentityprovider::types::UserType;
use tokio::sync::OnceCell;

use crate::aws::Aws;
use crate::cached::{Cached, Lifetimes};
use crate::clock::{self, Clock};
use crate::{Problem, ProblemCode};

/// The group whose users may use every ticket.
pub const AGENTS: &str = "Agents";
/// The group whose users may also do what is reserved to them.
pub const SUPERVISORS: &str = "Supervisors";

const FRESH_S: i64 = 60;
const STALE_S: i64 = 600;
const REST_S: i64 = 2;
/// An unknown id causes at most one reading in this time.
const UNKNOWN_S: i64 = 10;

/// The enabled users of both groups.
pub struct AgentDirectory {
    aws: Aws,
    user_pool_id: String,
    clock: Clock,
    client: OnceCell<Client>,
    agents: Cached<Arc<Vec<Agent>>, DirectoryUnavailable>,
}

/// One user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Cognito's `sub`, permanent.
    pub agent_id: String,
    /// Mail address; empty if the pool knows none.
    pub email: String,
    /// Name, if the pool knows one.
    pub name: Option<String>,
    /// The groups of the two the user is in, in the order of their names.
    pub groups: Vec<String>,
}

/// Cognito cannot be asked and nothing recent is held: answer 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the directory of agents cannot be read")]
pub struct DirectoryUnavailable;

impl AgentDirectory {
    /// The directory of one user pool. Nothing is read, and no client made, before it is first asked.
    pub fn new(aws: Aws, user_pool_id: impl Into<String>) -> Self {
        Self {
            aws,
            user_pool_id: user_pool_id.into(),
            clock: clock::system(),
            client: OnceCell::new(),
            agents: Cached::new(Lifetimes {
                fresh_s: FRESH_S,
                stale_s: STALE_S,
                rest_s: REST_S,
            }),
        }
    }

    /// Everyone, by mail address; at most 60 s old (10 minutes while Cognito fails).
    ///
    /// # Errors
    /// [`DirectoryUnavailable`].
    pub async fn list(&self) -> Result<Arc<Vec<Agent>>, DirectoryUnavailable> {
        let now = (self.clock)();
        let agents = self.agents.get(now, || self.read()).await?;
        Ok(Arc::clone(&agents))
    }

    /// The user with this `sub`; an unknown one is looked up afresh, at most once in 10 s for all.
    ///
    /// # Errors
    /// [`DirectoryUnavailable`]. A failed second look is not one: then the user is unknown.
    pub async fn find(&self, sub: &str) -> Result<Option<Agent>, DirectoryUnavailable> {
        let among = |agents: &[Agent]| agents.iter().find(|agent| agent.agent_id == sub).cloned();
        if let Some(agent) = among(&self.list().await?) {
            return Ok(Some(agent));
        }
        let agents = self
            .agents
            .reload((self.clock)(), UNKNOWN_S, || self.read())
            .await;
        Ok(agents.ok().and_then(|agents| among(&agents)))
    }

    async fn read(&self) -> Result<Arc<Vec<Agent>>, DirectoryUnavailable> {
        let mut agents: BTreeMap<String, Agent> = BTreeMap::new();
        for group in [AGENTS, SUPERVISORS] {
            for user in self.users_in(group).await? {
                let Some(agent) = enabled(&user) else {
                    continue;
                };
                let agent = agents.entry(agent.agent_id.clone()).or_insert(agent);
                agent.groups.push(group.to_owned());
            }
        }
        let mut agents: Vec<Agent> = agents.into_values().collect();
        agents.sort_by(|a, b| (&a.email, &a.agent_id).cmp(&(&b.email, &b.agent_id)));
        Ok(Arc::new(agents))
    }

    async fn users_in(&self, group: &str) -> Result<Vec<UserType>, DirectoryUnavailable> {
        let client = self
            .client
            .get_or_init(|| async { Client::new(self.aws.config().await) })
            .await;
        let mut pages = client
            .list_users_in_group()
            .user_pool_id(&self.user_pool_id)
            .group_name(group)
            .into_paginator()
            .items()
            .send();
        let mut users = Vec::new();
        while let Some(user) = pages.next().await {
            match user {
                Ok(user) => users.push(user),
                Err(error) if error.as_service_error().is_some_and(is_absent) => {
                    return Ok(Vec::new());
                }
                Err(error) => {
                    tracing::error!(
                        group,
                        why = error.code().unwrap_or("no answer"),
                        "agents cannot be read"
                    );
                    return Err(DirectoryUnavailable);
                }
            }
        }
        Ok(users)
    }
}

fn is_absent(error: &ListUsersInGroupError) -> bool {
    error.is_resource_not_found_exception()
}

/// The user without groups, unless disabled.
fn enabled(user: &UserType) -> Option<Agent> {
    let attribute = |name: &str| {
        let found = user
            .attributes()
            .iter()
            .find(|attribute| attribute.name() == name);
        found
            .and_then(|attribute| attribute.value())
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    };
    if !user.enabled() {
        return None;
    }
    Some(Agent {
        agent_id: attribute("sub")?,
        email: attribute("email").unwrap_or_default(),
        name: attribute("name"),
        groups: Vec::new(),
    })
}

impl From<DirectoryUnavailable> for Problem {
    fn from(_: DirectoryUnavailable) -> Self {
        Self::new(ProblemCode::TemporarilyUnavailable)
    }
}

#[cfg(test)]
mod tests;
