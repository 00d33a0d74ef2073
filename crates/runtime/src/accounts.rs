//! Which accounts we have on a channel: what the platform's secret names.

use std::collections::BTreeMap;

use tributary_domain::account::OurAccount;
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
pub async fn accounts(secrets: &Secrets, channel: Channel) -> Result<Vec<OurAccount>, SecretError> {
    let ids: Vec<(String, Option<String>)> = match channel {
        Channel::Facebook => {
            let secret = secrets.facebook().await?;
            let pages = secret.accounts.iter().map(|a| a.page_id.clone());
            pages.map(alone).collect()
        }
        Channel::Instagram => {
            let secret = secrets.instagram().await?;
            let accounts = secret.accounts.iter().map(|a| a.account_id.clone());
            accounts.map(alone).collect()
        }
        Channel::WhatsApp => {
            let secret = secrets.whatsapp().await?;
            let numbers = secret.accounts.iter();
            numbers
                .map(|a| (a.phone_number_id.clone(), a.waba_id.clone()))
                .collect()
        }
        Channel::Twitter => {
            let secret = secrets.twitter().await?;
            let users = secret.accounts.iter().map(|a| a.user_id.clone());
            users.map(alone).collect()
        }
        Channel::Email | Channel::WebChat => return Ok(vec![AccountId::constant(channel).into()]),
    };
    let account = |(id, business): (String, Option<String>)| {
        let id = AccountId::parse(&id).ok()?;
        Some(OurAccount { id, business })
    };
    Ok(ids.into_iter().filter_map(account).collect())
}

/// An account that belongs to no business, or to one that is never spoken of.
fn alone(id: String) -> (String, Option<String>) {
    (id, None)
}

/// Every account that sends, by channel: those that the platforms' secrets name, and mail, which chats are answered by
/// too.
pub async fn sending_accounts(secrets: &Secrets) -> Vec<(Channel, AccountId)> {
    let on_platforms = all_accounts(secrets).await;
    let mut all: Vec<(Channel, AccountId)> = on_platforms
        .into_iter()
        .flat_map(|(channel, ours)| ours.into_iter().map(move |one| (channel, one.id)))
        .collect();
    all.push((Channel::Email, AccountId::constant(Channel::Email)));
    all
}

/// Our accounts on every platform whose secret can be used; one that is not connected is left out.
pub async fn all_accounts(secrets: &Secrets) -> BTreeMap<Channel, Vec<OurAccount>> {
    let mut all = BTreeMap::new();
    for channel in PLATFORMS {
        // Why a secret cannot be used is in the log already.
        if let Ok(ids) = accounts(secrets, channel).await {
            all.insert(channel, ids);
        }
    }
    all
}
