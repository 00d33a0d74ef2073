//! The relay Lambda, wired.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use tributary_blobs::S3Blobs;
use tributary_edge::aws::Aws;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use tributary_edge::settings::EnvReader;
use tributary_relay::{Nobody, Relay, Settings, SqsWaker, Waker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let telemetry = tributary_telemetry::init("relay");
    let settings = Settings::read(EnvReader::from_process())?;
    let region = std::env::var("AWS_REGION").unwrap_or_default();
    let aws = Aws::from_environment();
    let tickets = tributary_dynamodb::from_settings(&settings.tables, aws.clone());
    let blobs = S3Blobs::new(settings.blobs_bucket.clone(), aws.clone());
    let secrets = Arc::new(Secrets::new(
        aws.clone(),
        settings.secrets_prefix.clone(),
        SECRET_TTL,
    ));
    let waker: Arc<dyn Waker> = match settings.wake_queue_url.clone() {
        Some(url) => Arc::new(SqsWaker::new(aws, url)),
        None => Arc::new(Nobody),
    };
    let relay = &Relay::new(settings, &region, tickets, blobs, secrets, waker)?;
    relay.publisher.warm();
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let done = Box::pin(relay.handle(&event.payload)).await;
        telemetry.flush();
        done.map_err(Error::from)
    }))
    .await
}
