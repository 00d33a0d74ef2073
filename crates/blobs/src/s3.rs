//! The blob port on S3.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, IF_NONE_MATCH};
use reqwest::{Method, Response};
use rusty_s3::S3Action;
use rusty_s3::actions::list_objects_v2::{
    ListObjectsContent, ListObjectsV2, ListObjectsV2Response,
};
use tokio::sync::OnceCell;
use tributary_domain::Timestamp;
use tributary_domain::ports::{Blobs, PortError, StoredBlob};
use tributary_edge::aws::Aws;

use self::error::S3Error;
use self::store::{Call, REQUEST_VALID, Store};
use crate::disposition::attachment;

mod error;
pub(crate) mod mail;
mod store;
mod uploads;

/// The longest a signed address may be valid (S3, "Download and upload objects with presigned URLs").
const LONGEST_VALID: Duration = Duration::from_secs(7 * 24 * 3600);
/// The most that one call lists (ListObjectsV2, API reference).
const LARGEST_PAGE: usize = 1000;

/// Blobs in one bucket. What it is asked with is made at first use. Clones share it.
#[derive(Clone)]
pub struct S3Blobs {
    bucket: String,
    aws: Aws,
    store: Arc<OnceCell<Store>>,
}

impl S3Blobs {
    /// Blobs in `bucket`; nothing is loaded or asked yet.
    #[must_use]
    pub fn new(bucket: String, aws: Aws) -> Self {
        Self {
            bucket,
            aws,
            store: Arc::default(),
        }
    }

    /// Blobs in `bucket` with AWS settings that are loaded already.
    #[must_use]
    pub fn with_config(bucket: String, config: SdkConfig) -> Self {
        Self::new(bucket, Aws::with_config(config))
    }

    async fn store(&self) -> Result<&Store, S3Error> {
        self.store
            .get_or_try_init(|| Store::open(&self.bucket, &self.aws))
            .await
    }

    /// What is under the key, or its first bytes; `None` if there is nothing.
    async fn object(&self, key: &str, range: Option<&str>) -> Result<Option<Response>, S3Error> {
        let range = range.map(|range| (http::header::RANGE, range));
        let answer = self
            .store()
            .await?
            .send(&Call {
                operation: "GetObject",
                method: Method::GET,
                sign: &|bucket, credentials| {
                    bucket
                        .get_object(Some(credentials), key)
                        .sign(REQUEST_VALID)
                },
                headers: range.as_slice(),
                body: Bytes::new(),
            })
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is("NoSuchKey") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn write(
        &self,
        key: &str,
        content_type: &str,
        only_new: bool,
        bytes: Vec<u8>,
    ) -> Result<(), S3Error> {
        let mut headers = vec![(CONTENT_TYPE, content_type)];
        if only_new {
            headers.push((IF_NONE_MATCH, "*"));
        }
        let call = Call {
            operation: "PutObject",
            method: Method::PUT,
            sign: &|bucket, credentials| {
                bucket
                    .put_object(Some(credentials), key)
                    .sign(REQUEST_VALID)
            },
            headers: &headers,
            body: bytes.into(),
        };
        self.store().await?.send(&call).await.map(drop)
    }

    /// Copies within the bucket. A copy that fails half-way says so in the body of its 200 (CopyObject, API reference).
    async fn duplicate(&self, from: &str, to: &str) -> Result<(), S3Error> {
        let store = self.store().await?;
        let source = store.copy_source(from);
        let answer = store
            .send(&Call {
                operation: "CopyObject",
                method: Method::PUT,
                sign: &|bucket, credentials| {
                    let mut copy = bucket.put_object(Some(credentials), to);
                    copy.headers_mut()
                        .insert("x-amz-copy-source", source.clone());
                    copy.sign(REQUEST_VALID)
                },
                headers: &[(COPY_SOURCE, &source)],
                body: Bytes::new(),
            })
            .await?;
        let body = Store::read(answer).await?;
        let body = String::from_utf8_lossy(&body);
        if body.contains("<CopyObjectResult") {
            return Ok(());
        }
        Err(S3Error::in_body(&body))
    }

    async fn remove(&self, key: &str) -> Result<(), S3Error> {
        let call = Call {
            operation: "DeleteObject",
            method: Method::DELETE,
            sign: &|bucket, credentials| {
                bucket
                    .delete_object(Some(credentials), key)
                    .sign(REQUEST_VALID)
            },
            headers: &[],
            body: Bytes::new(),
        };
        self.store().await?.send(&call).await.map(drop)
    }

    async fn page(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListObjectsV2Response, S3Error> {
        let call = Call {
            operation: "ListObjectsV2",
            method: Method::GET,
            sign: &|bucket, credentials| {
                let mut list = bucket.list_objects_v2(Some(credentials));
                list.with_prefix(prefix);
                list.with_max_keys(limit);
                if let Some(after) = after {
                    list.with_start_after(after);
                }
                list.sign(REQUEST_VALID)
            },
            headers: &[],
            body: Bytes::new(),
        };
        let answer = self.store().await?.send(&call).await?;
        let body = Store::read(answer).await?;
        ListObjectsV2::parse_response(&String::from_utf8_lossy(&body))
            .map_err(|error| S3Error::Unreadable(error.to_string()))
    }
}

const COPY_SOURCE: http::HeaderName = http::HeaderName::from_static("x-amz-copy-source");

fn stored(object: &ListObjectsContent) -> Option<StoredBlob> {
    Some(StoredBlob {
        key: object.key.clone(),
        stored_at: Timestamp::parse(object.last_modified.as_deref()?).ok()?,
    })
}

impl Blobs for S3Blobs {
    async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        Ok(self.write(key, content_type, false, bytes).await?)
    }

    async fn put_new(
        &self,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<bool, PortError> {
        match self.write(key, content_type, true, bytes).await {
            Ok(()) => Ok(true),
            Err(error) if error.is("PreconditionFailed") => Ok(false),
            Err(error) => Err(error.into()),
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
            let page = self.page(prefix, after.as_deref(), left).await?;
            listed.extend(page.contents.iter().filter_map(stored));
            after = page.contents.last().map(|object| object.key.clone());
            if page.next_continuation_token.is_none() || after.is_none() {
                break;
            }
        }
        Ok(listed)
    }

    /// The bucket keeps no versions, so what is deleted is gone; an absent key is no error (DeleteObject, API
    /// reference).
    async fn delete(&self, key: &str) -> Result<(), PortError> {
        Ok(self.remove(key).await?)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, PortError> {
        match self.object(key, None).await? {
            Some(answer) => Ok(Some(Store::read(answer).await?.into())),
            None => Ok(None),
        }
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
        let store = self.store().await?;
        let credentials = store.credentials().await?;
        let mut get = store.bucket().get_object(Some(&credentials), key);
        get.query_mut()
            .insert("response-content-disposition", attachment(name));
        get.query_mut()
            .insert("response-content-type", content_type);
        Ok(get.sign(valid).into())
    }
}
