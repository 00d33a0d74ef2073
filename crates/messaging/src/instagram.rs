//! Instagram messaging.

mod health;
