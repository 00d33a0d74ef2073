//! Journeys through every door of the product, and the doubles that they need.
pub mod runtime_api;
