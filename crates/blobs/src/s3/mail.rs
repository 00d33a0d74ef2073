//! Mail that API Gateway put into the bucket: the body as SendGrid posted it, and what it said beside it.

use bytes::Bytes;
use http::HeaderName;
use tributary_domain::ports::{Blobs, PortError};

use super::{S3Blobs, Store};

/// Where mail arrives, and stays until the desk has it.
pub const INBOX: &str = "mail/inbox/";
/// Where mail goes whose signature is wrong.
pub const QUARANTINE: &str = "mail/quarantine/";

/// A mail in the bucket.
pub struct ArrivedMail {
    /// The body.
    pub body: Bytes,
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
        let Some(answer) = self.object(key, None).await? else {
            return Ok(None);
        };
        let header = |name: HeaderName| {
            let value = answer.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        Ok(Some(ArrivedMail {
            content_type: header(http::header::CONTENT_TYPE),
            signature: header(HeaderName::from_static("x-amz-meta-signature")),
            timestamp: header(HeaderName::from_static("x-amz-meta-timestamp")),
            admitted: header(HeaderName::from_static("x-amz-meta-admitted")),
            body: Store::read(answer).await?,
        }))
    }

    /// Moves a mail from [`INBOX`] to [`QUARANTINE`], with all that is known of it; one that is gone was moved before.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when S3 does not say; it is safe to do it again.
    pub async fn quarantine_mail(&self, key: &str) -> Result<(), PortError> {
        let name = key.strip_prefix(INBOX).unwrap_or(key);
        self.duplicate(key, &format!("{QUARANTINE}{name}")).await?;
        self.delete(key).await
    }
}
