//! Large content in S3: long texts, attachments, parked bodies, mail on its way in.

mod disposition;
mod s3;

pub use s3::S3Blobs;
pub use s3::mail::{ArrivedMail, INBOX, QUARANTINE};
