//! The port [`Blobs`] in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ports::{Blobs, PortError};

/// Large content in memory. Clones share one store.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlobs(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    blobs: BTreeMap<String, (String, Vec<u8>)>,
    is_gone: bool,
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

    /// The keys that begin with `prefix`, in order.
    #[must_use]
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let kept = self.kept();
        let keys = kept.blobs.keys();
        keys.filter(|k| k.starts_with(prefix)).cloned().collect()
    }
}

impl Blobs for MemoryBlobs {
    async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        let blob = (content_type.to_owned(), bytes);
        self.reached()?.blobs.insert(key.to_owned(), blob);
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, PortError> {
        let kept = self.reached()?;
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
