//! What the running stack tells people and tools about itself.

use serde::Serialize;

use crate::seed::{AGENT_EMAIL, AGENT_PASSWORD, SUPERVISOR_EMAIL, SUPERVISOR_PASSWORD};

/// `GET /local/info`.
#[derive(Debug, Clone, Serialize)]
pub struct Info {
    /// Where the API is.
    pub api_url: String,
    /// Where the workbench is.
    pub workbench_url: String,
    /// The embedded DynamoDB.
    pub dynamodb_url: String,
    /// The embedded broker.
    pub kafka_bootstrap: String,
    /// The emulated Secrets Manager and S3.
    pub aws_url: String,
    /// The providers' doubles, used where no provider is set in the environment.
    pub provider_double_url: String,
    /// The emulated Cognito.
    pub cognito: CognitoInfo,
    /// A seeded agent.
    pub agent: SignIn,
    /// A seeded supervisor.
    pub supervisor: SignIn,
    /// Names of the tables.
    pub tables: TablesInfo,
    /// Names of the topics.
    pub topics: TopicsInfo,
}

/// Where to sign in.
#[derive(Debug, Clone, Serialize)]
pub struct CognitoInfo {
    /// Its address.
    pub endpoint: String,
    /// The user pool.
    pub user_pool_id: String,
    /// The workbench's client.
    pub client_id: String,
}

/// Somebody who may sign in.
#[derive(Debug, Clone, Serialize)]
pub struct SignIn {
    /// The address.
    pub email: &'static str,
    /// The password.
    pub password: &'static str,
}

/// Names of the tables.
#[derive(Debug, Clone, Serialize)]
pub struct TablesInfo {
    /// Tickets.
    pub tickets: String,
    /// Customers and identities.
    pub customers: String,
    /// Slots, outbox, idempotency.
    pub ledger: String,
    /// Older messages.
    pub timeline: String,
}

/// Names of the topics.
#[derive(Debug, Clone, Serialize)]
pub struct TopicsInfo {
    /// Ticket events.
    pub tickets: &'static str,
    /// Message events.
    pub messages: &'static str,
}

/// The seeded agent.
pub(crate) const AGENT: SignIn = SignIn {
    email: AGENT_EMAIL,
    password: AGENT_PASSWORD,
};
/// The seeded supervisor.
pub(crate) const SUPERVISOR: SignIn = SignIn {
    email: SUPERVISOR_EMAIL,
    password: SUPERVISOR_PASSWORD,
};

impl Info {
    /// What to tell the person who started the stack.
    #[must_use]
    pub fn welcome(&self) -> String {
        let Self {
            workbench_url,
            agent,
            supervisor,
            ..
        } = self;
        format!(
            "\nTributary is running (Ctrl-C stops all of it)\n\n  \
             sandbox     {workbench_url}/sandbox\n  \
             workbench   {workbench_url}\n              \
             agent       {} / {}\n              \
             supervisor  {} / {}\n\n\
             Try first: open the sandbox and write as Ann Weber. Open the workbench, sign in as the agent\n\
             and answer. The reply arrives on Ann's phone in the sandbox, and its ticks in the workbench.\n\
             All addresses: {workbench_url}/local/info\n",
            agent.email, agent.password, supervisor.email, supervisor.password
        )
    }
}
