//! The Lambda that takes mail out of the bucket, wired.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use tributary_blobs::S3Blobs;
use tributary_edge::aws::Aws;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use tributary_edge::settings::EnvReader;
use tributary_webhooks::mail::take_arrived;
use tributary_webhooks::{Deps, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let telemetry = tributary_telemetry::init("mail");
    let settings = Settings::read(EnvReader::from_process())?;
    let region = std::env::var("AWS_REGION").unwrap_or_default();
    let aws = Aws::from_environment();
    let tickets = tributary_dynamodb::from_settings(&settings.tables, aws.clone());
    let blobs = S3Blobs::new(settings.blobs_bucket.clone(), aws.clone());
    let prefix = settings.secrets_prefix.clone();
    let secrets = Arc::new(Secrets::new(aws, prefix, SECRET_TTL));
    let deps = &Deps::new(settings, &region, tickets, blobs, secrets);
    deps.publisher.warm();
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let done = Box::pin(take_arrived(deps, &event.payload)).await;
        telemetry.flush();
        done.map_err(Error::from)
    }))
    .await
}
