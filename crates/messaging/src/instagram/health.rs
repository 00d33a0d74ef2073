//! Is the account subscribed, does its token work, and is the token fresh? A long-lived token lasts 60 days and
//! is renewed by itself (Instagram Platform, "Refresh a long-lived token").

use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use tokio::time::Instant;
use tributary_domain::{AccountId, Timestamp};

use crate::credentials::Secret;
use crate::health::graph::Node;
use crate::health::{Finding, HealthCredentials, InstagramToken, PlatformHealth};
use crate::http::Auth;

/// What the desk reads. Echoes come with `messages`.
const FIELDS: [&str; 7] = [
    "messages",
    "messaging_postbacks",
    "messaging_optins",
    "messaging_referral",
    "messaging_seen",
    "message_reactions",
    "standby",
];
/// A token is renewed when it lasts no longer than this.
const RENEW_BEFORE: Duration = Duration::from_secs(10 * 24 * 3600);

#[derive(Deserialize)]
struct RefreshedBody {
    access_token: String,
    /// Seconds.
    expires_in: u64,
}

impl<C: HealthCredentials> PlatformHealth<C> {
    pub(crate) async fn check_instagram(
        &self,
        account: &AccountId,
        now: Timestamp,
        deadline: Instant,
    ) -> Finding {
        let InstagramToken {
            access_token: token,
            expires_at,
        } = match self.credentials.instagram(account).await {
            Ok(token) => token,
            Err(error) => return error.into(),
        };
        let node = Node {
            http: &self.http,
            origin: &self.instagram,
            version: &self.version,
            id: account.as_str(),
            token: &token,
            platform: "Instagram",
            what: "account",
            secret: "instagram",
            deadline,
        };
        let found = node.keep_subscribed(&FIELDS).await;
        let is_old = expires_at.is_none_or(|at| at <= now.plus(RENEW_BEFORE));
        if is_old && !found.credentials_refused {
            self.renew(account, &token, now, deadline).await;
        }
        found
    }

    /// Renews a token and keeps the fresh one. What goes wrong here has ten days to go right: the old token
    /// works on, and the next check tries again.
    async fn renew(&self, account: &AccountId, old: &Secret, now: Timestamp, deadline: Instant) {
        let mut url = self.instagram.clone();
        url.set_path("/refresh_access_token");
        // The only way that is documented; addresses are not logged.
        url.query_pairs_mut()
            .append_pair("grant_type", "ig_refresh_token")
            .append_pair("access_token", old.reveal());
        let answer = self.http.call(Method::GET, url, Auth::None, deadline).await;
        let body = answer.ok().filter(|a| a.status.is_success());
        let body = body.and_then(|a| a.body).unwrap_or_default();
        let Ok(RefreshedBody {
            access_token,
            expires_in,
        }) = serde_json::from_slice(&body)
        else {
            tracing::warn!(account = account.as_str(), "a token was not renewed");
            return;
        };
        let fresh = InstagramToken {
            access_token: Secret::new(access_token),
            expires_at: Some(now.plus(Duration::from_secs(expires_in))),
        };
        match self.credentials.keep_instagram(account, old, &fresh).await {
            Ok(true) => tracing::info!(account = account.as_str(), "a token was renewed"),
            Ok(false) => tracing::info!(
                account = account.as_str(),
                "somebody changed the token meanwhile; theirs stays"
            ),
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                account = account.as_str(),
                "a renewed token was not kept"
            ),
        }
    }
}
