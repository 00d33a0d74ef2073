//! Journeys through the built functions.

mod accounts;
mod archive;
mod bad_input;
mod broker_gone;
mod chain;
mod chatbot;
mod concurrency;
mod corpus;
mod files;
mod full_day;
mod killed;
mod killed_sends;
mod local_stack;
mod lost_on_x;
mod mail_door;
mod mail_threads;
mod messenger;
mod operations;
mod redelivery;
mod replay;
mod taken_up;
mod typing;
mod watched;
