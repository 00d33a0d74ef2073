//! Who signs in, and the tokens that Cognito gives them.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tributary_local::seed::{self, Seeded};

use crate::world::World;

impl World {
    /// An access token of the seeded agent.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn agent_token(&self) -> Result<String> {
        self.token(seed::AGENT_EMAIL, seed::AGENT_PASSWORD).await
    }

    /// An access token of the seeded supervisor.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn supervisor_token(&self) -> Result<String> {
        self.token(seed::SUPERVISOR_EMAIL, seed::SUPERVISOR_PASSWORD)
            .await
    }

    /// An ID token of the seeded agent, which opens nothing.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn agent_id_token(&self) -> Result<String> {
        let Seeded { client_id, .. } = &self.seeded;
        let (email, password) = (seed::AGENT_EMAIL, seed::AGENT_PASSWORD);
        authenticate(&self.aws_url, client_id, email, password, "IdToken").await
    }

    async fn token(&self, email: &str, password: &str) -> Result<String> {
        sign_in(&self.aws_url, &self.seeded.client_id, email, password).await
    }
}

/// Signs in with Cognito and returns the access token.
///
/// # Errors
/// When Cognito refuses.
pub async fn sign_in(
    endpoint: &str,
    client_id: &str,
    email: &str,
    password: &str,
) -> Result<String> {
    authenticate(endpoint, client_id, email, password, "AccessToken").await
}

async fn authenticate(
    endpoint: &str,
    client_id: &str,
    email: &str,
    password: &str,
    kind: &str,
) -> Result<String> {
    let answer: Value = reqwest::Client::new()
        .post(endpoint)
        .header("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
        .header("Content-Type", "application/x-amz-json-1.1")
        .body(
            json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client_id, "AuthParameters": {"USERNAME": email, "PASSWORD": password}})
                .to_string(),
        )
        .send()
        .await?
        .json()
        .await?;
    answer["AuthenticationResult"][kind]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("Cognito gave no {kind}"))
}
