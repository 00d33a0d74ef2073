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

    /// The ids of this person's tickets, the newest activity first.
    ///
    /// # Errors
    /// When they are refused.
    pub async fn tickets_of(&self, person: &str) -> Result<Vec<String>> {
        let mut rows = self.list().await?;
        rows.retain(|row| row["source"]["origin_platform_id"] == person);
        Ok(rows.iter().map(id_of).collect())
    }

    /// The id of the only ticket of this person.
    ///
    /// # Errors
    /// When the person has none, or several.
    pub async fn ticket_of(&self, person: &str) -> Result<String> {
        let mut found = self.tickets_of(person).await?.into_iter();
        let id = found.next().context("the person has no ticket")?;
        ensure!(found.next().is_none(), "the person has several tickets");
        Ok(id)
    }

    /// Changes a ticket; returns it as it is then.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn change(&self, id: &str, change: Value) -> Result<Value> {
        let path = format!("/api/tickets/{id}");
        let answer = self.call("PUT", &path, Some(change)).await?;
        ensure!(answer.status == 200, "{}", answer.text());
        Ok(answer.json())
    }

    /// Moves a ticket to a status.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn move_to(&self, id: &str, status: &str) -> Result<Value> {
        self.change(id, json!({"status": status})).await
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
        delivery_in(&self.ticket(id).await?["timeline"], content)
    }

    /// The same of a message that the ticket no longer holds itself.
    ///
    /// # Errors
    /// When the ticket is refused or has no such message among the latest of the older ones.
    pub async fn older_delivery(&self, id: &str, content: &str) -> Result<Value> {
        let ticket = self.ticket(id).await?;
        let cursor = ticket["older_timeline"].as_str();
        let cursor = cursor.context("nothing has left the window")?;
        let path = format!("/api/tickets/{id}/timeline?cursor={cursor}");
        let answer = self.call("GET", &path, None).await?;
        ensure!(answer.status == 200, "{}", answer.text());
        delivery_in(&answer.json()["messages"], content)
    }
}

fn delivery_in(messages: &Value, content: &str) -> Result<Value> {
    let mut messages = messages.as_array().into_iter().flatten();
    let found = messages.find(|m| m["content"] == content);
    let message = found.context("there is no such message")?;
    Ok(message["delivery"].clone())
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
