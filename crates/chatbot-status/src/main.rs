//! The chatbot-status Lambda, wired.

use std::sync::Arc;

use tributary_blobs::S3Blobs;
use tributary_chatbot_status::{Deps, Settings, router};
use tributary_edge::aws::Aws;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use tributary_edge::settings::EnvReader;
use tributary_edge::{lambda, layers};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let telemetry = tributary_telemetry::init("chatbot-status");
    let settings = Settings::read(EnvReader::from_process())?;
    let aws = Aws::from_environment();
    let tickets = tributary_dynamodb::from_settings(&settings.tables, aws.clone());
    let blobs = S3Blobs::new(settings.blobs_bucket.clone(), aws.clone());
    let secrets = Arc::new(Secrets::new(
        aws.clone(),
        settings.secrets_prefix.clone(),
        SECRET_TTL,
    ));
    let origins = settings.allowed_origins.clone();
    let deps = Deps::new(settings, tickets, blobs, secrets, aws);
    lambda::run(layers::door(router(Arc::new(deps)), &origins), telemetry).await
}
