//! Journeys through every door of the product, and the doubles that they need.

pub mod aws_tap;
pub mod broker;
pub mod broker_process;
pub mod bucket_door;
pub mod chatbot;
pub mod desk;
pub mod facebook;
pub mod grants;
pub mod local_stack;
pub mod mail;
pub mod provider;
pub mod runtime_api;
pub mod secrets;
pub mod sign_in;
pub mod sweeps;
pub mod tables;
pub mod topics;
pub mod twitter;
pub mod whatsapp;
pub mod world;
