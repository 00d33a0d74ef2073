//! Does the number's business account send us webhooks, and does the token work? (WhatsApp Business Management
//! API, subscribed_apps.)

use reqwest::Method;
use tokio::time::Instant;
use tributary_domain::AccountId;
use tributary_domain::ports::Checkup;

use crate::health::graph::Node;
use crate::health::{Finding, HealthCredentials, PlatformHealth, WhatsAppToken};

impl<C: HealthCredentials> PlatformHealth<C> {
    pub(crate) async fn check_number(&self, account: &AccountId, deadline: Instant) -> Finding {
        let WhatsAppToken {
            access_token: token,
            waba_id,
        } = match self.credentials.number(account).await {
            Ok(token) => token,
            Err(error) => return error.into(),
        };
        let node = |id, what| Node {
            http: &self.http,
            origin: &self.whatsapp,
            version: &self.version,
            id,
            token: &token,
            platform: "WhatsApp",
            what,
            secret: "whatsapp",
            deadline,
        };
        let Some(waba_id) = &waba_id else {
            let number = node(account.as_str(), "number");
            return match number.call(Method::GET, None, &[("fields", "id")]).await {
                Ok(_) => Checkup::Good.into(),
                Err(finding) => finding,
            };
        };
        let business = node(waba_id.as_str(), "business account");
        match business
            .call(Method::GET, Some("subscribed_apps"), &[])
            .await
        {
            Ok(apps) if apps["data"].as_array().is_some_and(|apps| !apps.is_empty()) => {
                Checkup::Good.into()
            }
            Ok(_) => business.subscribe().await,
            Err(finding) => finding,
        }
    }
}

impl Node<'_> {
    async fn subscribe(&self) -> Finding {
        match self.call(Method::POST, Some("subscribed_apps"), &[]).await {
            Ok(answer) if answer["success"] == true => {
                Checkup::Mended("the webhooks were subscribed again").into()
            }
            Ok(_) => Checkup::Broken(
                "The business account sends us no webhooks, and WhatsApp refuses to subscribe it: subscribe it by hand (POST /{waba-id}/subscribed_apps) and look at the answer.".to_owned(),
            )
            .into(),
            Err(finding) => finding,
        }
    }
}
