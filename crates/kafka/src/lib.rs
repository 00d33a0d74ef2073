//! Events on Kafka: what they look like on the wire, and a producer that never makes a request wait
//! for a connection and leaves nothing under way behind an answer.

mod auth;
mod breaker;
mod connection;
mod deployment;
pub mod producer;
pub mod settings;
pub mod wire;

pub use producer::KafkaPublisher;
pub use settings::{KafkaAuth, KafkaConfig};
