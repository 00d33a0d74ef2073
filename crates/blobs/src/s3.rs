//! The blob port on S3.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::Object;
use tokio::sync::OnceCell;
use tributary_domain::Timestamp;
use tributary_domain::ports::{Blobs, PortError, StoredBlob};
use tributary_edge::aws::Aws;

use crate::disposition::attachment;

pub(crate) mod mail;
mod uploads;

/// The longest a signed address may be valid (S3, "Download and upload objects with presigned URLs").
const LONGEST_VALID: Duration = Duration::from_secs(7 * 24 * 3600);
/// The most that one call lists (ListObjectsV2, API reference).
const LARGEST_PAGE: usize = 1000;

/// Blobs in one bucket. The client is made at first use. Clones share it.
#[derive(Clone)]
pub struct S3Blobs {
    bucket: String,
    aws: Aws,
    client: Arc<OnceCell<Client>>,
}

impl S3Blobs {
    /// Blobs in `bucket`; nothing is loaded or asked yet.
    #[must_use]
    pub fn new(bucket: String, aws: Aws) -> Self {
        Self {
            bucket,
            aws,
            client: Arc::default(),
        }
    }

    /// Blobs in `bucket` with AWS settings that are loaded already.
    #[must_use]
    pub fn with_config(bucket: String, config: SdkConfig) -> Self {
        Self::new(bucket, Aws::with_config(config))
    }

    async fn client(&self) -> &Client {
        self.client
            .get_or_init(|| async {
                let config = self.settings().await;
                client(config)
            })
            .await
    }

    async fn settings(&self) -> &SdkConfig {
        self.aws.config().await
    }
}

fn client(config: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(20))
        .build();
    let own = std::env::var("AWS_ENDPOINT_URL_S3").ok();
    let endpoint = own.as_deref().or(config.endpoint_url());
    // On loopback there is no name service that knows `<bucket>.127.0.0.1`.
    let path_style = endpoint.is_some_and(is_loopback);
    Client::from_conf(
        Builder::from(config)
            .timeout_config(timeouts)
            .force_path_style(path_style)
            .build(),
    )
}

fn is_loopback(endpoint: &str) -> bool {
    let rest = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    ["127.0.0.1", "localhost", "[::1]"]
        .into_iter()
        .filter_map(|host| authority.strip_prefix(host))
        .any(|port| port.is_empty() || port.starts_with(':'))
}

fn unavailable<E>(error: SdkError<E>) -> PortError
where
    E: std::error::Error + Send + Sync + 'static,
{
    PortError::Unavailable(Box::new(error))
}

fn stored(object: &Object) -> Option<StoredBlob> {
    let millis = object.last_modified?.to_millis().ok()?;
    Some(StoredBlob {
        key: object.key.clone()?,
        stored_at: Timestamp::from_millis(millis),
    })
}

impl Blobs for S3Blobs {
    async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        let request = self
            .client()
            .await
            .put_object()
            .bucket(&self.bucket)
            .key(key);
        request
            .content_type(content_type)
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(unavailable)?;
        Ok(())
    }

    async fn put_new(
        &self,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<bool, PortError> {
        let request = self
            .client()
            .await
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .if_none_match("*");
        let answer = request
            .content_type(content_type)
            .body(ByteStream::from(bytes))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("PreconditionFailed") => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, PortError> {
        let mut listed: Vec<StoredBlob> = Vec::new();
        let mut after = after.map(str::to_owned);
        while listed.len() < limit {
            let left = (limit - listed.len()).min(LARGEST_PAGE);
            let request = self
                .client()
                .await
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_start_after(after.clone())
                .max_keys(i32::try_from(left).unwrap_or(i32::MAX));
            let page = request.send().await.map_err(unavailable)?;
            listed.extend(page.contents().iter().filter_map(stored));
            after = page.contents().last().and_then(|o| o.key.clone());
            if page.is_truncated != Some(true) || after.is_none() {
                break;
            }
        }
        Ok(listed)
    }

    /// The bucket keeps no versions, so what is deleted is gone; an absent key is no error (DeleteObject, API
    /// reference).
    async fn delete(&self, key: &str) -> Result<(), PortError> {
        let request = self.client().await.delete_object();
        let request = request.bucket(&self.bucket).key(key);
        request.send().await.map(drop).map_err(unavailable)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, PortError> {
        let request = self
            .client()
            .await
            .get_object()
            .bucket(&self.bucket)
            .key(key);
        let object = match request.send().await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                return Ok(None);
            }
            Err(error) => return Err(unavailable(error)),
        };
        let bytes = object
            .body
            .collect()
            .await
            .map_err(|error| PortError::Unavailable(Box::new(error)))?;
        Ok(Some(bytes.to_vec()))
    }

    /// `valid` is cut to between a second and the seven days that S3 allows.
    async fn signed_url(
        &self,
        key: &str,
        name: &str,
        content_type: &str,
        valid: Duration,
    ) -> Result<String, PortError> {
        let valid = valid.clamp(Duration::from_secs(1), LONGEST_VALID);
        let presigning = PresigningConfig::expires_in(valid)
            .map_err(|error| PortError::Unavailable(Box::new(error)))?;
        let request = self
            .client()
            .await
            .get_object()
            .bucket(&self.bucket)
            .key(key);
        let request = request
            .response_content_disposition(attachment(name))
            .response_content_type(content_type);
        Ok(request
            .presigned(presigning)
            .await
            .map_err(unavailable)?
            .uri()
            .to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        for endpoint in [
            "http://127.0.0.1:4566",
            "http://localhost",
            "http://[::1]:80/",
            "http://localhost:1/x",
        ] {
            assert!(is_loopback(endpoint), "{endpoint}");
        }
        for endpoint in [
            "https://s3.eu-central-1.amazonaws.com",
            "http://localhost.example.com",
            "http://127.0.0.10",
        ] {
            assert!(!is_loopback(endpoint), "{endpoint}");
        }
    }
}
