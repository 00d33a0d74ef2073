//! Fuzzing of what platforms send: any body is normalised, received by a desk in memory, and held to the
//! laws of receiving.

mod chance;
mod desk;
mod edit;
mod laws;
pub mod mail;
mod mutation;
mod vocabulary;

pub use laws::receive;
pub use mutation::{cross, mutate};
