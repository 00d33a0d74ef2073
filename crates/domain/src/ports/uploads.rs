//! Files that agents put straight into the blob store.

use std::time::Duration;

use crate::ports::PortError;
use crate::time::Timestamp;

/// What a browser needs to put one file into the blob store by itself: a POST of these fields and then the file, as
/// `multipart/form-data`.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadForm {
    /// Where to.
    pub url: String,
    /// The fields, in order. They let whoever has them upload, so they are in no log.
    pub fields: Vec<(String, String)>,
}

impl std::fmt::Debug for UploadForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UploadForm({} fields)", self.fields.len())
    }
}

/// A file that was put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// How it begins, as far as its type can be told from.
    pub start: Vec<u8>,
    /// How long it is, in bytes.
    pub size: u64,
}

/// Files on their way into the blob store.
pub trait Uploads: Send + Sync {
    /// Lets somebody put a file of at most `most_bytes` under `key`, for `valid` from `now`.
    fn upload_form(
        &self,
        key: &str,
        most_bytes: u64,
        now: Timestamp,
        valid: Duration,
    ) -> impl Future<Output = Result<UploadForm, PortError>> + Send;
    /// What was put under `key`, if anything was.
    fn look(&self, key: &str) -> impl Future<Output = Result<Option<Uploaded>, PortError>> + Send;
    /// Puts what is under `from` under `to` as well.
    fn copy(&self, from: &str, to: &str) -> impl Future<Output = Result<(), PortError>> + Send;
}
