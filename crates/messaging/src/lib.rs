//! Handing messages to the platforms and fetching files from them: one module per platform, all of the same
//! shape, and the ports that choose among them.

pub mod credentials;
mod facebook;
mod file_name;
mod graph;
mod handover;
pub mod health;
mod http;
mod instagram;
mod media;
mod oauth1;
mod profiles;
pub mod providers;
mod sendgrid;
#[cfg(test)]
mod testing;
mod twitter;
mod typing;
mod verdict;
mod whatsapp;

pub use credentials::{
    CredentialError, Credentials, FacebookAccount, InstagramAccount, Secret, SendGridAccount,
    TwitterAccount, WhatsAppAccount,
};
pub use health::{HealthConfig, HealthCredentials, InstagramToken, PlatformHealth, WhatsAppToken};
pub use profiles::PlatformProfiles;
pub use providers::{InvalidOrigin, Providers, ProvidersConfig};
