//! The deployment's template against the code.

#![allow(
    clippy::expect_used,
    reason = "a test that cannot read the template has failed"
)]

mod grants;
mod mail;
mod reading;
mod routes;
mod settings;
mod tables;
