//! Journeys through the built functions.

mod bad_input;
mod broker_gone;
mod chain;
mod chatbot;
mod concurrency;
mod corpus;
mod killed;
mod killed_sends;
mod local_stack;
mod mail_door;
mod messenger;
mod operations;
mod redelivery;
