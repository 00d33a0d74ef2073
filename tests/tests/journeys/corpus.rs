//! The public samples of every platform, posted to the built function as the platform would.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tributary_edge::auth::{hub_signature, x_signature};
use tributary_journeys::desk::{Desk, id_of, messages};
use tributary_journeys::runtime_api::{HttpAnswer, Lambda};
use tributary_journeys::world::{World, project};
use tributary_local::emulator::sdk_config;

/// The secrets of this journey, beside those of the local stack.
const PREFIX: &str = "corpus";
const SECRET: &str = "corpus-secret";
const PLATFORMS: [&str; 4] = ["facebook", "instagram", "whatsapp", "twitter"];
/// What a customer or our side wrote; the other kinds are about something else than a new message.
const WRITTEN: [&str; 9] = [
    "text",
    "attachment",
    "quick_reply",
    "postback",
    "location",
    "contacts",
    "button_reply",
    "list_reply",
    "order",
];

/// A file of the samples. Each has an account of its own, so that samples which use one id for
/// different messages are no repetitions of each other.
struct Sample {
    platform: &'static str,
    name: String,
    account: String,
    body: Vec<u8>,
    events: Vec<Value>,
}

impl Sample {
    async fn deliver(&self, webhooks: &Lambda) -> Result<HttpAnswer> {
        let (header, proof) = match self.platform {
            "twitter" => (x_signature::HEADER, x_signature::sign(&self.body, SECRET)),
            _ => (
                hub_signature::HEADER,
                hub_signature::sign(&self.body, SECRET),
            ),
        };
        let headers = [("content-type", "application/json"), (header, &*proof)];
        let path = format!("/api/webhooks/{}", self.platform);
        Ok(webhooks.http("POST", &path, &headers, &self.body).await?)
    }

    /// Events of an account that are new messages.
    fn written(&self) -> u64 {
        let is_written = |event: &&Value| {
            let kind = event["kind"].as_str().unwrap_or_default();
            WRITTEN.contains(&kind) && !event["account"].is_null()
        };
        self.events.iter().filter(is_written).map(|_| 1).sum()
    }
}

fn samples() -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for platform in PLATFORMS {
        let folder = project().join("tests/fixtures").join(platform);
        for line in std::fs::read_to_string(folder.join("expected.jsonl"))?.lines() {
            let line: Value = serde_json::from_str(line)?;
            let events = line["events"].as_array().context("no events")?.clone();
            let file = line["file"].as_str().context("no file")?;
            let (_, name) = file.split_once('/').context("no folder")?;
            let account = format!("88000000000{:04}", samples.len());
            let mut body = std::fs::read_to_string(folder.join(name))?;
            let theirs: BTreeSet<&str> = events
                .iter()
                .filter_map(|e| e["account"].as_str())
                .collect();
            for theirs in theirs {
                body = body.replace(theirs, &account);
            }
            samples.push(Sample {
                platform,
                name: file.to_owned(),
                account,
                body: body.into_bytes(),
                events,
            });
        }
    }
    Ok(samples)
}

fn secret(platform: &str, samples: &[Sample]) -> Value {
    let accounts = samples.iter().filter(|s| s.platform == platform);
    let accounts: Vec<Value> = accounts
        .map(|s| match platform {
            "facebook" => json!({"page_access_token": "t", "page_id": s.account}),
            "instagram" => json!({"access_token": "t", "account_id": s.account}),
            "whatsapp" => json!({"access_token": "t", "phone_number_id": s.account}),
            _ => json!({"access_token": "t", "access_token_secret": "s", "user_id": s.account}),
        })
        .collect();
    match platform {
        "twitter" => json!({"consumer_key": "k", "consumer_secret": SECRET, "accounts": accounts}),
        _ => json!({"app_secrets": [SECRET], "verify_token": "v", "accounts": accounts}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_public_sample_is_told_once_and_what_was_written_stands_at_the_desk() -> Result<()> {
    let world = World::start().await?;
    let samples = samples()?;
    let secrets = aws_sdk_secretsmanager::Client::new(&sdk_config(&world.aws_url));
    for platform in PLATFORMS {
        secrets
            .create_secret()
            .name(format!("{PREFIX}/{platform}"))
            .secret_string(secret(platform, &samples).to_string())
            .send()
            .await?;
    }
    let webhooks = world
        .function_with("webhooks", &[("SECRETS_PREFIX", PREFIX)])
        .await?;

    let mut of_first = Vec::new();
    for sample in &samples {
        let answer = sample.deliver(&webhooks).await?;
        ensure!(answer.status == 200, "{}: {}", sample.name, answer.text());
        let counts = answer.json();
        let count = |name: &str| counts[name].as_u64().unwrap_or_default();
        assert_eq!(counts["received"], sample.events.len(), "{}", sample.name);
        let rest = count("duplicates") + count("ignored") + count("parked");
        assert_eq!(
            count("received"),
            count("stored") + rest,
            "{}: {counts}",
            sample.name
        );
        assert!(
            count("stored") >= sample.written(),
            "{}: {counts}",
            sample.name
        );
        of_first.push(counts);
    }
    for (sample, first) in samples.iter().zip(&of_first) {
        let again = sample.deliver(&webhooks).await?.json();
        assert_eq!(again["stored"], 0, "{}: {again}", sample.name);
        assert_eq!(again["received"], first["received"], "{}", sample.name);
    }

    let desk = Desk::open(&world).await?;
    let mut said = BTreeSet::new();
    for row in desk.list().await? {
        let ticket = desk.ticket(&id_of(&row)).await?;
        said.extend(
            messages(&ticket).map(|m| m["content"].as_str().unwrap_or_default().to_owned()),
        );
    }
    for sample in &samples {
        for event in sample.events.iter().filter(|e| !e["account"].is_null()) {
            if WRITTEN.contains(&event["kind"].as_str().unwrap_or_default())
                && let Some(text) = event["text"].as_str()
            {
                assert!(
                    said.contains(text),
                    "{}: {text:?} is not at the desk",
                    sample.name
                );
            }
        }
    }
    Ok(())
}
