//! Files that the desk sends: those it hands over, and those it gives an address of, which nobody fetches.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;

use crate::sandbox::clock::{now_ms, unique_number};
use crate::sandbox::model::Kind;

const KEPT: usize = 1_000;

/// A file that was handed over, without its bytes.
#[derive(Debug, Clone)]
pub(super) struct Uploaded {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) mime_type: String,
    /// How long it is said to be.
    pub(super) size: usize,
    /// How much of it has come.
    pub(super) received: usize,
    /// Whether it can be sent.
    pub(super) is_ready: bool,
}

impl Uploaded {
    /// A file with a new id, numeric as both WhatsApp and X have them.
    pub(super) fn new(name: &str, mime_type: &str, size: usize) -> Self {
        Self {
            id: (now_ms() * 1_000_000 + unique_number()).to_string(),
            name: name.to_owned(),
            mime_type: mime_type.to_owned(),
            size,
            received: 0,
            is_ready: false,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        kind_of(&self.mime_type)
    }
}

/// The last files that were handed over to any double.
#[derive(Debug, Clone, Default)]
pub(super) struct Files(Arc<Mutex<VecDeque<Uploaded>>>);

impl Files {
    pub(super) fn keep(&self, file: Uploaded) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if files.len() == KEPT {
            files.pop_front();
        }
        files.push_back(file);
    }

    /// Changes a file, if it is known; returns it as it is then.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Uploaded)) -> Option<Uploaded> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let file = files.iter_mut().find(|file| file.id == id)?;
        change(file);
        Some(file.clone())
    }

    pub(super) fn get(&self, id: &str) -> Option<Uploaded> {
        self.change(id, |_| ())
    }
}

/// As what a platform shows a file of this media type.
pub(super) fn kind_of(mime_type: &str) -> Kind {
    match mime_type.split('/').next() {
        Some("image") => Kind::Image,
        Some("audio") => Kind::Audio,
        Some("video") => Kind::Video,
        Some(_) | None => Kind::File,
    }
}

/// What a file at an address is called: as S3 was told to call it, else the end of its path.
pub(super) fn name_at(url: &Url) -> String {
    let disposition = url
        .query_pairs()
        .find(|(name, _)| name == "response-content-disposition");
    let told = disposition.and_then(|(_, value)| {
        let (_, quoted) = value.split_once("filename=\"")?;
        Some(quoted.split_once('"')?.0.to_owned())
    });
    let end = || url.path_segments()?.next_back().map(str::to_owned);
    told.or_else(end).unwrap_or_default()
}
