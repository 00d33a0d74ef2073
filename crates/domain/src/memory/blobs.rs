//! The port [`Blobs`] in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::memory::SimulatedSurroundings;
use crate::ports::{Blobs, PortError, StoredBlob, UploadForm, Uploaded, Uploads};
use crate::time::Timestamp;

/// Large content in memory. Clones share one store.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlobs(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    blobs: BTreeMap<String, (Timestamp, Vec<u8>)>,
    now: Timestamp,
    is_gone: bool,
    slow: Option<(SimulatedSurroundings, Duration)>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            blobs: BTreeMap::new(),
            now: Timestamp::from_millis(0),
            is_gone: false,
            slow: None,
        }
    }
}

impl MemoryBlobs {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self) -> Result<MutexGuard<'_, Kept>, PortError> {
        let kept = self.kept();
        if kept.is_gone {
            return Err(PortError::Unavailable(
                "the blobs in memory were told so".into(),
            ));
        }
        Ok(kept)
    }

    /// Whether every call is answered with [`PortError::Unavailable`].
    pub fn set_gone(&self, is_gone: bool) {
        self.kept().is_gone = is_gone;
    }

    /// How long each read takes by this clock; no time unless told.
    pub fn set_slow(&self, clock: &SimulatedSurroundings, takes: Duration) {
        self.kept().slow = Some((clock.clone(), takes));
    }

    /// The time at which what is stored from now on is stored; 1970 before it is set.
    pub fn set_now(&self, now: Timestamp) {
        self.kept().now = now;
    }

    /// The keys that begin with `prefix`, in order.
    #[must_use]
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let kept = self.kept();
        let keys = kept.blobs.keys();
        keys.filter(|k| k.starts_with(prefix)).cloned().collect()
    }
}

impl Uploads for MemoryBlobs {
    async fn upload_form(
        &self,
        key: &str,
        most_bytes: u64,
        _now: Timestamp,
        valid: Duration,
    ) -> Result<UploadForm, PortError> {
        drop(self.reached()?);
        let fields = [
            ("key", key.to_owned()),
            ("most", most_bytes.to_string()),
            ("valid", valid.as_secs().to_string()),
        ];
        Ok(UploadForm {
            url: "memory:///".to_owned(),
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
        })
    }

    async fn look(&self, key: &str) -> Result<Option<Uploaded>, PortError> {
        let kept = self.reached()?;
        Ok(kept.blobs.get(key).map(|(_, bytes)| Uploaded {
            start: bytes.iter().take(4096).copied().collect(),
            size: bytes.len() as u64,
        }))
    }

    async fn copy(&self, from: &str, to: &str) -> Result<(), PortError> {
        let mut kept = self.reached()?;
        if let Some(blob) = kept.blobs.get(from).cloned() {
            kept.blobs.insert(to.to_owned(), blob);
        }
        Ok(())
    }
}

impl Blobs for MemoryBlobs {
    async fn put(&self, key: &str, _content_type: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        let mut kept = self.reached()?;
        let blob = (kept.now, bytes);
        kept.blobs.insert(key.to_owned(), blob);
        Ok(())
    }

    async fn put_new(
        &self,
        key: &str,
        _content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<bool, PortError> {
        let mut kept = self.reached()?;
        if kept.blobs.contains_key(key) {
            return Ok(false);
        }
        let blob = (kept.now, bytes);
        kept.blobs.insert(key.to_owned(), blob);
        Ok(true)
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, PortError> {
        let kept = self.reached()?;
        let listed = kept.blobs.iter().filter(|(key, _)| {
            key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after)
        });
        Ok(listed
            .take(limit)
            .map(|(key, (stored_at, _))| StoredBlob {
                key: key.clone(),
                stored_at: *stored_at,
            })
            .collect())
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        self.reached()?.blobs.remove(key);
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, PortError> {
        let kept = self.reached()?;
        if let Some((clock, takes)) = &kept.slow {
            clock.advance(*takes);
        }
        Ok(kept.blobs.get(key).map(|(_, bytes)| bytes.clone()))
    }

    async fn signed_url(
        &self,
        key: &str,
        name: &str,
        _content_type: &str,
        valid: Duration,
    ) -> Result<String, PortError> {
        let seconds = valid.as_secs();
        Ok(format!("memory:///{key}?name={name}&valid={seconds}"))
    }
}
