//! The JSON of each platform's secret, with one account or several, and the types it becomes.
//! Unknown keys are tolerated; an empty text counts as absent.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::SecretKind;
use crate::auth::standard_webhooks;
use crate::auth::status_token::{NoKey, StatusTokenKeys};

/// A secret's parsed form.
pub(super) trait Shape: PartialEq + Sized {
    const KIND: SecretKind;

    /// From the secret once per account, each carrying the fields all share; never empty.
    fn from_accounts(accounts: Vec<Value>) -> Option<Self>;
}

/// Structs whose `Debug` tells nothing but their name.
macro_rules! hidden {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

hidden! {
    /// WhatsApp Business Cloud API.
    WhatsAppSecret {
        /// App secrets, any of which may have signed a webhook.
        app_secrets: Vec<String>,
        /// What the handshake must bring.
        verify_token: String,
        /// Our numbers, the first being the default; never empty.
        accounts: Vec<WhatsAppAccount>,
    }
    /// One of our WhatsApp numbers.
    WhatsAppAccount {
        /// Bearer token for the Graph API.
        access_token: String,
        /// Id of the number, which is the account.
        #[serde(deserialize_with = "id")]
        phone_number_id: String,
        /// Id of the business account the number belongs to, if the secret names it.
        #[serde(default, deserialize_with = "maybe_id")]
        waba_id: Option<String>,
    }
    /// Messenger.
    FacebookSecret {
        /// App secrets, any of which may have signed a webhook.
        app_secrets: Vec<String>,
        /// What the handshake must bring.
        verify_token: String,
        /// Our pages, the first being the default; never empty.
        accounts: Vec<FacebookAccount>,
    }
    /// One of our Facebook pages.
    FacebookAccount {
        /// The page's token for the Graph API.
        page_access_token: String,
        /// Id of the page, which is the account.
        #[serde(deserialize_with = "id")]
        page_id: String,
    }
    /// Instagram messaging.
    InstagramSecret {
        /// App secrets, any of which may have signed a webhook.
        app_secrets: Vec<String>,
        /// What the handshake must bring.
        verify_token: String,
        /// Our accounts, the first being the default; never empty.
        accounts: Vec<InstagramAccount>,
    }
    /// One of our Instagram accounts.
    InstagramAccount {
        /// Bearer token for the Graph API.
        access_token: String,
        /// Id of the account.
        #[serde(deserialize_with = "id")]
        account_id: String,
        /// When the token runs out (RFC 3339), once it has been renewed.
        token_expires_at: Option<String>,
    }
    /// X direct messages.
    TwitterSecret {
        /// The app's key for OAuth 1.0a.
        consumer_key: String,
        /// Signs webhooks and OAuth 1.0a requests.
        consumer_secret: String,
        /// The app's own token, which may ask for the state of its webhooks; not everybody has one.
        bearer_token: Option<String>,
        /// Our users, the first being the default; never empty.
        accounts: Vec<TwitterAccount>,
    }
    /// One of our X users.
    TwitterAccount {
        /// The user's token for OAuth 1.0a.
        access_token: String,
        /// The user's token secret for OAuth 1.0a.
        access_token_secret: String,
        /// Id of the user, which is the account.
        #[serde(deserialize_with = "id")]
        user_id: String,
    }
    /// SendGrid, in and out.
    SendGridSecret {
        /// Public key of Inbound Parse's ECDSA signature, if that is in use.
        inbound_public_key: Option<String>,
        /// Public key of the Event Webhook's ECDSA signature, if that is in use.
        events_public_key: Option<String>,
        /// What guards the webhooks while there is no public key.
        basic_auth: Option<BasicAuth>,
        /// What the addresses that answers go to are signed with, the current one first.
        #[serde(default)]
        reply_token_keys: Vec<String>,
        /// Our mailboxes, the first being the default; never empty.
        accounts: Vec<SendGridAccount>,
    }
    /// One of our mailboxes.
    SendGridAccount {
        /// Bearer token for the v3 API.
        api_key: String,
        /// The address; `None` is the one mail is sent from by default.
        #[serde(alias = "address", alias = "email")]
        mailbox: Option<String>,
    }
    /// The chatbot's handoffs.
    ChatbotSecret {
        /// `whsec_…`, any of which may have signed a handoff; never empty.
        secrets: Vec<String>,
        /// What status tokens are made with, the current one first; never empty.
        status_token_keys: Vec<String>,
    }
}

impl ChatbotSecret {
    /// The keys that issue and verify status tokens.
    ///
    /// # Errors
    /// [`NoKey`] if there is none, which a secret that was read never is.
    pub fn status_tokens(&self) -> Result<StatusTokenKeys, NoKey> {
        StatusTokenKeys::from_secrets(&self.status_token_keys)
    }
}

/// User and password of HTTP Basic; in the secret `"user:password"`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BasicAuth {
    /// The user's name, without a colon.
    pub username: String,
    /// The password.
    pub password: String,
}

impl TryFrom<String> for BasicAuth {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (username, password) = text.split_once(':').ok_or("expected user:password")?;
        if password.is_empty() {
            return Err("expected user:password");
        }
        Ok(Self {
            username: username.to_owned(),
            password: password.to_owned(),
        })
    }
}

impl fmt::Debug for BasicAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicAuth").finish_non_exhaustive()
    }
}

/// What a Meta app shares among its accounts.
#[derive(Deserialize)]
struct MetaApp {
    app_secrets: Vec<String>,
    verify_token: String,
}

macro_rules! meta_shape {
    ($secret:ident, $kind:ident) => {
        impl Shape for $secret {
            const KIND: SecretKind = SecretKind::$kind;

            fn from_accounts(accounts: Vec<Value>) -> Option<Self> {
                let apps: Vec<MetaApp> = each(&accounts)?;
                let verify_token = apps.first()?.verify_token.clone();
                let app_secrets = distinct(apps.into_iter().flat_map(|app| app.app_secrets))?;
                Some(Self {
                    app_secrets,
                    verify_token,
                    accounts: each(&accounts)?,
                })
            }
        }
    };
}

meta_shape!(WhatsAppSecret, WhatsApp);
meta_shape!(FacebookSecret, Facebook);
meta_shape!(InstagramSecret, Instagram);

impl Shape for TwitterSecret {
    const KIND: SecretKind = SecretKind::Twitter;

    fn from_accounts(accounts: Vec<Value>) -> Option<Self> {
        with_accounts(accounts)
    }
}

impl Shape for SendGridSecret {
    const KIND: SecretKind = SecretKind::SendGrid;

    fn from_accounts(accounts: Vec<Value>) -> Option<Self> {
        with_accounts(accounts)
    }
}

impl Shape for ChatbotSecret {
    const KIND: SecretKind = SecretKind::Chatbot;

    fn from_accounts(accounts: Vec<Value>) -> Option<Self> {
        let chatbots: Vec<Self> = each(&accounts)?;
        let (secrets, keys): (Vec<_>, Vec<_>) = chatbots
            .into_iter()
            .map(|bot| (bot.secrets, bot.status_token_keys))
            .unzip();
        let secrets = distinct(secrets.into_iter().flatten())?;
        if !secrets
            .iter()
            .all(|secret| standard_webhooks::is_secret(secret))
        {
            return None;
        }
        Some(Self {
            secrets,
            status_token_keys: distinct(keys.into_iter().flatten())?,
        })
    }
}

/// Parses a secret; `None` if a needed field is missing, empty or of the wrong type.
pub(super) fn parse<T: Shape>(mut value: Value) -> Option<T> {
    drop_empty(&mut value);
    let Value::Object(mut shared) = value else {
        return None;
    };
    let accounts = match shared.remove("accounts") {
        None => vec![Value::Object(shared)],
        Some(Value::Array(accounts)) => accounts
            .into_iter()
            .map(|account| overlaid(&shared, account))
            .collect::<Option<_>>()?,
        Some(_) => return None,
    };
    T::from_accounts(accounts)
}

/// An account with the fields all accounts share, its own coming first.
fn overlaid(shared: &Map<String, Value>, account: Value) -> Option<Value> {
    let Value::Object(own) = account else {
        return None;
    };
    let mut whole = shared.clone();
    whole.extend(own);
    Some(Value::Object(whole))
}

fn each<T: DeserializeOwned>(accounts: &[Value]) -> Option<Vec<T>> {
    accounts
        .iter()
        .map(|account| T::deserialize(account).ok())
        .collect()
}

/// A struct whose fields are the first account's, and whose `accounts` are all of them.
fn with_accounts<T: DeserializeOwned>(accounts: Vec<Value>) -> Option<T> {
    let mut whole = accounts.first()?.as_object()?.clone();
    whole.insert("accounts".to_owned(), Value::Array(accounts));
    serde_json::from_value(Value::Object(whole)).ok()
}

/// The texts in their order, each once; `None` if there are none.
fn distinct(texts: impl Iterator<Item = String>) -> Option<Vec<String>> {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    (!seen.is_empty()).then_some(seen)
}

fn drop_empty(value: &mut Value) {
    let kept = |value: &Value| value.as_str() != Some("");
    match value {
        Value::Array(items) => {
            items.retain(kept);
            items.iter_mut().for_each(drop_empty);
        }
        Value::Object(fields) => {
            fields.retain(|_, value| kept(value));
            fields.values_mut().for_each(drop_empty);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A platform's id: text, or a number that someone typed without quotes.
fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }
    Ok(match Id::deserialize(from)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}

fn maybe_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    id(from).map(Some)
}

/// Puts a fresh token of an Instagram account in place of `old`, and changes nothing else; `false` if the
/// account is not there or has another token by now.
pub(super) fn replace_instagram_token(
    secret: &mut Value,
    account_id: &str,
    old: &str,
    (fresh, expires_at): (&str, &str),
) -> bool {
    let shared = secret["access_token"].as_str() == Some(old);
    let mut accounts: Vec<&mut Value> = match secret.get_mut("accounts") {
        Some(Value::Array(accounts)) => accounts.iter_mut().collect(),
        Some(_) => return false,
        None => vec![secret],
    };
    let of_account = |account: &&mut Value| match &account["account_id"] {
        Value::String(id) => id == account_id,
        Value::Number(id) => id.to_string() == account_id,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    };
    let Some(account) = accounts.iter_mut().find(|a| of_account(a)) else {
        return false;
    };
    let is_old = match account["access_token"].as_str() {
        Some(own) => own == old,
        None => shared,
    };
    if is_old {
        account["access_token"] = fresh.into();
        account["token_expires_at"] = expires_at.into();
    }
    is_old
}
