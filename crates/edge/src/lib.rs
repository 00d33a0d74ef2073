//! What every Lambda door shares: settings, secrets, proofs of origin, problems, and layers.
//! It knows nothing of tickets and does not depend on the domain.

pub mod agents;
pub mod auth;
pub mod aws;
pub mod body;
mod cached;
pub mod clock;
pub mod lambda;
pub mod layers;
mod mount;
pub mod problem;
pub mod secrets;
pub mod settings;

pub use mount::mount;
pub use problem::{Problem, ProblemCode};
