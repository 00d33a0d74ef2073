//! The local stack: everything the product needs around it, on loopback.
pub mod broker;
pub mod embedded_dynamodb;
pub mod emulator;
pub mod ports;
pub mod processes;
pub mod provider_double;
pub mod seed;
pub mod stream_player;
