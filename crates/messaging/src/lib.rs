//! Handing messages to the platforms: one module per platform, all of the same shape, and the port
//! that chooses among them.

pub mod credentials;
mod facebook;
mod graph;
pub mod health;
mod http;
mod instagram;
mod parts;
pub mod providers;
mod sendgrid;
#[cfg(test)]
mod testing;
mod twitter;
mod verdict;
mod whatsapp;

pub use credentials::{CredentialError, Credentials, FacebookAccount, Secret, WhatsAppAccount};
pub use health::{HealthConfig, HealthCredentials, InstagramToken, PlatformHealth, WhatsAppToken};
pub use providers::{InvalidOrigin, Providers, ProvidersConfig};
