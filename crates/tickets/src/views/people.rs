//! Customers and agents on the wire.

use serde::Serialize;
use tributary_domain::Customer;
use tributary_edge::agents::Agent;
use utoipa::ToSchema;

use super::names::ChannelName;

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerView {
    /// The customer's id.
    #[schema(example = "cust_01arz3ndektsv4rrffq69g5fav")]
    pub internal_id: String,
    /// The name, if known.
    #[schema(required)]
    pub name: Option<String>,
    /// The address, if known. It proves nothing.
    #[schema(required)]
    pub primary_email: Option<String>,
    /// Every channel the customer has used, in order of first use.
    pub channels: Vec<ChannelName>,
    /// Every identity of the customer.
    #[schema(example = json!(["whatsapp:15550100"]))]
    pub identities: Vec<String>,
    /// First contact.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentView {
    /// The Cognito `sub`.
    pub agent_id: String,
    /// The mail address, if Cognito knows one.
    #[schema(required)]
    pub email: Option<String>,
    /// The name, if Cognito knows one.
    #[schema(required)]
    pub name: Option<String>,
    /// `Agents`, `Supervisors` or both.
    #[schema(example = json!(["Agents"]))]
    pub groups: Vec<String>,
}

/// All agents.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentsView {
    /// By mail address.
    pub agents: Vec<AgentView>,
}

impl From<Customer> for CustomerView {
    fn from(customer: Customer) -> Self {
        let Customer {
            id,
            name,
            primary_email,
            channels,
            identities,
            created_at,
            renamed_at: _,
            joined_into: _,
        } = customer;
        Self {
            internal_id: id.to_string(),
            name,
            primary_email,
            channels: channels.into_iter().map(ChannelName::from).collect(),
            identities: identities.iter().map(ToString::to_string).collect(),
            created_at: created_at.to_string(),
        }
    }
}

impl From<Agent> for AgentView {
    fn from(agent: Agent) -> Self {
        let Agent {
            agent_id,
            email,
            name,
            groups,
        } = agent;
        Self {
            agent_id,
            email: (!email.is_empty()).then_some(email),
            name,
            groups,
        }
    }
}
