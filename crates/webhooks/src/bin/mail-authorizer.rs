//! The Lambda that API Gateway asks before it takes a mail, wired.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use tributary_edge::aws::Aws;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use tributary_edge::settings::EnvReader;
use tributary_webhooks::mail::authorize;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let telemetry = tributary_telemetry::init("mail-authorizer");
    let prefix = EnvReader::from_process().read(EnvReader::secrets_prefix)?;
    let secrets = &Secrets::new(Aws::from_environment(), prefix, SECRET_TTL);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let done = Box::pin(authorize(secrets, &event.payload)).await;
        telemetry.flush();
        done.map_err(Error::from)
    }))
    .await
}
