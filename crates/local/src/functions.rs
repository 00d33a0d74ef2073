//! The four functions in this process, wired as their binaries wire them; only addresses differ.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use axum::Router;
use tributary_blobs::S3Blobs;
use tributary_dynamodb::{DynamoTickets, TableNames};
use tributary_edge::aws::Aws;
use tributary_edge::layers;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use tributary_edge::settings::EnvReader;
use tributary_messaging::Providers;
use tributary_relay::{Relay, StoredCredentials};

use crate::stream_player::timers::{self, Alarms};

/// The functions.
pub(crate) struct Functions {
    /// The routers of webhooks, tickets and chatbot-status as one.
    pub(crate) router: Router,
    /// The relay.
    pub(crate) relay: Arc<Relay<Providers<StoredCredentials>>>,
    /// When the relay wants to be woken.
    pub(crate) alarms: Option<Alarms>,
    /// A client of the embedded DynamoDB.
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    /// Names of the tables.
    pub(crate) tables: TableNames,
}

impl Functions {
    /// Wires them from the settings a deployment would give them.
    pub(crate) fn wire(
        vars: &HashMap<String, String>,
        dynamodb: &SdkConfig,
        aws: &SdkConfig,
    ) -> Result<Self> {
        let env = || EnvReader::new(vars.clone());
        let shared = Aws::with_config(aws.clone());
        let region = crate::emulator::REGION;

        let webhooks = tributary_webhooks::Settings::read(env())
            .context("the webhooks' settings are not right")?;
        let tickets = tributary_tickets::Settings::read(env())
            .context("the tickets' settings are not right")?;
        let status = tributary_chatbot_status::Settings::read(env())
            .context("the chatbot status's settings are not right")?;
        let relay =
            tributary_relay::Settings::read(env()).context("the relay's settings are not right")?;

        let tables = TableNames::from(&webhooks.tables);
        let origins = webhooks.allowed_origins.clone();
        let store = || DynamoTickets::new(aws_sdk_dynamodb::Client::new(dynamodb), tables.clone());
        let blobs = || S3Blobs::with_config(webhooks.blobs_bucket.clone(), aws.clone());
        let secrets = || {
            Arc::new(Secrets::new(
                shared.clone(),
                webhooks.secrets_prefix.clone(),
                SECRET_TTL,
            ))
        };

        let (waker, alarms) = timers::channel();
        let waker = Arc::new(waker);
        let relay = Relay::new(relay, region, store(), blobs(), secrets(), waker)?;
        let webhooks_deps =
            tributary_webhooks::Deps::new(webhooks.clone(), region, store(), blobs(), secrets());
        let tickets_deps = tributary_tickets::Deps::new(
            tickets,
            region,
            store(),
            blobs(),
            secrets(),
            shared.clone(),
        );
        let status_deps = tributary_chatbot_status::Deps::new(
            status,
            store(),
            blobs(),
            secrets(),
            shared.clone(),
        );
        webhooks_deps.publisher.warm();
        tickets_deps.publisher.warm();
        relay.publisher.warm();
        let router = tributary_webhooks::router(Arc::new(webhooks_deps))
            .merge(tributary_tickets::router(Arc::new(tickets_deps)))
            .merge(tributary_chatbot_status::router(Arc::new(status_deps)));
        Ok(Self {
            router: layers::door(router, &origins),
            relay: Arc::new(relay),
            alarms: Some(alarms),
            dynamodb: aws_sdk_dynamodb::Client::new(dynamodb),
            tables,
        })
    }
}
