//! Large content in S3: long texts, attachments, parked bodies.

mod disposition;
mod s3;

pub use s3::S3Blobs;
