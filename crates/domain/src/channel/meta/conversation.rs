//! What happens around messages: referrals, opt-ins, who holds the conversation, and Meta's policy.

use serde_json::{Map, Value};

use super::Context;
use crate::channel::fields::{at, detail, details};
use crate::channel::inbound::{AccountNews, Author, InboundKind, Notice};
use crate::content::start_chars;

/// Characters of Meta's reason that are kept.
const MAX_REASON_CHARS: usize = 300;

/// Bounded fields of a referral: `referral{ref, source, type, ad_id?, ads_context_data?}`.
pub(super) fn referral(told: Option<&Value>) -> Option<Value> {
    let told = told?;
    let fields = ["ref", "source", "type", "ad_id", "referer_uri"];
    let ad = [
        "ad_title",
        "photo_url",
        "video_url",
        "post_id",
        "product_id",
    ];
    let mut kept = details(Some(told), &fields);
    if let (Some(Value::Object(kept)), Some(ad)) =
        (&mut kept, details(told.get("ads_context_data"), &ad))
    {
        kept.insert("ads_context_data".to_owned(), ad);
    }
    kept
}

impl Context<'_> {
    pub(super) fn happened(&self) -> Result<InboundKind, &'static str> {
        let item = self.item;
        if let Some(told) = item.get("referral") {
            return self.referred(told);
        }
        if let Some(optin) = item.get("optin") {
            let what = detail(optin.get("ref")).or_else(|| detail(optin.get("title")));
            let content = match what {
                Some(what) => format!("The customer opted in: {what}"),
                None => "The customer opted in to messages.".to_owned(),
            };
            return self.notice(
                "optin",
                content,
                details(Some(optin), &["ref", "type", "payload"]),
            );
        }
        for (kind, content) in [
            (
                "pass_thread_control",
                "The conversation was passed to another app.",
            ),
            ("take_thread_control", "Another app took the conversation."),
            (
                "request_thread_control",
                "Another app asks for the conversation.",
            ),
        ] {
            if let Some(told) = item.get(kind) {
                let fields = [
                    "new_owner_app_id",
                    "previous_owner_app_id",
                    "requested_owner_app_id",
                    "metadata",
                ];
                return self.notice(kind, content.to_owned(), details(Some(told), &fields));
            }
        }
        if let Some(policy) = item
            .get("policy-enforcement")
            .or_else(|| item.get("policy_enforcement"))
        {
            return self.policy(policy);
        }
        Err("kind of event not known")
    }

    fn referred(&self, told: &Value) -> Result<InboundKind, &'static str> {
        let named = |field: &str| detail(told.get(field));
        let ad = detail(at(told, &["ads_context_data", "ad_title"])).or_else(|| named("ad_id"));
        let content = match (ad, named("ref")) {
            (Some(ad), _) => format!("The customer came from an ad: {ad}"),
            (None, Some(link)) => format!("The customer came by a link: {link}"),
            (None, None) => "The customer came by a link or an ad.".to_owned(),
        };
        self.notice("referral", content, referral(Some(told)))
    }

    /// Has no id of its own, so what it consists of tells it from others.
    fn notice(
        &self,
        kind: &str,
        content: String,
        told: Option<Value>,
    ) -> Result<InboundKind, &'static str> {
        let person = self.customer(Author::Customer)?;
        let at = self.time();
        let mut data = Map::new();
        if let Some(told) = told {
            data.insert(kind.to_owned(), told);
        }
        Ok(InboundKind::Notice(Box::new(Notice {
            key: format!(
                "{kind}:{}:{}:{}",
                person.platform_id(),
                at.map_or(0, |at| at.as_millis()),
                serde_json::to_string(&data).unwrap_or_default()
            ),
            person,
            content,
            at,
            data,
        })))
    }

    /// `policy-enforcement{action, reason?}`: about the account, of nobody's conversation.
    fn policy(&self, policy: &Value) -> Result<InboundKind, &'static str> {
        let usable = match policy.get("action").and_then(Value::as_str) {
            Some("unblock") => true,
            Some("block") => false,
            Some(_) | None => return Err("policy without a known action"),
        };
        let reason = detail(policy.get("reason"));
        let reason = reason
            .as_deref()
            .map(|reason| start_chars(reason, MAX_REASON_CHARS));
        Ok(InboundKind::Account(Box::new(AccountNews {
            usable,
            reason: match (usable, reason) {
                (true, _) => "Meta lifted its block.".to_owned(),
                (false, Some(reason)) => format!("Meta blocked the account: {reason}"),
                (false, None) => "Meta blocked the account.".to_owned(),
            },
            at: self.time(),
        })))
    }
}
