//! Journeys through the built functions.

mod chain;
mod concurrency;
