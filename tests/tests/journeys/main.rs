//! Journeys through the built functions.

mod broker_gone;
mod chain;
mod chatbot;
mod concurrency;
mod killed;
mod redelivery;
