//! Journeys through every door of the product, and the doubles that they need.

pub mod provider;
pub mod runtime_api;
pub mod topics;
pub mod whatsapp;
pub mod world;
