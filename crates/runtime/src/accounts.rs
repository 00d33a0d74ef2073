//! Which accounts we have on a channel: what the platform's secret names.

use std::collections::BTreeMap;

use tributary_domain::{AccountId, Channel};
use tributary_edge::secrets::{SecretError, Secrets};

/// The channels that have accounts on a platform.
const PLATFORMS: [Channel; 4] = [
    Channel::Facebook,
    Channel::Instagram,
    Channel::WhatsApp,
    Channel::Twitter,
];

/// Our accounts on `channel`, the default first. Mail and chats have one each, which names itself.
///
/// # Errors
/// [`SecretError`] when the platform's secret cannot be used.
pub async fn accounts(secrets: &Secrets, channel: Channel) -> Result<Vec<AccountId>, SecretError> {
    let ids: Vec<String> = match channel {
        Channel::Facebook => {
            let secret = secrets.facebook().await?;
            secret.accounts.iter().map(|a| a.page_id.clone()).collect()
        }
        Channel::Instagram => {
            let secret = secrets.instagram().await?;
            let accounts = secret.accounts.iter().map(|a| a.account_id.clone());
            accounts.collect()
        }
        Channel::WhatsApp => {
            let secret = secrets.whatsapp().await?;
            let numbers = secret.accounts.iter().map(|a| a.phone_number_id.clone());
            numbers.collect()
        }
        Channel::Twitter => {
            let secret = secrets.twitter().await?;
            secret.accounts.iter().map(|a| a.user_id.clone()).collect()
        }
        Channel::Email | Channel::WebChat => return Ok(vec![AccountId::constant(channel)]),
    };
    Ok(ids
        .iter()
        .filter_map(|id| AccountId::parse(id).ok())
        .collect())
}

/// Our accounts on every platform whose secret can be used; one that is not connected is left out.
pub async fn all_accounts(secrets: &Secrets) -> BTreeMap<Channel, Vec<AccountId>> {
    let mut all = BTreeMap::new();
    for channel in PLATFORMS {
        // Why a secret cannot be used is in the log already.
        if let Ok(ids) = accounts(secrets, channel).await {
            all.insert(channel, ids);
        }
    }
    all
}
