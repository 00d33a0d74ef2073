//! The platforms' doors as they see them: the router, an emulated Secrets Manager and an emulated S3. What
//! comes here is parked or refused, so no table is asked.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

mod challenge;
mod handshake;
mod mail;
mod mail_events;
mod proof;
mod scene;
mod sendgrid;
