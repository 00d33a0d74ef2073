//! Mail that API Gateway put into the bucket: the body as SendGrid posted it, and what it said beside it.

use aws_sdk_s3::primitives::ByteStream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tributary_domain::ports::{Blobs, PortError};

use super::{S3Blobs, unavailable};

/// Where mail arrives, and stays until the desk has it.
pub const INBOX: &str = "mail/inbox/";
/// Where mail goes whose signature is wrong.
pub const QUARANTINE: &str = "mail/quarantine/";

/// The name of a copy's source stands in a header, URL-encoded (CopyObject, API reference).
const IN_SOURCE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// A mail in the bucket.
pub struct ArrivedMail {
    /// The body.
    pub body: ByteStream,
    /// `Content-Type` of the post.
    pub content_type: Option<String>,
    /// SendGrid's signature, if it came with one.
    pub signature: Option<String>,
    /// What is signed before the body, if it came with one.
    pub timestamp: Option<String>,
    /// What the gateway's authorizer said of it.
    pub admitted: Option<String>,
}

impl S3Blobs {
    /// A mail that arrived under this key of [`INBOX`]; none if it is gone, which it is once the desk has it.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when S3 does not say.
    pub async fn arrived_mail(&self, key: &str) -> Result<Option<ArrivedMail>, PortError> {
        let request = self.client().await.get_object();
        let answer = request.bucket(&self.bucket).key(key).send().await;
        let mut object = match answer {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                return Ok(None);
            }
            Err(error) => return Err(unavailable(error)),
        };
        let mut metadata = object.metadata.take().unwrap_or_default();
        Ok(Some(ArrivedMail {
            content_type: object.content_type.take(),
            signature: metadata.remove("signature"),
            timestamp: metadata.remove("timestamp"),
            admitted: metadata.remove("admitted"),
            body: object.body,
        }))
    }

    /// Moves a mail from [`INBOX`] to [`QUARANTINE`], with all that is known of it; one that is gone was moved before.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when S3 does not say; it is safe to do it again.
    pub async fn quarantine_mail(&self, key: &str) -> Result<(), PortError> {
        let name = key.strip_prefix(INBOX).unwrap_or(key);
        let source = format!("{}/{key}", self.bucket);
        let request = self.client().await.copy_object();
        let copied = request
            .bucket(&self.bucket)
            .key(format!("{QUARANTINE}{name}"))
            .copy_source(utf8_percent_encode(&source, IN_SOURCE).to_string())
            .send()
            .await;
        copied.map_err(unavailable)?;
        self.delete(key).await
    }
}
