//! The local stack: everything the product needs around it, on loopback.
#![recursion_limit = "256"]
pub mod broker;
pub mod document;
pub mod embedded_dynamodb;
pub mod emulator;
pub mod environment;
mod functions;
pub mod info;
pub mod pages;
pub mod ports;
pub mod processes;
pub mod provider_double;
pub mod replay;
pub mod sandbox;
pub mod seed;
pub mod stack;
pub mod stream_player;
