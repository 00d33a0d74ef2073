//! Handing messages to the platforms: one module per platform, all of the same shape, and the port
//! that chooses among them.

pub mod credentials;
mod facebook;
mod graph;
mod http;
mod parts;
pub mod providers;
mod sendgrid;
#[cfg(test)]
mod testing;
mod verdict;
mod whatsapp;

pub use credentials::{CredentialError, Credentials, FacebookAccount, Secret, WhatsAppAccount};
pub use providers::{InvalidOrigin, Providers, ProvidersConfig};
