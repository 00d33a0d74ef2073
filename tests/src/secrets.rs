//! Secrets that a test keeps beside the development secrets, under a prefix of its own.

use anyhow::Result;
use serde_json::Value;
use tributary_local::emulator::sdk_config;

use crate::world::World;

/// What is kept under this name.
///
/// # Errors
/// When nothing is.
pub async fn held(world: &World, name: &str) -> Result<Value> {
    let secrets = aws_sdk_secretsmanager::Client::new(&sdk_config(&world.aws_url));
    let held = secrets.get_secret_value().secret_id(name).send().await?;
    Ok(serde_json::from_str(
        held.secret_string().unwrap_or_default(),
    )?)
}

/// Keeps a secret under this name, in place of what was kept there.
///
/// # Errors
/// When the emulator does not answer.
pub async fn hold(world: &World, name: &str, secret: &Value) -> Result<()> {
    let secrets = aws_sdk_secretsmanager::Client::new(&sdk_config(&world.aws_url));
    let text = secret.to_string();
    let created = secrets.create_secret().name(name).secret_string(&text);
    let Err(error) = created.send().await else {
        return Ok(());
    };
    let error = error.into_service_error();
    if !error.is_resource_exists_exception() {
        return Err(error.into());
    }
    let changed = secrets.put_secret_value().secret_id(name);
    changed.secret_string(text).send().await?;
    Ok(())
}
