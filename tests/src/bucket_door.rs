//! The door of mail in AWS: the bucket, as API Gateway fills it, and the function that S3 tells of what is in it.

use std::collections::BTreeSet;

use anyhow::Result;
use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};
use tributary_edge::auth::sendgrid_signature::Signer;
use tributary_local::emulator::sdk_config;
use tributary_local::stack::BUCKET;

use crate::runtime_api::{InvocationError, Lambda};
use crate::secrets::hold;
use crate::world::World;

/// The content type of what SendGrid posts.
pub const FORM: &str = "multipart/form-data; boundary=xYzZY";
/// When it was signed.
pub const TIMESTAMP: &str = "1793000000";

/// The gateway's door: the bucket, and the function that S3 tells of what is in it.
pub struct BucketDoor {
    /// The bucket.
    pub s3: aws_sdk_s3::Client,
    /// The function.
    pub mail: Lambda,
    /// Signs as SendGrid does.
    pub signer: Signer,
}

impl BucketDoor {
    /// With a secret of its own, whose key is the signer's.
    ///
    /// # Errors
    /// When a double does not answer.
    pub async fn open(world: &World, prefix: &str) -> Result<Self> {
        let signer = Signer::generate()?;
        let secret = json!({"api_key": "k", "inbound_public_key": signer.public_key()?});
        hold(world, &format!("{prefix}/sendgrid"), &secret).await?;
        let config = sdk_config(&world.aws_url);
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        let s3 = aws_sdk_s3::Client::from_conf(s3.build());
        let mail = world
            .function_with("mail", &[("SECRETS_PREFIX", prefix)])
            .await?;
        Ok(Self { s3, mail, signer })
    }

    /// Stores a mail as the gateway does.
    ///
    /// # Errors
    /// When a double does not answer.
    pub async fn store(
        &self,
        key: &str,
        body: &[u8],
        signature: Option<&str>,
        admitted: &str,
    ) -> Result<()> {
        let request = self.s3.put_object().bucket(BUCKET).key(key);
        let mut request = request
            .content_type(FORM)
            .metadata("timestamp", TIMESTAMP)
            .metadata("admitted", admitted);
        if let Some(signature) = signature {
            request = request.metadata("signature", signature);
        }
        request.body(ByteStream::from(body.to_vec())).send().await?;
        Ok(())
    }

    /// Tells the function of a mail, as S3 does through the queue.
    ///
    /// # Errors
    /// When a double does not answer.
    pub async fn tell(&self, key: &str) -> Result<Value, InvocationError> {
        let encoded = key.replace('=', "%3D");
        let event = json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": BUCKET}, "object": {"key": encoded}}}]});
        let message =
            json!({"messageId": "1", "eventSource": "aws:sqs", "body": event.to_string()});
        self.mail.invoke(json!({"Records": [message]})).await
    }

    /// What is in the bucket under a prefix.
    ///
    /// # Errors
    /// When a double does not answer.
    pub async fn keys(&self, prefix: &str) -> Result<BTreeSet<String>> {
        let listed = self.s3.list_objects_v2().bucket(BUCKET).prefix(prefix);
        let listed = listed.send().await?;
        let keys = listed.contents().iter().filter_map(|o| o.key.clone());
        Ok(keys.collect())
    }
}
