//! The producer against librdkafka's own broker.
