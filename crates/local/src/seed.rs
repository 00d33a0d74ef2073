//! What a fresh stack holds: the user pool with its two people, the development secrets, the bucket.
//! Runs at every start; what is there already stays as it is.
use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_s3::types::{CorsConfiguration, CorsRule};

mod cognito;
mod secrets;

/// The prefix of the secrets in the local stack.
pub const SECRETS_PREFIX: &str = "tributary";
/// The agent's e-mail, which is also what one signs in with.
pub const AGENT_EMAIL: &str = "agent@example.com";
/// The agent's password.
pub const AGENT_PASSWORD: &str = "Agent-pass-1";
/// The supervisor's e-mail.
pub const SUPERVISOR_EMAIL: &str = "supervisor@example.com";
/// The supervisor's password.
pub const SUPERVISOR_PASSWORD: &str = "Supervisor-pass-1";

/// The ids that the emulator chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// The user pool.
    pub user_pool_id: String,
    /// The workbench's app client.
    pub client_id: String,
    /// Cognito `sub` of the agent.
    pub agent_id: String,
    /// Cognito `sub` of the supervisor.
    pub supervisor_id: String,
}

/// Creates what is missing: user pool, app client, groups, people, secrets and `bucket`. `config` points at
/// the emulator ([`crate::emulator::sdk_config`]).
///
/// # Errors
/// When the emulator refuses or does not answer.
pub async fn seed(config: &SdkConfig, bucket: &str) -> Result<Seeded> {
    let (seeded, secrets, bucket) = tokio::join!(
        cognito::seed(config),
        secrets::seed(config, SECRETS_PREFIX),
        create_bucket(config, bucket)
    );
    secrets.context("cannot create the development secrets")?;
    bucket.context("cannot create the bucket")?;
    seeded.context("cannot create the user pool")
}

async fn create_bucket(config: &SdkConfig, bucket: &str) -> Result<()> {
    let client = aws_sdk_s3::Client::from_conf(
        aws_sdk_s3::config::Builder::from(config)
            .force_path_style(true)
            .build(),
    );
    if client.head_bucket().bucket(bucket).send().await.is_ok() {
        return let_browsers_post(&client, bucket).await;
    }
    match client.create_bucket().bucket(bucket).send().await {
        Ok(_) => {}
        Err(error) => {
            let error = error.into_service_error();
            if !error.is_bucket_already_owned_by_you() {
                return Err(error.into());
            }
        }
    }
    let_browsers_post(&client, bucket).await
}

/// Lets pages of any origin post files with the forms they were given; production names the workbench's.
async fn let_browsers_post(client: &aws_sdk_s3::Client, bucket: &str) -> Result<()> {
    let rule = CorsRule::builder()
        .allowed_methods("POST")
        .allowed_origins("*")
        .build()?;
    let rules = CorsConfiguration::builder().cors_rules(rule).build()?;
    let request = client.put_bucket_cors().bucket(bucket);
    request.cors_configuration(rules).send().await?;
    Ok(())
}
