//! X direct messages.

mod health;
