//! What an agent does at the desk, through the built tickets function.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::runtime_api::{HttpAnswer, Lambda};
use crate::world::{World, call};

/// A signed-in agent and the function that answers.
pub struct Desk {
    tickets: Lambda,
    token: String,
}

impl Desk {
    /// Starts the function and signs the seeded agent in.
    ///
    /// # Errors
    /// When either fails.
    pub async fn open(world: &World) -> Result<Self> {
        Ok(Self {
            tickets: world.function("tickets").await?,
            token: world.agent_token().await?,
        })
    }

    /// The agent's access token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The function.
    #[must_use]
    pub fn function(&self) -> &Lambda {
        &self.tickets
    }

    /// Any call.
    ///
    /// # Errors
    /// When the function does not answer.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Result<HttpAnswer> {
        call(&self.tickets, &self.token, method, path, body).await
    }

    /// The newest hundred tickets, as rows of the list.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn list(&self) -> Result<Vec<Value>> {
        let answer = self.call("GET", "/api/tickets?limit=100", None).await?;
        ensure!(answer.status == 200, "{}", answer.text());
        let list = answer.json();
        list["tickets"].as_array().cloned().context("no list")
    }

    /// The id of the only ticket of this person.
    ///
    /// # Errors
    /// When the person has none, or several.
    pub async fn ticket_of(&self, person: &str) -> Result<String> {
        let rows = self.list().await?;
        let mut found = rows
            .iter()
            .filter(|row| row["source"]["origin_platform_id"] == person);
        let row = found.next().context("the person has no ticket")?;
        ensure!(found.next().is_none(), "the person has several tickets");
        Ok(id_of(row))
    }

    /// A ticket with its timeline.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn ticket(&self, id: &str) -> Result<Value> {
        let answer = self
            .call("GET", &format!("/api/tickets/{id}"), None)
            .await?;
        ensure!(answer.status == 200, "{}", answer.text());
        Ok(answer.json())
    }

    /// Answers the customer; returns the new message's id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn reply(&self, id: &str, content: &str) -> Result<String> {
        self.post(id, &json!({"content": content})).await
    }

    /// Writes a note; returns its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn note(&self, id: &str, content: &str) -> Result<String> {
        self.post(id, &json!({"content": content, "visibility": "internal"}))
            .await
    }

    async fn post(&self, id: &str, body: &Value) -> Result<String> {
        let path = format!("/api/tickets/{id}/message");
        let answer = self.call("POST", &path, Some(body.clone())).await?;
        ensure!(answer.status == 201, "{}", answer.text());
        let ticket = answer.json();
        let last = ticket["timeline"]
            .as_array()
            .and_then(|t| t.last())
            .context("the answer has no timeline")?;
        Ok(last["message_id"].as_str().unwrap_or_default().to_owned())
    }

    /// How the delivery of the message with this content stands.
    ///
    /// # Errors
    /// When the ticket is refused or has no such message.
    pub async fn delivery(&self, id: &str, content: &str) -> Result<Value> {
        let ticket = self.ticket(id).await?;
        messages(&ticket)
            .find(|m| m["content"] == content)
            .map(|m| m["delivery"].clone())
            .context("the ticket has no such message")
    }
}

/// The id in a ticket or a row.
#[must_use]
pub fn id_of(ticket: &Value) -> String {
    ticket["ticket_id"].as_str().unwrap_or_default().to_owned()
}

/// What people wrote, in the order of the timeline.
pub fn messages(ticket: &Value) -> impl Iterator<Item = &Value> {
    ticket["timeline"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|m| m["sender_type"] != "system")
}
