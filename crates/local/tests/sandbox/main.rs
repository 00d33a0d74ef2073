//! The sandbox: what it posts as the platforms, what its phones get, how it fails on demand, and who may use it.
#![allow(clippy::unwrap_used, reason = "a test may end here")]

mod desk;
mod door;
mod mail;
mod refusals;
mod replies;
mod sends;
mod world;
mod writing;
